"""An account's user who has nothing but pybit, unmodified, aimed at a venue on loopback."""

import asyncio
import copy
import queue
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import pybit._websocket_trading as trading
import pytest
from pybit import unified_trading
from pybit.exceptions import InvalidRequestError

from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.v5.weather import Calm
from tests.wire import key_of

PATIENCE = 5
"""Seconds after which what a test waits for will not come."""
SYMBOL = {"category": "linear", "symbol": "BTCUSDT"}
Row = dict[str, Any]


class PybitUser:
    """One account's calls; each blocks, so each runs in a thread."""

    def __init__(self, server: VenueServer, key: ApiKey) -> None:
        """*key* signs every call."""
        self.server = server
        self.key = key
        self.http = unified_trading.HTTP(api_key=key.key, api_secret=key.secret.reveal(), max_retries=1)
        self.http.endpoint = server.http

    async def envelope(self, method: str, **params: Any) -> Row:
        """The whole answer of one of pybit's methods."""
        answer: Row = await asyncio.to_thread(getattr(self.http, method), **params)
        return answer

    async def ask(self, method: str, **params: Any) -> Row:
        """The result of a call on linear contracts."""
        result: Row = (await self.envelope(method, **{"category": "linear", **params}))["result"]
        return result

    async def rows(self, method: str, **params: Any) -> list[Any]:
        """The list that a call on BTCUSDT results in."""
        found: list[Any] = (await self.ask(method, **{"symbol": "BTCUSDT", **params}))["list"]
        return found

    async def place(self, side: str = "Buy", qty: str = "0.01", **more: Any) -> str:
        """Place an order for BTCUSDT, at market unless told; returns its id."""
        params = {**SYMBOL, "side": side, "qty": qty, "orderType": "Limit" if "price" in more else "Market", **more}
        return str((await self.ask("place_order", **params))["orderId"])

    async def refused(self, method: str, **params: Any) -> int:
        """The code with which a call on BTCUSDT is refused."""
        with pytest.raises(InvalidRequestError) as caught:
            await self.envelope(method, **{**SYMBOL, **params})
        return int(caught.value.status_code)


class Ears:
    """Hear what a stream's thread says. What pybit gives changes later, so each frame is copied when it comes."""

    def __init__(self) -> None:
        """Nothing was heard yet."""
        self._heard: queue.Queue[Row] = queue.Queue()
        self._rows: deque[Row] = deque()

    def __call__(self, frame: Row) -> None:
        """Hear a frame."""
        self._heard.put(copy.deepcopy(frame))

    async def next(self) -> Row:
        """The next frame; raises queue.Empty when none comes."""
        return await asyncio.to_thread(self._heard.get, timeout=PATIENCE)

    def empty(self) -> bool:
        """Whether nothing waits to be heard."""
        return self._heard.empty()

    async def until(self, holds: Callable[[Row], object]) -> Row:
        """The next row that satisfies *holds*, in this frame or a later one; raises queue.Empty when none does."""
        while True:
            while self._rows:
                row = self._rows.popleft()
                if holds(row):
                    return row
            data = (await self.next())["data"]
            self._rows.extend(data if isinstance(data, list) else [data])


@asynccontextmanager
async def user(account: str = "main", **settings: Any) -> AsyncIterator[PybitUser]:
    """A user of *account* at a venue of its own; *settings* are the server's."""
    # pybit notes a subscription after it was sent: an answer that comes at once finds nobody, and ends its stream.
    server = VenueServer(WireSettings(**{"accounts": accounts(), "weather": Calm(latency=20), **settings}))
    await server.start()
    try:
        yield PybitUser(server, key_of(server, account))
    finally:
        await server.close()


@asynccontextmanager
async def stream(at: VenueServer, channel: str, key: ApiKey | None = None) -> AsyncIterator[Any]:
    """Pybit's WebSocket for market data ("linear") or, with a key, for an account ("private").

    Subscribe on the loop's own thread, and enter orders there: pybit sends before it notes what it sent, and an answer
    that comes in between is fatal to its thread. So the venue, which runs on the loop, can't answer too soon.
    """
    known = {} if key is None else {"api_key": key.key, "api_secret": key.secret.reveal()}
    with _aimed(at):
        socket = await asyncio.to_thread(lambda: unified_trading.WebSocket(channel, testnet=False, **known))
        try:
            yield socket
        finally:
            await _left(socket)


@asynccontextmanager
async def order_entry(at: VenueServer, key: ApiKey) -> AsyncIterator[Any]:
    """Pybit's WebSocket for order entry."""
    known = {"api_key": key.key, "api_secret": key.secret.reveal()}
    with _aimed(at):
        socket = await asyncio.to_thread(lambda: unified_trading.WebSocketTrading(testnet=False, **known))
        try:
            yield socket
        finally:
            await _left(socket)


async def eventually(holds: Callable[[], object]) -> None:
    """Wait until something holds; raises TimeoutError when it doesn't in time."""
    async with asyncio.timeout(PATIENCE):
        while not holds():  # noqa: ASYNC110 - what is waited for is told by nobody
            await asyncio.sleep(0.005)


async def subscribed(server: VenueServer, *topics: str, account: str = "main") -> None:
    """Wait until the venue knows of an account's subscriptions: pybit doesn't say when."""
    await eventually(lambda: server.hub.subscribed(account).issuperset(topics))


async def _left(socket: Any) -> None:
    """Leave, in a thread that nobody waits for: pybit's exit never returns when its stream reconnects meanwhile."""
    socket.handle_error = False  # which is its restart_on_error
    leaving = threading.Thread(target=socket.exit, daemon=True)
    leaving.start()
    await eventually(lambda: not leaving.is_alive())


@contextmanager
def _aimed(at: VenueServer) -> Iterator[None]:
    """Pybit's stream addresses are constants of the process: they are set for a while."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(unified_trading, "PRIVATE_WSS", f"{at.ws}/v5/private")
        patch.setattr(unified_trading, "PUBLIC_WSS", f"{at.ws}/v5/public/{{CHANNEL_TYPE}}")
        patch.setattr(trading, "TRADE_WSS", f"{at.ws}/v5/trade")
        yield
