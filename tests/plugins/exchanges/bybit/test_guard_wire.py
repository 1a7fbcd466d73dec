"""What leaves the machine, and what comes of it at the venue."""

import asyncio
import json
import time
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from config.demo import case_for, request_of
from core.engine.memory_store import MemoryStore
from core.facts import Notice
from core.request import Request
from plugins.exchanges.bybit.hosts import hosts
from plugins.exchanges.bybit.replies import Answered
from plugins.exchanges.bybit.session import Session
from plugins.exchanges.paper.v5.boot import accounts
from plugins.exchanges.paper.v5.server import VenueServer
from plugins.exchanges.paper.v5.settings import WireSettings
from plugins.exchanges.paper.venue.orders import NewOrder
from ports.secret import Secret
from tests.core.ledgers import told
from tests.signed import calling, now, signing
from tests.wire import BALANCES, Build, bybit, through_ccxt, wire_stage

pytestmark = pytest.mark.integration

ANSWER = b'{"retCode": 0, "retMsg": "OK", "result": {}, "time": 1}'
DAY = 86_400_000


async def overheard(method: str, **params: Any) -> tuple[dict[str, str], dict[str, Any]]:
    """The headers and the body of one call, as they leave."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l"))
        heard.extend((head, await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n")
        writer.write(b"Content-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER))
        await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        session = Session(hosts(f"http://127.0.0.1:{port}"), Secret("k"), Secret("s"), threads=1, timeout=2)
        reply = await asyncio.to_thread(session.call, method, params)
        session.close()
    assert isinstance(reply, Answered)
    lines = heard[0].decode().split("\r\n")[1:-2]
    return {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}, json.loads(
        heard[1]
    )


async def test_whatever_changes_something_lives_two_seconds() -> None:
    """rel:R4, rel:F03: the window that leaves is 2,000 ms, whatever the client library would send."""
    headers, body = await overheard("place_order", category="linear", symbol="BTCUSDT", qty="1", recv_window=9_999)

    assert headers["x-bapi-recv-window"] == "2000"
    assert abs(int(headers["x-bapi-timestamp"]) - now()) < 60_000
    assert body["symbol"] == "BTCUSDT"


@pytest.mark.parametrize(("age", "code"), [(2_001, 10002), (0, 0)])
async def test_a_request_older_than_its_window_does_nothing(age: int, code: int) -> None:
    """rel:R4, rel:F03: delayed beyond two seconds it is refused; nothing was placed by it."""
    order = {
        "category": "linear",
        "symbol": "BTCUSDT",
        "side": "Buy",
        "orderType": "Limit",
        "qty": "0.01",
        "price": "50000",
    }
    async with calling() as caller:
        body = json.dumps(order)
        answer, _ = await caller.send("POST", "order/create", body, signing(caller.key, body, now() - age, "2000"))
        placed = caller.server.world.venue.state.accounts["main"].orders

    assert answer["retCode"] == code
    assert len(placed) == (0 if code else 1)


async def test_a_key_that_ends_soon_is_told_with_the_facts() -> None:
    """rel:F41: the account starts, and the first thing it says is that its key ends in 2 days."""
    main, mirror = accounts(BALANCES)
    ends = replace(main.keys[0], expires=int(time.time() * 1_000) + 2 * DAY + 3_600_000)
    server = VenueServer(WireSettings(accounts=(replace(main, keys=(ends,)), mirror)))
    await server.start()
    exchange = bybit("main", server, {})
    await exchange.start()
    first = await anext(aiter(exchange.events()))
    await asyncio.sleep(0)  # its tasks begin before they are ended
    await exchange.close()
    await server.close()

    assert isinstance(first, Notice)
    assert "ends in 2 days" in first.detail


async def test_orders_of_whoever_take_up_room() -> None:
    """rel:F13: the user's sixty resting orders are counted, page by page, when a plan's room is looked at."""
    async with wire_stage(only=("main",)) as stage:
        for number in range(60):
            order = NewOrder(symbol="BTCUSDT", side="Buy", quantity=Decimal("0.001"), price=Decimal(40_000 + number))
            stage.server.world.act(lambda venue, order=order: venue.place("main", order))  # type: ignore[misc]
        terms = await stage.exchanges["main"].terms("BTCUSDT")

    assert terms.free_orders == 500 - 60


def asked(identity: str) -> Request:
    """The demo's request, made now."""
    return replace(request_of(case_for(0, "breakeven")), id=identity, at=int(time.time() * 1_000))


async def test_a_mode_changed_by_the_user_is_told_and_respected() -> None:
    """rel:F34, A5: switched between preview and order: given up and told; the next trade opens in the user's mode."""
    async with wire_stage(only=("main",)) as stage:
        first = asked("r1")
        await stage.service.preview(first, "main")
        venue = stage.server.world.venue
        venue.switch_mode("main", first.symbol, hedge=True)
        await stage.open(first)
        await stage.until(lambda: not stage.state().boxes)
        await stage.open(asked("r2"))
        await stage.until(lambda: stage.position(first.symbol, index=1) > 0)
        kinds = {alert.kind for alert in await stage.alerts()}
        mode = first.symbol in venue.state.accounts["main"].hedge

    assert mode
    assert "entry_failed" in kinds
    assert Decimal(0) == stage.position(first.symbol, index=0)


@pytest.mark.parametrize("down", [True, False])
@pytest.mark.parametrize("build", [bybit, pytest.param(through_ccxt, marks=pytest.mark.slow)])
async def test_in_hedge_mode_a_stop_after_a_start_is_the_trades(down: bool, build: Build) -> None:
    """A5, B10, rel:F43: executions name no index, and nobody had asked for the mode yet: the stop's was nobody's."""
    server, store, first = VenueServer(WireSettings(accounts=accounts(BALANCES))), MemoryStore(), asked("r1")
    await server.start()
    server.world.venue.switch_mode("main", first.symbol, hedge=True)
    async with wire_stage(build, only=("main",), server=server, store=store) as stage:
        await stage.open(first)
        await stage.until(lambda: stage.position(first.symbol, index=1) > 0)
        await stage.settled()
    if down:
        server.world.push(first.symbol, first.stop or Decimal(0))
    async with wire_stage(build, only=("main",), server=server, store=store) as stage:
        server.world.push(first.symbol, first.stop or Decimal(0))
        await stage.until(lambda: not stage.state().boxes)
        report = (await stage.reports())["main"]
        venue = server.world.venue.state.accounts["main"]
    await server.close()

    assert report.reason == "stop"
    assert abs(report.net - (venue.wallet - venue.deposits)) < Decimal("1E-8")


@pytest.mark.parametrize("build", [bybit, pytest.param(through_ccxt, marks=pytest.mark.slow)])
async def test_a_users_stop_for_a_part_takes_that_part_only(build: Build) -> None:
    """B11, rel:F14: it counted as the trade's stop, so all the rest was closed at market and told as stopped."""
    async with wire_stage(build, only=("main",)) as stage:
        first = asked("r1")
        await stage.open(first)
        await stage.until(lambda: stage.position(first.symbol) == Decimal("0.112"))
        await stage.settled()
        stop, size = Decimal(59_500), Decimal("0.03")
        stage.server.world.act(lambda venue: venue.set_levels("main", first.symbol, 0, stop=stop, size=size))
        await stage.price(first.symbol, 59_490)
        ledger = next(iter(stage.state().boxes.values())).trade.ledger
        kinds = {alert.kind for alert in await stage.alerts()}

    assert told(ledger.position, ledger.taken, ledger.stopped) == "0.082 0.03 0"
    assert "external_change" in kinds
    assert "stop_hit" not in kinds
