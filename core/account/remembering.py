"""A trade's history: facts in venue order, each folded over the last; what comes late folds it again; then told."""

from bisect import insort
from dataclasses import replace

from core.account.box import Box, Decided, Remembered
from core.account.state import AccountState
from core.alerts import Alert
from core.facts import Fact, Filled, Funding, Merged, Reached, Regridded, Woke
from core.identity import trade_and_role
from core.ledger import book, empty, pay_funding
from core.plan import Plan
from core.trade import Line, LineState, Trade

LATE = 2_000
"""An execution that a cut shows this long after it happened is told as learned late (D)."""


def own(state: AccountState, box: Box, fact: Decided | Woke | Reached) -> None:
    """Take one fact of our own in and remember it before anything it causes."""
    state.first(box.id, fact)
    remember(state, box, fact, fact.seq if isinstance(fact, Decided) else box.trade.ledger.seq)


def change_line(state: AccountState, box: Box, line: Line, fact: Fact | None = None) -> None:
    """Put a role's line in place of its last one; with the fact that said so, people may be told."""
    before = box.trade
    if _passes_over(before, line):
        box.passed_over.add(line.role)
    box.trade = Trade(before.plan, before.ledger, {**before.lines, line.role: line}, before.own)
    state.touch(box)
    if fact is not None:
        _alert(state, box, before, fact)


def _passes_over(trade: Trade, line: Line) -> bool:
    """Whether a revision before this one may have executed what isn't booked: a crash lost what was heard of it."""
    old = trade.lines.get(line.role)
    if old is None:
        return line.revision > 0
    if line.revision == old.revision:
        return False
    return line.revision > old.revision + 1 or old.state is not LineState.ENDED or not trade.booked(old)


def remember(state: AccountState, box: Box, fact: Remembered, seq: int) -> None:
    """Put a fact in its place, let its trade decide, and tell people what it says."""
    before = box.trade
    put(box, fact, seq)
    state.touch(box)
    _alert(state, box, before, fact)


def put(box: Box, fact: Remembered, seq: int) -> None:
    """Put a fact in its place in the trade's history and fold it; one that comes late folds the trade again."""
    entry = (seq, len(box.history), fact)
    if (not box.history or box.history[-1][0] <= seq) and not _paid_since(box, fact, seq):
        box.history.append(entry)
        box.trade = _folded(box, box.trade, fact)
    else:
        insort(box.history, entry, key=lambda row: row[:2])
        refold(box)


def place_of(box: Box, fact: Filled | Funding) -> int:
    """Where an execution or a payment stands among the executions.

    What is of unknown age comes after all that is known: the look behind it held that (rel:F20). A payment comes after
    what was executed until then: what was held says whose it was.
    """
    if isinstance(fact, Filled):
        return fact.seq if fact.seq >= 0 else last_of(box)
    until = (seq for seq, _, what in box.history if isinstance(what, Filled) and what.at <= fact.at)
    return max(until, default=-1)


def last_of(box: Box) -> int:
    """After all that is known."""
    return box.history[-1][0] if box.history else -1


def _paid_since(box: Box, fact: Remembered, seq: int) -> bool:
    """Whether a payment is known already that was made after an execution which is listed only now.

    What a look explained is as old as the position it saw: of the same sequence, it was held when the payment was made.
    """
    for place, _, what in reversed(box.history):
        if not isinstance(fact, Filled) or (isinstance(what, Filled) and what.at <= fact.at):
            return False
        if isinstance(what, Funding) and (what.at >= fact.at or place >= seq):
            return True
    return False


def refold(box: Box) -> None:
    """Fold the whole history of a trade again, in venue order."""
    _place_payments(box)
    plan = box.born or box.trade.plan
    box.former.clear()
    trade = Trade(plan, empty(plan.opening), box.trade.lines, box.strategy.begin(plan))
    for _, _, fact in box.history:
        trade = _folded(box, trade, fact)
    box.trade = trade


def _place_payments(box: Box) -> None:
    """Put payments after all that was executed until then, whenever that was listed."""
    if not any(isinstance(what, Funding) for _, _, what in box.history):
        return
    placed = [
        (place_of(box, what) if isinstance(what, Funding) else seq, number, what) for seq, number, what in box.history
    ]
    box.history[:] = sorted(placed, key=lambda row: (row[0], isinstance(row[2], Funding), row[1]))


def _folded(box: Box, trade: Trade, fact: Remembered) -> Trade:
    ledger = trade.ledger
    match fact:
        case Filled():
            known = fact if fact.seq >= 0 else replace(fact, seq=ledger.seq)
            ledger = book(ledger, known, _role(box, fact))
        case Funding():
            ledger = pay_funding(ledger, fact)
        case Merged():
            trade = _merged(box, trade, fact)
        case Regridded():
            trade = _planned(box, trade, replace(trade.plan, instrument=fact.instrument))
        case _:
            pass
    trade = Trade(trade.plan, ledger, trade.lines, trade.own)
    after = box.strategy.apply(trade, fact)
    return trade if after is trade.own else Trade(trade.plan, ledger, trade.lines, after)


def _merged(box: Box, trade: Trade, fact: Merged) -> Trade:
    """The trade with the plan that a merge gave it; the stop of the one before is ours, should it be seen once more."""
    if trade.plan.stop is not None:
        box.stops[trade.plan.stop] = max(fact.at, box.stops.get(trade.plan.stop, 0))
    return _planned(box, trade, fact.plan)


def _planned(box: Box, trade: Trade, plan: Plan) -> Trade:
    """The trade with another plan; what it began with is kept, to fold its history over."""
    box.born = box.born or trade.plan
    if trade.plan.instrument.differences(plan.instrument):
        box.former.append(trade.plan.instrument)
    return Trade(plan, trade.ledger, trade.lines, trade.own)


def _role(box: Box, fact: Filled) -> str | None:
    """The role an execution belongs to, None when its order isn't this trade's."""
    if fact.key is None:
        return None
    trade, role = trade_and_role(fact.key)
    return role if trade == box.id else None


def _alert(state: AccountState, box: Box, before: Trade, fact: Fact) -> None:
    if state.silent:
        return
    for alert in box.strategy.alerts(before, fact, box.trade):
        state.out.alerts.append(_dated(state, alert))


def _dated(state: AccountState, alert: Alert) -> Alert:
    if not state.late or state.now - alert.at < LATE:
        return alert
    return replace(alert, learned_late=state.now - alert.at)
