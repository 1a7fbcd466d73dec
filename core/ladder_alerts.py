"""What people are told about a ladder trade, from the step between two states (D1). Each alert arises from one fact.

Nothing is remembered here: an alert is due when something that it tells is true after a fact and was not before it.
"""

from core.alerts import Alert, Body, EntryFailed, LevelLine, TargetMoved, TradeMerged, TradeOpened
from core.facts import Act, ActKind, Ended, Fact, Filled, GivenUp, Woke
from core.identity import trade_and_role
from core.ladder_entry_alerts import Bodies, entry_filled, entry_over, never_sent, not_sent
from core.ladder_exit_alerts import from_outside, parts_closed, target_hits
from core.ladder_merge import changes
from core.ladder_state import level_price
from core.plan import Leg, Plan
from core.request import Merge
from core.trade import Trade


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


def _bodies(before: Trade, fact: Fact, after: Trade) -> Bodies:
    match fact:
        case Filled():
            return _of_fill(before, fact, after)
        case Ended():
            leg = _leg_of(after, fact.key)
            return (*_hits(before, after), *(entry_over(before, after, leg) if leg is not None else ()))
        case GivenUp() if fact.role.startswith("E") and (leg := _leg(after.plan, fact.role)) is not None:
            left = leg.quantity - after.ledger.filled(fact.role)
            return ((f"given_up:{fact.role}", EntryFailed(fact.role, leg.price, left, fact.reason)),)
        case Act(kind=ActKind.MOVE_TARGET, price=price, role=role) if price is not None:
            old = next((level_price(before, level) for level in before.plan.levels if level.role == role), price)
            return ((f"moved:{role}:{fact.at}", TargetMoved(role, old, price, fact.by)),)
        case Act(kind=ActKind.CANCEL_ENTRIES | ActKind.LEADER_TP1):
            return never_sent(before, after)
        case Woke():
            return (*not_sent(before, after), *never_sent(before, after))
        case _:
            return ()


def _of_fill(before: Trade, fact: Filled, after: Trade) -> Bodies:
    """What enters hits no take-profit, ends no partial close and comes from no outside."""
    leg = _leg_of(after, fact.key)
    if leg is not None:
        return (*entry_filled(before, fact, after, leg), *entry_over(before, after, leg))
    return (*_hits(before, after), *parts_closed(before, after), *from_outside(before, fact, after))


def _hits(before: Trade, after: Trade) -> Bodies:
    """Take-profits hit, and the entries that are not sent any more because of them."""
    found = tuple(target_hits(before, after))
    return (*found, *never_sent(before, after)) if found else ()


def _leg(plan: Plan, role: str) -> Leg | None:
    for leg in plan.legs:
        if leg.role == role:
            return leg
    return None


def _leg_of(trade: Trade, key: str | None) -> Leg | None:
    """The entry whose order *key* is, None when it is none."""
    if key is None:
        return None
    return _leg(trade.plan, trade_and_role(key)[1])
