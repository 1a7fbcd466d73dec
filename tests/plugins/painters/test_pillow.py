"""Pictures as they come out: decoded again, and looked at where something must be."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from itertools import pairwise

import pytest
from PIL import Image

from core.candle import Candle
from core.charts import MINUTE, Level, LevelKind, PositionChart, position_chart
from core.desired import Phase, StopKind
from core.equity import equity_chart
from core.view import EntryStatus, Mark, StopStatus, TargetStatus, TradeStatus
from core.words import Environment, Side
from plugins.painters.pillow.canvas import Canvas, plain
from plugins.painters.pillow.palette import DARK, LIGHT, Colour, Palette
from plugins.painters.pillow.plugin import tandem_painters
from plugins.painters.pillow.position import stage_of
from plugins.painters.pillow.settings import PillowSettings
from plugins.painters.pillow.tags import colour_of, price_texts, tags_of
from ports.painter import Painter
from tests.core.ledgers import trade

SIZE = (540, 600)
OPENED = 1_000 * MINUTE


def painter(**settings: object) -> Painter:
    """The built-in one, half as large, so that it is quick."""
    (adapter,) = tandem_painters()
    made: Painter = adapter.build(PillowSettings.model_validate({"width": 540, "height": 600, "scale": 1, **settings}))
    return made


def chart(price: str = "60000", *, bars: int = 60, symbol: str = "BTCUSDT", side: Side = Side.LONG) -> PositionChart:
    """A trade at a price: three targets 1 % apart, a stop 2 % away, candles that wave by a percent."""
    middle = Decimal(price)

    def at(percent: int) -> Decimal:
        return middle * (100 + (percent if side is Side.LONG else -percent)) / 100

    status = TradeStatus(
        trade="7K3QX9A2MD", account="main", environment=Environment.LIVE, strategy="conservative", symbol=symbol,
        side=side, phase=Phase.MONITORING, position=Decimal(1), entered=Decimal(1), average_entry=middle,
        entries=(EntryStatus(1, middle, Decimal(1), Decimal(1), Mark.FILLED),),
        targets=tuple(TargetStatus(n, at(n), Decimal(1), Decimal(0), Mark.WORKING) for n in (1, 2, 3)),
        stop=StopStatus(at(-2), StopKind.INITIAL), leverage=Decimal(10), margin=Decimal(1), gross=Decimal(0),
        fees=Decimal(0), funding=Decimal(0), net=Decimal(0), opened_at=OPENED, last=middle, open_pnl=Decimal(0),
    )  # fmt: skip
    waves = [middle * (1000 + number % 7) / 1000 for number in range(bars + 1)]
    candles = [
        Candle(OPENED + number * MINUTE, one, max(one, other), min(one, other), other, Decimal(1))
        for number, (one, other) in enumerate(pairwise(waves))
    ]
    return position_chart(status, (), candles, interval=1, at=OPENED + bars * MINUTE)


def decoded(png: bytes) -> Image.Image:
    """The picture, read again."""
    picture = Image.open(BytesIO(png))
    picture.load()
    assert (picture.format, picture.size) == ("PNG", SIZE)
    return picture


def colour(picture: Image.Image, x: float, y: float) -> object:
    """What is seen at a place in units."""
    return picture.getpixel((round(x / 2), round(y / 2)))


@pytest.mark.parametrize(("theme", "palette"), [("dark", DARK), ("light", LIGHT)])
@pytest.mark.parametrize("side", list(Side))
def test_the_stop_is_red_where_its_price_lies(theme: str, palette: Palette, side: Side) -> None:
    """E5: a line as high as the stop, from one edge to the other, in both themes, for longs and shorts."""
    shown = chart(side=side)
    picture = decoded(painter(theme=theme).position(shown))
    stage = stage_of(Canvas(*SIZE, 1, palette.background), shown)
    stop = shown.level(LevelKind.STOP)
    assert stop is not None
    y = stage.prices.at(float(stop.price))

    assert [colour(picture, x, y) for x in (stage.left + 6, stage.right - 6)] == [palette.loss, palette.loss]
    assert palette.loss not in [colour(picture, stage.left + 6, y + off) for off in (-12, 12)]


def test_bars_rise_green_and_fall_red() -> None:
    """E5: one candle up, one down, each in its colour at its middle."""
    shown = replace(chart(bars=0), candles=tuple(
        Candle(OPENED + number * 6 * MINUTE, Decimal(one), Decimal(61000), Decimal(59500), Decimal(other), Decimal(1))
        for number, (one, other) in enumerate(((60100, 60900), (60900, 60100)))
    ))  # fmt: skip
    picture = decoded(painter().position(shown))
    stage = stage_of(Canvas(*SIZE, 1, DARK.background), shown)
    y = stage.prices.at(60450)
    found = [colour(picture, stage.times.at(each.at + MINUTE / 2), y) for each in shown.candles]

    assert found == [DARK.rise, DARK.fall]


@pytest.mark.parametrize("bars", [0, 1, 2, 500])
@pytest.mark.parametrize("price", ["0.00001234", "60000", "123456789"])
def test_any_price_and_any_number_of_candles(price: str, bars: int) -> None:
    """E5: no candle, one, five hundred; a price of eight decimals and one of nine digits."""
    shown = chart(price, bars=bars)
    picture = decoded(painter().position(shown))
    stage = stage_of(Canvas(*SIZE, 1, DARK.background), shown)
    stop = shown.level(LevelKind.STOP)

    assert stop is not None
    assert colour(picture, stage.left + 6, stage.prices.at(float(stop.price))) == DARK.loss


@pytest.mark.parametrize(
    "symbol", ["", "X" * 3_000, "<b>BTC</b>&amp;", "BTC\n\x00\x1b[31mUSDT", "比特币\u202eUSDT", "\ud800", "🚀" * 50]
)
def test_hostile_symbols_are_drawn_on_one_line(symbol: str) -> None:
    """E5, E7: whatever a venue calls something, there is a picture, and its words stay in their place."""
    picture = decoded(painter().position(chart(symbol=symbol)))
    badge = [colour(picture, x, 30) for x in range(1050, 1080, 4)]

    assert set(badge) == {DARK.background}
    assert plain(symbol).isprintable()


def test_tags_name_exact_prices_and_never_touch() -> None:
    """E5: twenty-four levels within a thousandth of each other, the most that a plan can have, each with its tag."""
    shown = chart()
    near = [Level(LevelKind.TARGET, f"TP{n}", Decimal(60_000) + Decimal(n) / 10) for n in range(1, 11)]
    near += [Level(LevelKind.ENTRY, f"E{n}", Decimal(60_000) - Decimal(n) / 10, Mark.FILLED) for n in range(1, 11)]
    levels = [*near, *(level for level in shown.levels if level.kind not in (LevelKind.TARGET, LevelKind.ENTRY))]
    stage = stage_of(Canvas(1080, 1200, 1, DARK.background), shown)
    tags, missing = tags_of(levels, stage.prices, stage.top, stage.bottom)

    assert missing == 0
    assert [tag.price for tag in tags][:3] == ["60001.0", "60000.9", "60000.8"]
    assert all(above.y + above.height / 2 < below.y - below.height / 2 for above, below in pairwise(tags))
    assert min(tag.height for tag in tags) * 0.8 >= 20


def test_prices_stand_in_line_and_lose_no_digit() -> None:
    """E5: as many decimals as the finest order has; an average may have more, and widens nobody else."""
    prices = {LevelKind.STOP: "0.00001190", LevelKind.LAST: "0.00001201", LevelKind.AVERAGE: "0.0000119512"}
    levels = [Level(kind, kind.value, Decimal(price)) for kind, price in prices.items()]

    assert price_texts(levels) == ["0.00001190", "0.00001201", "0.0000119512"]
    assert price_texts(levels[2:]) == ["0.0000119512"]


def test_a_target_that_was_never_hit_is_grey_in_the_end() -> None:
    """E5: what came to nothing doesn't look like what still works."""
    marks = {mark: colour_of(Level(LevelKind.TARGET, "TP1", Decimal(1), mark), DARK) for mark in Mark}

    assert {mark for mark, seen in marks.items() if seen == DARK.muted} == {Mark.CANCELLED, Mark.FAILED}


def test_what_is_out_of_sight_is_said_to_be() -> None:
    """E5: a target far beyond the candles has an arrow and stands at the edge; too many levels lose the least ones."""
    shown = chart()
    far = Level(LevelKind.TARGET, "TP9", Decimal(900_000))
    stage = stage_of(Canvas(1080, 1200, 1, DARK.background), replace(shown, levels=(*shown.levels, far)))
    tags, missing = tags_of([far, *[shown.levels[0]] * 60], stage.prices, stage.top, stage.bottom)

    assert tags[0].name == "▲ TP9"
    assert missing == 61 - len(tags)


def test_the_curve_and_its_days() -> None:
    """E5: a day won is green above zero, a day lost red below it; the sheet is whole without a single trade."""
    made = equity_chart(
        [trade(1, "10", day=1), trade(2, "-10", day=2)],
        accounts=("main",), environment=Environment.PAPER, days=2, until=3 * 86_400_000 - 1,
    )  # fmt: skip
    picture = decoded(painter().equity(made))
    seen = {_main_colour(picture, x) for x in (250, 700)}

    assert seen == {(250, DARK.gain), (700, DARK.loss)}
    decoded(painter(theme="light").equity(replace(made, points=(), days=made.days[:1])))


def _main_colour(picture: Image.Image, x: int) -> tuple[int, Colour | None]:
    """Which of the two colours stands in the lower half of a column."""
    found = [colour(picture, x, y) for y in range(660, 940, 4)]
    return x, max((DARK.gain, DARK.loss), key=found.count)


@pytest.mark.parametrize(("bars", "since"), [(500, OPENED), (50, OPENED - 10_000 * MINUTE)])
def test_fine_candles_of_an_old_trade_show_its_latest(bars: int, since: int) -> None:
    """E5: five hundred fill the width, though it is a week older; a few show where in its life they are."""
    shown = replace(chart(bars=bars), opened_at=OPENED - 10_000 * MINUTE)

    assert stage_of(Canvas(1080, 1200, 1, DARK.background), shown).times.low == since
    decoded(painter().position(shown))


def test_twice_as_large_and_reduced_is_as_large() -> None:
    """E5: the scale smooths edges and changes no size."""
    once, twice = (decoded(painter(scale=scale).position(chart())) for scale in (1, 2))

    assert twice.size == once.size == SIZE
    assert twice.tobytes() != once.tobytes()
