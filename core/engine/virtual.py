"""The virtual-time carrier: the same account machines as the live service, around an embedded venue, without waiting.

What one touch of the price causes is in force before the price moves on. With a latency, commands reach the venue that
much later, and the price goes on meanwhile.
"""

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from core.account import regridding
from core.account.effects import Effects, Reply
from core.account.grouping import group_of, with_group_count
from core.account.inputs import Answered, Input, Known, LeaderIs, Open, Operate, Rebuild, Tick
from core.account.machine import AccountMachine, restore
from core.account.state import AccountState
from core.commands import Command
from core.engine.tape import AccountTape, Tape
from core.facts import Price
from core.identity import trade_id
from core.invariants import Violation, violations
from core.mirror import scaled
from core.plan import Refusal
from core.request import Request
from ports.exchange import SteppedExchange, SteppedMarket

SALT = "virtual"


@dataclass(order=True, slots=True)
class _Due:
    at: int
    order: int
    account: str = field(compare=False)
    commands: tuple[Command, ...] = field(compare=False, default=())


class VirtualRun:
    """Machines, their accounts at an embedded venue, and a heap of what is due. One object is one run."""

    def __init__(
        self,
        market: SteppedMarket,
        exchanges: Mapping[str, SteppedExchange],
        states: Mapping[str, AccountState],
        latency: int = 0,
        *,
        salt: str = SALT,
    ) -> None:
        """Accounts act in the order of *states*; leaders should come first. *latency* in milliseconds."""
        self.market = market
        self.exchanges = exchanges
        self.machines = {name: AccountMachine(state) for name, state in states.items()}
        self.latency = latency
        self.tape = Tape({name: AccountTape() for name in states})
        self.replies: list[Reply] = []
        self._salt = salt
        self._inbox: dict[str, list[Input]] = {name: [] for name in states}
        self._wakes: dict[str, int] = {}
        self._heap: list[_Due] = []
        self._count = 0
        self._followers = _followers(states)
        self._groups = {name: group_of(name, states.values()) for name in states}

    def open(self, request: Request, leader: str) -> list[Reply]:
        """Submit a request on *leader* and its mirrors, now, and carry on until nothing more happens at this price."""
        before = len(self.replies)
        trade = trade_id(self._salt, request.id)
        terms = self.exchanges[leader].terms(request.symbol)
        self._inbox[leader].append(Open(request, terms, trade))
        self._step(leader)
        if self.replies[-1].plan is not None:
            theirs = Open(request, terms, trade, leader, into=self.replies[-1].into(trade))
            for mirror in self._followers.get(leader, ()):
                self._open_mirror(mirror, theirs)
        self.settle()
        return self.replies[before:]

    def _open_mirror(self, mirror: str, theirs: Open) -> None:
        following, request = self.machines[mirror].state.following, theirs.request
        if following is None:
            return
        mine = self.exchanges[mirror].terms(request.symbol)
        sized = scaled(request, theirs.terms, mine, following)
        refused = sized.reasons if isinstance(sized, Refusal) else ()
        own = request if isinstance(sized, Refusal) else sized
        until = request.at + following.late_join_seconds * 1_000
        self._inbox[mirror].append(replace(theirs, request=own, terms=mine, until=until, refused=refused))

    def operate(self, account: str, act: Operate) -> list[Reply]:
        """Carry an operator's act out now."""
        before = len(self.replies)
        symbol_of = self.machines[account].state.boxes.get(act.trade)
        last = act.last
        if last is None and symbol_of is not None:
            last = self.market.last(symbol_of.trade.plan.symbol)
        self._inbox[account].append(replace(act, last=last))
        self.settle()
        return self.replies[before:]

    def post(self, account: str, each: Input) -> None:
        """Hand a machine an input now, and carry on until nothing more happens at this price."""
        self._inbox[account].append(each)
        self.settle()

    def restart(self, name: str, state: AccountState) -> None:
        """Make an account's machine anew from its journal, as after kill -9: what was under way is forgotten.

        *state* is an empty one with the account's settings.
        """
        self.exchanges[name].drain()
        self._heap = [due for due in self._heap if due.account != name]
        heapq.heapify(self._heap)
        self._inbox[name] = [Tick()]
        self._wakes.pop(name, None)
        tape = self.tape.accounts[name]
        over = {report.id for report in tape.closed}
        state.known |= over
        records = [(entry.trade, entry.what) for entry in tape.journal if entry.trade not in over]
        self.machines[name] = restore(state, records, self.market.now)
        leader = state.following.leader if state.following is not None else None
        if leader is not None:
            self._inbox[name] += self.machines[leader].leads()

    def settle(self) -> None:
        """Let every account act on what it knows until none has anything left to do at this moment."""
        busy = True
        while busy:
            busy = False
            for name, exchange in self.exchanges.items():
                facts = exchange.drain()
                if facts:
                    self.tape.accounts[name].seen.extend(facts)
                    self._inbox[name].append(Known(facts))
            for name in self.machines:
                if self._inbox[name]:
                    busy = True
                    self._step(name)

    def run_until_idle(self) -> None:
        """Go on until no trade is live on any account, or the price path ends."""
        self.settle()
        while self.open_trades() and self._go(None):
            pass

    def run(self, until: int | None = None) -> None:
        """Go on until the price path ends, or to *until*."""
        self.settle()
        while self._go(until):
            pass

    def _go(self, until: int | None) -> bool:
        """One touch, or one thing due; False at *until*, or when the path has ended and nothing is under way."""
        due = self._next_due()
        stop = until if due is None or (until is not None and until < due) else due
        more = self.market.advance(stop)
        self._arrive()
        self.settle()
        if until is not None:
            return self.market.now < until
        return more or bool(self._heap)

    def open_trades(self) -> int:
        """How many trades are live on all accounts."""
        return sum(len(machine.state.boxes) for machine in self.machines.values())

    def violations(self) -> tuple[Violation, ...]:
        """One audit of every account against a fresh look at the venue."""
        found: list[Violation] = []
        for name, machine in self.machines.items():
            found += violations(machine.state, self.exchanges[name].snapshot(self.market.now))
        return tuple(found)

    def _next_due(self) -> int | None:
        times = [*self._wakes.values()]
        if self._heap:
            times.append(self._heap[0].at)
        return min(times) if times else None

    def _arrive(self) -> None:
        now = self.market.now
        while self._heap and self._heap[0].at <= now:
            due = heapq.heappop(self._heap)
            self._submit(due.account, due.commands)
        for name, at in tuple(self._wakes.items()):
            if at <= now:
                del self._wakes[name]
                self._inbox[name].append(Tick())
        for name, machine in self.machines.items():
            for symbol, (below, above) in machine.state.bands.items():
                last = self.market.last(symbol)
                if (below is not None and last <= below) or (above is not None and last >= above):
                    self._inbox[name].append(Known((Price(symbol, last, now),)))

    def _step(self, name: str) -> None:
        inputs, self._inbox[name] = self._inbox[name], []
        self._carry(name, self.machines[name].step(inputs, self.market.now))

    def _carry(self, name: str, effects: Effects) -> None:
        tape = self.tape
        for alert in effects.alerts:
            tape.alerts.append(with_group_count(alert, self._groups[name]))
        tape.accounts[name].closed.extend(effects.closed)
        tape.accounts[name].journal += effects.first
        tape.accounts[name].journal += effects.behind
        self.replies.extend(effects.replies)
        commands = (*effects.urgent, *effects.soft, *effects.hard)
        if commands:
            self._dispatch(name, commands)
        for word in effects.leads:
            self._lead(name, word)
        if effects.cut is not None:
            self._read_rules(name)
            self._inbox[name].append(Known((self.exchanges[name].snapshot(self.machines[name].state.cuts.since),)))
        if effects.rebuild:
            exchange = self.exchanges[name]
            terms = tuple(exchange.terms(symbol) for symbol in effects.rebuild)
            self._inbox[name].append(Rebuild(terms, exchange.snapshot(0)))
        if effects.wake is not None:
            self._wakes[name] = min(effects.wake, self._wakes.get(name, effects.wake))
        if effects.bands is not None:
            self._watch(effects.bands)

    def _dispatch(self, name: str, commands: tuple[Command, ...]) -> None:
        if not self.latency:
            self._submit(name, commands)
            return
        self._count += 1
        heapq.heappush(self._heap, _Due(self.market.now + self.latency, self._count, name, commands))

    def _submit(self, name: str, commands: Sequence[Command]) -> None:
        outcomes = self.exchanges[name].submit(commands)
        self.tape.accounts[name].sent(commands, outcomes, self.market.now)
        self._inbox[name].append(Answered(tuple(commands), outcomes))
        if regridding.doubted(outcomes):
            self._read_rules(name)

    def _read_rules(self, name: str) -> None:
        """See whether the venue has other rules for what is traded here (rel:F37)."""
        facts = regridding.news(self.machines[name].state, self.exchanges[name].instruments(), self.market.now)
        if facts:
            self._inbox[name].append(Known(facts))

    def _lead(self, name: str, word: LeaderIs) -> None:
        for follower in self._followers.get(name, ()):
            self._inbox[follower].append(word)

    def _watch(self, symbols: Iterable[str]) -> None:
        """Ask the market to stop at the tightest band of all accounts."""
        for symbol in symbols:
            bands = [machine.state.bands.get(symbol, (None, None)) for machine in self.machines.values()]
            below = max((low for low, _ in bands if low is not None), default=None)
            above = min((high for _, high in bands if high is not None), default=None)
            self.market.watch(symbol, below, above)


def _followers(states: Mapping[str, AccountState]) -> dict[str, list[str]]:
    followers: dict[str, list[str]] = {}
    for name, state in states.items():
        if state.following is not None:
            followers.setdefault(state.following.leader, []).append(name)
    return followers
