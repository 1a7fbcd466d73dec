"""Reads of one account through ccxt: its raw rows page by page, then ccxt's own reading of each."""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import structlog

from core.errors import Unavailable
from core.facts import Cut, Ended, EndReason, Filled, Funding, PositionIs, StopIs, VenueFact, Wallet, Working
from core.identity import parse_key
from core.money import ZERO
from core.words import Slot
from plugins.exchanges.ccxt import facts, outcomes
from ports import bybit_rows, bybit_wallet
from ports.page_walk import PageWalk, Walked
from ports.position_modes import PositionModes

log = structlog.get_logger("tandem.ccxt")

PAGES = 200
WINDOW = 7 * 86_400_000 - 1
LINEAR = {"category": "linear"}
SETTLED = {**LINEAR, "settleCoin": "USDT"}
KEPT = 2 * 365 * 86_400_000
TRIES, BETWEEN = 4, 0.4
LAGS = 120_000
"""Milliseconds for which the lists of orders may be behind the executions."""


class Reads:
    """One account's reads. *now* is venue time in milliseconds."""

    def __init__(self, account: str, exchange: Any, now: Callable[[], int]) -> None:
        """Nothing is read here."""
        self._account = account
        self._exchange = exchange
        self._now = now
        self.modes = PositionModes(account, self._listed)
        self._walk = PageWalk()
        self.slots: set[Slot] = set()
        self.misdated = asyncio.Event()
        """Set when the venue refused for the time: its clock is to be looked at."""
        self.seen: dict[str, int] = {}
        """Executions that the stream showed, with their times: a cut must show them too (rel:F20)."""

    async def cut(self, since: int, *, full: bool) -> Cut:
        """A cut that shows everything the stream showed; raises Unavailable."""
        missing: list[str] = []
        for attempt in range(TRIES):
            if attempt:
                await asyncio.sleep(BETWEEN)
            cut = await self._cut(since, full=full)
            shown = {each.execution for each in cut.executions}
            missing = [name for name, at in self.seen.items() if at >= since and name not in shown]
            if not missing:
                self.seen.clear()
                return cut
        raise Unavailable(f"{self._account}: the venue's lists are behind its stream ({len(missing)} are missing)")

    async def _cut(self, since: int, *, full: bool) -> Cut:
        asked = self._now()
        listed, held, (orders, walked), wallet = await asyncio.gather(
            self._executions(since, asked),
            self._pages("privateGetV5PositionList", {**SETTLED, "limit": 200}),
            self._orders(asked, full=full),
            self.wallet(),
        )
        at = self._now()
        known = {(each := self.position(row, at))[0].slot: each for row in held}
        executed = await self._executed(listed)
        self.slots.update(known)
        self.slots.update(each.slot for each in executed)
        for slot in self.slots - known.keys():
            known[slot] = PositionIs(slot, ZERO, at, -1), StopIs(slot, None, at, -1)
        positions, stops = tuple(each for each, _ in known.values()), tuple(each for _, each in known.values())
        return Cut(asked, at, orders, executed, stops, positions, wallet[0], full, walked)

    async def ask(self, key: str, symbol: str) -> tuple[VenueFact, ...]:
        """The order's fact, or nothing when it is absent everywhere (C4). What is shown and can't be read is not."""
        name = "orderLinkId" if parse_key(key) is not None else "orderId"
        where = {**LINEAR, "symbol": symbol, name: key}
        try:
            for method in ("privateGetV5OrderRealtime", "privateGetV5OrderHistory"):
                mine = _of(key, self._rows(method, await self._read(method, where)))
                fact = self.order(mine[0]) if mine else None
                if fact is not None:
                    return (fact,)
            mine = _of(key, await self._pages("privateGetV5ExecutionList", {**where, "limit": 100}))
            return (self._gone_long(key, mine),) if mine else ()
        except bybit_rows.Malformed as error:
            raise Unavailable(f"{self._account}: the venue shows {key}, and not what became of it: {error}") from error

    def _gone_long(self, key: str, executed: Iterable[Mapping[str, Any]]) -> Ended:
        """An order of which only executions are left. Executed just now it may work on: then the lists are behind."""
        executed = list(executed)
        filled = sum((bybit_rows.number(row, "execQty") for row in executed if row.get("execType") == "Trade"), ZERO)
        at = max(bybit_rows.whole(row, "execTime") for row in executed)
        if self._now() - at < LAGS:
            raise bybit_rows.Malformed("it was executed just now and no list has it yet")
        return Ended(key, filled, EndReason.VENUE, at, "only its executions are left")

    async def working(self, symbol: str) -> int:
        """How many orders are open on the symbol, whosever they are: the venue takes only so many (rel:F13)."""
        return len(await self._pages("privateGetV5OrderRealtime", {**LINEAR, "symbol": symbol, "limit": 50}))

    async def wallet(self) -> tuple[Wallet, Decimal]:
        """The account's money and the maintenance margin that its positions bind."""
        found = await self._read("privateGetV5AccountWalletBalance", {"accountType": "UNIFIED"})
        row = next(iter(found.get("list") or ()), None)
        if row is None:
            raise Unavailable(f"{self._account}: the venue shows no unified wallet")
        return bybit_wallet.wallet(row, self._now()), bybit_wallet.maintenance(row)

    def order(self, raw: Mapping[str, Any]) -> Working | Ended | None:
        """A raw order by ccxt's reading."""
        fact = facts.order(self._exchange.parse_order(raw, self._market(raw)), str(raw["symbol"]))
        if isinstance(fact, Working):
            self.modes.shown(fact.slot)
        return fact

    def trade(self, raw: Mapping[str, Any]) -> Filled | Funding | None:
        """A raw execution by ccxt's reading."""
        symbol = str(raw["symbol"])
        parsed = self._exchange.parse_trade(raw, self._market(raw))
        return facts.trade(parsed, symbol, hedge=self.modes.hedge(symbol))

    def position(self, raw: Mapping[str, Any], at: int) -> tuple[PositionIs, StopIs]:
        """A raw position by ccxt's reading."""
        held, stop = facts.position(self._exchange.parse_position(raw, self._market(raw)), str(raw["symbol"]), at)
        if held.size:
            self.modes.shown(held.slot)
        return held, stop

    async def learn_held(self) -> None:
        """Know the modes of all that is held, before the stream tells what becomes of it."""
        for row in await self._pages("privateGetV5PositionList", {**SETTLED, "limit": 200}):
            self.position(row, self._now())

    async def _listed(self, symbol: str) -> list[Mapping[str, Any]]:
        return await self._pages("privateGetV5PositionList", {**LINEAR, "symbol": symbol})

    async def _executed(self, listed: list[Mapping[str, Any]]) -> tuple[Filled | Funding, ...]:
        await self.modes.learn(str(row["symbol"]) for row in listed)
        read = [self._known(self.trade, row) for row in listed]
        found = {fact.execution: fact for fact in read if isinstance(fact, Filled | Funding)}
        return tuple(sorted(found.values(), key=lambda fact: (fact.at, getattr(fact, "seq", 0))))

    def _known(self, read: Callable[[Mapping[str, Any]], VenueFact | None], row: Mapping[str, Any]) -> VenueFact | None:
        """A row as *read* does; None for a kind that nobody knows, or no cut would succeed again while it is listed."""
        try:
            return read(row)
        except bybit_rows.UnknownKind as error:
            log.warning("row left out", account=self._account, reason=str(error), row=repr(row)[:2_000])
            return None

    async def _executions(self, since: int, until: int) -> list[Mapping[str, Any]]:
        found: list[Mapping[str, Any]] = []
        start = max(since, until - KEPT) if since > 0 else until - WINDOW
        while start <= until:
            end = start + WINDOW
            window = {} if end >= until else {"endTime": end}
            asked = {**LINEAR, "startTime": start, "limit": 100, **window}
            found += await self._pages("privateGetV5ExecutionList", asked)
            start = end + 1
        return found

    async def _orders(self, asked: int, *, full: bool) -> tuple[tuple[Working, ...], Walked | None]:
        """All open orders, or the next page of them and what the walk over the pages showed if it ends with it."""
        every = {**SETTLED, "limit": 50}
        if full:
            return self._open(await self._pages("privateGetV5OrderRealtime", every)), None
        cursor = {"cursor": self._walk.cursor} if self._walk.cursor else {}
        try:
            page = await self._read("privateGetV5OrderRealtime", {**every, **cursor})
            orders = self._open(self._rows("privateGetV5OrderRealtime", page))
        except Unavailable:
            self._walk.again()
            raise
        return orders, self._walk.page(asked, (order.key for order in orders), str(page.get("nextPageCursor") or ""))

    def _open(self, listed: Iterable[Mapping[str, Any]]) -> tuple[Working, ...]:
        read = (self._known(self.order, row) for row in listed)
        return tuple(fact for fact in read if isinstance(fact, Working))

    async def _pages(self, method: str, asked: Mapping[str, Any]) -> list[Mapping[str, Any]]:
        rows: list[Mapping[str, Any]] = []
        cursors = [""]
        while len(cursors) <= PAGES:
            page = await self._read(method, {**asked, **({"cursor": cursors[-1]} if cursors[-1] else {})})
            rows.extend(self._rows(method, page))
            following = str(page.get("nextPageCursor") or "")
            if not following:
                return rows
            if following in cursors:
                raise Unavailable(f"{self._account}: {method} goes round in a circle")
            cursors.append(following)
        raise Unavailable(f"{self._account}: {method} has more than {PAGES} pages")

    def _rows(self, method: str, answer: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
        return bybit_rows.listed(self._account, method, answer)

    async def _read(self, method: str, asked: Mapping[str, Any]) -> Mapping[str, Any]:
        try:
            answer = await getattr(self._exchange, method)(dict(asked))
        except Exception as error:
            if not outcomes.is_ccxt(error):
                raise
            if outcomes.misdated(error):
                self.misdated.set()
            raise outcomes.as_unavailable(self._account, error) from error
        result: Mapping[str, Any] = answer.get("result") or {}
        return result

    def _market(self, raw: Mapping[str, Any]) -> Any:
        return self._exchange.safe_market(str(raw["symbol"]), None, None, "contract")


def _of(key: str, listed: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [row for row in listed if key in (row.get("orderLinkId"), row.get("orderId"))]
