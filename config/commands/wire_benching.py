"""bench reaction, open, idle and storm: the live service against the venue in another process, in round trips.

Times are the venue's own stamps: when something happened there and when a request was received there. A bare echo
client on the same venue shows what the machine itself costs in the same run.
"""

import asyncio
import statistics
import time
from collections.abc import Sequence

from config.commands.wire_stage import ACCOUNTS, ECHO, ENTRY, Stamp, staged, symbols_for
from core.identity import trade_and_role

Figures = dict[str, object]
APART = 0.5
"""Seconds between two fills of one account."""
IDLE_SECONDS = 125


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
    symbols = symbols_for(trades)
    async with staged(symbols, rtt, limits=False) as stage:
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
    symbols = symbols_for(trades)
    async with staged(symbols, rtt, limits=False) as stage:
        for number, symbol in enumerate(symbols):
            await stage.open(symbol, number)
            await stage.settled()
        await stage.closed()
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
    async with staged(symbols_for(1), 0, limits=True) as stage:
        await stage.open("S000USDT", 0)
        await stage.settled()
        await asyncio.sleep(5)
        before = (await stage.client.state())["calls"]
        await asyncio.sleep(seconds)
        after = (await stage.client.state())["calls"]
    calls = {name: round((after[name] - before[name]) * 60 / seconds, 2) for name in ACCOUNTS}
    return {"calls_per_minute": max(calls.values()), **{f"calls_{name}": each for name, each in calls.items()}}


async def _storm(trades: int) -> Figures:
    symbols = symbols_for(trades)
    async with staged(symbols, 0, limits=True) as stage:
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
        (account, trade_and_role(links[0])[0]): at
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


def _quantile(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]
