"""The private stream through ccxt.pro: orders, executions and positions, each watched by a task of its own."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any

import structlog

from core.facts import Filled, Stream, VenueFact
from plugins.exchanges.ccxt.reads import Reads
from ports import bybit_rows
from ports.echo import Echo

log = structlog.get_logger("tandem.ccxt")

PAUSES = (0.2, 1, 2, 5, 10, 30)
"""Seconds after a stream that stood, and after the n-th that did not."""
WATCHED = ("order", "execution", "position")
STANDS_WITHIN = 8
"""Seconds for a connection to come about, with all that is watched asked for."""
LOOK_EVERY = 0.5
SETTLED_AFTER = 2
"""Seconds after which a subscription is taken to stand: ccxt tells of none. A second cut then closes the gap."""


class Streams:
    """Watches until cancelled. *put* gets the facts, Stream facts among them."""

    def __init__(
        self, exchange: Any, reads: Reads, put: Callable[[Iterable[VenueFact]], None], now: Callable[[], int]
    ) -> None:
        """Nothing is connected here."""
        self._exchange = exchange
        self._reads = reads
        self._put = put
        self._now = now
        self._stood = False
        self.echo = Echo()

    async def run(self) -> None:
        """Watch all three; when one breaks all are begun anew, with a cut in between."""
        failures = 0
        while True:
            self._stood = False
            reason = await self._watch_all()
            failures = 0 if self._stood else failures + 1
            log.info("stream ended", reason=reason)
            self._put((Stream(up=False, at=self._now(), reason=reason),))
            await asyncio.sleep(PAUSES[min(failures, len(PAUSES) - 1)])

    async def _watch_all(self) -> str:
        watchers = [
            asyncio.create_task(self._watch(method, read))
            for method, read in (
                (self._exchange.watch_orders, self._order),
                (self._exchange.watch_my_trades, self._trade),
                (self._exchange.watch_positions, self._position),
            )
        ]
        work = [*watchers, asyncio.create_task(self._stand())]
        try:
            done, _ = await asyncio.wait(work, return_when=asyncio.FIRST_COMPLETED)
            return _why(next(iter(done)))
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)
            await self._drop()

    async def _stand(self) -> None:
        """Say that the stream is up once it is connected and asked for, and again when that surely stands.

        Raises ConnectionError when it does not come about, or is gone. ccxt forgets a connection when an older one of
        the same address ends late, and keeps one that broke while it was read: those who watch then wait for ever.
        """
        until = time.monotonic() + STANDS_WITHIN
        while not self._asked_for():
            if time.monotonic() > until:
                raise ConnectionError(f"nothing stood within {STANDS_WITHIN} s")
            await asyncio.sleep(0.02)
        for pause in (0.2, SETTLED_AFTER):
            await asyncio.sleep(pause)
            self._stood = True
            self.echo.heard()
            self._put((Stream(up=True, at=self._now()),))
        while not self.echo.missing():
            if not self._asked_for():
                raise ConnectionError("the connection is gone")
            await asyncio.sleep(LOOK_EVERY)
        raise ConnectionError(self.echo.missing())

    async def _drop(self) -> None:
        """Let go of connections, so that the next begins with none: their end must not be taken for the next one's."""
        for url in [url for url in self._exchange.clients if url.endswith("/private")]:
            client = self._exchange.clients.pop(url)
            client.error = client.error or ConnectionError("begun anew")
            with suppress(Exception):  # however it ends, nobody hears of it
                await client.close()

    def _asked_for(self) -> bool:
        clients = [client for url, client in self._exchange.clients.items() if url.endswith("/private")]
        return any(
            each.isConnected and not each.closed() and len(each.subscriptions) >= len(WATCHED) for each in clients
        )

    async def _watch(
        self, method: Callable[[], Awaitable[Any]], read: Callable[[Mapping[str, Any]], Iterable[VenueFact]]
    ) -> None:
        while True:
            heard = await method()
            self.echo.heard()
            for row in heard:
                try:
                    self._put(read(row.get("info") or {}))
                except (bybit_rows.Malformed, KeyError, ValueError) as error:
                    # A row that can't be read is left to a cut (rel:F24).
                    log.warning("row not read", reason=str(error), row=repr(row)[:2_000])
                    self._put((Stream(up=False, at=self._now(), reason=f"a row can't be read: {error}"),))
                    self._put((Stream(up=True, at=self._now()),))

    def _order(self, raw: Mapping[str, Any]) -> Iterable[VenueFact]:
        fact = self._reads.order(raw)
        return () if fact is None else (fact,)

    def _trade(self, raw: Mapping[str, Any]) -> Iterable[VenueFact]:
        fact = self._reads.trade(raw)
        if isinstance(fact, Filled):
            self._reads.seen[fact.execution] = fact.at
        return () if fact is None else (fact,)

    def _position(self, raw: Mapping[str, Any]) -> Iterable[VenueFact]:
        return self._reads.position(raw, int(raw.get("updatedTime") or self._now()))


def _why(ended: "asyncio.Task[None]") -> str:
    """Why a watch ended. ccxt, too, cancels who waits at a connection that it closes."""
    error = None if ended.cancelled() else ended.exception()
    return f"{type(error).__name__}: {str(error)[:160]}" if error is not None else "it ended"
