"""One account's asyncio shell: feeds the machine what comes in and carries out what it asks for, through the ports.

One writer per account: only this task steps the machine. Commands leave in tasks of their own, so a slow answer never
holds back the next decision; their outcomes come back as inputs.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence

import structlog

from core.account import regridding
from core.account.effects import CutKind, Effects, Journaled
from core.account.inputs import Answered, Input, Known, LeaderIs, Tick
from core.account.machine import AccountMachine
from core.alerts import Alert
from core.commands import Code, Command, Refused, Unknown
from core.engine.failing import adapter_failed
from core.engine.looks import Looks
from core.engine.meter import Meter
from core.engine.writer import Writer
from core.facts import Price, Stream
from ports.clock import Clock
from ports.exchange import Exchange
from ports.persistence import Batch, Record

log = structlog.get_logger("tandem.engine")

LISTENS_AGAIN = 10_000
"""Milliseconds after which an adapter is listened to again that broke off; looks go on meanwhile."""


class AccountWorker:
    """Runs one machine. `post` may be called from the event loop at any time."""

    def __init__(
        self,
        machine: AccountMachine,
        exchange: Exchange,
        writer: Writer,
        clock: Clock,
        *,
        decorate: Callable[[Alert], Alert],
        lead: Callable[[LeaderIs], None],
        replied: Callable[[Effects, str], None],
    ) -> None:
        """*decorate* completes alerts with the group's count, *lead* tells followers, *replied* hands out answers."""
        self.machine = machine
        self.exchange = exchange
        self.account = exchange.account
        self._writer = writer
        self._clock = clock
        self._decorate = decorate
        self._lead = lead
        self._replied = replied
        self.meter = Meter()
        self.looks = Looks(machine.state, exchange, clock, self.meter, self.post)
        self._inbox: list[Input] = []
        self._news = asyncio.Event()
        self._wake: int | None = None
        self._tasks: asyncio.TaskGroup | None = None

    def post(self, each: Input) -> None:
        """Hand the machine an input; inputs that wait are folded together."""
        self._inbox.append(each)
        self._news.set()

    async def run(self) -> None:
        """Run until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            self._tasks = tasks
            tasks.create_task(self._listen())
            tasks.create_task(self._watch_prices())
            self.post(Tick())
            while True:
                await self._wait()
                inputs, self._inbox = self._inbox, []
                self._news.clear()
                await self._step(inputs or [Tick()])

    async def foresee(self) -> None:
        """Let the machine see, before it runs, what its first look will; nothing of it is sent, stored or told.

        For a dry run in a process that ends with it: trades that the store has lost count as ours then (C7).
        Raises what the adapter raises, TimeoutError where it never answers.
        """
        lost = self.machine.step([await self.looks.look(CutKind.FULL)], self._clock.now()).rebuild
        if lost:
            found = await self.looks.history(lost)
            self.machine.step([found], self._clock.now())

    async def _wait(self) -> None:
        if self._wake is None:
            await self._news.wait()
            return
        try:
            async with asyncio.timeout((self._wake - self._clock.now()) / 1_000):  # at once where that has passed
                await self._news.wait()
        except TimeoutError:
            return

    async def _step(self, inputs: Sequence[Input]) -> None:
        began = self._clock.monotonic()
        now = self._clock.now()
        effects = self.machine.step(inputs, now)
        self._wake = effects.wake
        await self._carry(effects, now)
        if effects.urgent or effects.soft or effects.hard or effects.first:
            log.debug(
                "step",
                account=self.account,
                inputs=len(inputs),
                commands=len(effects.urgent) + len(effects.soft) + len(effects.hard),
                milliseconds=self._clock.monotonic() - began,
            )

    async def _carry(self, effects: Effects, now: int) -> None:
        self._send(effects.urgent)
        alerts = tuple(self._decorate(alert) for alert in effects.alerts)
        records = tuple(self._record(entry, now) for entry in (*effects.first, *effects.behind))
        batch = Batch(records=records, alerts=alerts, closed=tuple(effects.closed))
        if effects.first:
            stored = await self._writer.durable(batch)
            self._send(effects.soft)
            if stored:
                self._send(effects.hard)
            else:
                self._not_stored(effects.hard)
            self._tell_mirrors(effects.leads)
        else:
            if effects.leads:
                self.spawn(self._lead_once(self._writer.hand(batch), tuple(effects.leads)))
            elif records or alerts or batch.closed:
                self._writer.hand(batch)
            self._send(effects.soft)
            self._send(effects.hard)
        self._replied(effects, self.account)
        if effects.cut is not None:
            self.spawn(self._cut(effects.cut))
        if effects.rebuild:
            self.spawn(self.looks.rebuild(effects.rebuild))

    async def _lead_once(self, handed: "asyncio.Future[None]", words: tuple[LeaderIs, ...]) -> None:
        """Tell the mirrors once what it follows from is durable: a start knows no more than that (A4, rel:I14).

        A store that takes nothing holds it up for the writer's patience only. Words stay in order: batches are kept so.
        """
        await self._writer.kept(handed)
        self._tell_mirrors(words)

    def _tell_mirrors(self, words: Sequence[LeaderIs]) -> None:
        for word in words:
            self._lead(word)

    def _record(self, entry: Journaled, now: int) -> Record:
        return Record(account=self.account, trade=entry.trade, at=now, what=entry.what)

    def _not_stored(self, commands: Sequence[Command]) -> None:
        """Nothing that raises risk leaves unless it is durable (rel:I15); the machine tries again."""
        if commands:
            refused = Refused(Code.BUSY, "the store did not accept the plan in time; nothing was sent")
            self.post(Answered(tuple(commands), tuple(refused for _ in commands)))

    def _send(self, commands: Sequence[Command]) -> None:
        if commands:
            self.spawn(self._submit(tuple(commands)))

    async def _submit(self, commands: tuple[Command, ...]) -> None:
        began = self._clock.monotonic()
        try:
            answered = tuple(zip(commands, await self.exchange.submit(commands), strict=True))
        except Exception as error:
            # An adapter's bug says nothing of what the venue did: ask by key, as after any lost answer (rel:F58).
            log.exception("exchange failed", account=self.account)
            answered = tuple((command, Unknown(adapter_failed(error))) for command in commands)
        outcomes = tuple(outcome for _, outcome in answered)
        for command, outcome in answered:
            log.info("command", account=self.account, command=repr(command), outcome=repr(outcome))
        self.post(Answered(commands, outcomes))
        if regridding.doubted(outcomes):
            self.spawn(self.looks.rules())
        self.meter.answered(commands, outcomes, began, self._clock.monotonic() - began)

    async def _cut(self, kind: CutKind) -> None:
        self.spawn(self.looks.rules())
        await self.looks.take(kind)

    async def _listen(self) -> None:
        """Hear the account's facts. While the adapter tells none the account is degraded, as without its stream."""
        while True:
            await self._broken_off(self._hear())
            self.post(Known((Stream(up=False, at=self._clock.now(), reason="the adapter failed; the log says more"),)))
            await self._clock.sleep(LISTENS_AGAIN)
            self.post(Known((Stream(up=True, at=self._clock.now()),)))

    async def _hear(self) -> None:
        async for fact in self.exchange.events():
            self.meter.heard_at = self._clock.monotonic()
            self.post(Known((fact,)))

    async def _watch_prices(self) -> None:
        """Wake the machine when a price it asked for trades."""
        while True:
            await self._broken_off(self._see_prices())
            await self._clock.sleep(LISTENS_AGAIN)

    async def _see_prices(self) -> None:
        async for symbol, last, at in self.exchange.prices(()):
            below, above = self.machine.state.bands.get(symbol, (None, None))
            if (below is not None and last <= below) or (above is not None and last >= above):
                self.post(Known((Price(symbol, last, at),)))

    async def _broken_off(self, listening: Awaitable[None]) -> None:
        """Listen until it breaks off: an adapter is somebody's plugin, and ends no other account (rel:F58).

        One that ends without an error says no more than one with: while this runs, nobody has closed it.
        """
        try:
            await listening
        except Exception:
            log.exception("exchange failed", account=self.account)
        else:
            log.error("exchange tells nothing any more", account=self.account)

    def spawn(self, work: Coroutine[None, None, None]) -> None:
        """Run *work* as a task of this worker; a failure in it ends the service."""
        if self._tasks is None:
            raise RuntimeError(f"{self.account}: the worker is not running")
        self._tasks.create_task(work)
