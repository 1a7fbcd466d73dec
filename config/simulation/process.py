"""The process that runs every account's machine, as the live service does, except that it can die and come back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from config.simulation.disk import PATIENCE, Disk, Write
from config.simulation.pending import Pending
from config.simulation.road import Road
from config.simulation.sights import Sights
from config.simulation.timeline import Timeline
from core.account import regridding
from core.account.effects import Effects, Journaled, Reply
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
    Rebuild,
    Release,
    Tick,
)
from core.account.machine import AccountMachine, restore
from core.account.state import AccountState
from core.commands import Code, Command, Outcome, Refused
from core.engine.joining import missing
from core.facts import Cut, Price, Stream, VenueFact
from core.identity import trade_id
from core.mirror import scaled
from core.plan import Plan, Refusal
from core.request import Request
from core.terms import Terms

SALT = "simulation"
LEADER = "main"
ASKS_AGAIN = 1_000
"""Milliseconds after which somebody who got no answer asks once more."""
_NOTHING = (Tick(),)
_NOT_STORED = Refused(Code.BUSY, "the store did not accept the plan in time; nothing was sent")


@dataclass(slots=True)
class Node:
    """One account's machine with what waits for it."""

    machine: AccountMachine
    inbox: list[Input] = field(default_factory=list)
    due: bool = False
    storing: bool = False
    wake: int | None = None
    alarms: set[int] = field(default_factory=set)
    """When something is set to wake it; what it no longer waits for then is found out when it rings."""


class Process:
    """All machines of one process. `died` and `boot` may come at any moment."""

    def __init__(
        self,
        timeline: Timeline,
        disk: Disk,
        roads: Mapping[str, Road],
        fresh: Callable[[str], AccountState],
        sends: Callable[[AccountState, Sequence[Command]], bool],
        sights: Sights,
    ) -> None:
        """*fresh* makes an account's empty state.

        *sends* is shown what is about to leave, and says whether the process lives to send it.
        """
        self.timeline = timeline
        self.disk = disk
        self.roads = roads
        self.nodes: dict[str, Node] = {}
        self.generation = 0
        self.since = timeline.now
        """When it started last."""
        self._asked: dict[str, tuple[Request, Terms]] = {}
        self.pending = Pending(disk)
        self.answered: set[str] = set()
        """The requests whose asker was answered."""
        self.profits: dict[str, int] = {}
        """When mirrors were told first that TP1 of a trade was hit."""
        self._fresh = fresh
        self._sends = sends
        self._sights = sights

    @property
    def up(self) -> bool:
        """Whether the process lives."""
        return bool(self.nodes)

    def died(self) -> None:
        """Forget everything that is not on disk."""
        self.generation += 1
        self.nodes = {}
        self._asked.clear()
        self._sights.misfits.clear()  # an answer that was not stored in time died with it
        self.profits.clear()  # what was told may have died with it; what is known is told again
        self.disk.died()
        for road in self.roads.values():
            road.up = False

    def boot(self) -> None:
        """Start from what the disk holds: fold it, connect, tell the mirrors how their leader stands."""
        now = self.since = self.timeline.now
        for name, road in self.roads.items():
            self.nodes[name] = Node(self.restored(name, self._fresh(name)))
            road.up = True
        for name in self.nodes:
            for word in self.nodes[name].machine.leads():
                self._lead(name, word)
            self.post(name, Known((Stream(up=True, at=now),)))
            self._join_late(name)
        for name, act, _ in self.pending.left():
            self.timeline.after(ASKS_AGAIN, _again(self.post, name, act))

    def _join_late(self, name: str) -> None:
        state, leader = self.nodes[name].machine.state, self.nodes[LEADER].machine.state
        for each in missing(leader, state):
            theirs, mine = (self.roads[whose].terms(each.plan.symbol) for whose in (LEADER, name))
            self.post(name, each.asked(theirs, mine, state))

    def restored(self, name: str, state: AccountState) -> AccountMachine:
        """A machine made of what the disk holds, as core.engine.service does: trades that closed lately included."""
        lines = self.disk.journal.get(name, [])
        over = [report for (account, _), report in self.disk.reports.items() if account == name]
        state.known |= {report.id for report in over}
        state.known |= {entry.what.trade for entry in lines if isinstance(entry.what, Plan)}
        return restore(state, [(entry.trade, entry.what) for entry in lines], self.timeline.now, over)

    def post(self, name: str, each: Input) -> None:
        """Hand a machine an input; inputs that wait are folded together."""
        node = self.nodes.get(name)
        if node is None:
            return
        node.inbox.append(each)
        self._soon(name, node)

    def heard(self, name: str, generation: int) -> Callable[[VenueFact], None]:
        """What takes a frame of the stream that was opened in that generation."""

        def receive(fact: VenueFact) -> None:
            if generation == self.generation:
                self.post(name, Known((fact,)))

        return receive

    def priced(self, symbol: str, last: Decimal, at: int) -> None:
        """A price that a machine asked to be woken by may have traded."""
        for name, node in self.nodes.items():
            below, above = node.machine.state.bands.get(symbol, (None, None))
            if (below is not None and last <= below) or (above is not None and last >= above):
                self.post(name, Known((Price(symbol, last, at),)))

    def _soon(self, name: str, node: Node) -> None:
        if not node.due and not node.storing:
            node.due = True
            self.timeline.after(0, lambda: self._step(name, node))

    def _step(self, name: str, node: Node) -> None:
        if self.nodes.get(name) is not node:
            return
        node.due = False
        if node.storing:
            return
        inputs, node.inbox = node.inbox, []
        state = node.machine.state
        looks = state.cuts.done
        self._sights.before(state, inputs)
        effects = node.machine.step(inputs or _NOTHING, self.timeline.now)
        self._sights.after(state, inputs, looks, effects)
        node.wake = effects.wake
        self._carry(name, node, effects)

    def _carry(self, name: str, node: Node, effects: Effects) -> None:
        """As core.engine.worker carries them out: urgent first, then what must be durable, then the rest."""
        if effects.urgent:
            self._send(name, node, effects.urgent)
        if self.nodes.get(name) is not node:
            return
        entries = [*effects.first, *effects.behind]
        if not effects.first:
            if effects.leads:
                self._lead_once(name, node, entries, effects)
            elif entries or effects.alerts or effects.closed:
                self.disk.hand(Write(name, entries, effects.alerts, effects.closed), urgent=False)
            self._rest(name, node, effects, stored=True)
            return
        node.storing = True
        waits = [True]

        def go(*, stored: bool) -> None:
            if waits and self.nodes.get(name) is node:
                waits.clear()
                node.storing = False
                self._rest(name, node, effects, stored=stored)
                self._tell_mirrors(name, node, effects.leads)

        write = Write(name, entries, effects.alerts, effects.closed, lambda: go(stored=True))
        self.disk.hand(write, urgent=True)
        self.timeline.after(PATIENCE, lambda: go(stored=False))

    def _lead_once(self, name: str, node: Node, entries: list[Journaled], effects: Effects) -> None:
        """Tell the mirrors once what it follows from is durable, or the disk has taken nothing for too long."""
        words, waits = effects.leads, [True]

        def tell() -> None:
            if waits:
                waits.clear()
                self._tell_mirrors(name, node, words)

        self.disk.hand(Write(name, entries, effects.alerts, effects.closed, tell), urgent=True)
        self.timeline.after(PATIENCE, tell)

    def _tell_mirrors(self, name: str, node: Node, words: Sequence[LeaderIs]) -> None:
        for word in words if self.nodes.get(name) is node else ():
            self._lead(name, word)

    def _rest(self, name: str, node: Node, effects: Effects, *, stored: bool) -> None:
        if effects.soft:
            self._send(name, node, effects.soft)
        if effects.hard and stored:
            self._send(name, node, effects.hard)
        elif effects.hard:
            refused = tuple(_NOT_STORED for _ in effects.hard)
            self.post(name, Answered(tuple(effects.hard), refused))
        if self.nodes.get(name) is not node:
            return
        for reply in effects.replies:
            self._replied(name, reply)
        for trade in effects.reopen:
            self._reopen(name, trade)
        if effects.cut is not None:
            self._look(name, effects)
        if effects.rebuild:
            road = self.roads[name]
            self.post(name, Rebuild(tuple(road.terms(each) for each in effects.rebuild), road.venue.snapshot(0)))
        self._alarm(name, node)
        for symbol in effects.bands or ():
            terms = self.roads[name].terms(symbol)
            self.priced(symbol, terms.last, terms.at)
        if node.inbox:
            self._soon(name, node)

    def _send(self, name: str, node: Node, commands: list[Command]) -> None:
        if self.nodes.get(name) is not node:
            return
        if not self._sends(node.machine.state, commands):
            return
        generation = self.generation

        def answered(sent: tuple[Command, ...], outcomes: tuple[Outcome, ...]) -> None:
            if generation == self.generation:
                self.post(name, Answered(sent, outcomes))
                if regridding.doubted(outcomes):
                    self._read_rules(name)

        self.roads[name].requests.send(tuple(commands), answered)

    def _look(self, name: str, effects: Effects) -> None:
        generation = self.generation

        def taken(cut: Cut | None) -> None:
            if generation == self.generation:
                self._read_rules(name)
                self.post(name, CutFailed("no answer") if cut is None else Known((cut,)))

        assert effects.cut is not None  # noqa: S101 - the caller looked
        self.roads[name].looks.look(self.nodes[name].machine.state.cuts.since, effects.cut, taken)

    def _read_rules(self, name: str) -> None:
        """See whether the venue has other rules for what is traded here, as core.engine.worker does (rel:F37)."""
        state, listed = self.nodes[name].machine.state, self.roads[name].venue.instruments()
        facts = regridding.news(state, listed, self.timeline.now)
        if facts:
            self.post(name, Known(facts))

    def _alarm(self, name: str, node: Node) -> None:
        at = node.wake
        if at is None or at in node.alarms:
            return
        node.alarms.add(at)

        def ring() -> None:
            node.alarms.discard(at)
            if self.nodes.get(name) is node and node.wake == at:
                self._soon(name, node)

        self.timeline.at(at, ring)

    def _lead(self, leader: str, word: LeaderIs) -> None:
        if word.tp1:
            self.profits.setdefault(word.trade, self.timeline.now)
        for name, node in self.nodes.items():
            following = node.machine.state.following
            if following is not None and following.leader == leader:
                self.post(name, word)

    # what people ask

    def open(self, request: Request) -> None:
        """Ask main to open; its mirrors are asked once it did, as core.engine.service does."""
        terms = self.roads[LEADER].terms(request.symbol)
        self._asked[request.id] = (request, terms)
        self.post(LEADER, Open(request, terms, trade_id(SALT, request.id)))

    def _replied(self, leader: str, reply: Reply) -> None:
        asked = self._asked.pop(reply.about, None) if leader == LEADER else None
        self.answered.add(reply.about)
        self.pending.taken(leader, reply.about)
        if asked is None or reply.plan is None:
            return
        request, terms = asked
        for name, node in self.nodes.items():
            following = node.machine.state.following
            if following is None:
                continue
            mine = self.roads[name].terms(request.symbol)
            sized = scaled(request, terms, mine, following)
            refused = sized.reasons if isinstance(sized, Refusal) else ()
            until = self.timeline.now + following.late_join_seconds * 1_000
            own = request if isinstance(sized, Refusal) else sized
            trade = trade_id(SALT, request.id)
            self.post(name, Open(own, mine, trade, leader, until, refused, into=reply.into(trade)))

    def operate(self, name: str, act: Operate) -> None:
        """An operator's act; who gets no answer, because the process died, asks again when it is back."""
        self.pending.note(name, act)
        self.post(name, act)

    def give(self, name: str, each: Adopt | Release | Look) -> None:
        """Give a machine something once; who does it looks whether it was done."""
        self.post(name, each)

    def _reopen(self, name: str, trade: str) -> None:
        kept = self.nodes[name].machine.state.waiting.get(trade)
        if kept is not None:
            self.post(name, replace(kept, terms=self.roads[name].terms(kept.request.symbol)))


def _again(post: Callable[[str, Input], None], name: str, act: Operate) -> Callable[[], None]:
    return lambda: post(name, act)
