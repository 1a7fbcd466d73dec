"""Who goes first: requests by risk through bounded threads, each endpoint within its budget (rel:F04)."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import IntEnum

from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, NotSent, Reply
from ports.bybit_codes import BAN, FORBIDDEN

TOO_MANY = 10006
PATIENCE = 6_000
"""A request whose turn has not come by then is given back unsent: what it wanted may be out of date."""
IP_CAP, IP_WINDOW = 500, 5_000
"""Requests per address (600 in 5 s at each host of the venue), for all accounts of the process together."""
ADDRESS = "bybit.address"
FIRST_GUESS = 10
READ_GUESS = 20


class Lane(IntEnum):
    """By risk: what protects goes first."""

    STOP = 0
    CANCEL = 1
    TAKE_PROFIT = 2
    ENTRY = 3
    QUERY = 4


@dataclass(order=True, slots=True)
class _Waiting:
    lane: Lane
    number: int
    endpoint: str = field(compare=False)
    units: int = field(compare=False)
    call: Callable[[], Reply] = field(compare=False)
    answer: "asyncio.Future[Reply]" = field(compare=False)
    until: int = field(compare=False)


def address(shared: dict[str, object], host: str) -> Budget:
    """What this machine's address may ask of a host, in common: it is counted, and banned, for all its accounts."""
    name = f"{ADDRESS} {host}"
    found = shared.setdefault(name, Budget(IP_CAP, IP_WINDOW))
    if not isinstance(found, Budget):
        raise TypeError(name)
    return found


class Lanes:
    """One account's way out. *now* is a monotonic clock in milliseconds; *address* is the process's common budget."""

    def __init__(self, threads: int, address: Budget, now: Callable[[], int]) -> None:
        """The threads are started when they are first needed."""
        self._threads = threads
        self._address = address
        self._now = now
        self._pool = ThreadPoolExecutor(max_workers=threads, thread_name_prefix="bybit-http")
        self._budgets: dict[str, Budget] = {}
        self._waiting: list[_Waiting] = []
        self._running = 0
        self._reading = 0
        self._numbers = 0
        self._timer: asyncio.TimerHandle | None = None

    def budgets(self) -> dict[str, tuple[int, int]]:
        """By endpoint that was asked: how many requests may leave now, and how many at most."""
        now = self._now()
        return {endpoint: (budget.room(now), budget.cap) for endpoint, budget in self._budgets.items()}

    async def send(self, endpoint: str, lane: Lane, units: int, call: Callable[[], Reply]) -> Reply:
        """Run *call* in a thread when its turn comes; Crowded when that takes too long."""
        self._numbers += 1
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        until = self._now() + PATIENCE
        self._waiting.append(_Waiting(lane, self._numbers, endpoint, units, call, answer, until))
        self._pump()
        return await answer

    def close(self) -> None:
        """Let nothing more leave; what runs is not waited for."""
        if self._timer is not None:
            self._timer.cancel()
        for each in self._waiting:
            if not each.answer.done():
                each.answer.set_result(NotSent("the account is being closed"))
        self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _pump(self) -> None:
        """Start what may leave now, the riskiest first; come back when the next may."""
        now = self._now()
        waits: list[int] = []
        short: set[str] = set()  # nobody takes the units that somebody before them waits for
        for each in sorted(self._waiting):
            if each.answer.done():
                self._waiting.remove(each)
                continue
            if now >= each.until or self._address.shut_for(now):
                self._give_back(each, now)
                continue
            if self._running >= self._threads or (each.lane is Lane.QUERY and self._reading >= self._threads - 2):
                waits.append(each.until - now)
                continue
            budget = self._budget(each)
            if each.endpoint in short or budget.room(now) < each.units or self._address.room(now) < 1:
                short.add(each.endpoint)
                waits.append(min(max(budget.next(now), 1), each.until - now))
                continue
            self._waiting.remove(each)
            self._start(each, budget, now)
        self._again(min(waits, default=None))

    def _again(self, wait: int | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if wait is not None:
            self._timer = asyncio.get_running_loop().call_later(max(wait, 1) / 1_000, self._pump)

    def _give_back(self, each: _Waiting, now: int) -> None:
        self._waiting.remove(each)
        ban = self._address.shut_for(now)
        if ban:
            each.answer.set_result(Banned("the venue bans this address for its many requests", ban))
            return
        wait = self._budget(each).next(now)
        each.answer.set_result(Crowded("too many requests wait for the venue's rate limit", wait))

    def _budget(self, each: _Waiting) -> Budget:
        budget = self._budgets.get(each.endpoint)
        if budget is None:
            budget = self._budgets[each.endpoint] = Budget(READ_GUESS if each.lane is Lane.QUERY else FIRST_GUESS)
        # A single request larger than the cap would wait for ever: it goes alone, the venue answers item by item.
        each.units = min(each.units, budget.cap)
        return budget

    def _start(self, each: _Waiting, budget: Budget, now: int) -> None:
        self._running += 1
        self._reading += each.lane is Lane.QUERY
        ticket, common = budget.take(each.units, now), self._address.take(1, now)
        work = asyncio.get_running_loop().run_in_executor(self._pool, each.call)
        work.add_done_callback(lambda done: self._ended(each, budget, ticket, common, done))

    def _ended(self, each: _Waiting, budget: Budget, ticket: int, common: int, done: "asyncio.Future[Reply]") -> None:
        now = self._now()
        self._running -= 1
        self._reading -= each.lane is Lane.QUERY
        if done.cancelled() or done.exception() is not None:
            budget.landed(ticket, now)
            if not each.answer.done():
                each.answer.cancel() if done.cancelled() else each.answer.set_exception(_error(done))
        else:
            self._account_for(done.result(), budget, ticket, now)
            if not each.answer.done():
                each.answer.set_result(done.result())
        self._address.landed(common, now)
        self._pump()

    def _account_for(self, reply: Reply, budget: Budget, ticket: int, now: int) -> None:
        if isinstance(reply, NotSent):
            budget.never_left(ticket)
            return
        budget.landed(ticket, now)
        match reply:
            case Answered(code=code, limit=limit, at=at):
                if limit is not None:
                    budget.learn(limit)
                if code == TOO_MANY or any(item.get("code") == TOO_MANY for item in reply.items):
                    budget.shut(now + (max(limit.reset - at, 0) if limit is not None and at else 0) + 1_000)
            case HttpRefused(status=status) if status == FORBIDDEN:
                self._address.shut(now + BAN)
            case _:
                pass


def _error(done: "asyncio.Future[Reply]") -> BaseException:
    error = done.exception()
    return error if error is not None else RuntimeError("a request ended without an answer")
