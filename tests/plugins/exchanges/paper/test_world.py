"""The embedded venue in the service: start, trade, close, restart, kill; on a clock that only the test moves."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable, Sequence
from decimal import Decimal
from pathlib import Path

import pytest

from core.commands import Cancel, Done, Place, Query, Refused, SetLeverage, Unknown
from core.errors import ConfigError, Stopped, Unavailable
from core.facts import Ended, Filled, LeverageIs, StopIs, VenueFact, Working
from core.words import OrderSide, Slot
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.plugin import build, tandem_exchanges
from plugins.exchanges.paper.settings import InstrumentSettings, PaperAccountSettings, PaperVenueSettings
from plugins.exchanges.paper.shelf import Shelf
from plugins.exchanges.paper.venue.events import Event
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.world import MEMORY, PaperWorld

BTC = Slot("BTCUSDT", 0)
NEVER = 3_600_000
"""The market's own task doesn't come round within a test: the test walks it."""


class ManualClock:
    """A time that stands still until a test moves it."""

    def __init__(self) -> None:
        """Some day."""
        self.at = 1_700_000_000_000

    def __call__(self) -> int:
        """Now."""
        return self.at


class House:
    """A world with its exchanges, made anew as often as a test restarts it."""

    def __init__(self, path: Path | None) -> None:
        """*path* None keeps nothing."""
        self.clock = ManualClock()
        self.path = path
        self.world = self._world()
        self.main = self._exchange("main")

    def _world(self, **changed: object) -> PaperWorld:
        state = MEMORY if self.path is None else str(self.path)
        settings = PaperVenueSettings.model_validate({"state": state, "every_ms": NEVER, **changed})
        return PaperWorld(settings, self.clock)

    def _exchange(self, name: str) -> PaperExchange:
        return PaperExchange(name, PaperAccountSettings(), self.world)

    def again(self, **changed: object) -> PaperExchange:
        """A new process on the same file."""
        self.world = self._world(**changed)
        self.main = self._exchange("main")
        return self.main

    async def tick(self, times: int = 1) -> None:
        """Let the market make steps."""
        self.clock.at += times * NEVER
        await self.world.catch_up()

    async def facts(self) -> list[VenueFact]:
        """What main was told so far."""
        queue = self.world.queues["main"]
        queue.close()
        return [fact async for fact in self.main.events()]


def _buy(key: str, quantity: str, price: str | None = None, stop: str | None = None) -> Place:
    return Place(
        key,
        BTC,
        OrderSide.BUY,
        Decimal(quantity),
        None if price is None else Decimal(price),
        reduce_only=False,
        stop=None if stop is None else Decimal(stop),
    )


@pytest.fixture
def house(tmp_path: Path) -> House:
    """A world on a file of its own."""
    return House(tmp_path / "deep" / "venue.db")


async def test_trades(house: House) -> None:
    """A market order is answered, filled, protected and told, in this order."""
    await house.main.start()
    [done] = await house.main.submit([_buy("k", "0.01", stop="50000")])
    told = await house.facts()
    await house.main.close()

    assert isinstance(done, Done)
    assert [type(fact) for fact in told[:2]] == [Filled, Ended]
    assert [fact.price for fact in told if isinstance(fact, StopIs)] == [50_000]


async def test_the_market_moves_with_the_clock(house: House) -> None:
    """Prices step as time passes and are told to who asks; between steps nothing moves."""
    await house.main.start()
    first = await house.main.last_price("BTCUSDT")
    reader = house.main.prices(["BTCUSDT"])
    waiting = asyncio.ensure_future(anext(aiter(reader)))
    await asyncio.sleep(0)

    await house.world.catch_up()
    await house.tick(20)
    tick = await waiting
    await house.main.close()

    assert tick[0] == "BTCUSDT"
    assert house.world.venue.last("BTCUSDT") != first


async def test_prices_end_with_the_adapter(house: House) -> None:
    """Reading prices ends when the adapter is closed, and nothing is kept for readers that have gone."""
    await house.main.start()
    reading = asyncio.ensure_future(_count(house.main))
    await asyncio.sleep(0)
    await house.main.close()

    assert await reading == 0
    assert house.world.tickers == []


async def _count(exchange: PaperExchange) -> int:
    return len([tick async for tick in exchange.prices([])])


@pytest.mark.parametrize("ending", ["closed", "killed"])
async def test_a_restart_goes_on(house: House, ending: str) -> None:
    """Orders, positions, stops, executions and used ids are there again, closed in order or killed (rel:F43)."""
    await house.main.start()
    await house.main.submit(
        [_buy("k", "0.01", stop="50000"), _buy("low", "0.01", "40000"), _buy("gone", "0.01", "30000")]
    )
    await house.main.submit([Cancel("gone", BTC)])
    before = await house.main.snapshot(0)
    if ending == "closed":
        await house.main.close()

    main = house.again()
    await main.start()
    after = await main.snapshot(0)
    answers = await main.submit([_buy("k", "0.01"), _buy("gone", "0.01", "30000"), Query("gone", BTC)])
    await main.close()

    assert (after.orders, after.executions, after.stops) == (before.orders, before.executions, before.stops)
    assert [type(answer) for answer in answers] == [Refused, Refused, Done]
    assert isinstance(answers[2], Done)
    assert [type(fact) for fact in answers[2].facts] == [Ended]


async def test_what_a_touch_caused_is_saved_before_it_is_told(house: House) -> None:
    """A limit filled by the market and told is in the file, though nobody closed it."""
    await house.main.start()
    price = await house.main.last_price("BTCUSDT")
    await house.main.submit([_buy("near", "0.01", str(price - 1))])
    while not any(isinstance(fact, Filled) for fact in house.world.queues["main"].waiting()):
        await house.tick()

    main = house.again()
    await main.start()
    cut = await main.snapshot(0)
    await main.close()

    assert [fact.key for fact in cut.executions if isinstance(fact, Filled)] == ["near"]
    assert cut.orders == ()


async def test_the_file_is_private(house: House) -> None:
    """State holds balances and trades: only its owner may read it, side files too."""
    assert house.path is not None
    house.path.parent.mkdir()
    house.path.touch(mode=0o644)
    await house.main.start()
    await house.main.submit([_buy("k", "0.01")])
    modes = {stat.S_IMODE(path.stat().st_mode) for path in house.path.parent.iterdir()}
    await house.main.close()

    assert modes == {0o600}


@pytest.mark.parametrize("damage", ["not a database", "other tables", "broken state"])
async def test_a_damaged_file_is_told_and_kept(house: House, damage: str) -> None:
    """A file that can't be read stops the start, names itself, and stays as it is."""
    assert house.path is not None
    house.path.parent.mkdir()
    if damage == "not a database":
        house.path.write_bytes(b"SQLite format 3\x00" + b"\x01" * 4096)
    else:
        with sqlite3.connect(house.path) as file:
            file.execute("create table world (id integer primary key, state text not null)")
            file.execute("insert into world values (1, ?)", ('{"now": 1}' if damage == "other tables" else "{",))
        file.close()
    before = house.path.read_bytes()[:64]

    with pytest.raises(Stopped, match=r"venue\.db.*can't be read.*move the file away"):
        await house.main.start()
    assert house.path.read_bytes()[:16] == before[:16]


async def test_a_symbol_with_a_position_must_stay(house: House) -> None:
    """A symbol of one's own that holds a position can't be dropped from the configuration."""
    extra = {"MINEUSDT": InstrumentSettings(tick=Decimal("0.1"), step=Decimal(1), price=Decimal(10)).model_dump()}
    main = house.again(instruments=extra)
    await main.start()
    await main.submit([Place("k", Slot("MINEUSDT", 0), OrderSide.BUY, Decimal(10), None, reduce_only=False)])
    await main.close()

    with pytest.raises(Stopped, match=r"MINEUSDT.*add it there again"):
        await house.again().start()


class FullShelf(Shelf):
    """A shelf on a disk that is full for a while."""

    full = False

    def save(self, state: VenueState, events: Sequence[Event]) -> None:
        """Save, or say what SQLite says then."""
        if self.full:
            raise sqlite3.OperationalError("database or disk is full")
        super().save(state, events)


async def test_a_full_disk_is_no_acknowledgement(house: House) -> None:
    """What can't be saved is Unknown, isn't told, and comes out once the disk takes it again."""
    assert house.path is not None
    shelf = house.world.shelf = FullShelf(house.path)
    await house.main.start()

    shelf.full = True
    [answer] = await house.main.submit([_buy("k", "0.01")])
    with pytest.raises(Unavailable, match="disk is full"):
        await house.main.snapshot(0)
    told = house.world.queues["main"].waiting()
    shelf.full = False
    cut = await house.main.snapshot(0)
    await house.main.close()

    assert isinstance(answer, Unknown)
    assert told == ()
    assert len(cut.executions) == 1


class BrokenWorld(PaperWorld):
    """A world whose market has a bug."""

    async def catch_up(self) -> None:
        """Die."""
        raise RuntimeError("a bug")


async def test_an_error_in_the_market_reaches_the_reader() -> None:
    """When the market's task dies of a bug, whoever listens is told instead of waiting for ever."""
    world = BrokenWorld(PaperVenueSettings(state=MEMORY, every_ms=20), ManualClock())
    main = PaperExchange("main", PaperAccountSettings(), world)
    await main.start()

    with pytest.raises(RuntimeError, match="a bug"):
        await anext(aiter(main.events()))
    await main.close()


async def test_two_accounts_share_one_world() -> None:
    """The world runs until the last account leaves; closing twice is harmless; each is told only its own."""
    house = House(None)
    mirror = PaperExchange("mirror", PaperAccountSettings(balance=Decimal(3_300)), house.world)
    await house.main.start()
    await mirror.start()
    await house.main.submit([_buy("k", "0.01"), SetLeverage("BTCUSDT", Decimal(20))])
    told = await house.facts()
    await house.main.close()
    await house.main.close()

    assert any(isinstance(fact, LeverageIs) for fact in told)
    assert (await mirror.snapshot(0)).executions == ()
    [answer] = await mirror.submit([_buy("m", "0.01", "40000")])
    assert isinstance(answer, Done)
    assert [type(order) for order in (await mirror.snapshot(0)).orders] == [Working]
    await mirror.close()


async def test_unknown_symbols_are_named() -> None:
    """Asking for what the venue doesn't have names what it has."""
    house = House(None)
    await house.main.start()

    with pytest.raises(ConfigError, match="NOUSDT; it has BTCUSDT"):
        await house.main.terms("NOUSDT")
    with pytest.raises(ConfigError):
        await house.main.last_price("NOUSDT")
    assert (await house.main.terms("BTCUSDT")).available == 10_000
    assert "BTCUSDT" in await house.main.instruments()
    assert await house.main.candles("BTCUSDT", 1, 10) == ()
    await house.main.close()


def test_the_world_is_not_there_before_its_start() -> None:
    """Constructors do no I/O, and asking too early says so."""
    with pytest.raises(RuntimeError, match="not started"):
        _ = House(None).world.venue


def test_the_plugin_builds_accounts_in_one_world() -> None:
    """All paper accounts of a process share what lies in `shared`, with the venue's own settings."""
    shared: dict[str, object] = {"venue": PaperVenueSettings(state=MEMORY, seed=9)}
    make: Callable[..., object] = tandem_exchanges()[0].build
    main, mirror = (make(PaperAccountSettings(), account=name, shared=shared) for name in ("main", "mirror"))

    world = shared["paper.world"]
    assert make is build
    assert isinstance(world, PaperWorld)
    assert world.settings.seed == 9
    assert isinstance(main, PaperExchange)
    assert isinstance(mirror, PaperExchange)
    assert set(world.queues) == {"main", "mirror"}
