"""The venue as a server on loopback: HTTP, streams, and the control surface beside them."""

import asyncio
import time
from collections.abc import Callable

from aiohttp import web

from core.errors import ConfigError, Unavailable
from plugins.exchanges.paper.v5.control import Control
from plugins.exchanges.paper.v5.http import Desk, Http
from plugins.exchanges.paper.v5.keys import KeyRing
from plugins.exchanges.paper.v5.rates import Rates
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.v5.streams.hub import StreamHub
from plugins.exchanges.paper.v5.tape import Tape
from plugins.exchanges.paper.v5.world import Market, WireWorld

LOOPBACK = ("127.0.0.1", "localhost", "::1")
HANG_UP = 0.2
"""Seconds that open connections get when the server ends."""


def system_now() -> int:
    """This machine's clock in milliseconds."""
    return time.time_ns() // 1_000_000


class VenueServer:
    """One venue in this process. Nothing is opened before `start`."""

    def __init__(self, settings: WireSettings, *, now: Callable[[], int] = system_now, remote: bool = False) -> None:
        """*remote* allows a host beyond loopback. Raises ConfigError for such a host without it."""
        if settings.host not in LOOPBACK and not remote:
            raise ConfigError(
                (f"{settings.host} is not on loopback; a venue without TLS stays on 127.0.0.1, or say --allow-remote",)
            )
        self.settings = settings
        self.port = settings.port
        keys = KeyRing(key for account in settings.accounts for key in account.keys)
        self.world = WireWorld(settings.instruments, keys, now, settings.policies)
        self.tape = Tape(dict(settings.instruments))
        self.rates = Rates(settings.rates)
        self.desk = Desk(self.world, self.tape, settings.weather, self.rates)
        self.hub = StreamHub(self.desk)
        self.world.traded.append(self.tape.traded)
        self._runner: web.AppRunner | None = None
        self._tasks: list[asyncio.Task[None]] = []

    @property
    def http(self) -> str:
        """The address of HTTP, without a path."""
        return f"http://{self.settings.host}:{self.port}"

    @property
    def ws(self) -> str:
        """The address of the streams, without a path."""
        return f"ws://{self.settings.host}:{self.port}"

    async def start(self) -> None:
        """Fund the accounts, open the market and listen; raises Unavailable when the port is taken."""
        self._fund()
        self._open_market()
        app = web.Application()
        self.hub.mount(app)
        Control(self.desk, self.hub).mount(app)
        app.router.add_route("*", "/{path:.*}", Http(self.desk).handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=HANG_UP, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, self.settings.host, self.settings.port)
        try:
            await site.start()
        except OSError as error:
            await self._runner.cleanup()
            raise Unavailable(f"port {self.settings.port} can't be used: {error.strerror}; choose another") from error
        self.port = self._runner.addresses[0][1]
        self._tasks = [asyncio.create_task(self.world.run()), asyncio.create_task(self.hub.run())]

    async def close(self) -> None:
        """Stop listening and drop every connection; safe to call twice."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        if self._runner is not None:
            self.hub.drop_all(None)
            await self._runner.cleanup()
            self._runner = None

    def _fund(self) -> None:
        venue = self.world.venue
        for account in self.settings.accounts:
            venue.add_account(account.name, account.balance, account.taker, account.maker)
            for symbol in self.settings.instruments if account.hedge else ():
                venue.switch_mode(account.name, symbol, hedge=True)

    def _open_market(self) -> None:
        market = self.settings.market
        self.world.open_market(market)
        for symbol, price in self.world.venue.state.last.items():
            self.tape.begin(symbol, price, self.world.now(), walk=market.kind is not Market.STILL)
        self.world.act(lambda _: None)  # the opening prices are told now, not as trades of whoever acts first
        self.world.catch_up()
