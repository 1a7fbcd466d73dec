"""A ladder trade's own state: what was decided about it, folded from acts, times and prices; and what follows of that.

Everything else (position, average, hits, phase, stop) is derived from plan, ledger and lines whenever it is asked for.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from core.desired import Phase, StopKind, WantedStop
from core.facts import Act, ActKind, Cause, EndReason, Fact, Filled, Merged, Reached, Woke
from core.money import ZERO
from core.plan import CLOSING_ROLE, Leg, Level, Plan, StopAfterKind
from core.request import Merge
from core.stops import bars, stop_in_force
from core.trade import LineState, Trade
from core.words import Side


@dataclass(frozen=True, slots=True)
class LadderState:
    """Decisions about one ladder trade.

    *closing* is the latched closing reason ("" = not closing by decision). *moved* is the stop as moved by hand with
    the execution sequence known then. *targets* are take-profit prices moved by hand. *reduced* is what partial closes
    shall have executed, by role. *leader_tp1*: the leader's TP1 was hit (A4). *best* is the best price since the trail
    began. *stop_by* names who moved the stop. *withdrawn*: so many of the first legs were cancelled before a merge
    added others (B13); they don't come back. *late*: what hasn't been sent of so many of the first legs never is (A9).
    """

    closing: str = ""
    closing_by: str = ""
    moved: tuple[Decimal, int] | None = None
    stop_by: str = ""
    targets: tuple[tuple[str, Decimal], ...] = ()
    entries_cancelled: str = ""
    leader_tp1: bool = False
    reduced: tuple[tuple[str, Decimal, str], ...] = ()
    best: Decimal | None = None
    withdrawn: int = 0
    late: int = 0


def state_of(trade: Trade) -> LadderState:
    """The trade's own state, typed."""
    own = trade.own
    if not isinstance(own, LadderState):
        raise TypeError(f"{trade.plan.trade}: not a ladder trade")
    return own


def after(trade: Trade, fact: Fact) -> LadderState:
    """The own state after *fact*. Closing is absorbing: later reasons don't replace the first."""
    state = state_of(trade)
    match fact:
        case Filled():
            return state
        case Act():
            return _after_act(state, fact)
        case Woke(at=at):
            return _after_time(trade, state, at)
        case Reached(last=last):
            return _after_price(trade, state, last)
        case Merged():
            return _after_merge(state, fact)
        case _:
            return state


def _after_act(state: LadderState, act: Act) -> LadderState:
    match act.kind:
        case ActKind.CLOSE:
            return state if state.closing else replace(state, closing=act.reason, closing_by=act.by)
        case ActKind.MOVE_STOP if act.price is not None:
            return replace(state, moved=(act.price, act.seq), stop_by=act.by)
        case ActKind.MOVE_TARGET if act.price is not None:
            others = tuple(pair for pair in state.targets if pair[0] != act.role)
            return replace(state, targets=(*others, (act.role, act.price)))
        case ActKind.CANCEL_ENTRIES:
            return state if state.entries_cancelled else replace(state, entries_cancelled=act.reason or "operator")
        case ActKind.LEADER_TP1:
            return replace(state, leader_tp1=True)
        case ActKind.REDUCE if act.quantity is not None:
            return replace(state, reduced=(*state.reduced, (act.role, act.quantity, act.by)))
        case _:
            return state


def _after_merge(state: LadderState, merged: Merged) -> LadderState:
    """New legs are wished for, cancelled ones not again; prices moved by hand give way where the request says so."""
    addition = merged.plan.additions[-1]
    withdrawn = addition.legs if state.entries_cancelled else state.withdrawn
    state = replace(state, entries_cancelled="", withdrawn=withdrawn)
    if addition.request.merge is Merge.REPLACE:
        state = replace(state, moved=None, stop_by="", targets=())
    return state


def _after_time(trade: Trade, state: LadderState, at: int) -> LadderState:
    plan, rules = trade.plan, trade.plan.rules
    if plan.ends_at is not None and at >= plan.ends_at and not state.closing:
        return replace(state, closing="time_limit", closing_by="plan")
    if rules.entry_ttl is not None and at >= plan.asked_at + rules.entry_ttl and not state.entries_cancelled:
        return replace(state, entries_cancelled="expired")
    if at >= plan.stale_at and state.late < len(plan.legs):
        return replace(state, late=len(plan.legs))
    return state


def _after_price(trade: Trade, state: LadderState, last: Decimal) -> LadderState:
    if missed(trade, last) and not state.closing:
        return replace(state, closing="expired", closing_by="missed")
    if trailing(trade) is None:
        return state
    best = last if state.best is None else _further(trade.plan.side, state.best, last)
    return state if best == state.best else replace(state, best=best)


def missed(trade: Trade, last: Decimal) -> bool:
    """Whether *last* lies at or past TP1 before anything was filled (B15, cancel_if_missed)."""
    if not trade.plan.rules.cancel_if_missed or trade.ledger.entered or not trade.plan.levels:
        return False
    target = trade.plan.levels[0].price
    return last >= target if trade.plan.side is Side.LONG else last <= target


def _further(side: Side, a: Decimal, b: Decimal) -> Decimal:
    return max(a, b) if side is Side.LONG else min(a, b)


def hits(trade: Trade) -> tuple[int, ...]:
    """The numbers of the take-profits that were hit: their order filled in full and booked (B7)."""
    if not trade.ledger.exited:
        return ()
    lines = trade.lines
    found = [
        number
        for number, level in enumerate(trade.plan.levels, 1)
        if (line := lines.get(level.role)) is not None and line.complete and trade.booked(line)
    ]
    return tuple(found)


def trailing(trade: Trade) -> Decimal | None:
    """The percent of the trail in force, None when no tier that was hit trails (B15)."""
    return trail_after(trade.plan, hits(trade))


def trail_after(plan: Plan, reached: tuple[int, ...]) -> Decimal | None:
    """As `trailing`, once it is known which take-profits were *reached*."""
    rows = plan.rules.stop_after
    for number in reversed(reached):
        if number <= len(rows) and rows[number - 1].kind is StopAfterKind.TRAIL:
            return rows[number - 1].percent
    return None


def leg_dead(trade: Trade, leg: Leg) -> bool:
    """Whether an entry can execute no more: dead and booked, given up, or never sent and not wished any longer."""
    if _under_way(trade, leg):
        return False
    return trade.over(leg.role) or not entries_wished(trade) or was_withdrawn(trade, leg) or too_late(trade, leg)


def _under_way(trade: Trade, leg: Leg) -> bool:
    """Whether an entry's order works, may work, or executed what is not booked yet: dead is not booked (DESIGN 8.2)."""
    line = trade.lines.get(leg.role)
    return line is not None and (line.live or not trade.booked(line))


def was_withdrawn(trade: Trade, leg: Leg) -> bool:
    """Whether an entry was cancelled before a merge added others (B13)."""
    count = state_of(trade).withdrawn
    return bool(count) and leg in trade.plan.legs[:count]


def too_late(trade: Trade, leg: Leg) -> bool:
    """Whether an entry was not sent within its request's time, and never will be (A9)."""
    count = state_of(trade).late
    return bool(count) and leg in trade.plan.legs[:count] and unsent(trade, leg)


def unsent(trade: Trade, leg: Leg) -> bool:
    """Whether the venue never took an order for an entry."""
    line = trade.lines.get(leg.role)
    return line is None or line.state is LineState.IDLE


def any_unsent(trade: Trade) -> bool:
    """Whether any entry waits to be sent."""
    for leg in trade.plan.legs:  # noqa: SIM110 - a plain loop: this is asked for every fact
        if unsent(trade, leg):
            return True
    return False


def entries_alive(trade: Trade) -> bool:
    """Whether any entry works, may still be sent, or executed what is not booked yet."""
    for leg in trade.plan.legs:  # what works is seen without asking what is booked
        line = trade.lines.get(leg.role)
        if line is not None and line.live:
            return True
    return not all(leg_dead(trade, leg) for leg in trade.plan.legs)


def entries_wished(trade: Trade) -> bool:
    """Whether unfilled entries are still wished for at all (B7, A4, B14, B15)."""
    return wished_after(trade, hits(trade))


def wished_after(trade: Trade, reached: tuple[int, ...]) -> bool:
    """As `entries_wished`, once it is known which take-profits were *reached*."""
    state = state_of(trade)
    if state.entries_cancelled or state.closing:
        return False
    return not (trade.plan.rules.cancel_limits_on_tp1 and (state.leader_tp1 or reached))


def level_price(trade: Trade, level: Level) -> Decimal:
    """A take-profit's price: as moved by hand, else the plan's."""
    for role, price in state_of(trade).targets:
        if role == level.role:
            return price
    return level.price


def stop_of(trade: Trade) -> WantedStop | None:
    """The stop in force by plan, tiers, hand and leader (B9, B15, A4); None for a plan without any."""
    return stop_after(trade, hits(trade))


def stop_after(trade: Trade, reached: tuple[int, ...]) -> WantedStop | None:
    """As `stop_of`, once it is known which take-profits were *reached*."""
    state = state_of(trade)
    tiers = reached if reached or not state.leader_tp1 else (1,)
    moved = None
    if state.moved is not None:
        price, seq = state.moved
        moved = (price, sum(1 for number in reached if _hit_seq(trade, number) <= seq))
    waiting = bool(tiers) and not trade.plan.rules.cancel_limits_on_tp1 and entries_alive(trade)
    return stop_in_force(trade.plan, trade.ledger, tiers, moved, state.best, waiting)


def _hit_seq(trade: Trade, number: int) -> int:
    return trade.ledger.roles[trade.plan.levels[number - 1].role].seq


FOLLOWED = "followed_main"
"""The closing reason of a mirror whose leader's trade closed (A4)."""

_STOP_REASONS = {
    StopKind.INITIAL: "stop",
    StopKind.MOVED: "stop",
    StopKind.BREAKEVEN: "breakeven_stop",
    StopKind.TRAILING: "trailing_stop",
}


def closing_reason(trade: Trade) -> str:
    """Why the trade is closing or closed (G2), "" while it is not. Once given, facts never take it back.

    But for one: a mirror that was told to follow, and then turns out to have been emptied by its own orders before its
    closing order executed anything, ended by those.
    """
    state, ledger = state_of(trade), trade.ledger
    outrun = state.closing == FOLLOWED and ledger.flat_seq is not None and not ledger.filled(CLOSING_ROLE)
    if state.closing and not outrun:
        return state.closing
    reason = _way_out(trade) if ledger.exited else ""
    if not reason and not ledger.entered and _none_may_enter(trade, state):
        return _unfilled_reason(trade, state)
    return reason


def _way_out(trade: Trade) -> str:
    """The closing reason that what has left the position gives, "" while the rest goes on."""
    ledger = trade.ledger
    if ledger.stopped:
        stop = stop_of(trade)
        return _STOP_REASONS[stop.kind] if stop is not None else "stop"
    if ledger.filled(CLOSING_ROLE):
        return "manual"
    if ledger.flat_seq is not None:
        return _flat_reason(ledger.flat_by)
    if _ladder_done(trade):
        return "all_tps"
    return ""


def _none_may_enter(trade: Trade, state: LadderState) -> bool:
    """Whether no entry works or may still be sent; one that a stop moved by hand bars was never sent, and won't be."""
    if state.moved is None:
        return not entries_alive(trade)
    for leg in trade.plan.legs:
        sendable = not leg_dead(trade, leg) and not bars(state.moved[0], leg.price, trade.plan.side)
        if _under_way(trade, leg) or sendable:
            return False
    return True


def _ladder_done(trade: Trade) -> bool:
    """Whether the last take-profit was hit, and every other: an entry learned of later has none left to leave by (B8).

    The last is looked at first: on the hot path it works still.
    """
    lines = trade.lines
    for level in reversed(trade.plan.levels):
        if level.share:
            line = lines.get(level.role)
            if line is None or not line.complete or not trade.booked(line):
                return False
    return bool(trade.plan.levels)


def _flat_reason(by: str) -> str:
    match by:
        case Cause.LIQUIDATION:
            return "liquidation"
        case Cause.ADL:
            return "adl"
        case Cause.FOREIGN:
            return "external"
        case _ if by.startswith("TP"):
            return "all_tps"
        case _:
            return "manual"


def _unfilled_reason(trade: Trade, state: LadderState) -> str:
    if state.leader_tp1:
        return FOLLOWED
    if state.entries_cancelled:
        return "expired" if state.entries_cancelled == "expired" else "manual"
    if any(too_late(trade, leg) for leg in trade.plan.legs):
        return "expired"
    lines = [trade.lines[leg.role] for leg in trade.plan.legs if leg.role in trade.lines]
    refused = any(line.given_up or line.why in (EndReason.REJECTED, EndReason.VENUE) for line in lines)
    return "rejected" if refused or not lines else "external"


def phase_of(trade: Trade) -> Phase:
    """Where the trade stands (B12), CLOSED aside: that is when nothing of it works any more."""
    return Phase.CLOSING if closing_reason(trade) else open_phase(trade, hits(trade))


def open_phase(trade: Trade, reached: tuple[int, ...]) -> Phase:
    """As `phase_of` for a trade that isn't closing, once it is known which take-profits were *reached*."""
    if reached:
        return Phase.PROFIT_TAKING
    return Phase.BUILDING if entries_alive(trade) else Phase.MONITORING


Reductions = tuple[tuple[str, Decimal], ...]


def reduction_left(trade: Trade) -> Reductions:
    """Partial closes that have not executed in full, with the totals they shall have executed.

    Never more than there is to close: a take-profit may have taken it meanwhile, and what is asked of nothing would
    keep its share from the take-profits for ever.
    """
    reduced, ledger = state_of(trade).reduced, trade.ledger
    if not reduced:
        return ()
    left, held = [], max(ledger.position, ZERO)
    for role, quantity, _ in reduced:
        filled = ledger.filled(role)
        take = min(quantity - filled, held)
        if take > 0:
            left.append((role, filled + take))
            held -= take
    return tuple(left)


def reserved(trade: Trade) -> Decimal:
    """What partial closes will still take of the position."""
    left = reduction_left(trade)
    return sum((quantity - trade.ledger.filled(role) for role, quantity in left), ZERO) if left else ZERO


def plan_risk(plan: Plan) -> Decimal:
    """Quote units lost when every entry fills and the stop does too, fees aside."""
    if plan.stop is None:
        return ZERO
    return sum((abs(plan.price_of(leg) - plan.stop) * leg.quantity for leg in plan.legs), ZERO)
