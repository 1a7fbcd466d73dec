"""An account that can't trade says which it is, what is wrong and what mends it; the others go on (rel:F41)."""

import time
from collections.abc import Callable
from dataclasses import replace

import pytest

from core.errors import ConfigError, TandemError, Unavailable
from plugins.exchanges.bybit.adapter import BybitExchange
from plugins.exchanges.bybit.settings import BybitSettings
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.faults.storm import Storm
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.v5.weather import Calm
from ports.secret import Secret
from tests.wire import BALANCES, bybit, wire_stage

pytestmark = pytest.mark.integration

Change = Callable[[ApiKey], ApiKey]
BAD_KEYS: dict[str, tuple[Change, str]] = {
    "expired": (lambda key: replace(key, expires=1), "make a new one at Bybit"),
    "read-only": (lambda key: replace(key, read_only=True), "read-only"),
    "may withdraw": (lambda key: replace(key, withdraw=True), "may move money"),
    "bound elsewhere": (lambda key: replace(key, ips=("203.0.113.7",)), "other addresses"),
}


def server_with(change: Change, storm: Storm | None = None) -> VenueServer:
    """A venue whose mirror has another key."""
    main, mirror = accounts(BALANCES)
    changed = replace(mirror, keys=tuple(change(key) for key in mirror.keys))
    return VenueServer(WireSettings(accounts=(main, changed), weather=storm or Calm()))


async def refusal(exchange: BybitExchange) -> TandemError:
    """What starting says."""
    with pytest.raises(TandemError) as caught:
        await exchange.start()
    await exchange.close()
    return caught.value


@pytest.mark.parametrize("what", BAD_KEYS)
async def test_a_key_that_must_not_be_used_is_refused_by_name(what: str) -> None:
    """rel:F41, S: the message names the account and the mend, and is the configuration's to mend."""
    change, words = BAD_KEYS[what]
    server = server_with(change)
    await server.start()
    error = await refusal(bybit("mirror", server, {}))
    await server.close()
    assert isinstance(error, ConfigError)
    assert str(error).startswith("mirror: ")
    assert words in str(error)


@pytest.mark.parametrize(
    ("key", "secret", "words"),
    [("unknown", None, "each have their own keys"), (None, "wrong", "the secret belongs to the key")],
)
async def test_a_wrong_key_or_secret_is_told_apart(key: str | None, secret: str | None, words: str) -> None:
    """10003 is the key (or the environment), 10004 the secret; neither is ever shown."""
    server = server_with(lambda same: same)
    await server.start()
    real = server.settings.accounts[1].keys[0]
    settings = BybitSettings(
        environment=server.http,
        key=Secret(key or real.key),
        secret=Secret(secret) if secret else real.secret,
    )
    error = await refusal(BybitExchange("mirror", settings, {}))
    await server.close()
    assert words in str(error)
    assert real.secret.reveal() not in str(error)


async def test_an_unreachable_host_is_to_be_tried_again() -> None:
    """The network is nobody's fault in the configuration."""
    settings = BybitSettings(environment="http://127.0.0.1:9", key=Secret("k"), secret=Secret("s"), timeout=2)
    error = await refusal(BybitExchange("main", settings, {}))
    assert isinstance(error, Unavailable)
    assert "main: the venue can't be reached" in str(error)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ([{"kind": "skew", "ms": 3_600_500}], "clock is 3600 s behind the venue's; set it by NTP"),
        ([{"kind": "banned", "count": 0}], "banned for 10 minutes or more"),
    ],
)
async def test_a_wrong_clock_or_a_banned_address_says_so(rules: list[dict[str, object]], words: str) -> None:
    """rel:F04, rel:F05: both pass without a new configuration."""
    storm = Storm(now=lambda: time.monotonic_ns() // 1_000_000)
    storm.configure(rules)
    server = server_with(lambda same: same, storm)
    await server.start()
    error = await refusal(bybit("main", server, {}))
    await server.close()
    assert isinstance(error, Unavailable)
    assert words in str(error)


async def test_two_accounts_with_one_user_id_are_refused() -> None:
    """Main and mirror must be two accounts at the venue."""
    server = server_with(lambda same: same)
    await server.start()
    shared: dict[str, object] = {}
    first = bybit("main", server, shared)
    await first.start()
    twin = server.settings.accounts[0].keys[0]
    settings = BybitSettings(environment=server.http, key=Secret(twin.key), secret=twin.secret)
    error = await refusal(BybitExchange("mirror", settings, shared))
    await first.close()
    await server.close()
    assert "mirror and main are the same account" in str(error)


async def test_the_other_accounts_go_on() -> None:
    """A10, rel:F40: the mirror's key has expired; main runs, and the alert names the mirror and why."""
    server = server_with(lambda key: replace(key, expires=1))
    await server.start()
    async with wire_stage(server=server) as stage:
        assert list(stage.service.connections.down) == ["mirror"]
        terms = await stage.service.connections.terms("main", "BTCUSDT")
        assert terms.account == "main"
        with pytest.raises(Unavailable, match=r"mirror is not connected: mirror: .*expired"):
            await stage.service.connections.terms("mirror", "BTCUSDT")
    await server.close()
