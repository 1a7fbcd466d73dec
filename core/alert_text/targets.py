"""Words for take-profits: hit, resized, placed again, moved."""

from typing import assert_never

from core.alert_text.said import (
    ENTRY_UNKNOWN,
    Said,
    counted,
    left_the_position,
    listed,
    moved_by,
    orders,
    usdt,
    wrapped,
)
from core.alerts import PartClosed, RebalanceResult, Resize, TargetHit, TargetMoved, TargetsRebalanced, TargetsReplaced
from core.desired import StopKind
from core.money import text
from core.money_text import gain_percent_text, price_text
from core.words import Side

TargetBody = TargetHit | TargetsRebalanced | TargetsReplaced | TargetMoved | PartClosed

STOP_NAMES = {
    StopKind.INITIAL: "initial",
    StopKind.BREAKEVEN: "breakeven",
    StopKind.MOVED: "moved by hand",
    StopKind.TRAILING: "trailing",
}

_TRIED_AGAIN = "Now: Tandem tries again after its next look"


def said(body: TargetBody, side: Side | None) -> Said:
    """The words for one body."""
    match body:
        case TargetHit():
            return _hit(body, side)
        case TargetsRebalanced():
            return _rebalanced(body)
        case TargetsReplaced():
            many = counted(len(body.targets), "missing TP", "missing TPs")
            return Said(f"{many} placed again", (*orders(body.targets), *wrapped(body.why)))
        case TargetMoved():
            prices = f"{price_text(body.old)} -> {price_text(body.new)}"
            return Said(f"{body.role} moved", (prices, moved_by(body.by)))
        case PartClosed():
            return _part(body, side)
        case _:
            assert_never(body)


def _part(body: PartClosed, side: Side | None) -> Said:
    sold = f"{left_the_position(side)} {text(body.quantity)} at {price_text(body.price)}"
    profit = ENTRY_UNKNOWN if body.profit is None else f"{usdt(body.profit)} before fees"
    rest = f"Remaining {text(body.remaining)}" if body.remaining else "Nothing remains: the position is flat"
    return Said("part closed", (sold, profit, rest, moved_by(body.by)))


def _hit(body: TargetHit, side: Side | None) -> Said:
    sold = f"{left_the_position(side)} {text(body.quantity)} at {price_text(body.price)}"
    if body.profit is None or body.percent is None:
        return Said(f"TP{body.number} hit", (sold, ENTRY_UNKNOWN, *orders(body.next_targets)))
    profit = f"{usdt(body.profit)} ({gain_percent_text(body.percent)}) before fees"
    if not body.remaining:
        return Said(f"TP{body.number} hit", (sold, profit, "Nothing remains: the position is flat"))
    rest = f"Remaining {text(body.remaining)}, {'next:' if body.next_targets else 'no TP is left'}"
    return Said(f"TP{body.number} hit", (sold, profit, rest, *orders(body.next_targets), _cover(body)))


def _cover(body: TargetHit) -> str:
    if body.stop is None:
        return "No stop in this plan"
    return f"Stop {price_text(body.stop)} ({STOP_NAMES[body.stop_kind]}) covers it"


def _rebalanced(body: TargetsRebalanced) -> Said:
    """C5: k of m whose quantity had to change, old -> new each, and what happens with those that did not."""
    done = sum(1 for resize in body.resizes if not resize.error)
    count = f"{done} of {len(body.resizes)} resized, position {text(body.position)}"
    return Said(f"TPs rebalanced: {body.result.value}", (count, *_resizes(body), *_outlook(body)))


def _resizes(body: TargetsRebalanced) -> tuple[str, ...]:
    if all(not resize.error for resize in body.resizes) or body.result is RebalanceResult.SKIPPED:
        return listed([_change(resize) for resize in body.resizes])
    return tuple(
        line
        for resize in body.resizes
        for line in ((_change(resize),) if not resize.error else wrapped(f"{_change(resize)} not done: {resize.error}"))
    )


def _change(resize: Resize) -> str:
    return f"{resize.role} {text(resize.old)} -> {text(resize.new)}"


def _outlook(body: TargetsRebalanced) -> tuple[str, ...]:
    match body.result:
        case RebalanceResult.SUCCESS:
            return wrapped(body.why)
        case RebalanceResult.PARTIAL:
            return (*wrapped(body.why), _TRIED_AGAIN)
        case RebalanceResult.FAILED:
            return (*wrapped(f"Tried: {body.why}"), _TRIED_AGAIN, "Check: the TPs in the app")
        case RebalanceResult.SKIPPED:
            return (*wrapped(f"Not tried: {body.why}"), _TRIED_AGAIN)
