"""A ladder trade's own state: what was decided about it, folded from acts, times and prices; and what follows of that.

Everything else (position, average, hits, phase, stop) is derived from plan, ledger and lines whenever it is asked for.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from core.facts import TO_BREAKEVEN, Act, ActKind, Fact, Filled, Merged, Reached, Woke
from core.money import ZERO
from core.plan import Level, Plan, StopAfterKind
from core.request import Merge
from core.trade import Trade
from core.words import Side


@dataclass(frozen=True, slots=True)
class LadderState:
    """Decisions about one ladder trade.

    *closing* is the latched closing reason ("" = not closing by decision). *moved* is the stop as moved by hand with
    the execution sequence known then. *targets* are take-profit prices moved by hand. *reduced* is what partial closes
    shall have executed, by role. *leader_tp1*: the leader's TP1 was hit (A4). *best* is the best price since the trail
    began. *stop_by* names who moved the stop, *outlived* that he did so after the leader's TP1: then that gives it no
    tier any more. *each_own*: to breakeven, which is another price on each account (B9). *withdrawn*: so many of the
    first legs were cancelled before a merge added others (B13); they don't come back. *late*: what hasn't been sent of
    so many of the first legs never is (A9).
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
    outlived: bool = False
    each_own: bool = False


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
            own = act.reason == TO_BREAKEVEN
            return replace(state, moved=(act.price, act.seq), stop_by=act.by, outlived=state.leader_tp1, each_own=own)
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
        state = replace(state, moved=None, stop_by="", outlived=False, targets=())
    return state


def _after_time(trade: Trade, state: LadderState, at: int) -> LadderState:
    plan, rules = trade.plan, trade.plan.rules
    if plan.ends_at is not None and at >= plan.ends_at and not state.closing:
        return replace(state, closing="time_limit", closing_by="plan")
    late = max(plan.stale(at), state.late)  # counted now whatever else: what a merge adds waits for its own time
    if rules.entry_ttl is not None and at >= plan.asked_at + rules.entry_ttl and not state.entries_cancelled:
        return replace(state, entries_cancelled="expired", late=late)
    return replace(state, late=late) if late > state.late else state


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
    target = level_price(trade, trade.plan.levels[0])
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
    """The percent of the trail in force, None when no tier in force trails (B15)."""
    return trail_after(trade, hits(trade))


def tiers_after(trade: Trade, reached: tuple[int, ...]) -> tuple[int, ...]:
    """The levels whose rows of the stop table count, once it is known which take-profits were *reached*.

    On a mirror that has hit none the leader's TP1 gives it the first, until a hand moves its stop (A4).
    """
    state = state_of(trade)
    of_leader = state.leader_tp1 and not (reached or state.outlived)
    return (1,) if of_leader else passed_by(reached)


def passed_by(reached: tuple[int, ...]) -> tuple[int, ...]:
    """The levels whose rows of the stop table count (B15): those hit, and those before that the price passed by.

    Such a one took its share before its order could fill in full, a part having been closed otherwise, or has none.
    """
    return reached if not reached or reached[-1] == len(reached) else tuple(range(1, reached[-1] + 1))


def trail_after(trade: Trade, reached: tuple[int, ...]) -> Decimal | None:
    """As `trailing`, once it is known which take-profits were *reached*."""
    rows = trade.plan.rules.stop_after
    for number in reversed(tiers_after(trade, reached)):
        if number <= len(rows) and rows[number - 1].kind is StopAfterKind.TRAIL:
            return rows[number - 1].percent
    return None


def level_price(trade: Trade, level: Level) -> Decimal:
    """A take-profit's price: as moved by hand, else the plan's."""
    for role, price in state_of(trade).targets:
        if role == level.role:
            return price
    return level.price


Reductions = tuple[tuple[str, Decimal], ...]


def reduction_left(trade: Trade) -> Reductions:
    """Partial closes that have not executed in full, with the totals they shall have executed.

    Never more than there is to close: a take-profit may have taken it meanwhile, and what is asked of nothing would
    keep its share from the take-profits for ever. So would what is under the smallest order, which the venue may have
    made larger (rel:F37).
    """
    reduced, ledger = state_of(trade).reduced, trade.ledger
    if not reduced:
        return ()
    left, held, least = [], max(ledger.position, ZERO), trade.plan.instrument.min_quantity
    for role, quantity, _ in reduced:
        filled = ledger.filled(role)
        take = min(quantity - filled, held)
        if take > 0 and (take >= least or trade.live(role)):
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
