"""What people are told about a ladder trade, from the step between two states (D1). Each alert arises from one fact.

Nothing is remembered here: an alert is due when something that it tells is true after a fact and was not before it.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal

from core.alerts import (
    Alert,
    Body,
    EntriesCancelled,
    EntryFailed,
    EntryFilled,
    ExternalChange,
    GhostFill,
    LevelLine,
    LimitFilled,
    PartClosed,
    StopHit,
    TargetHit,
    TargetMoved,
    TradeMerged,
    TradeOpened,
)
from core.desired import StopKind
from core.facts import Act, ActKind, Cause, Ended, EndReason, Fact, Filled, GivenUp, Woke
from core.ladder_merge import changes
from core.ladder_state import (
    closing_reason,
    entries_wished,
    hits,
    leg_dead,
    level_price,
    reduction_left,
    state_of,
    stop_of,
    too_late,
    was_withdrawn,
)
from core.ladder_wishes import desired
from core.ledger import Ledger
from core.money import HUNDRED, ONE, ZERO
from core.plan import Leg, Plan
from core.request import Merge
from core.trade import Trade
from core.words import Side


def opened(plan: Plan) -> Alert:
    """The alert for a plan that was accepted."""
    body = TradeOpened(
        tuple(LevelLine(leg.role, leg.price, leg.quantity) for leg in plan.legs),
        tuple((level.role, level.price, level.share) for level in plan.levels),
        plan.stop,
        plan.leverage,
        plan.margin,
        plan.leader,
    )
    return frame(plan, body, plan.at, "opened")


def merged(trade: Trade, plan: Plan, at: int, by: str) -> Alert:
    """The alert for a merge of which *plan* came, into *trade* as it stood (B13)."""
    addition, change = plan.additions[-1], changes(trade, plan)
    body = TradeMerged(
        Merge.KEEP.value if addition.request.merge is None else addition.request.merge.value,
        tuple(LevelLine(leg.role, leg.price, leg.quantity) for leg in change.added),
        len(plan.resting),
        change.old_stop,
        change.stop,
        change.old_targets,
        change.targets,
        plan.margin,
        addition.margin,
        by,
    )
    return frame(plan, body, at, f"merged:{addition.id}")


def frame(plan: Plan, body: Body, at: int, cause: str) -> Alert:
    """An alert about a trade."""
    return Alert(
        body=body,
        account=plan.account,
        environment=plan.environment,
        at=at,
        cause=cause,
        symbol=plan.symbol,
        side=plan.side,
        trade=plan.trade,
        chat=plan.request.chat,
    )


def alerts(before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
    """Everything that people should be told about one fact."""
    bodies = _bodies(before, fact, after)
    return tuple([frame(after.plan, body, fact.at, cause) for cause, body in bodies]) if bodies else ()


Bodies = tuple[tuple[str, Body], ...]
"""Alerts without their frame, each after what makes it unique."""


def _bodies(before: Trade, fact: Fact, after: Trade) -> Bodies:
    match fact:
        case Filled():
            return _of_fill(before, fact, after)
        case Ended():
            leg = _leg_of(after, fact.key)
            return (*_target_hits(before, after), *(_entry_over(before, after, leg) if leg is not None else ()))
        case GivenUp() if fact.role.startswith("E") and (leg := _leg(after.plan, fact.role)) is not None:
            left = leg.quantity - after.ledger.filled(fact.role)
            return ((f"given_up:{fact.role}", EntryFailed(fact.role, leg.price, left, fact.reason)),)
        case Act(kind=ActKind.MOVE_TARGET, price=price, role=role) if price is not None:
            old = next((level_price(before, level) for level in before.plan.levels if level.role == role), price)
            return ((f"moved:{role}:{fact.at}", TargetMoved(role, old, price, fact.by)),)
        case Woke() if entries_wished(before):
            late = [leg for leg in after.plan.legs if too_late(after, leg) and not too_late(before, leg)]
            cause = "cancelled:late:" + ",".join(leg.role for leg in late)
            return ((cause, EntriesCancelled(_unfilled(after, late), "late")),) if late else ()
        case _:
            return ()


def _of_fill(before: Trade, fact: Filled, after: Trade) -> Bodies:
    """What enters hits no take-profit, ends no partial close and comes from no outside."""
    leg = _leg_of(after, fact.key)
    if leg is not None:
        return (*_entry_filled(before, fact, after, leg), *_entry_over(before, after, leg))
    return (*_target_hits(before, after), *_parts_closed(before, after), *_from_outside(before, fact, after))


def _leg(plan: Plan, role: str) -> Leg | None:
    for leg in plan.legs:
        if leg.role == role:
            return leg
    return None


def _leg_of(trade: Trade, key: str | None) -> Leg | None:
    """The entry whose order *key* is, None when it is none."""
    if key is None:
        return None
    role = _role_in(key)
    return None if role is None else _leg(trade.plan, role)


def _role_in(key: str) -> str | None:
    parts = key.split("-")
    return parts[3] if len(parts) == 5 else None


def _entry_filled(before: Trade, fact: Filled, after: Trade, leg: Leg) -> Bodies:
    if closing_reason(before):
        return ((f"ghost:{fact.execution}", GhostFill(leg.role, fact.quantity, fact.price)),)
    if before.ledger.filled(leg.role) < leg.quantity <= after.ledger.filled(leg.role):
        return _leg_filled(after, leg)
    return ()


def _leg_filled(trade: Trade, leg: Leg) -> Bodies:
    fills = trade.ledger.roles[leg.role]
    average = trade.ledger.average_entry or ZERO
    entered = trade.ledger.entered
    if leg.price is None:
        body = EntryFilled(leg.role, fills.average, fills.quantity, leg.quantity, entered, average)
        return ((f"filled:{leg.role}", body),)
    resting = trade.plan.resting
    limit = LimitFilled(
        resting.index(leg) + 1,
        fills.average,
        fills.quantity,
        sum(1 for other in resting if trade.ledger.filled(other.role) >= other.quantity),
        len(resting),
        entered,
        average,
        _working_entries(trade),
    )
    return ((f"filled:{leg.role}", limit),)


def _working_entries(trade: Trade) -> tuple[LevelLine, ...]:
    return tuple(
        LevelLine(leg.role, leg.price, leg.quantity - trade.ledger.filled(leg.role))
        for leg in trade.plan.legs
        if trade.live(leg.role) and trade.ledger.filled(leg.role) < leg.quantity
    )


def _target_hits(before: Trade, after: Trade) -> Iterator[tuple[str, Body]]:
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


def _parts_closed(before: Trade, after: Trade) -> Iterator[tuple[str, Body]]:
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


def _from_outside(before: Trade, fact: Filled, after: Trade) -> Iterator[tuple[str, Body]]:
    was, now = before.ledger, after.ledger
    if now.stopped > was.stopped and not was.stopped:
        stop = stop_of(before)
        profit = _profit(before_exit=was, side=after.plan.side, price=fact.price, quantity=now.stopped - was.stopped)
        yield "stop", StopHit(fact.price, now.stopped, stop.kind if stop is not None else StopKind.INITIAL, profit)
    if fact.key is not None:
        return
    what = {Cause.LIQUIDATION: "liquidation", Cause.ADL: "adl", Cause.FOREIGN: "manual"}.get(fact.cause)
    if what is None:
        return
    grown = fact.quantity if fact.side is after.plan.opening else -fact.quantity
    total = now.position + now.foreign
    yield f"external:{fact.execution}", ExternalChange(what, grown, fact.price, now.position, total)


def _entry_over(before: Trade, after: Trade, leg: Leg) -> Bodies:
    """An entry that died short of its plan: told when its end *and* all it executed are known, in whichever order."""
    line = after.lines.get(leg.role)
    if line is None or line.why is None or before.over(leg.role) or not after.over(leg.role):
        return ()
    return tuple(_died_short(after, leg, line.why, line.code))


def _died_short(after: Trade, leg: Leg, why: EndReason, code: str) -> Iterator[tuple[str, Body]]:
    role = leg.role
    left = leg.quantity - after.ledger.filled(role)
    if why is EndReason.FILLED or left <= 0:
        return
    if leg.price is None and after.ledger.filled(role) > 0:
        yield from _leg_filled(after, leg)
    by = "operator" if was_withdrawn(after, leg) else _cancelled_by(after)
    if why is EndReason.REJECTED or (leg.price is None and not by):
        yield f"died:{role}", EntryFailed(role, leg.price, left, code or why.value)
    elif by:
        alike = [other for other in after.plan.legs if was_withdrawn(after, other) == was_withdrawn(after, leg)]
        if not any(after.live(other.role) for other in alike):
            again = f":{len(after.plan.additions)}" if after.plan.additions else ""
            yield f"cancelled:{by}{again}", EntriesCancelled(_unfilled(after, alike), by)
    elif not closing_reason(after) or why is EndReason.VENUE:
        gone = LevelLine(role, leg.price, left)
        yield f"cancelled:{role}", EntriesCancelled((gone,), "venue" if why is EndReason.VENUE else "app")


def _cancelled_by(trade: Trade) -> str:
    """Who of us cancels entries now: tp1, leader, operator, expired; "" when none of us does."""
    state = state_of(trade)
    if state.entries_cancelled:  # an act's reason is whatever its caller wrote ("manual"): by hand is by an operator
        return "expired" if state.entries_cancelled == "expired" else "operator"
    if trade.plan.rules.cancel_limits_on_tp1 and not state.closing:
        if hits(trade):
            return "tp1"
        if state.leader_tp1:
            return "leader"
    return ""


def _unfilled(trade: Trade, legs: Sequence[Leg]) -> tuple[LevelLine, ...]:
    return tuple(
        LevelLine(leg.role, leg.price, leg.quantity - trade.ledger.filled(leg.role))
        for leg in legs
        if leg_dead(trade, leg) and trade.ledger.filled(leg.role) < leg.quantity
    )
