"""Words for getting in: a trade opens, entries fill, wait, fail, are cancelled."""

from decimal import Decimal
from typing import assert_never

from core.alert_text.said import Said, at_price, counted, listed, orders, wrapped
from core.alerts import EntriesCancelled, EntryFailed, EntryFilled, LimitFilled, TradeMerged, TradeOpened
from core.money import text
from core.money_text import amount_text, price_text

EntryBody = TradeOpened | TradeMerged | EntryFilled | LimitFilled | EntriesCancelled | EntryFailed

_CANCELLED_BY = {
    "tp1": "TP1 was hit",
    "operator": "An operator asked for it",
    "venue": "The venue cancelled",
    "app": "Cancelled in the exchange's app",
    "expired": "Their time ran out",
    "late": "Not sent within the request's time",
    "missed": "TP1's price came before any fill",
    "leader": "The leader's TP1 was hit",
    "stop": "The stop was moved past it",
}


def said(body: EntryBody) -> Said:
    """The words for one body."""
    match body:
        case TradeOpened():
            return _opened(body)
        case TradeMerged():
            return _merged(body)
        case EntryFilled():
            return _entry_filled(body)
        case LimitFilled():
            return _limit_filled(body)
        case EntriesCancelled():
            why = _CANCELLED_BY.get(body.by, f"By {body.by}")
            return Said(f"{counted(len(body.entries), 'entry', 'entries')} cancelled", (why, *orders(body.entries)))
        case EntryFailed():
            given_up = f"{text(body.quantity)} {at_price(body.price)} is given up"
            return Said(
                f"entry {body.role} failed", (given_up, *wrapped(body.reason), "The trade goes on with what is filled")
            )
        case _:
            assert_never(body)


def _opened(body: TradeOpened) -> Said:
    stop = f"Stop {price_text(body.stop)}, carried by every entry" if body.stop is not None else "No stop in this plan"
    follows = (f"Follows {body.follows}",) if body.follows is not None else ()
    return Said(
        "trade opened",
        (
            *orders(body.entries),
            *listed([_target(*target) for target in body.targets]),
            stop,
            f"Leverage {text(body.leverage)}x, margin {amount_text(body.margin)} USDT",
            *follows,
        ),
    )


def _merged(body: TradeMerged) -> Said:
    """The words for a merge: what is new, what stays, what gives way (B13)."""
    added = counted(len(body.entries), "entry", "entries")
    by = (f"By {body.by}",) if body.by else ()
    return Said(
        f"{added} added, prices {'replaced' if body.prices == 'replace' else 'kept'}",
        (
            *orders(body.entries),
            _stop_line(body),
            *listed([_target(*target) for target in body.targets]),
            *_gone(body),
            f"{counted(body.limits, 'limit', 'limits')} in all now",
            f"Margin {amount_text(body.margin)} USDT, {amount_text(body.added)} of it new",
            *by,
        ),
    )


def _stop_line(body: TradeMerged) -> str:
    if body.stop is None:
        return "No stop in this plan"
    if body.old_stop is None or body.old_stop == body.stop:
        return f"Stop stays at {price_text(body.stop)}"
    return f"Stop {price_text(body.old_stop)} -> {price_text(body.stop)}, the old one holds till then"


def _gone(body: TradeMerged) -> tuple[str, ...]:
    """The targets as they were, where any differs."""
    if body.old_targets == body.targets:
        return ()
    return ("Before:", *listed([_target(*target) for target in body.old_targets]))


def _target(role: str, price: Decimal, share: Decimal) -> str:
    return f"{role} {price_text(price)} ({text(share)}%)" if share else f"{role} {price_text(price)} (too small: none)"


def _entry_filled(body: EntryFilled) -> Said:
    return Said(
        f"entry {body.role} filled at {price_text(body.price)}",
        (f"Filled {text(body.quantity)} of {text(body.planned)}", _so_far(body.filled_total, body.average)),
    )


def _limit_filled(body: LimitFilled) -> Said:
    """C6: the group's count is the group's; where this account's own differs, it is said with what still works."""
    still = ", ".join(f"{line.role} {at_price(line.price)}" for line in body.working) or "none"
    own = f"{body.own_count}/{body.of}"
    if body.group_count is None:
        counts = (f"{own} limits filled", *wrapped(f"still working: {still}"))
    elif body.group_count == body.own_count and body.group_of in (None, body.of):
        counts = (f"{own} limits filled (group)", *wrapped(f"still working: {still}"))
    else:
        differs = wrapped(f"this account: {own}, still working: {still}")
        counts = (f"{body.group_count}/{body.group_of or body.of} limits filled (group)", *differs)
    return Said(
        f"limit {body.number} of {body.of} filled at {price_text(body.price)}",
        (*counts, f"Filled {text(body.quantity)}", _so_far(body.filled_total, body.average)),
    )


def _so_far(filled: Decimal, average: Decimal) -> str:
    return f"In total {text(filled)}, average entry {price_text(average)}"
