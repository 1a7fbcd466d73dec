"""Pictures as every front end asks for them: which trade is meant, what is told, and that nobody waits."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from typing import Any, cast

import pytest

from core.charts import LevelKind, PositionChart
from core.engine.control import Answer, answered
from core.engine.pictures import Pictures
from core.equity import EquityChart
from core.errors import Unavailable
from core.words import Environment
from plugins.exchanges.paper.adapter import PaperExchange
from ports.exchange import Candle
from tests.living import SYMBOL, Serving, ask, serving

PNG = b"\x89PNG and so on"


class Sketches:
    """A painter that keeps what it was given."""

    def __init__(self) -> None:
        """Nothing yet."""
        self.positions: list[PositionChart] = []
        self.equities: list[EquityChart] = []

    def position(self, chart: PositionChart) -> bytes:
        """Keep it."""
        self.positions.append(chart)
        return PNG

    def equity(self, chart: EquityChart) -> bytes:
        """Keep it."""
        self.equities.append(chart)
        return PNG


class Torn(Sketches):
    """A stranger's painter with a bug."""

    def position(self, chart: PositionChart) -> bytes:
        """Fail."""
        raise ZeroDivisionError(chart.symbol)


class Silent:
    """A venue that gives no candles now."""

    said = "BTCUSDT"

    def __init__(self, each: PaperExchange) -> None:
        """Around *each*."""
        self._each = each

    def __getattr__(self, name: str) -> Any:
        """As the exchange itself."""
        return getattr(self._each, name)

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """None now."""
        raise Unavailable(symbol)


class Mute(Silent):
    """One that never answers."""

    said = "main: its venue did not answer in time"

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """Not in this life."""
        await asyncio.Event().wait()
        return ()


class Broken(Silent):
    """An adapter with a bug."""

    said = "main: the adapter failed: KeyError: 'list'"

    async def candles(self, symbol: str, interval_minutes: int, limit: int) -> tuple[Candle, ...]:
        """Fail."""
        raise KeyError("list")


async def chart(stage: Serving, sketches: Sketches, arguments: Mapping[str, object]) -> Answer:
    """What somebody who asks for a chart is answered."""
    return await answered(Pictures(stage.service, sketches).handlers()["chart"], arguments)


async def filled(stage: Serving) -> None:
    """Open, and wait until every account has its first fill."""
    await stage.service.open(ask(stage), "main")
    states = stage.service.states.values()
    await stage.until(lambda: all(box.trade.ledger.entered for state in states for box in state.boxes.values()))
    await stage.service.writer.flush()


async def closed(stage: Serving) -> None:
    """Open, and let the stop end it."""
    await filled(stage)
    stage.price(40_000)
    await stage.until(lambda: not any(state.boxes for state in stage.service.states.values()))
    await stage.service.writer.flush()


async def test_a_live_trade_by_its_symbol() -> None:
    """E5: the answer is a PNG with its caption; the leader's trade is meant, with its fill, stop and price of now."""
    sketches = Sketches()
    async with serving(accounts=("main", "mirror")) as stage:
        await filled(stage)
        answer = await chart(stage, sketches, {"trade": SYMBOL.lower()})
        mirrored = await chart(stage, sketches, {"trade": SYMBOL, "account": "mirror", "interval": 5})

    data: Any = answer["data"]
    drawn = sketches.positions[0]
    assert (answer["exit"], mirrored["exit"], b64decode(data["png"])) == (0, 0, PNG)
    assert data["caption"].startswith("BTCUSDT long 10x on main (paper), ")
    assert len(drawn.fills) == 1
    assert {level.kind for level in drawn.levels} == set(LevelKind)
    assert [(each.account, each.interval) for each in sketches.positions] == [("main", 1), ("mirror", 5)]


async def test_an_ended_trade_is_found_by_its_id() -> None:
    """E5: its fills are both there, opened and stopped, and the caption has the net."""
    sketches = Sketches()
    async with serving() as stage:
        await closed(stage)
        trade = (await stage.store.closed())[0].id
        answer = await chart(stage, sketches, {"trade": trade})

    data: Any = answer["data"]
    assert "USDT net" in data["caption"]
    assert len({fill.side for fill in sketches.positions[0].fills}) == 2


@pytest.mark.parametrize("venue", [Silent, Mute, Broken])
async def test_no_candles_are_no_reason_for_no_picture(venue: type[Silent]) -> None:
    """E5, rel:F58: what the venue doesn't give isn't drawn; the rest is, and who looks at it is told why."""
    sketches = Sketches()
    async with serving(wrap=venue) as stage:
        await stage.service.open(ask(stage), "main")
        stage.service.connections.candles_within = 0.02
        async with asyncio.timeout(5):
            answer = await chart(stage, sketches, {"trade": SYMBOL})

    assert answer["exit"] == 0
    assert sketches.positions[0].candles == ()
    assert f"\nDrawn without candles: {venue.said}." in cast("Any", answer["data"])["caption"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"trade": "ETHUSDT"}, "no trade 'ETHUSDT', live or among the last 1000 that ended"),
        ({"trade": SYMBOL, "account": "nobody"}, "there is no account 'nobody'; there are main"),
        ({"trade": SYMBOL, "interval": "7"}, "interval: 7 is none of 1, 3, 5, 15, 30, 60, 120, 240, 720, 1440 minutes"),
        ({"trade": SYMBOL, "interval": "-1"}, "interval: '-1' is no whole number"),
    ],
)
async def test_what_can_t_be_drawn_says_why(arguments: Mapping[str, object], said: str) -> None:
    """E5: a person's mistake is an answer."""
    async with serving() as stage:
        await stage.service.open(ask(stage), "main")
        answer = await chart(stage, Sketches(), arguments)

    assert answer == {"exit": 2, "error": [said]}


async def test_a_painter_with_a_bug_stops_nobody() -> None:
    """E5, a stranger's fault: it is told, and trading goes on."""
    async with serving() as stage:
        await stage.service.open(ask(stage), "main")
        answer = await chart(stage, Torn(), {"trade": SYMBOL})

    assert answer == {"exit": 1, "error": ["the painter failed, see the log: ZeroDivisionError: BTCUSDT"]}


async def test_what_ended_trades_earned() -> None:
    """E5, G1: one trade, stopped; without an account only leaders count; days out of range are refused."""
    sketches = Sketches()
    async with serving(accounts=("main", "mirror")) as stage:
        await closed(stage)
        pictures = Pictures(stage.service, sketches, "Europe/Berlin")
        answers = [
            await answered(pictures.equity, each) for each in ({"days": 7}, {"account": "mirror"}, {"days": 400})
        ]

    leaders, one = sketches.equities
    assert [each["exit"] for each in answers] == [0, 0, 2]
    assert (leaders.accounts, leaders.trades, len(leaders.days), leaders.zone) == (("main",), 1, 7, "Europe/Berlin")
    assert (one.accounts, one.trades, len(one.days)) == (("mirror",), 1, 30)
    assert leaders.total < 0


async def test_play_money_and_real_money_are_not_added_up() -> None:
    """E5, A10: who doesn't say which account gets the choice, not a sum."""
    async with serving(accounts=("main", "mirror")) as stage:
        stage.service.states["main"].environment = Environment.LIVE
        stage.service.states["mirror"].following = None
        answer = await answered(Pictures(stage.service, Sketches()).equity, {})

    assert answer["exit"] == 2
    assert "main (live), mirror (paper)" in str(answer["error"])


async def test_pictures_are_painted_one_at_a_time_beside_the_loop() -> None:
    """E5: ten people who ask at once take one thread, and the loop goes on turning while it paints."""
    async with serving() as stage:
        await stage.service.open(ask(stage), "main")
        loop, at_once = asyncio.get_running_loop(), Crowd()
        pictures = Pictures(stage.service, at_once)
        at_once.turn = lambda: asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)
        await asyncio.gather(*(pictures.chart({"trade": SYMBOL}) for _ in range(10)))

    assert (len(at_once.positions), at_once.most) == (10, 1)


class Crowd(Sketches):
    """Counts who paints at the same time; *turn* returns only when the loop has turned."""

    def __init__(self) -> None:
        """Nobody yet."""
        super().__init__()
        self.now = self.most = 0
        self.turn: Any = None

    def position(self, chart: PositionChart) -> bytes:
        """Count, and let the loop turn meanwhile."""
        self.now += 1
        self.most = max(self.most, self.now)
        self.turn()
        self.now -= 1
        return super().position(chart)
