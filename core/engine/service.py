"""The service: every account's worker, the words between them, and what front ends ask and do."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

import structlog

from core.account.effects import Effects, Reply
from core.account.grouping import group_of, with_group_count
from core.account.inputs import Known, LeaderIs, Open, Operate, Pause
from core.account.machine import restore
from core.account.merging import taken_by
from core.account.state import AccountState
from core.alerts import UNWATCHED, Alert, ServiceDegraded, ServiceRestored, StoreDamaged
from core.engine import store_damaged
from core.engine.answers import Answers, Asked
from core.engine.connections import Connections
from core.engine.guarded import Bounded, guarded, unbounded
from core.engine.joining import join_again, join_late
from core.engine.left_behind import left_behind
from core.engine.loop_watch import watch_loop
from core.engine.mirroring import Mirroring, began
from core.engine.offering import mirrors_of, offers
from core.engine.previewing import Preview, Previewing
from core.engine.today import recall_today
from core.engine.unwatched import MEND, unwatched
from core.engine.worker import AccountWorker
from core.engine.writer import Writer
from core.errors import Unavailable
from core.facts import ActKind, Paused, Stream
from core.identity import trade_id
from core.report import TradeReport
from core.request import Request
from core.stats import known_at
from core.words import Environment
from ports.clock import Clock
from ports.exchange import Exchange
from ports.persistence import Batch, Mended, Record, Store

log = structlog.get_logger("tandem.service")

ANSWER_WITHIN = 10
"""Seconds in which a machine must have answered a request or an act; it answers without waiting for any venue."""

GHOSTS, GHOSTS_FOR = 20, 3_600_000
"""So many trades that closed within so many milliseconds are recalled at start, for fills that came while down."""

Tell = Callable[[str, str], Awaitable[None]]
"""Tells people (what, detail): a part of the service is not as it should be; with detail "" it is well again."""


class Service:
    """All accounts of one process. `run` runs it; everything else may be called from the same event loop meanwhile."""

    def __init__(
        self,
        exchanges: Mapping[str, Exchange],
        states: Mapping[str, AccountState],
        store: Store,
        clock: Clock,
        bounded: Bounded = unbounded,
    ) -> None:
        """Leaders first in *states*; *bounded* calls the strategies.

        Nothing is opened here: the caller starts the store, connects, recovers.

        `stored` is called whenever something new is durable; set it to wake who delivers alerts.
        """
        self.exchanges = exchanges
        self.states = states
        self.store = store
        self.clock = clock
        self.bounded = bounded
        self.started_at = 0
        self.salt = ""
        self.unwatched: tuple[str, ...] = ()
        self.stored: Callable[[], None] = lambda: None
        self.answer_within: float = ANSWER_WITHIN
        self.workers: dict[str, AccountWorker] = {}
        self.writer = Writer(store, clock, self._store_trouble, self._told_stored)
        self.connections = Connections(exchanges, states, clock, self.writer, store)
        self._answers = Answers()
        self._groups = {name: group_of(name, states.values()) for name in states}
        for state in states.values():
            state.strategies = guarded(state, bounded)

    def _told_stored(self) -> None:
        self.stored()

    async def recover(self) -> None:
        """Fold what the store remembers, so that every machine knows its trades before it hears of anything new."""
        self.started_at = self.clock.now()
        self.salt = await self.store.salt()
        await recall_today(self.store, self.states, self.started_at)
        for name, state in self.states.items():
            state.known |= await self.store.requests(name)
            ended = await self._ended(name)
            records = [record for report in ended for record in await self.store.trade(name, report.id)]
            records += await self.store.live(name)
            told = [(record.trade, record.what) for record in records]
            machine = restore(state, told, self.clock.now(), ended)
            self.workers[name] = AccountWorker(
                machine,
                self.exchanges[name],
                self.writer,
                self.clock,
                decorate=self._decorator(name),
                lead=self._leader(name),
                replied=self._replied,
            )
            log.info("recovered", account=name, trades=len(state.boxes), records=len(records))
        self.unwatched = unwatched(await self.store.live_elsewhere(list(self.states)))
        if self.unwatched:
            await self.tell(UNWATCHED, f"{'; '.join(self.unwatched)}. Mend: {MEND}")
        for name in self.workers:
            ended_unheard = await left_behind(self.store, self.states[name], self.states.values())
            for word in (*self.workers[name].machine.leads(), *ended_unheard):
                self._leader(name)(word)

    async def _ended(self, account: str) -> list[TradeReport]:
        """Reports of trades that closed lately, oldest first: what one of their orders does yet must find its own."""
        since = self.started_at - GHOSTS_FOR
        closed = await self.store.closed(account, GHOSTS)
        return [report for report in reversed(closed) if known_at(report) >= since]

    async def run(self) -> None:
        """Run every worker until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.writer.run())
            tasks.create_task(self.connections.belonging.run())
            tasks.create_task(watch_loop(self.clock, self._tell))
            for name, worker in self.workers.items():
                if name in self.connections.down:
                    tasks.create_task(self._revive(name, worker))
                else:
                    tasks.create_task(self._run(worker))

    async def _run(self, worker: AccountWorker) -> None:
        worker.post(Known((Stream(up=True, at=self.clock.now()),)))
        async with asyncio.TaskGroup() as tasks:
            leader = self.states[self.leader_of(worker.account)]
            tasks.create_task(join_late(worker, leader, self.connections, self.clock))
            await worker.run()

    async def _revive(self, name: str, worker: AccountWorker) -> None:
        if await self.connections.revive(name):
            await self._run(worker)

    async def preview(self, request: Request, leader: str) -> tuple[Preview, ...]:
        """What each account of the leader's group would do for *request*; sends nothing, changes nothing."""
        previewing = Previewing(self.states, self.connections, self.clock)
        return await previewing.of(request, leader, trade_id(self.salt, request.id))

    async def taken(self, request: Request, leader: str) -> str:
        """The live trade of *leader* that *request* could be merged into (B13), "" when there is none."""
        box = taken_by(self.states[leader], request, await self.connections.terms(leader, request.symbol))
        return "" if box is None else box.id

    async def open(self, request: Request, leader: str) -> tuple[Reply, ...]:
        """Open a request on *leader* and its mirrors, or add it to the trade that is there, if it says so (B13).

        A refusal by the leader opens nothing anywhere.
        """
        trade = trade_id(self.salt, request.id)
        async with offers(self.connections, mirrors_of(leader, self.states), request.symbol) as offered:
            terms = await self.connections.terms(leader, request.symbol)
            reply = await self.ask(leader, Open(request, terms, trade))
            if reply.plan is None:
                return (reply,)
            theirs = Open(request, terms, trade, leader, into=reply.into(trade), since=began(reply.plan, trade))
            mirroring = Mirroring(self.states, self.workers, self.connections, self.clock, self.ask)
            mirrored = await asyncio.gather(*(mirroring.open(name, theirs, offer) for name, offer in offered.items()))
        return (reply, *mirrored)

    async def operate(self, account: str, act: Operate) -> Reply:
        """Carry an operator's act out on one account's trade (B14)."""
        box = self.states[account].boxes.get(act.trade)
        if box is not None and act.kind in (ActKind.MOVE_STOP, ActKind.MOVE_TARGET):
            act = replace(act, last=await self.connections.last_price(account, box.trade.plan.symbol))
        return await self.ask(account, act)

    def pause(self, account: str, by: str, *, paused: bool) -> None:
        """Take no new entries on an account, or again.

        No machine is at work where it is not connected, that would write it down: a restart has to know it too.
        """
        self.workers[account].post(Pause(paused, by))
        if account in self.connections.down:
            at = self.clock.now()
            self.states[account].paused = paused
            said = Record(account=account, trade=None, at=at, what=Paused(paused, by, at))
            self.writer.hand(Batch(records=(said,)))

    def leader_of(self, account: str) -> str:
        """The account that *account* follows, itself when it leads."""
        following = self.states[account].following
        return account if following is None else following.leader

    async def ask(self, account: str, each: Asked) -> Reply:
        """Hand an account's machine something that it answers. Raises TimeoutError when it doesn't in time.

        An answer that comes after that goes to nobody: it is logged. Raises Unavailable when the account is not
        connected: what waited for it would be done hours later, as often as somebody had tried.
        """
        if account in self.connections.down:
            raise Unavailable(self.connections.why(account))
        return await self._answers.to(each, self.workers[account].post, self.answer_within)

    def _replied(self, effects: Effects, account: str) -> None:
        for trade in effects.reopen:
            worker = self.workers[account]
            worker.spawn(join_again(worker, trade, self.connections, self.clock))
        if effects.replies:
            self._answers.came(effects.replies)

    def _decorator(self, account: str) -> Callable[[Alert], Alert]:
        group = self._groups[account]
        return lambda alert: with_group_count(alert, group)

    def _leader(self, account: str) -> Callable[[LeaderIs], None]:
        followers = mirrors_of(account, self.states)

        def lead(word: LeaderIs) -> None:
            for follower in followers:
                worker = self.workers.get(follower)
                if worker is not None:
                    worker.post(word)

        return lead

    def _store_trouble(self, reason: str) -> None:
        """Say that the store refuses, or that it is well again; the alert waits for the store like all others."""
        body = ServiceDegraded("database", reason) if reason else ServiceRestored("database")
        log.error("store refuses", reason=reason) if reason else log.info("store accepts again")
        self._tell(body)

    async def tell(self, what: str, detail: str) -> None:
        """Tell people that a part of the service is not as it should be; without *detail* that it is well again."""
        self._tell(ServiceDegraded(what, detail) if detail else ServiceRestored(what))

    def went_on(self, mended: Mended) -> None:
        """Tell that the store was damaged, and that this life goes on with a backup of it (rel:F47)."""
        self._tell(store_damaged.told(mended, self.clock.now()))

    def _tell(self, body: ServiceDegraded | ServiceRestored | StoreDamaged) -> None:
        """Tell how the service itself is; like all alerts it waits for the store."""
        at = self.clock.now()
        environment = next((state.environment for state in self.states.values()), Environment.PAPER)
        what = "damaged" if isinstance(body, StoreDamaged) else body.what
        alert = Alert(body=body, account="", environment=environment, at=at, cause=f"{what}:{at}")
        self.writer.hand(Batch(alerts=(alert,)))
