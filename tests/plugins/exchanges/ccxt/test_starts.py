"""An account through ccxt that can't trade says why before it trades, as one through pybit does (rel:F41)."""

import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from core.commands import Code, Refused, SetStop
from core.errors import ConfigError, Unavailable
from core.facts import Notice
from core.words import Slot
from plugins.clocks.system import SystemClock
from plugins.exchanges.ccxt import client
from plugins.exchanges.ccxt.checks import Checks
from plugins.exchanges.ccxt.settings import CcxtSettings
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.faults.storm import Storm
from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.venue.orders import NewOrder
from ports.bybit_codes import BAN
from ports.exchange import Exchange
from ports.secret import Secret
from tests.wire import BALANCES, bybit, paced_ccxt, through_ccxt, wire_stage

pytestmark = pytest.mark.integration

DAY = 86_400_000
Change = Callable[[ApiKey], ApiKey]


async def served(change: Change = lambda key: key) -> VenueServer:
    """A venue whose mirror has another key."""
    main, mirror = accounts(BALANCES)
    changed = replace(mirror, keys=tuple(change(key) for key in mirror.keys))
    server = VenueServer(WireSettings(accounts=(main, changed)))
    await server.start()
    return server


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda key: replace(key, withdraw=True), "mirror: the key may move money"),
        (lambda key: replace(key, read_only=True), "mirror: the key is read-only"),
    ],
)
async def test_a_key_that_must_not_be_used_is_refused(change: Change, said: str) -> None:
    """rel:F41, S4: nobody looked through ccxt; whoever finds such a key takes the money."""
    server = await served(change)
    exchange = through_ccxt("mirror", server, {})
    with pytest.raises(ConfigError, match=said):
        await exchange.start()
    await exchange.close()
    await server.close()


async def test_a_key_that_ends_soon_is_told() -> None:
    """rel:F41: as an alert at the start, and among the warnings of `doctor --probe`."""
    server = await served(lambda key: replace(key, expires=SystemClock().now() + 2 * DAY + 3_600_000))
    exchange = through_ccxt("mirror", server, {})
    await exchange.start()
    told = await anext(aiter(exchange.events()))
    warnings = exchange.warnings
    await exchange.close()
    await server.close()

    assert isinstance(told, Notice)
    assert "the API key ends in 2 days" in told.detail
    assert any("expires in" in each for each in warnings)


@pytest.mark.parametrize("first", [bybit, through_ccxt])
async def test_two_accounts_that_are_one_at_the_venue_are_refused(first: Callable[..., Exchange]) -> None:
    """S4: each would take the other's orders for strangers'; through whichever adapter they go."""
    server, shared = await served(), dict[str, object]()
    main, again = first("main", server, shared), through_ccxt("main", server, shared)
    again.account = "other"
    await main.start()
    with pytest.raises(ConfigError, match="other and main are the same account at the venue"):
        await again.start()
    await again.close()
    await main.close()
    await server.close()


async def test_free_orders_are_counted() -> None:
    """rel:F13, B2: whosever they are; what finds no room is refused before anything is sent."""
    async with wire_stage(through_ccxt, only=("main",)) as stage:
        for number in range(60):
            order = NewOrder(symbol="BTCUSDT", side="Buy", quantity=Decimal("0.001"), price=Decimal(40_000 + number))
            stage.server.world.act(lambda venue, order=order: venue.place("main", order))  # type: ignore[misc]
        terms = await stage.exchanges["main"].terms("BTCUSDT")

    assert terms.free_orders == 500 - 60


async def test_the_stream_is_asked_for_by_the_venue_s_clock() -> None:
    """rel:F05: ours is 20 s behind: the stream's key had ended before it was sent. What is heard is dated by ours."""
    settings = CcxtSettings(environment="http://127.0.0.1:1", key=Secret("k"), secret=Secret("s"))
    exchange = client.build("main", settings, {})
    ours = int(exchange.milliseconds())
    theirs = ours + 20_000

    async def told(_: Any = None) -> int:
        return theirs

    exchange.fetch_time = told
    await exchange.load_time_difference()
    await exchange.load_time_difference()
    sent = [exchange.milliseconds(), exchange.nonce()]
    heard = SimpleNamespace(lastPong=0)
    exchange.handle_pong(heard, {"op": "pong"})
    await exchange.close()

    assert all(abs(each - theirs) < 5_000 for each in sent)
    assert abs(heard.lastPong - ours) < 5_000


async def test_a_clock_that_is_far_off_is_told() -> None:
    """rel:F05: what is a minute wrong is not corrected but said, and tried again."""
    exchange = SimpleNamespace(options={"timeDifference": 61_000})
    with pytest.raises(Unavailable, match="61 s ahead of the venue's"):
        await Checks("main", "testnet", exchange, lambda _: None, lambda: 1).first({})


async def test_an_address_that_is_banned_asks_no_more_for_any_account() -> None:
    """rel:F04: it went on asking at every look, and whoever asks on stays banned."""
    storm = Storm(now=lambda: time.monotonic_ns() // 1_000_000)
    server = VenueServer(WireSettings(accounts=accounts(BALANCES), weather=storm))
    await server.start()
    shared: dict[str, object] = {}
    main, mirror = (paced_ccxt(name, server, shared) for name in BALANCES)
    await main.start()
    storm.configure([{"kind": "banned", "count": 0}])
    struck = []
    for exchange in (main, main, mirror):
        with pytest.raises(Unavailable):
            await (exchange.snapshot(0) if exchange is main else exchange.start())
        struck.append(len(storm.struck))
    outcome = await main.submit([SetStop(Slot("BTCUSDT", 0), Decimal(1))])
    for exchange in (main, mirror):
        await exchange.close()
    await server.close()

    assert struck == [struck[0]] * 3
    assert isinstance(outcome[0], Refused)
    assert (outcome[0].code, len(storm.struck)) == (Code.RATE, struck[0])
    assert 0 < (outcome[0].retry_after or 0) <= BAN  # else it is tried, unsent, until the role is blocked (C4)
