"""One consistent look at an account: executions since a time, positions, open orders, balance (rel:F17, rel:F20)."""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from core.errors import Unavailable
from core.facts import Cut, Filled, Funding, PositionIs, StopIs, VenueFact, Wallet, Working
from core.money import ZERO
from core.words import Slot
from plugins.exchanges.bybit import rows
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.feed import Feed
from plugins.exchanges.bybit.modes import POSITIONS_PAGE, Modes
from plugins.exchanges.bybit.orders import LINEAR, SETTLED_IN
from ports import bybit_rows, bybit_wallet
from ports.page_walk import PageWalk, Walked

log = structlog.get_logger("tandem.bybit")

TRIES = 4
BETWEEN = 0.4
"""Seconds before a cut that is older than the stream is read again."""
WINDOW = 7 * 24 * 3_600_000 - 1
"""The longest time that one query for executions may span (V5 execution page)."""
KEPT = 2 * 365 * 24 * 3_600_000
"""How long Bybit keeps executions: nothing older is asked for."""
ORDERS_PAGE, EXECUTIONS_PAGE = 50, 100


class Cuts:
    """Takes cuts of one account. *slots* are told of as flat when the venue lists no position there."""

    def __init__(self, api: Api, feed: Feed, now: Callable[[], int], modes: Modes) -> None:
        """*now* is venue time in milliseconds."""
        self._api = api
        self._feed = feed
        self._now = now
        self._modes = modes
        self._walk = PageWalk()
        self.slots: set[Slot] = set()

    async def take(self, since: int, *, full: bool) -> Cut:
        """A cut that shows everything the stream showed before it; raises Unavailable when it can't be had."""
        missing: list[str] = []
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(BETWEEN)
            try:
                cut = await self._read(since, full=full)
            except bybit_rows.Malformed as error:
                raise Unavailable(f"{self._api.account}: a row of the venue's lists can't be read: {error}") from error
            missing = self._feed.unseen((each.execution for each in cut.executions), since)
            if not missing:
                return cut
        raise Unavailable(
            f"{self._api.account}: the venue's lists are behind its stream ({len(missing)} executions are missing)"
        )

    async def _read(self, since: int, *, full: bool) -> Cut:
        asked = self._now()
        listed, held, (orders, walked), wallet = await asyncio.gather(
            self._executions(since, asked),
            self._api.pages("get_positions", category=LINEAR, settleCoin=SETTLED_IN, limit=POSITIONS_PAGE),
            self._orders(asked, full=full),
            self._wallet(asked) if full else _nothing(),
        )
        at = self._now()
        shown = {(position := rows.position(row, at))[0].slot: position for row in held}
        executed = await self._executed(listed, {*shown, *(order.slot for order in orders)})
        positions, stops = self._positions(shown, executed, at)
        return Cut(asked, at, orders, executed, stops, positions, wallet, full, walked)

    async def _executions(self, since: int, until: int) -> list[bybit_rows.Row]:
        """All executions since then; a week a query, the latest week when *since* is 0."""
        found: list[bybit_rows.Row] = []
        start = max(since, until - KEPT) if since > 0 else until - WINDOW
        while start <= until:
            end = start + WINDOW
            window = {} if end >= until else {"endTime": end}
            found += await self._api.pages(
                "get_executions", category=LINEAR, startTime=start, limit=EXECUTIONS_PAGE, **window
            )
            start = end + 1
        return found

    async def _executed(self, listed: Iterable[bybit_rows.Row], slots: Iterable[Slot]) -> tuple[Filled | Funding, ...]:
        """Executions as facts, oldest first, read by their symbols' modes. In *slots* something is held, or works."""
        for slot in slots:
            self._modes.shown(slot)
        listed = list(listed)
        await self._modes.learn(str(row.get("symbol")) for row in listed)
        facts = [self._known(self._execution, row) for row in listed]
        found = {fact.execution: fact for fact in facts if isinstance(fact, Filled | Funding)}
        return tuple(sorted(found.values(), key=lambda fact: (fact.at, getattr(fact, "seq", 0))))

    def _execution(self, row: bybit_rows.Row) -> Filled | Funding | None:
        return rows.execution(row, hedge=self._modes.hedge(str(row.get("symbol"))))

    def _open(self, listed: Iterable[bybit_rows.Row]) -> tuple[Working, ...]:
        facts = (self._known(rows.order, row) for row in listed)
        return tuple(fact for fact in facts if isinstance(fact, Working))

    def _known(self, read: Callable[[bybit_rows.Row], VenueFact | None], row: bybit_rows.Row) -> VenueFact | None:
        """A row as *read* does; None for a kind that nobody knows, or no cut would succeed again while it is listed."""
        try:
            return read(row)
        except bybit_rows.UnknownKind as error:
            log.warning("row left out", account=self._api.account, reason=str(error), row=repr(row)[:2_000])
            return None

    async def _orders(self, asked: int, *, full: bool) -> tuple[tuple[Working, ...], Walked | None]:
        """All open orders, or the next page of them and what the walk over the pages showed if it ends with it."""
        if full:
            listed = await self._api.pages("get_open_orders", category=LINEAR, settleCoin=SETTLED_IN, limit=ORDERS_PAGE)
            return self._open(listed), None
        cursor = {"cursor": self._walk.cursor} if self._walk.cursor else {}
        method = "get_open_orders"
        try:
            page = await self._api.read(method, category=LINEAR, settleCoin=SETTLED_IN, limit=ORDERS_PAGE, **cursor)
            orders = self._open(bybit_rows.listed(self._api.account, method, page))
        except Unavailable:
            self._walk.again()
            raise
        return orders, self._walk.page(asked, (order.key for order in orders), str(page.get("nextPageCursor") or ""))

    async def _wallet(self, at: int) -> Wallet | None:
        found = await self._api.read("get_wallet_balance", accountType="UNIFIED")
        row = next(iter(found.get("list") or ()), None)
        return None if row is None else bybit_wallet.wallet(row, at)

    def _positions(
        self, known: dict[Slot, tuple[PositionIs, StopIs]], executed: Iterable[Filled | Funding], at: int
    ) -> tuple[tuple[PositionIs, ...], tuple[StopIs, ...]]:
        """What is held. The list leaves flat slots out: those we know of are told of as flat, of unknown age."""
        self.slots.update(known)
        self.slots.update(each.slot for each in executed)
        for slot in self.slots - known.keys():
            known[slot] = PositionIs(slot, ZERO, at, -1), StopIs(slot, None, at, -1)
        return tuple(each for each, _ in known.values()), tuple(each for _, each in known.values())


async def _nothing() -> None:
    return None
