"""The stage of the benches on the wire: a venue in its own process, and the live service in this one."""

import asyncio
import json
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

Stamp = tuple[int, str, str, tuple[str, ...]]
ROOT = Path(__file__).resolve().parent.parent.parent
START, ENTRY = Decimal(100), Decimal(99)
ACCOUNTS = ("main", "mirror")
ECHO = "echo"
PATIENCE = 120


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

    async def closed(self) -> None:
        """Close every trade and wait until it is over."""
        for name in reversed(ACCOUNTS):
            for trade in list(self.service.states[name].boxes):
                act = Operate(trade, ActKind.CLOSE, "bench", START, reason="manual")
                await self.service.operate(name, act)
        ends = time.monotonic() + PATIENCE
        while any(state.boxes for state in self.service.states.values()):
            if time.monotonic() > ends:
                raise TimeoutError("the trades did not close")
            await asyncio.sleep(0.01)


@asynccontextmanager
async def staged(symbols: Sequence[str], rtt: int, *, limits: bool) -> AsyncIterator[Stage]:
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


def symbols_for(count: int) -> list[str]:
    """So many symbols that the venue is to have."""
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
