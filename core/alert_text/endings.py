"""Words for the end of a trade, and for what somebody else did to it."""

from typing import assert_never

from core.alert_text.said import Said, at_price, usdt, wrapped
from core.alerts import CloseFailed, ExternalChange, ForeignEdit, GhostFill, LateClose, OrphanFound, PositionClosed
from core.money import text
from core.money_text import change_text, duration_text, gain_percent_text, gain_text, price_text

EndingBody = PositionClosed | CloseFailed | GhostFill | LateClose | ExternalChange | ForeignEdit | OrphanFound

REASONS = {
    "all_tps": "all take-profits hit",
    "stop": "stop hit",
    "breakeven_stop": "breakeven stop hit",
    "trailing_stop": "trailing stop hit",
    "breakeven_failed": "breakeven stop failed",
    "unprotected": "it could not be protected",
    "time_limit": "time limit reached",
    "manual": "closed by hand",
    "external": "closed outside Tandem",
    "liquidation": "LIQUIDATED",
    "adl": "AUTO-DELEVERAGED",
    "emergency": "emergency",
    "followed_main": "the leader's trade closed",
    "expired": "entries expired",
    "rejected": "entries rejected",
    "skipped": "skipped",
}
"""G2's closing reasons in words."""

_BY_THE_VENUE = (
    "Now: the rest of the trade is being cancelled",
    "Mirrors stay open unless they follow always",
    "Check: margin and other positions",
)


def said(body: EndingBody) -> Said:
    """The words for one body."""
    match body:
        case PositionClosed():
            return _closed(body)
        case CloseFailed():
            return _close_failed(body)
        case GhostFill():
            closing = f"{text(body.quantity)} {at_price(body.price)}"
            now = "Now: it is being closed at market"
            return Said(
                f"LATE FILL of entry {body.role}", (closing, "The trade was already closing", now, "Check: is it flat?")
            )
        case LateClose():
            return Said("close handled late", (f"{duration_text(body.milliseconds)} after the execution",))
        case ExternalChange():
            return _external(body)
        case ForeignEdit():
            kept = "Kept as it is now" if body.kept else "Put back as planned"
            return Said(f"{body.role} changed in the exchange's app", (*wrapped(body.what), kept))
        case OrphanFound():
            return Said("order without a trade found", (body.key, *wrapped(body.detail), "Now: it is being cancelled"))
        case _:
            assert_never(body)


def _closed(body: PositionClosed) -> Said:
    if body.reason == "released" and body.entered:
        return _given_back(body)
    why = REASONS.get(body.reason, body.reason)
    if not body.entered:
        return Said(f"trade over, nothing filled: {why}")
    if body.average_entry is None:
        return _taken_over(body, why)
    percent = f" ({gain_percent_text(body.percent)} of margin)" if body.percent is not None else ""
    return Said(
        f"position closed: {why}",
        (
            f"Net {usdt(body.net)}{percent}",
            f"Gross {gain_text(body.gross)}, fees {gain_text(-body.fees)}, funding {gain_text(-body.funding)}",
            f"{text(body.entered)} in at {price_text(body.average_entry)}, out at {price_text(body.average_exit)}",
            f"TPs hit {body.targets_hit}/{body.targets}, entries filled {body.entries_filled}/{body.entries}",
            f"Open for {duration_text(body.duration)}",
            *(_BY_THE_VENUE if body.reason in ("liquidation", "adl") else ()),
        ),
    )


def _taken_over(body: PositionClosed, why: str) -> Said:
    return Said(
        f"position closed: {why}",
        (
            f"{text(body.entered)} out at {price_text(body.average_exit)}, fees {gain_text(-body.fees)}",
            "It was not Tandem's: what it made is not known",
        ),
    )


def _given_back(body: PositionClosed) -> Said:
    return Said(
        "position GIVEN BACK, STILL OPEN",
        (
            f"{text(body.entered)} in at {price_text(body.average_entry)}, TPs hit {body.targets_hit}/{body.targets}",
            "Our orders are cancelled, its stop stays at the venue",
            "Nobody watches over it now",
        ),
    )


def _close_failed(body: CloseFailed) -> Said:
    return Said(
        "CLOSING FAILED, STILL OPEN",
        (
            f"Position {text(body.position)} is open",
            *wrapped(body.reason),
            "Now: Tandem goes on trying",
            "Check: close it in the app if this lasts",
        ),
    )


def _external(body: ExternalChange) -> Said:
    grown = body.quantity > 0
    match body.what:
        case "liquidation":
            headline = "position LIQUIDATED"
        case "adl":
            headline = "position AUTO-DELEVERAGED"
        case "along":
            headline = "what you bought was CLOSED ALONG"
        case _:
            headline = f"position {'grown' if grown else 'reduced'} outside Tandem"
    return Said(
        headline,
        (
            f"{change_text(body.quantity)} at {price_text(body.price)}",
            f"Ours {text(body.ours)} of {text(body.position)} held",
            *_after_change(body),
        ),
    )


def _after_change(body: ExternalChange) -> tuple[str, ...]:
    if body.what == "along":
        return ("You bought it while our order was on its way", "It counts as yours, not as the trade's")
    if body.quantity > 0 and not body.position:
        return ("The excess was yours: it is closed by now",)
    if body.quantity > 0:
        return ("The excess is yours: our TPs don't cover it", "The stop covers both")
    if not body.ours:
        return ("Nothing of ours is left: the trade closes",)
    return ("The TPs cover what is ours",)
