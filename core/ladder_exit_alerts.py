"""What people are told about exits: take-profits hit, partial closes, the stop, and what came from outside."""

from collections.abc import Iterator
from decimal import Decimal

from core.alerts import Body, ExternalChange, LevelLine, PartClosed, StopHit, TargetHit
from core.desired import StopKind
from core.facts import Cause, Filled
from core.ladder_state import hits, reduction_left, state_of
from core.ladder_stop import stop_of
from core.ladder_wishes import desired
from core.ledger import Ledger
from core.money import HUNDRED, ONE, ZERO
from core.trade import Trade
from core.words import Side


def target_hits(before: Trade, after: Trade) -> Iterator[tuple[str, Body]]:
    """Take-profits that are hit now and were not before."""
    reached = hits(after)
    if not reached:
        return
    known = hits(before)
    for number in reached:
        if number not in known:
            yield f"hit:TP{number}", _target_hit(after, number)


def _target_hit(trade: Trade, number: int) -> TargetHit:
    plan, ledger = trade.plan, trade.ledger
    fills = ledger.roles[plan.levels[number - 1].role]
    profit = _profit(before_exit=ledger, side=plan.side, price=fills.average, quantity=fills.quantity)
    wishes = desired(trade)
    stop = stop_of(trade) if ledger.position > 0 else None
    return TargetHit(
        number,
        len(plan.levels),
        fills.average,
        fills.quantity,
        profit,
        None if profit is None else profit / ((ledger.average_entry or ONE) * fills.quantity) * HUNDRED,
        max(ledger.position, ZERO),
        tuple(
            LevelLine(want.role, want.price, want.total - ledger.filled(want.role))
            for want in wishes.wants
            if want.role.startswith("TP")
        ),
        stop.price if stop is not None else None,
        stop.kind if stop is not None else StopKind.INITIAL,
    )


def parts_closed(before: Trade, after: Trade) -> Iterator[tuple[str, Body]]:
    """Partial closes that just executed as far as they ever will."""
    waited = dict(reduction_left(before))
    if not waited:
        return
    waits, by = dict(reduction_left(after)), {role: who for role, _, who in state_of(after).reduced}
    for role in waited:
        if role not in waits and role in after.ledger.roles:
            fills = after.ledger.roles[role]
            price, side = fills.average, after.plan.side
            profit = _profit(before_exit=after.ledger, side=side, price=price, quantity=fills.quantity)
            left = max(after.ledger.position, ZERO)
            yield f"part:{role}", PartClosed(price, fills.quantity, profit, left, by[role])


def _profit(*, before_exit: Ledger, side: Side, price: Decimal, quantity: Decimal) -> Decimal | None:
    """What leaving *quantity* at *price* earns by the average entry; None while no entry's execution is known."""
    if before_exit.average_entry is None:
        return None
    move = (price - before_exit.average_entry) * quantity
    return move if side is Side.LONG else -move


def from_outside(before: Trade, fact: Filled, after: Trade) -> Iterator[tuple[str, Body]]:
    """The stop's first execution, and what the venue or somebody else did to the position."""
    was, now = before.ledger, after.ledger
    if now.stopped > was.stopped and not was.stopped:
        stop = stop_of(before)
        profit = _profit(before_exit=was, side=after.plan.side, price=fact.price, quantity=now.stopped - was.stopped)
        kind = stop.kind if stop is not None else StopKind.INITIAL
        yield "stop", StopHit(fact.price, now.stopped, kind, profit, max(now.position, ZERO))
    if fact.key is not None:
        users = was.foreign - now.foreign
        if users > 0:
            yield f"along:{fact.execution}", ExternalChange("along", -users, fact.price, now.position, now.held)
        return
    what = {Cause.LIQUIDATION: "liquidation", Cause.ADL: "adl", Cause.FOREIGN: "manual"}.get(fact.cause)
    if what is None:
        return
    grown = fact.quantity if fact.side is after.plan.opening else -fact.quantity
    yield f"external:{fact.execution}", ExternalChange(what, grown, fact.price, now.position, now.held)
