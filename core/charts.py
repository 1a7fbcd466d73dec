"""A trade as a picture's facts: levels with their names, fills, candles and the few numbers above and below.

Pure and exact: whoever paints turns prices into places, and decides nothing about the trade.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core.candle import Candle
from core.days import Offset, utc
from core.desired import Phase, StopKind
from core.facts import Filled
from core.identity import parse_key
from core.money import ZERO, text
from core.money_text import amount_text, gain_text, price_text
from core.plan import entry_role
from core.view import Mark, TradeStatus
from core.words import Environment, OrderSide, Side

MINUTE = 60_000
INTERVALS = (1, 3, 5, 15, 30, 60, 120, 240, 720, 1440)
"""The candles there are, in minutes: those that every venue has."""
BARS_OF_LIFE = 90
BARS_BEFORE = 30
BARS_AFTER = 8
MOST_BARS = 500

_STOPS = {
    StopKind.INITIAL: "Stop",
    StopKind.BREAKEVEN: "Stop BE",
    StopKind.MOVED: "Stop moved",
    StopKind.TRAILING: "Trail",
}


class LevelKind(StrEnum):
    """What a line across the picture stands for."""

    ENTRY = "entry"
    TARGET = "target"
    STOP = "stop"
    AVERAGE = "average"
    BREAKEVEN = "breakeven"
    LAST = "last"


@dataclass(frozen=True, slots=True)
class Level:
    """One price across the picture, with its name. *mark*: what became of an entry's or a target's order."""

    kind: LevelKind
    name: str
    price: Decimal
    mark: Mark = Mark.WORKING

    @property
    def done(self) -> bool:
        """Whether an entry is filled, or a target hit."""
        return self.mark is Mark.FILLED


@dataclass(frozen=True, slots=True)
class Fill:
    """One execution, or several of one side at one price and moment."""

    at: int
    price: Decimal
    quantity: Decimal
    side: OrderSide


@dataclass(frozen=True, slots=True)
class Figure:
    """A number with its name, both for people."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionChart:
    """All that is painted of one trade on one account. *at* is when it was looked at, *interval* in minutes.

    *gain* is the number that people look for first, *gain_of* says what it is; None while it isn't known. Clocks in
    *zone* are *ahead* of UTC by so many milliseconds.
    """

    trade: str
    account: str
    environment: Environment
    symbol: str
    side: Side
    leverage: Decimal
    phase: Phase
    gain: Decimal | None
    gain_of: str
    figures: tuple[Figure, ...]
    levels: tuple[Level, ...]
    fills: tuple[Fill, ...]
    candles: tuple[Candle, ...]
    interval: int
    opened_at: int
    closed_at: int | None
    at: int
    ahead: int = 0
    zone: str = "UTC"
    currency: str = "USDT"

    def level(self, kind: LevelKind) -> Level | None:
        """The only level of a kind that has one, None while there is none."""
        return next((level for level in self.levels if level.kind is kind), None)


def position_chart(
    status: TradeStatus,
    executions: Sequence[Filled],
    candles: Sequence[Candle],
    *,
    interval: int,
    at: int,
    breakeven: Decimal | None = None,
    offset: Offset = utc,
    zone: str = "UTC",
) -> PositionChart:
    """The chart of a trade, live or over. *executions* are the trade's own; *candles* any stretch, oldest first."""
    over = status.phase is Phase.CLOSED
    known = status.open_pnl is not None
    return PositionChart(
        trade=status.trade,
        account=status.account,
        environment=status.environment,
        symbol=status.symbol,
        side=status.side,
        leverage=status.leverage,
        phase=status.phase,
        gain=status.open_pnl if known and not over else status.net if status.entered else None,
        gain_of="open" if known and not over else "net",
        figures=_figures(status),
        levels=(*_orders(status, executions), *_marks(status, breakeven)),
        fills=fills_of(executions),
        candles=_of_interest(candles, interval, status),
        interval=interval,
        opened_at=status.opened_at,
        closed_at=status.closed_at,
        at=at,
        ahead=offset(at),
        zone=zone,
    )


def caption(chart: PositionChart) -> str:
    """The picture in one line, for where only text is seen."""
    gain = f"{gain_text(chart.gain)} {chart.currency} {chart.gain_of}" if chart.gain is not None else "nothing filled"
    stop = chart.level(LevelKind.STOP)
    held = f", stop {price_text(stop.price)}" if stop is not None and chart.phase is not Phase.CLOSED else ""
    leverage = f"{text(chart.leverage)}x"
    place = f"{chart.account} ({chart.environment.value})"
    return f"{chart.symbol} {chart.side.value} {leverage} on {place}, {chart.phase.value}: {gain}{held}"


def fills_of(executions: Iterable[Filled]) -> tuple[Fill, ...]:
    """The fills in time, parts of one order's fill at one price and moment put together."""
    together: dict[tuple[int, Decimal, OrderSide], Decimal] = {}
    for each in executions:
        key = (each.at, each.price, each.side)
        together[key] = together.get(key, ZERO) + each.quantity
    ordered = sorted(together.items(), key=lambda pair: pair[0][0])
    return tuple(Fill(at, price, quantity, side) for (at, price, side), quantity in ordered)


def fitting_interval(since: int, until: int, now: int) -> int:
    """The finest candles that show *since* to *until* in a picture and are still to be had *now*; minutes."""
    for minutes in INTERVALS:
        if until - since <= BARS_OF_LIFE * minutes * MINUTE and bars_back(since, now, minutes) <= MOST_BARS:
            return minutes
    return INTERVALS[-1]


def bars_back(since: int, now: int, interval: int) -> int:
    """How many candles reach from *now* to a while before *since*."""
    return max(now - since, 0) // (interval * MINUTE) + 1 + BARS_BEFORE


def _of_interest(candles: Sequence[Candle], interval: int, status: TradeStatus) -> tuple[Candle, ...]:
    """From a while before the opening to a while after the close; the latest ones where they are too many."""
    bar = interval * MINUTE
    first = status.opened_at - BARS_BEFORE * bar
    last = status.closed_at + BARS_AFTER * bar if status.closed_at is not None else None
    chosen = [each for each in candles if first - bar < each.at and (last is None or each.at <= last)]
    return tuple(chosen[-MOST_BARS:])


def _figures(status: TradeStatus) -> tuple[Figure, ...]:
    over = status.phase is Phase.CLOSED
    size = Figure("Traded", text(status.entered)) if over else Figure("Position", text(status.position))
    last = (
        Figure("Ended by", (status.reason or "-").replace("_", " "))
        if over
        else Figure("Last", price_text(status.last))
    )
    return (
        size,
        Figure("Average", price_text(status.average_entry)),
        last,
        Figure("Gross" if over else "Realised", gain_text(status.gross)),
        Figure("Fees", amount_text(status.fees)),
        Figure("Margin", amount_text(status.margin)),
    )


def _orders(status: TradeStatus, executions: Sequence[Filled]) -> Iterator[Level]:
    """Targets and entries; a leg at market lies where it was filled, an entry that came to nothing isn't there."""
    for target in status.targets:
        yield Level(LevelKind.TARGET, f"TP{target.number}", target.price, target.mark)
    for entry in status.entries:
        role = entry_role(entry.number)
        price = entry.price if entry.price is not None else _average(executions, role)
        if price is not None and (entry.filled or entry.mark not in (Mark.CANCELLED, Mark.FAILED)):
            yield Level(LevelKind.ENTRY, role, price, entry.mark)


def _average(executions: Sequence[Filled], role: str) -> Decimal | None:
    """What a role's executions cost on average."""
    quantity = cost = ZERO
    for each in executions:
        key = parse_key(each.key) if each.key is not None else None
        if key is not None and key.role == role:
            quantity, cost = quantity + each.quantity, cost + each.quantity * each.price
    return cost / quantity if quantity else None


def _marks(status: TradeStatus, breakeven: Decimal | None) -> Iterator[Level]:
    """The stop and the average; while it lives also the breakeven, unless the stop is there, and the last price."""
    stop = status.stop
    if stop is not None:
        yield Level(LevelKind.STOP, _STOPS[stop.kind], stop.price)
    if status.average_entry is not None:
        yield Level(LevelKind.AVERAGE, "Average", status.average_entry)
    if status.phase is Phase.CLOSED:
        return
    if breakeven is not None and (stop is None or stop.price != breakeven):
        yield Level(LevelKind.BREAKEVEN, "Breakeven", breakeven)
    if status.last is not None:
        yield Level(LevelKind.LAST, "Last", status.last)
