"""The process of ring B: one life after another of the real service, each recovered from what the disk holds."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from copy import copy
from decimal import Decimal

from config.simulation.disk import Disk
from config.simulation.live.exchange import RoadExchange
from config.simulation.live.loop import LoopTimeline, VirtualClock
from config.simulation.live.store import DiskStore
from config.simulation.process import ASKS_AGAIN, LEADER, Node, Process
from config.simulation.road import Road
from config.simulation.sent import Spinning
from config.simulation.sights import Sights
from core.account.effects import Effects
from core.account.inputs import Adopt, Input, Look, Operate, Release
from core.account.machine import AccountMachine
from core.account.state import AccountState
from core.commands import Command, Place
from core.engine.service import Service
from core.errors import TandemError, Unavailable
from core.facts import VenueFact
from core.request import Request
from plugins.exchanges.paper.venue.engine import Venue

STARTED_AGAIN = 5_000
"""Milliseconds after which a process that could reach no account is started again."""


class SeenMachine(AccountMachine):
    """The machine of an account, watched while it steps."""

    def __init__(self, state: AccountState, sights: Sights) -> None:
        """*state* is a restored machine's."""
        super().__init__(state)
        self._sights = sights
        self.well: set[str] = set()
        """The placements that were decided while the account was well."""

    def step(self, inputs: Iterable[Input], now: int) -> Effects:
        """See AccountMachine.step."""
        taken, looks = tuple(inputs), self.state.cuts.done
        self._sights.before(self.state, taken)
        effects = super().step(taken, now)
        self._sights.after(self.state, taken, looks, effects)
        if not self.state.troubles:
            self.well.update(command.key for command in effects.hard if isinstance(command, Place))
        return effects

    def decided(self, commands: Sequence[Command]) -> AccountState:
        """The state in which these were decided: they leave in a task of their own, perhaps after the next step."""
        state = copy(self.state)
        if all(command.key in self.well for command in commands if isinstance(command, Place)):
            state.troubles = {}
        return state


class LiveProcess(Process):
    """As ring A's process, but what runs is `core.engine.service.Service`; `broke` hears what ended it."""

    def __init__(
        self,
        timeline: LoopTimeline,
        disk: Disk,
        roads: Mapping[str, Road],
        fresh: Callable[[str], AccountState],
        sends: Callable[[AccountState, Sequence[Command]], bool],
        sights: Sights,
        *,
        venue: Venue,
        crash: Callable[[], None],
    ) -> None:
        """See Process; *crash* kills it from within the store. Set `broke` before anything happens."""
        super().__init__(timeline, disk, roads, fresh, sends, sights)
        self._loop = timeline.loop
        self._clock = VirtualClock(timeline)
        self._store = DiskStore(disk, crash)
        self._venue = venue
        self.broke: Callable[[str], None] = self._unheard
        self._asking: set[str] = set()
        self._tasks: list[asyncio.Task[None]] = []
        self._exchanges: dict[str, RoadExchange] = {}
        self._machines: dict[str, SeenMachine] = {}
        self._service: Service | None = None

    @property
    def up(self) -> bool:
        """Whether the process lives, recovered or not yet."""
        return self._service is not None

    def _unheard(self, why: str) -> None:
        raise RuntimeError(why)

    def died(self) -> None:
        """Nothing of this life can do anything any more."""
        super().died()
        self._loop.life = self.generation
        for task in asyncio.all_tasks(self._loop):  # all of them: a kill waits for nothing that one began for another
            task.cancel()
        self._tasks = []
        self._asking.clear()
        self._exchanges = {}
        self._machines = {}
        self._service = None

    def boot(self) -> None:
        """A new life, from the disk."""
        self._exchanges = {name: self._exchange(name, road) for name, road in self.roads.items()}
        states = {name: self._fresh(name) for name in self.roads}
        self._service = Service(self._exchanges, states, self._store, self._clock)
        self._begin(self._live(self._service))

    def _exchange(self, name: str, road: Road) -> RoadExchange:
        return RoadExchange(name, road, self._venue, self._fresh(name).capabilities, self._leaves)

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        """Run *work* as a task of this life."""
        self._tasks = [task for task in self._tasks if not task.done()]
        self._tasks.append(self._loop.create_task(work, context=self._loop.in_life()))

    async def _live(self, service: Service) -> None:
        """As `serve` does: connect, recover, run until killed."""
        try:
            await service.connections.open()
        except Unavailable:
            self.died()
            self.timeline.after(STARTED_AGAIN, self.boot)
            return
        await service.recover()
        self.since = self.timeline.now
        for name, worker in service.workers.items():
            machine = worker.machine = SeenMachine(worker.machine.state, self._sights)
            self._machines[name] = machine
            self.nodes[name] = Node(machine)
        for name, act, before in self.pending.left():
            self._begin(self._operate(name, act, before, ASKS_AGAIN))
        self._begin(self._tick())
        try:
            await service.run()
        except Exception as error:  # noqa: BLE001 - whatever ends the service by itself is what is looked for
            self.broke(_innermost(error))

    def _leaves(self, name: str, commands: Sequence[Command]) -> bool:
        """Whether the process lives to send these; a storm that goes round in circles ends here."""
        machine = self._machines.get(name)
        try:
            return machine is not None and self._sends(machine.decided(commands), commands)
        except Spinning as error:
            self._loop.fail(error)
            return False

    def heard(self, name: str, generation: int) -> Callable[[VenueFact], None]:
        """See Process.heard."""

        def receive(fact: VenueFact) -> None:
            if generation == self.generation and name in self._exchanges:
                self._exchanges[name].heard(fact)

        return receive

    def priced(self, symbol: str, last: Decimal, at: int) -> None:
        """See Process.priced."""
        for exchange in self._exchanges.values():
            exchange.priced(symbol, last, at)

    async def _tick(self) -> None:
        """A venue's ticker speaks even when nothing trades."""
        while True:
            await self._clock.sleep(ASKS_AGAIN)
            for symbol, last in self._venue.state.last.items():
                self.priced(symbol, last, self._clock.now())

    # what people ask

    def open(self, request: Request) -> None:
        """See Process.open; who still waits for an answer doesn't ask again."""
        if request.id not in self._asking and self._service is not None:
            self._asking.add(request.id)
            self._begin(self._open(self._service, request))

    async def _open(self, service: Service, request: Request) -> None:
        try:
            await service.open(request, LEADER)
        except (TimeoutError, TandemError):
            return
        else:
            self.answered.add(request.id)
        finally:
            self._asking.discard(request.id)

    def operate(self, name: str, act: Operate) -> None:
        """See Process.operate."""
        self._begin(self._operate(name, act, self.pending.note(name, act), 0))

    def give(self, name: str, each: Adopt | Release | Look) -> None:
        """See Process.give."""
        if self._service is not None and name in self._service.workers:
            self._service.workers[name].post(each)

    async def _operate(self, name: str, act: Operate, before: int, pause: int) -> None:
        """Ask until it is answered, or stored."""
        await self._clock.sleep(pause)
        while not self.pending.done(name, act, before) and self._service is not None:
            try:
                await self._service.operate(name, act)
            except (TimeoutError, TandemError):
                await self._clock.sleep(ASKS_AGAIN)
            else:
                break
        self.pending.taken(name, act.trade)


def _innermost(error: BaseException) -> str:
    """The first cause in nested groups, in words."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return f"{type(error).__name__}: {error}"
