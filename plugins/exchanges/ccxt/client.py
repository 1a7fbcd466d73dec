"""The ccxt.pro object: its addresses, its markets, its numbers as text. Imported only when an account starts."""

import time
from typing import Any
from urllib.parse import urlsplit

import ccxt.pro

from core.errors import ConfigError
from plugins.exchanges.ccxt.outcomes import Banned
from plugins.exchanges.ccxt.settings import CcxtSettings
from ports.bybit_codes import BAN, FORBIDDEN

WINDOW = 2_000
"""recv_window: after so many milliseconds a request can't be carried out any more (rel:F03)."""


def build(account: str, settings: CcxtSettings, bans: dict[str, float]) -> Any:
    """An exchange object of ccxt's; raises ConfigError for an unknown one. Nothing is connected.

    *bans* are until when (monotonic seconds) which host takes nothing from this machine, for all accounts in common.
    """
    kind = getattr(ccxt.pro, settings.exchange, None)
    if kind is None or settings.exchange not in ccxt.pro.exchanges:
        raise ConfigError((f"{account}: ccxt.pro serves no exchange {settings.exchange!r}",))
    exchange = _dated(_heeding(kind, bans))(
        {
            "apiKey": settings.key.reveal(),
            "secret": settings.secret.reveal(),
            **({"password": settings.password.reveal()} if settings.password is not None else {}),
            "timeout": settings.timeout * 1_000,
            "enableRateLimit": True,
            "number": str,
            "options": {
                "defaultType": "swap",
                "defaultSubType": "linear",
                "recvWindow": WINDOW,
                "adjustForTimeDifference": True,
                "fetchMarkets": {"types": ["linear"]},
                "watchPositions": {"fetchPositionsSnapshot": False, "awaitPositionsSnapshot": False},
            },
        }
    )
    exchange.has["fetchCurrencies"] = False
    _aim(account, exchange, settings.environment)
    return exchange


def _heeding(kind: Any, bans: dict[str, float]) -> Any:
    """The same, which asks no host that has banned this address (rel:F04): asked on, it would stay banned."""

    class Heeding(kind):  # type: ignore[misc] # ccxt's classes are found by name
        async def fetch(self, url: str, *given: Any, **named: Any) -> Any:
            left = round((bans.get(urlsplit(url).netloc, 0) - time.monotonic()) * 1_000)
            if left > 0:
                raise Banned(left)
            return await super().fetch(url, *given, **named)

        def handle_errors(self, code: int, reason: str, url: str, *given: Any) -> Any:
            if code == FORBIDDEN:
                bans[urlsplit(url).netloc] = time.monotonic() + BAN / 1_000
            return super().handle_errors(code, reason, url, *given)

    return Heeding


def _dated(kind: Any) -> Any:
    """The same, whose every time is the venue's: ccxt itself dates its requests so, and not the stream's key (rel:F05).

    A clock of ours that was ten seconds behind was refused there, for ever.
    """

    class Dated(kind):  # type: ignore[misc] # ccxt's classes are found by name
        def milliseconds(self) -> int:
            return int(kind.milliseconds()) - int(self.options.get("timeDifference") or 0)

        def nonce(self) -> int:
            return self.milliseconds()

        def handle_pong(self, client: Any, message: Any) -> Any:
            found = super().handle_pong(client, message)
            client.lastPong = kind.milliseconds()  # the one time that is compared with our own clock's
            return found

        async def load_time_difference(self, params: Any = None) -> int:
            theirs = int(await self.fetch_time(params or {}))
            self.options["timeDifference"] = int(kind.milliseconds()) - theirs
            return int(self.options["timeDifference"])

    return Dated


def _aim(account: str, exchange: Any, environment: str) -> None:
    match environment:
        case "live":
            return
        case "testnet":
            exchange.set_sandbox_mode(True)
        case "demo":
            if not hasattr(exchange, "enable_demo_trading"):
                raise ConfigError((f"{account}: ccxt knows no demo of {exchange.id}; use live or testnet",))
            exchange.enable_demo_trading(True)  # noqa: FBT003 - ccxt's own way
        case _:
            parts = urlsplit(environment)
            exchange.urls["api"] = _rewritten(exchange.urls["api"], parts.scheme, parts.netloc)


def _rewritten(urls: Any, scheme: str, host: str) -> Any:
    """Every address with another host; a stream's stays a stream's."""
    if isinstance(urls, dict):
        return {name: _rewritten(value, scheme, host) for name, value in urls.items()}
    if not isinstance(urls, str):
        return urls
    parts = urlsplit(urls.replace("{hostname}", "hostname.invalid"))
    stream = {"http": "ws", "https": "wss"}[scheme]
    return f"{stream if parts.scheme.startswith('ws') else scheme}://{host}{parts.path}"
