"""What a ladder trade wishes to be working now: entries, targets, closing orders, the stop (B4 to B10, B15)."""

from decimal import Decimal

from core.desired import Desired, Phase, Want, WantedStop
from core.ladder_closing import closing_reason, open_phase
from core.ladder_entries import any_unsent, too_late, wished_after
from core.ladder_state import (
    LadderState,
    Reductions,
    hits,
    level_price,
    reduction_left,
    reserved,
    state_of,
    trail_after,
)
from core.ladder_stop import stop_after
from core.money import HUNDRED, ZERO
from core.plan import CLOSING_ROLE, Plan
from core.stops import bars
from core.targets import split, working
from core.trade import Trade
from core.words import Side


def desired(trade: Trade) -> Desired:
    """Orders and stop wished for by plan and facts; on tick and step, idempotent, no memory of its own."""
    own, reached = state_of(trade), hits(trade)
    stop = stop_after(trade, reached)
    stops = (stop,) if stop is not None else ()
    reason = closing_reason(trade)
    if reason:
        return _closing(trade, stops, reason)
    enters = wished_after(trade, reached)
    entries = _entries(trade, own, stop) if enters else ()
    below, above = _band(trade, reached)
    left = reduction_left(trade)
    return Desired(
        (*entries, *_reductions(trade.plan, left), *_targets(trade, own, left)),
        stops,
        open_phase(trade, reached),
        wake=_wake(trade, own) if enters else trade.plan.ends_at,
        below=below,
        above=above,
    )


def _closing(trade: Trade, stops: tuple[WantedStop, ...], reason: str) -> Desired:
    """Closing: no entry, no target; what is left of ours at market, reduce-only, again for every ghost fill (B10)."""
    plan, ledger = trade.plan, trade.ledger
    if ledger.position <= 0:
        return Desired((), (), Phase.CLOSING, done=True, reason=reason)
    total = ledger.filled(CLOSING_ROLE) + ledger.position
    want = Want(CLOSING_ROLE, plan.slot, plan.closing, total, None, reduce_only=True)
    return Desired((want,), stops, Phase.CLOSING, reason=reason)


def _entries(trade: Trade, own: LadderState, stop: WantedStop | None) -> list[Want]:
    plan = trade.plan
    slot, side = plan.slot, plan.opening
    price = stop.price if stop is not None else None
    return [
        Want(leg.role, slot, side, leg.quantity, leg.price, reduce_only=False, stop=price, once=True)
        for leg in plan.legs[own.withdrawn :]
        if not trade.over(leg.role)
        and not bars(price, leg.price, plan.side)
        and not (own.late and too_late(trade, leg))
    ]


def _targets(trade: Trade, own: LadderState, left: Reductions) -> list[Want]:
    plan, ledger = trade.plan, trade.ledger
    if not ledger.entered or not plan.levels:
        return []
    executed, closed = standing(trade)
    base = ledger.position + sum(executed, ZERO) - (reserved(trade) if left else ZERO)
    totals = target_totals(trade, base, executed, closed)
    slot, side = plan.slot, plan.closing
    return [
        Want(level.role, slot, side, total, level_price(trade, level) if own.targets else level.price, reduce_only=True)
        for level, total, done in zip(plan.levels, totals, executed, strict=True)
        if total > done
    ]


def standing(trade: Trade) -> tuple[tuple[Decimal, ...], tuple[bool, ...]]:
    """What each take-profit executed, and whether it was hit, in one pass."""
    if not trade.ledger.exited:
        count = len(trade.plan.levels)
        return (ZERO,) * count, (False,) * count
    roles, lines = trade.ledger.roles, trade.lines
    executed, closed = [], []
    for level in trade.plan.levels:
        fills = roles.get(level.role)
        executed.append(fills.quantity if fills is not None else ZERO)
        line = lines.get(level.role)
        closed.append(line is not None and line.complete and trade.booked(line))
    return tuple(executed), tuple(closed)


def target_totals(
    trade: Trade, base: Decimal, executed: tuple[Decimal, ...], closed: tuple[bool, ...]
) -> tuple[Decimal, ...]:
    """Everything each take-profit shall have executed, as far as it can be placed (B5, B6, B11)."""
    plan, instrument = trade.plan, trade.plan.instrument
    # Before the first take-profit fills nothing can have died half filled.
    dead = tuple([_dead(trade, level.role) for level in plan.levels]) if any(executed) else ()
    totals = split(plan.shares, base, executed, closed, instrument, dead)
    return working(totals, executed, closed, instrument, dead)


def _dead(trade: Trade, role: str) -> bool:
    """Whether a level's order ended without having filled in full, so that its rest needs an order of its own."""
    line = trade.lines.get(role)
    return line is not None and not line.live and not line.complete


def _reductions(plan: Plan, left: Reductions) -> list[Want]:
    return [Want(role, plan.slot, plan.closing, quantity, None, reduce_only=True) for role, quantity in left]


def _wake(trade: Trade, own: LadderState) -> int | None:
    """When to look again, while entries are wished for: at the end of their time, of a request's, of the trade's."""
    plan = trade.plan
    waits = [] if plan.ends_at is None else [plan.ends_at]
    if plan.rules.entry_ttl is not None:
        waits.append(plan.asked_at + plan.rules.entry_ttl)
    if own.late < len(plan.legs) and any_unsent(trade):
        waits.append(plan.stale_at(own.late))
    return min(waits) if waits else None


def _band(trade: Trade, reached: tuple[int, ...]) -> tuple[Decimal | None, Decimal | None]:
    """(below, above) to be woken at: TP1's price before the first fill, a new best price for a trail."""
    price = _price_to_wake_at(trade, reached)
    return (None, price) if trade.plan.side is Side.LONG else (price, None)


def _price_to_wake_at(trade: Trade, reached: tuple[int, ...]) -> Decimal | None:
    plan = trade.plan
    if not trade.ledger.entered:
        return level_price(trade, plan.levels[0]) if plan.rules.cancel_if_missed and plan.levels else None
    percent = trail_after(trade, reached)
    if percent is None:
        return None
    best = state_of(trade).best
    if best is None:
        return ZERO if plan.side is Side.LONG else plan.market * HUNDRED
    step = plan.instrument.tick * HUNDRED / (HUNDRED - percent)
    return best + step if plan.side is Side.LONG else best - step
