"""bench reaction, open, idle and storm: the live service against the venue in another process, in round trips.

Times are the venue's own stamps: when something happened there and when a request was received there. A bare echo
client on the same venue shows what the machine itself costs in the same run.
"""

import asyncio
import json
import statistics
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import structlog

from config.container import Container
from config.load import load
from config.registry import registry
from core.account.inputs import Operate
from core.account.state import AccountState
from core.engine.service import Service
from core.facts import ActKind
from core.request import EntrySpec, FixedQuantity, Request
from core.words import Side
from plugins.exchanges.paper.v5.client import ControlClient

Figures = dict[str, object]
Stamp = tuple[int, str, str, tuple[str, ...]]
ROOT = Path(__file__).resolve().parent.parent.parent
START, ENTRY = Decimal(100), Decimal(99)
ACCOUNTS = ("main", "mirror")
ECHO = "echo"
APART = 0.5
"""Seconds between two fills of one account."""
PATIENCE = 120
IDLE_SECONDS = 125


@dataclass
class Stage:
    """The venue in its own process, and the service in this one."""

    client: ControlClient
    keys: dict[str, dict[str, str]]
    service: Service

    async def stamps(self) -> list[Stamp]:
        """The venue's stamps so far."""
        return [(at, account, path, tuple(links)) for at, account, path, links in (await self.client.state())["stamps"]]

    async def settled(self) -> None:
        """Wait until no account has anything under way."""
        ends = time.monotonic() + PATIENCE
        while any(_busy(state) for state in self.service.states.values()):
            if time.monotonic() > ends:
                raise TimeoutError("the service did not come to rest")
            await asyncio.sleep(0.01)

    async def open(self, symbol: str, number: int) -> None:
        """Open one trade on main and mirror."""
        replies = await self.service.open(_request(symbol, number), "main")
        if any(reply.refusal for reply in replies):
            raise RuntimeError("; ".join(str(reply.refusal) for reply in replies))


def bench_reaction(rtt: int, trades: int) -> Figures:
    """A limit fills: from then to the last protective amend received, in round trips, with *trades* open."""
    return asyncio.run(_reaction(rtt, trades))


def bench_open(rtt: int, trades: int) -> Figures:
    """From the first command received to the last take-profit received, on main and mirror, in round trips."""
    return asyncio.run(_open(rtt, trades))


def bench_idle(seconds: int) -> Figures:
    """Calls a minute and account while one trade is open and nothing happens."""
    return asyncio.run(_idle(seconds))


def bench_storm(trades: int) -> Figures:
    """All entries fill at once under the default rate limits: how often the venue had to say "too many"."""
    return asyncio.run(_storm(trades))


async def _reaction(rtt: int, trades: int) -> Figures:
    symbols = _symbols(trades)
    async with _stage(symbols, rtt, limits=False) as stage:
        for number, symbol in enumerate(symbols):
            await stage.open(symbol, number)
            await stage.settled()
        await asyncio.sleep(1)
        echo = asyncio.create_task(stage.client.echo(stage.keys[ECHO], "ECHOUSDT"))
        await asyncio.sleep(1)
        for number, symbol in enumerate(symbols):
            await stage.client.act("price", symbol=symbol, last=str(ENTRY))
            await asyncio.sleep(APART / 2)
            await stage.client.act("order", account=ECHO, symbol="ECHOUSDT", side="buy", quantity="1", price=None)
            await asyncio.sleep(APART / 2 + number % 7 / 500)
        await stage.settled()
        echo.cancel()
        stamps = await stage.stamps()
    took, bare = _reactions(stamps), _echoes(stamps)
    excess = [each - rtt for each in bare]
    return {
        "p50_rtt": round((_quantile(took, 50) - _quantile(excess, 50)) / rtt, 3),
        "p99_rtt": round((_quantile(took, 99) - _quantile(excess, 99)) / rtt, 3),
        "trades": trades,
        "fills": len(took),
        "gross_p50_ms": round(_quantile(took, 50), 2),
        "gross_p99_ms": round(_quantile(took, 99), 2),
        "echo_p50_ms": round(_quantile(bare, 50), 2),
        "echo_p99_ms": round(_quantile(bare, 99), 2),
        "rtt_ms": rtt,
    }


async def _open(rtt: int, trades: int) -> Figures:
    symbols = _symbols(trades)
    async with _stage(symbols, rtt, limits=False) as stage:
        for number, symbol in enumerate(symbols):
            await stage.open(symbol, number)
            await stage.settled()
        await _closed(stage)
        took = []
        for number, symbol in enumerate(symbols):
            began = len(await stage.stamps())
            await stage.open(symbol, trades + number)
            await stage.settled()
            mine = [each for each in (await stage.stamps())[began:] if each[2].startswith("/v5/order/create")]
            took.append((max(each[0] for each in mine) - min(each[0] for each in mine)) / 1e6)
        naked = (await stage.client.state())["unprotected_ms"]
    return {
        "rtt": round(statistics.median(took) / rtt, 3),
        "over_one_round_trip_ms": round(statistics.median(took) - rtt, 2),
        "worst_ms": round(max(took), 2),
        "unprotected_ms_max": naked,
        "trades": trades,
        "rtt_ms": rtt,
    }


async def _idle(seconds: int) -> Figures:
    async with _stage(_symbols(1), 0, limits=True) as stage:
        await stage.open("S000USDT", 0)
        await stage.settled()
        await asyncio.sleep(5)
        before = (await stage.client.state())["calls"]
        await asyncio.sleep(seconds)
        after = (await stage.client.state())["calls"]
    calls = {name: round((after[name] - before[name]) * 60 / seconds, 2) for name in ACCOUNTS}
    return {"calls_per_minute": max(calls.values()), **{f"calls_{name}": each for name, each in calls.items()}}


async def _storm(trades: int) -> Figures:
    symbols = _symbols(trades)
    async with _stage(symbols, 0, limits=True) as stage:
        for number, symbol in enumerate(symbols):
            await stage.open(symbol, number)
            await stage.settled()
        began = time.monotonic()
        for symbol in symbols:
            await stage.client.act("price", symbol=symbol, last=str(ENTRY))
        await stage.settled()
        state = await stage.client.state()
        return {
            "rebalances": trades * len(ACCOUNTS),
            "too_many": state["breaches"],
            "seconds": round(time.monotonic() - began, 1),
            "unprotected_ms_max": state["unprotected_ms"],
        }


def _reactions(stamps: Sequence[Stamp]) -> list[float]:
    """For each fill of a second entry: milliseconds until the last amend of its trade was received."""
    took = []
    fills = {
        (account, links[0].split("-")[2]): at
        for at, account, path, links in stamps
        if path == "fill" and "-E2-" in links[0]
    }
    for (account, trade), filled in fills.items():
        amends = [
            at
            for at, theirs, path, links in stamps
            if theirs == account and "amend" in path and any(trade in link for link in links) and at > filled
        ]
        if amends:
            took.append((max(amends) - filled) / 1e6)
    return took


def _echoes(stamps: Sequence[Stamp]) -> list[float]:
    """For each fill of the echo account: milliseconds until its next call was received."""
    fills = [at for at, account, path, _ in stamps if account == ECHO and path == "fill"]
    calls = [at for at, account, path, _ in stamps if account == ECHO and path != "fill"]
    return [(call - filled) / 1e6 for filled, call in zip(fills, calls, strict=False)]


async def _closed(stage: Stage) -> None:
    """Close every trade and wait until it is over."""
    for name in reversed(ACCOUNTS):
        for trade in list(stage.service.states[name].boxes):
            act = Operate(trade, ActKind.CLOSE, "bench", START, reason="manual")
            await stage.service.operate(name, act)
    ends = time.monotonic() + PATIENCE
    while any(state.boxes for state in stage.service.states.values()):
        if time.monotonic() > ends:
            raise TimeoutError("the trades did not close")
        await asyncio.sleep(0.01)


@asynccontextmanager
async def _stage(symbols: Sequence[str], rtt: int, *, limits: bool) -> AsyncIterator[Stage]:
    """A venue process with these symbols, and the service on it; everything is gone afterwards."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _write_venue(place / "venue.yaml", [*symbols, "ECHOUSDT"])
        command = [sys.executable, str(ROOT / "app.py"), "venue", str(place / "venue.yaml"), "--market", "still"]
        command += ["--latency-ms", str(rtt), *([] if limits else ["--no-limits"])]
        process = await asyncio.create_subprocess_exec(*command, stdout=asyncio.subprocess.PIPE)
        try:
            if process.stdout is None:
                raise RuntimeError("the venue has no output")
            ready = json.loads(await process.stdout.readline())
            async with ControlClient(ready["http"]) as client, _service(place, ready) as service:
                yield Stage(client, ready["accounts"], service)
        finally:
            process.terminate()
            await process.wait()


@asynccontextmanager
async def _service(place: Path, ready: dict[str, Any]) -> AsyncIterator[Service]:
    path = place / "service.yaml"
    _write_service(path, place, ready)
    container = Container(settings=load(path, registry()), registry=registry())
    store = container.store()
    await store.start()
    service: Service = container.service()
    await service.connections.open()
    await service.recover()
    running = asyncio.create_task(service.run())
    try:
        while any(state.troubles for state in service.states.values()):  # noqa: ASYNC110 - nobody tells that they are well
            await asyncio.sleep(0.02)
        yield service
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        for exchange in service.exchanges.values():
            await exchange.close()
        await store.close()


def _write_venue(path: Path, symbols: Sequence[str]) -> None:
    rules = "{tick: 0.01, step: 0.1, min_quantity: 0.1, min_notional: 5, max_leverage: 100, price: 100}"
    accounts = "".join(f"  {name}: {{use: paper, balance: 100000000}}\n" for name in (*ACCOUNTS, ECHO))
    instruments = "".join(f"    {symbol}: {rules}\n" for symbol in symbols)
    path.write_text(
        f"accounts:\n{accounts}strategies: {{conservative: {{use: conservative}}}}\n"
        f"store: {{use: sqlite, path: ':memory:'}}\nvenue:\n  state: ':memory:'\n  instruments:\n{instruments}"
    )


def _write_service(path: Path, place: Path, ready: dict[str, Any]) -> None:
    rows = []
    for name in ACCOUNTS:
        for part in ("key", "secret"):
            secret = place / f"{name}.{part}"
            secret.write_text(ready["accounts"][name][part])
            secret.chmod(0o600)
        follows = "" if name == "main" else ", follows: main"
        rows.append(
            f"  {name}: {{use: bybit, environment: '{ready['http']}', key: !file {name}.key, "
            f"secret: !file {name}.secret{follows}}}\n"
        )
    path.write_text(
        f"accounts:\n{''.join(rows)}strategies: {{conservative: {{use: conservative}}}}\n"
        f"store: {{use: sqlite, path: '{place}/tandem.db'}}\nlimits: {{max_trades: 10000}}\n"
        f"notifiers: [{{use: file, path: '{place}/alerts.jsonl'}}]\n"
    )


def _symbols(count: int) -> list[str]:
    return [f"S{number:03d}USDT" for number in range(count)]


def _request(symbol: str, number: int) -> Request:
    return Request(
        id=f"bench-{symbol}-{number}",
        strategy="conservative",
        symbol=symbol,
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(ENTRY), EntrySpec(Decimal(98))),
        take_profits=tuple(Decimal(price) for price in (102, 103, 104, 105)),
        stop=Decimal(95),
        leverage=Decimal(10),
        size=FixedQuantity(Decimal(100)),
        at=time.time_ns() // 1_000_000,
    )


def _busy(state: AccountState) -> bool:
    waits = any(backoff.until is not None for box in state.boxes.values() for backoff in box.backoffs.values())
    return bool(state.flights or state.busy or state.doubts or waits)


def _quantile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
