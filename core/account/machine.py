"""One account's behaviour as a step machine: `step(inputs, now) -> effects`. No async, no clock, no I/O.

Inputs that wait are folded together, then every touched trade is decided once. Deterministic: the same inputs at the
same times give the same effects.
"""

from collections.abc import Iterable, Sequence
from typing import assert_never

from core.account import acting, adopting, breaker, cuts, hands, merging, opening, owing, rebuilding, waking
from core.account.answers import answer, launch
from core.account.box import Box
from core.account.covering import OVERLAP
from core.account.deciding import decide
from core.account.effects import Effects
from core.account.ending import lay_aside, leader_word
from core.account.folding import STREAM, fold
from core.account.inputs import (
    Adopt,
    Answered,
    CutFailed,
    Input,
    Known,
    LeaderIs,
    Look,
    Open,
    Operate,
    Pause,
    Rebuild,
    Release,
    TakeOut,
    Tick,
    Unoffered,
)
from core.account.naming import STARTING
from core.account.recalling import recall, recalled
from core.account.state import AccountState
from core.commands import Query, Unknown
from core.facts import (
    Cut,
    Fact,
    VenueFact,
)
from core.lines import never_accepted
from core.plan import Plan
from core.report import TradeReport
from core.trade import LineState, Trade


class AccountMachine:
    """All that one account does. Everything it knows is in `state`; nothing else writes that."""

    def __init__(self, state: AccountState) -> None:
        """Begin with *state*, empty or made by `restore`."""
        self.state = state

    def step(self, inputs: Iterable[Input], now: int) -> Effects:
        """Take inputs in and decide. *now* is venue time and never goes back.

        The effects belong to the caller; an answer for every command in them must come back as an Answered.
        """
        state = self.state
        state.now = max(now, state.now)
        state.out = Effects()
        for each in inputs:
            self._take(each)
        self._due()
        decide(state)
        cuts.ask(state)
        return state.out

    def _take(self, each: Input) -> None:
        state = self.state
        match each:
            case Known(facts=facts):
                self._know(facts)
            case Tick():
                pass
            case Answered(commands=commands, outcomes=outcomes):
                for command, outcome in zip(commands, outcomes, strict=True):
                    answer(state, command, outcome)
                breaker.answered(state, outcomes)
            case CutFailed(reason=reason):
                cuts.failed(state, reason)
                breaker.failed(state, reason)
            case Open() | Unoffered():
                self._asked(each)
            case Operate():
                acting.operate(state, each)
            case LeaderIs():
                acting.follow(state, each)
            case Pause(paused=paused, by=by):
                opening.pause(state, by, paused)
            case Adopt() | Release() | TakeOut():
                adopting.hand_over(state, each)
            case Rebuild() | Look():
                cuts.look(state, each) if isinstance(each, Look) else rebuilding.rebuild(state, each)
            case _:
                assert_never(each)

    def _asked(self, each: Open | Unoffered) -> None:
        if isinstance(each, Unoffered):
            opening.unoffered(self.state, each)
            return
        merging.take(self.state, each)
        acting.joined(self.state, each.trade)

    def _know(self, facts: Iterable[VenueFact]) -> None:
        for fact in facts:
            if isinstance(fact, Cut):
                cuts.take(self.state, fact)
            else:
                fold(self.state, fact)

    def _due(self) -> None:
        """Whatever time has brought: questions, answers that never came, strategies' wake-ups, mirrors too late."""
        state = self.state
        if not state.capabilities.lossless_stream:
            self._unanswered()
        if state.doubts:
            self._ask()
        if state.wakes:
            waking.due(state)
        for box in tuple(state.timed.values()):
            self._try_again(box)
        if state.waiting:
            opening.expire_waiting(state)
        if state.owed:
            owing.due(state)
        if state.troubles:
            hands.remind(state)
            breaker.due(state)

    def _unanswered(self) -> None:
        """Take what wasn't answered in time for unknown."""
        state = self.state
        lasts = state.timings.answer
        for name, flight in tuple(state.flights.items()):
            if state.now >= flight.at + lasts:
                answer(state, flight.command, Unknown(f"no answer to {name} within {lasts} ms"))

    def _ask(self) -> None:
        """Ask for what is in doubt, when it is due."""
        state = self.state
        for key, doubt in tuple(state.doubts.items()):
            if doubt.asking or f"query:{key}" in state.flights:
                continue
            if state.now >= doubt.due:
                doubt.asking = True
                query = Query(key, doubt.slot)
                launch(state, None, query)
                state.out.urgent.append(query)
            else:
                state.wake(doubt.due)

    def _try_again(self, box: Box) -> None:
        """Let a trade decide anew when a back-off ends or its alarm is due."""
        state = self.state
        if box.id not in state.boxes:
            del state.timed[box.id]
            return
        waits = [each.until for each in box.backoffs.values() if each.until is not None]
        if box.exposed_since is not None:
            waits.append(box.exposed_since + box.trade.plan.rules.protect_within)
        if any(wait <= state.now for wait in waits):
            state.touch(box)
        for wait in waits:
            if wait > state.now:
                state.wake(wait)

    def leads(self) -> tuple[LeaderIs, ...]:
        """How every trade that this account leads stands, lately ended ones included: told to mirrors at start."""
        boxes = (*self.state.boxes.values(), *self.state.ended.values())
        return tuple(leader_word(box) for box in boxes if box.trade.plan.leader is None)


def restore(
    state: AccountState,
    records: Sequence[tuple[str | None, Plan | Fact]],
    now: int,
    ended: Iterable[TradeReport] = (),
) -> AccountMachine:
    """A machine that knows what the journal says, and trusts none of it to be all.

    Nothing is sent and nobody is told while the journal is folded. Until a covering cut the account counts as
    starting: entries wait, exits go on once the cut shows what works. *ended* are the reports of the trades among
    *records* that closed lately: they stay closed, but for those that a late fill opened once more, and a fill of
    theirs that nobody saw is found and flattened (rel:F31).
    """
    state.now = state.began = now
    state.silent = True
    for trade, what in records:
        recall(state, trade, what)
    for report in ended:
        if report.id in state.boxes:
            _end(state, state.boxes[report.id], report)
    state.silent = False
    for box in state.boxes.values():
        state.owners.setdefault(box.trade.plan.slot, box)  # whoever came back, where a later trade is over as well
        # Whether the leverage was set before the end came is not known: it is set again before what was never sent.
        box.preparing = any(leg.role not in box.trade.lines for leg in box.trade.plan.legs)
        for stop in recalled(box).stops:
            box.last_stop = (stop.price, stop.kind)
    for box in (*state.boxes.values(), *state.ended.values()):
        state.view(box.trade.plan.slot).begin(box.trade.ledger.seq)
    state.touched.clear()
    state.troubles[STARTING] = now
    state.rebuilding = True
    if not state.stream_up:
        state.troubles[STREAM] = now
    state.cuts.due = now
    starts = [box.trade.plan.at for box in state.boxes.values()]
    starts += [box.trade.ledger.last_at or box.trade.plan.at for box in state.ended.values()]
    state.cuts.since = min(starts, default=now) - OVERLAP
    return AccountMachine(state)


def _end(state: AccountState, box: Box, report: TradeReport) -> None:
    """Lay aside what was reported as over: when it ended and the stop that it had, no later fact of it changes (G1).

    But for one that a fill woke after its report: what that opened is still to be closed (B10).
    """
    box.reported = report
    box.last_stop = None if report.stop is None else (report.stop.price, report.stop.kind)
    if _came_back(box, report):
        return
    box.trade = _quiet(box.trade)
    box.desired = box.strategy.desired(box.trade)
    lay_aside(state, box.id)


def _came_back(box: Box, report: TradeReport) -> bool:
    """Whether more was entered than the report of its end tells: it is reported anew once that is closed (I10)."""
    ledger = box.trade.ledger
    return ledger.position > 0 or ledger.entered != report.entered


def _quiet(trade: Trade) -> Trade:
    """A trade that closed had no order that might work: one that was sent and never shown was proven absent first.

    Nobody wrote that proof down. Without it every start would take the trade for one that goes on.
    """
    lines = {role: never_accepted(line) if line.state is LineState.SENT else line for role, line in trade.lines.items()}
    return Trade(trade.plan, trade.ledger, lines, trade.own)
