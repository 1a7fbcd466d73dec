"""The service: every account's worker, the words between them, and what front ends ask and do."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from itertools import count

import structlog

from core.account.effects import Effects, Reply
from core.account.grouping import group_of, with_group_count
from core.account.inputs import Adopt, Known, LeaderIs, Open, Operate, Pause, Release
from core.account.machine import AccountMachine, restore
from core.account.merging import no_trade, plan_merge, taken_by
from core.account.opening import account_against, planned, standing_against, view_of
from core.account.state import AccountState
from core.alerts import Alert, ServiceDegraded, ServiceRestored
from core.engine.connections import Connections
from core.engine.guarded import Bounded, guarded, unbounded
from core.engine.joining import missing
from core.engine.loop_watch import watch_loop
from core.engine.today import recall_today
from core.engine.worker import AccountWorker
from core.engine.writer import Writer
from core.errors import ConfigError, Unavailable
from core.facts import ActKind, Stream
from core.gate import reasons
from core.identity import trade_id
from core.mirror import scaled
from core.plan import Plan, Refusal
from core.request import Request
from core.terms import Terms
from core.trade import Trade
from core.words import Environment
from ports.clock import Clock
from ports.exchange import Exchange
from ports.persistence import Batch, Store

log = structlog.get_logger("tandem.service")

ANSWER_WITHIN = 10
"""Seconds in which a machine must have answered a request or an act; it answers without waiting for any venue."""

JOINS_AGAIN = 1_000
"""Milliseconds after which a mirror that waits is asked for its terms once more, when it gave none."""

GHOSTS, GHOSTS_FOR = 20, 3_600_000
"""So many trades that closed within so many milliseconds are recalled at start, for fills that came while down."""


@dataclass(frozen=True, slots=True)
class Preview:
    """What one account would do for a request. *into* is the trade as it stands that it would be merged into (B13)."""

    account: str
    terms: Terms
    plan: Plan | Refusal
    into: Trade | None = None


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
        self.stored: Callable[[], None] = lambda: None
        self.answer_within: float = ANSWER_WITHIN
        self.workers: dict[str, AccountWorker] = {}
        self.writer = Writer(store, clock, self._store_trouble, self._told_stored)
        self.connections = Connections(exchanges, states, clock, self.writer)
        self._asks = count(1)
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
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
            records = [record for trade in ended for record in await self.store.trade(name, trade)]
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
        for name in self.workers:
            for word in self.workers[name].machine.leads():
                self._leader(name)(word)

    async def _ended(self, account: str) -> list[str]:
        """The trades that closed lately, oldest first: what one of their orders does yet must find its own."""
        since = self.started_at - GHOSTS_FOR
        closed = await self.store.closed(account, GHOSTS)
        return [report.id for report in reversed(closed) if (report.closed_at or 0) >= since]

    async def run(self) -> None:
        """Run every worker until cancelled."""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self.writer.run())
            tasks.create_task(watch_loop(self.clock, self._tell))
            for name, worker in self.workers.items():
                if name in self.connections.down:
                    tasks.create_task(self._revive(name, worker))
                else:
                    tasks.create_task(self._run(worker))

    async def _run(self, worker: AccountWorker) -> None:
        worker.post(Known((Stream(up=True, at=self.clock.now()),)))
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._join_late(worker))
            await worker.run()

    async def _join_late(self, worker: AccountWorker) -> None:
        """Ask a mirror for the trades of its leader's that it never heard of (A9)."""
        mirror, leader = worker.machine.state, self.leader_of(worker.account)
        for each in missing(self.states[leader], mirror):
            try:
                theirs = await self.connections.terms(leader, each.plan.symbol)
                mine = await self.connections.terms(worker.account, each.plan.symbol)
            except (ConfigError, Unavailable) as error:
                log.warning("late join failed", account=worker.account, trade=each.plan.trade, reason=str(error))
                continue
            worker.post(each.asked(theirs, mine, mirror))

    async def _revive(self, name: str, worker: AccountWorker) -> None:
        if await self.connections.revive(name):
            await self._run(worker)

    # what front ends ask and do

    async def preview(self, request: Request, leader: str) -> tuple[Preview, ...]:
        """What each account of the leader's group would do for *request*; sends nothing, changes nothing."""
        trade = trade_id(self.salt, request.id)
        async with self._offers(self._mirrors(leader), request.symbol) as offers:
            terms = await self.connections.terms(leader, request.symbol)
            box = None if request.merge is None else taken_by(self.states[leader], request, terms)
            into = "" if box is None else box.id
            found = [self._previewed(leader, request, terms, trade, into)]
            for mirror, offer in offers.items():
                mine = await offer
                if isinstance(mine, Refusal):
                    found.append(Preview(mirror, terms, mine))
                    continue
                sized = self._scaled(mirror, request, terms, mine)
                if isinstance(sized, Refusal):
                    found.append(Preview(mirror, mine, sized))
                else:
                    found.append(self._previewed(mirror, sized, mine, trade, into))
        return tuple(found)

    def _previewed(self, account: str, request: Request, terms: Terms, trade: str, into: str) -> Preview:
        if not into:
            return Preview(account, terms, self._planned(account, request, terms, trade))
        state = self.states[account]
        box = state.boxes.get(into)
        if box is None:
            return Preview(account, terms, no_trade(account, into))
        against = account_against(state, Open(request, terms, trade))
        plan = plan_merge(state, box, request, terms, trade, self.clock.now())
        return Preview(account, terms, _against(plan, against), box.trade)

    async def taken(self, request: Request, leader: str) -> str:
        """The live trade of *leader* that *request* could be merged into (B13), "" when there is none."""
        box = taken_by(self.states[leader], request, await self.connections.terms(leader, request.symbol))
        return "" if box is None else box.id

    @asynccontextmanager
    async def _offers(
        self, mirrors: Sequence[str], symbol: str
    ) -> AsyncIterator[dict[str, "asyncio.Task[Terms | Refusal]"]]:
        """What each mirror offers, asked for while its leader is: the leader waits for none of them (rel:F40)."""
        offers = {mirror: asyncio.create_task(self._offer(mirror, symbol)) for mirror in mirrors}
        try:
            yield offers
        finally:
            for offer in offers.values():
                offer.cancel()

    async def _offer(self, mirror: str, symbol: str) -> Terms | Refusal:
        try:
            return await self.connections.terms(mirror, symbol)
        except (ConfigError, Unavailable) as error:
            return Refusal((str(error),))

    def _planned(self, account: str, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        state = self.states[account]
        strategy = state.strategies.get(request.strategy)
        if strategy is None:
            known = ", ".join(sorted(state.strategies))
            return Refusal((f"there is no strategy {request.strategy!r}; the configuration has {known}",))
        leader = None if state.following is None else state.following.leader
        against = standing_against(state, Open(request, terms, trade, leader))
        plan = planned(strategy, request, terms, trade, state.following)
        if isinstance(plan, Refusal):
            return _against(plan, against)
        held = reasons(plan, state.limits, view_of(state), self.clock.now())
        return _against(plan, against + held)

    async def open(self, request: Request, leader: str) -> tuple[Reply, ...]:
        """Open a request on *leader* and its mirrors, or add it to the trade that is there, if it says so (B13).

        A refusal by the leader opens nothing anywhere.
        """
        trade = trade_id(self.salt, request.id)
        async with self._offers(self._mirrors(leader), request.symbol) as offers:
            terms = await self.connections.terms(leader, request.symbol)
            reply = await self.ask(leader, Open(request, terms, trade))
            if reply.plan is None:
                return (reply,)
            mirrored = await asyncio.gather(
                *(
                    self._open_mirror(mirror, Open(request, terms, trade, leader, into=reply.into(trade)), offer)
                    for mirror, offer in offers.items()
                )
            )
        return (reply, *mirrored)

    async def _open_mirror(self, mirror: str, theirs: Open, offer: "asyncio.Task[Terms | Refusal]") -> Reply:
        """Ask a mirror for what its leader was asked for: *theirs*, with the leader's own request and terms."""
        request, mine = theirs.request, await offer
        if isinstance(mine, Refusal):
            return Reply(request.id, mirror, refusal=mine)
        sized = self._scaled(mirror, request, theirs.terms, mine)
        refused = sized.reasons if isinstance(sized, Refusal) else ()
        own = request if isinstance(sized, Refusal) else sized
        asked = replace(theirs, request=own, terms=mine, until=self._late_until(mirror), refused=refused)
        if self.states[mirror].troubles:
            self.workers[mirror].post(asked)
            why = ", ".join(sorted(self.states[mirror].troubles))
            return Reply(request.id, mirror, refusal=Refusal((f"waits until the account is well again: {why}",)))
        try:
            return await self.ask(mirror, asked)
        except TimeoutError:  # its leader has opened: that is an answer, whatever becomes of the mirror
            why = f"{mirror}: its machine has not answered; whether it opens is not known yet: its alerts will say"
            return Reply(request.id, mirror, refusal=Refusal((why,)))

    def _late_until(self, mirror: str) -> int:
        """Until when a mirror may still open (A9)."""
        following = self.states[mirror].following
        return self.clock.now() + (following.late_join_seconds * 1_000 if following is not None else 0)

    def _scaled(self, mirror: str, request: Request, leader: Terms, mine: Terms) -> Request | Refusal:
        following = self.states[mirror].following
        return request if following is None else scaled(request, leader, mine, following)

    async def operate(self, account: str, act: Operate) -> Reply:
        """Carry an operator's act out on one account's trade (B14)."""
        box = self.states[account].boxes.get(act.trade)
        if box is not None and act.kind in (ActKind.MOVE_STOP, ActKind.MOVE_TARGET):
            act = replace(act, last=await self.exchanges[account].last_price(box.trade.plan.symbol))
        return await self.ask(account, act)

    def pause(self, account: str, by: str, *, paused: bool) -> None:
        """Take no new entries on an account, or again."""
        self.workers[account].post(Pause(paused, by))

    def leader_of(self, account: str) -> str:
        """The account that *account* follows, itself when it leads."""
        following = self.states[account].following
        return account if following is None else following.leader

    def _mirrors(self, leader: str) -> list[str]:
        return [
            name
            for name, state in self.states.items()
            if state.following is not None and state.following.leader == leader
        ]

    async def ask(self, account: str, each: Open | Operate | Adopt | Release) -> Reply:
        """Hand an account's machine something that it answers. Raises TimeoutError when it doesn't in time.

        An answer that comes after that goes to nobody: it is logged.
        """
        number = next(self._asks)
        future: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = future
        self.workers[account].post(replace(each, ask=number))
        try:
            async with asyncio.timeout(self.answer_within):
                return await future
        finally:
            del self._waiting[number]

    async def _reopen(self, mirror: str, trade: str) -> None:
        """Ask a mirror that is well again once more, with fresh terms (A9), and until it has some if it has none."""
        while (kept := self.states[mirror].waiting.get(trade)) is not None:
            try:
                terms = await self.connections.terms(mirror, kept.request.symbol)
            except (ConfigError, Unavailable) as error:
                log.warning("mirror can't join yet", account=mirror, trade=trade, reason=str(error))
                await self.clock.sleep(JOINS_AGAIN)
            else:
                self.workers[mirror].post(replace(kept, terms=terms))
                return

    def _replied(self, effects: Effects, account: str) -> None:
        for trade in effects.reopen:
            self.workers[account].spawn(self._reopen(account, trade))
        for reply in effects.replies:
            future = self._waiting.get(reply.ask)
            if future is not None and not future.done():
                future.set_result(reply)
            elif reply.ask:
                why = reply.refusal.reasons if reply.refusal is not None else ()
                log.warning("an answer came too late", account=account, about=reply.about, refused=why)

    # the words between accounts

    def _decorator(self, account: str) -> Callable[[Alert], Alert]:
        group = self._groups[account]
        return lambda alert: with_group_count(alert, group)

    def _leader(self, account: str) -> Callable[[LeaderIs], None]:
        followers = self._mirrors(account)

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

    def _tell(self, body: ServiceDegraded | ServiceRestored) -> None:
        """Tell how the service itself is; like all alerts it waits for the store."""
        at = self.clock.now()
        environment = next((state.environment for state in self.states.values()), Environment.PAPER)
        alert = Alert(body=body, account="", environment=environment, at=at, cause=f"{body.what}:{at}")
        self.writer.hand(Batch(alerts=(alert,)))


def _against(plan: Plan | Refusal, reasons: tuple[str, ...]) -> Plan | Refusal:
    """The plan, unless something else speaks against it."""
    if isinstance(plan, Refusal):
        return replace(plan, reasons=reasons + plan.reasons)
    return Refusal(reasons) if reasons else plan


def machines(service: Service) -> Sequence[AccountMachine]:
    """The machines of a service, leaders first."""
    return [worker.machine for worker in service.workers.values()]
