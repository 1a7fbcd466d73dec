"""Words for the stop: moved, hit, not proven, proven again. The critical ones say what is done and what to check."""

from decimal import Decimal
from typing import assert_never

from core.alert_text.said import ENTRY_UNKNOWN, Said, left_the_position, moved_by, usdt, wrapped
from core.alert_text.targets import STOP_NAMES
from core.alerts import BreakevenFailed, ProtectionMissing, ProtectionRestored, StopHit, StopMoved
from core.desired import StopKind
from core.money import text
from core.money_text import price_text
from core.words import Side

_FAILED = {
    StopKind.INITIAL: "STOP FAILED",
    StopKind.BREAKEVEN: "BREAKEVEN STOP FAILED",
    StopKind.MOVED: "STOP MOVED BY HAND FAILED",
    StopKind.TRAILING: "TRAILING STOP FAILED",
}

StopBody = StopMoved | StopHit | ProtectionMissing | ProtectionRestored | BreakevenFailed


def said(body: StopBody, side: Side | None) -> Said:
    """The words for one body."""
    match body:
        case StopMoved():
            return _moved(body)
        case StopHit():
            return _hit(body, side)
        case ProtectionMissing():
            return _missing(body)
        case ProtectionRestored():
            return Said("stop proven again", (f"Stop {price_text(body.stop)} covers {text(body.position)}",))
        case BreakevenFailed():
            return _breakeven_failed(body)
        case _:
            assert_never(body)


def _moved(body: StopMoved) -> Said:
    to = "breakeven" if body.kind is StopKind.BREAKEVEN else price_text(body.new)
    old = f"{price_text(body.old)} -> " if body.old is not None else "Stop "
    how = f"covers {text(body.covers)}" if body.covers else "brought by the entries"
    return Said(f"stop to {to}", (f"{old}{price_text(body.new)}, {how}", moved_by(body.by)))


def _hit(body: StopHit, side: Side | None) -> Said:
    name = "" if body.kind is StopKind.INITIAL else f"{STOP_NAMES[body.kind]} "
    first = f", the first of {text(body.quantity + body.left)}; the rest follows" if body.left else ""
    return Said(
        f"{name.upper()}STOP HIT",
        (
            f"{left_the_position(side)} {text(body.quantity)} at {price_text(body.price)}{first}",
            ENTRY_UNKNOWN if body.profit is None else f"{usdt(body.profit)} before fees{' so far' * bool(body.left)}",
            "Now: the rest of the trade is being cancelled",
            'Check: "position closed" must follow',
        ),
    )


def _missing(body: ProtectionMissing) -> Said:
    if body.passed:
        return Said(
            "STOP PASSED, NOT FIRED",
            (
                f"Position {text(body.position)} is open",
                *wrapped(f"The market is past the stop {_shown(body.seen)}"),
                "The stop has not fired",
                *wrapped(f"Now: {body.doing}"),
                "Check: is the position closed?",
            ),
        )
    return Said(
        "STOP NOT PROVEN",
        (
            f"Position {text(body.position)} is open",
            f"Wanted stop {price_text(body.wanted)}, the venue shows {_shown(body.seen)}",
            *wrapped(f"Now: {body.doing}"),
            f"Check: is a stop at {price_text(body.wanted)} in the app?",
        ),
    )


def _breakeven_failed(body: BreakevenFailed) -> Said:
    return Said(
        _FAILED[body.kind],
        (
            f"Wanted {price_text(body.wanted)}, in force {_shown(body.in_force)}",
            *wrapped(body.reason),
            *wrapped(f"Now: {body.doing}"),
            "Check: position and stop in the app",
        ),
    )


def _shown(stop: Decimal | None) -> str:
    return "none" if stop is None else price_text(stop)
