"""bench: speed of replay and of single decisions, measured in this process and printed. Nothing is asserted here."""

import random
import statistics
import time
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from types import ModuleType

from config.commands.printing import GOOD, failing, print_json, say
from config.replay import ReplayOptions, Stage, play_candles
from config.virtual import VirtualAccount, compose
from core.account.inputs import Answered, Known
from core.account.machine import AccountMachine
from core.commands import Done
from core.engine.virtual import VirtualRun
from core.errors import ConfigError
from core.facts import Cause, Filled, StopIs
from core.gate import Limits
from core.identity import key_text
from core.instrument import Instrument
from core.mirror import Following
from core.request import EntrySpec, FixedQuantity, MarginPercent, Request
from core.words import OrderSide, Side
from plugins.exchanges.paper.market.steps import Steps
from plugins.strategies.conservative.strategy import Conservative
from ports.exchange import Candle
from ports.ladder import LadderSettings

BEGINNING = 1_767_225_600_000
BARS = 20_000
TIMES = 5
TRADES = 1_000
ROUNDS = 5
AUDITS, PAGE = 21, 50
MOST_OPENED = 20


@failing
def bench(name: str, *, rtt_ms: int = 40, trades: int = 100, as_json: bool) -> int:
    """Run one benchmark and print its figures. *rtt_ms* and *trades* are for those on the wire."""
    benches: dict[str, Callable[[], dict[str, object]]] = {
        "replay": bench_replay,
        "decide": bench_decide,
        "audit": bench_audit,
        "reaction": lambda: _wire().bench_reaction(rtt_ms, trades),
        "open": lambda: _wire().bench_open(rtt_ms, min(trades, MOST_OPENED)),
        "idle": lambda: _wire().bench_idle(_wire().IDLE_SECONDS),
        "pictures": lambda: _pictures().bench_pictures(),
        "storm": lambda: _wire().bench_storm(min(trades, 50)),
    }
    if name not in benches:
        raise ConfigError((f"there is no bench {name!r}; there are {', '.join(benches)}",))
    figures = benches[name]()
    if as_json:
        print_json(figures)
    else:
        for key, value in figures.items():
            say(f"{key:<24} {value}")
    return GOOD


def _wire() -> ModuleType:
    """The benches on the wire bring the HTTP client and server, which the others need not wait for."""
    from config.commands import wire_benching

    return wire_benching


def _pictures() -> ModuleType:
    """So does the one of pictures."""
    from config.commands import picture_benching

    return picture_benching


def bench_replay() -> dict[str, object]:
    """Full ladders on main and mirror over a seeded walk, again and again; rates are per CPU-second."""
    _replayed(BARS // 4)
    rates = {}
    fills = density = Decimal(0)
    for bars in (BARS, BARS * TIMES):
        taken = [_replayed(bars) for _ in range(ROUNDS)]
        seconds = statistics.median(each[0] for each in taken)
        rates[bars] = bars / seconds
        count = taken[0][1]
        fills = Decimal(count) / Decimal(str(seconds))
        density = Decimal(count) / 2 / bars * 1_000
    return {
        "bars_per_cpu_second": round(rates[BARS * TIMES]),
        "linearity": round(rates[BARS * TIMES] / rates[BARS], 3),
        "fills_per_cpu_second": round(fills),
        "fills_per_1000_bars": round(float(density), 2),
        "bars": BARS * TIMES,
        "accounts": 2,
    }


def _replayed(bars: int) -> tuple[float, int]:
    """(CPU-seconds, executions on both accounts) of one replay; making the candles isn't counted."""
    candles = walk(bars, seed=7)
    stage = Stage(
        accounts=(
            VirtualAccount(name="main", balance=Decimal(100_000)),
            VirtualAccount(name="mirror", balance=Decimal(33_000), following=Following(leader="main")),
        ),
        leader="main",
        instruments={"BTCUSDT": _instrument("BTCUSDT")},
        strategies={"conservative": Conservative("conservative", LadderSettings().rules())},
        limits=Limits(),
    )
    began = time.process_time()
    played = play_candles(_request("BTCUSDT"), candles, stage, ReplayOptions(repeat=True))
    seconds = time.process_time() - began
    if played.violations or played.refused:
        raise AssertionError(f"the bench's own replay went wrong: {played.violations or played.refused}")
    count = sum(1 for tape in played.run.tape.accounts.values() for each in tape.seen if isinstance(each, Filled))
    return seconds, count


def walk(bars: int, seed: int) -> tuple[Candle, ...]:
    """A seeded walk of one-minute candles around 60,000, on a tick of 0.1."""
    draw = random.Random(seed)
    price, made = 600_000, []
    for number in range(bars):
        points = [price]
        for _ in range(3):
            points.append(max(points[-1] + round(draw.gauss(0, 170)) + (600_000 - points[-1]) // 20_000, 1_000))
        price = points[-1]
        opened, high, low, close = (Decimal(each) / 10 for each in (points[0], max(points), min(points), price))
        made.append(Candle(BEGINNING + number * 60_000, opened, high, low, close, Decimal(10)))
    return tuple(made)


def _instrument(symbol: str) -> Instrument:
    return Instrument(
        symbol=symbol,
        tick=Decimal("0.1"),
        step=Decimal("0.001"),
        min_quantity=Decimal("0.001"),
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
    )


def _request(symbol: str) -> Request:
    return Request(
        id=f"bench-{symbol}",
        strategy="conservative",
        symbol=symbol,
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(Decimal(59400)), EntrySpec(Decimal(58800))),
        take_profits=(Decimal(60900), Decimal(61200), Decimal(61500), Decimal(61800)),
        stop=Decimal(57900),
        leverage=Decimal(10),
        size=MarginPercent(Decimal(5)),
        at=BEGINNING,
    )


def bench_decide() -> dict[str, object]:
    """One account with 1,000 live trades: an entry's execution in, the four amends out, in microseconds."""
    run = crowd(TRADES)
    machine = run.machines["main"]
    taken = []
    for number in range(3):
        boxes = tuple(machine.state.boxes.values())
        taken += [decided(machine, box.id, box.trade.plan.symbol, number) for box in boxes]
    ordered = sorted(taken)
    return {
        "p50_us": round(ordered[len(ordered) // 2] / 1_000, 1),
        "p99_us": round(ordered[len(ordered) * 99 // 100] / 1_000, 1),
        "decisions": len(ordered),
        "trades": TRADES,
    }


def decided(machine: AccountMachine, trade: str, symbol: str, number: int) -> int:
    box = machine.state.boxes[trade]
    fill = Filled(
        f"bench-{symbol}-{number}",
        box.trade.plan.slot,
        key_text("main", trade, "E2", 0),
        OrderSide.BUY,
        Decimal("0.1"),
        Decimal(59400),
        Decimal("0.02"),
        Cause.ORDER,
        machine.state.now + 1,
        box.trade.ledger.seq + 1,
    )
    shown = StopIs(box.trade.plan.slot, Decimal(57900), fill.at, fill.seq)
    inputs = (Known((fill, shown)),)
    now = machine.state.now + 1
    began = time.perf_counter_ns()
    effects = machine.step(inputs, now)
    spent = time.perf_counter_ns() - began
    commands = (*effects.urgent, *effects.soft, *effects.hard)
    if not commands:
        raise AssertionError(f"the bench's fill of {symbol} caused nothing")
    machine.step((Answered(commands, tuple(Done() for _ in commands)),), now)
    return spent


def bench_audit() -> dict[str, object]:
    """A page of main and one of its mirror, 1,000 live trades each, that show what is known: CPU-milliseconds."""
    run = crowd(TRADES, VirtualAccount(name="mirror", balance=Decimal(10**9), following=Following(leader="main")))
    taken = [sum(_audited(run, name, number) for name in run.machines) for number in range(1, AUDITS + 1)]
    return {
        "p50_ms": round(statistics.median(taken) * 1_000, 1),
        "max_ms": round(max(taken) * 1_000, 1),
        "audits": AUDITS,
        "trades": TRADES,
        "accounts": len(run.machines),
    }


def _audited(run: VirtualRun, name: str, number: int) -> float:
    machine = run.machines[name]
    now = machine.state.now + machine.state.timings.audit
    machine.state.cuts.asked = now
    shown = run.exchanges[name].snapshot(now)
    first = number * PAGE % len(shown.orders)
    page = replace(shown, asked=now, at=now, full=False, orders=shown.orders[first : first + PAGE], executions=())
    began = time.process_time()
    effects = machine.step((Known((page,)),), now)
    spent = time.process_time() - began
    caused = (*effects.urgent, *effects.soft, *effects.hard, *effects.first, *effects.behind)
    if caused:
        raise AssertionError(f"an audit of {name} that showed nothing new caused {len(caused)} things: {caused[0]}")
    return spent


def crowd(trades: int, *more: VirtualAccount) -> VirtualRun:
    """Accounts with many live trades, a symbol each, the first entry filled."""
    symbols = [f"S{number:04d}USDT" for number in range(trades)]
    world, run = compose(
        (VirtualAccount(name="main", balance=Decimal(1_000_000_000)), *more),
        {symbol: _instrument(symbol) for symbol in symbols},
        {"conservative": Conservative("conservative", LadderSettings().rules())},
        limits=Limits(max_trades=trades),
    )
    for symbol in symbols:
        world.mover.add(Steps(symbol, [Decimal(60_000)], BEGINNING))
    for symbol in symbols:
        run.open(replace(_request(symbol), size=FixedQuantity(Decimal(3))), "main")
    if any(len(machine.state.boxes) != trades for machine in run.machines.values()):
        raise AssertionError(f"not every account has its {trades} trades")
    return run
