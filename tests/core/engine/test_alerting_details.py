"""What a change of somebody's own alert leaves as it was, an hour of prices, and what asks or writes nothing (D1)."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pytest

from core.alerts import UserAlert
from core.engine.alerting import EVERY, HOUR, UserAlerts
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Unavailable
from core.user_alert_rules import LONGEST_NOTE
from core.words import Side
from plugins.exchanges.paper.adapter import PaperExchange
from tests.core.engine.test_alerting import add, told
from tests.serving import HastyClock, House, house
from tests.staging import SYMBOL, request


class Set(HastyClock):
    """A clock that stands where it was put."""

    def __init__(self, at: int) -> None:
        """Milliseconds."""
        self.at = at

    def now(self) -> int:
        """Always the same."""
        return self.at

    def monotonic(self) -> int:
        """The same."""
        return self.at


@dataclass
class Watch:
    """The rules of a house, whose clock stands between two looks."""

    at: House
    part: UserAlerts
    clock: Set

    async def sees(self, *prices: int) -> None:
        """A look at each price, so long after the one before that it is asked for anew."""
        for price in prices:
            self.clock.at += EVERY
            await self.at.price(price)
            await self.part.look()


@pytest.fixture
async def watch() -> AsyncIterator[Watch]:
    """Nothing is asked for yet."""
    async with house() as at:
        clock = at.service.clock = Set(at.service.clock.now())
        yield Watch(at, UserAlerts(at.service), clock)


class Kept(MemoryStore):
    """A store that can't be read *away* times, and counts what it is to remember."""

    away, written, asked = 0, 0, 0

    async def recall(self, name: str) -> str | None:
        """As it is there."""
        self.asked += 1
        if self.asked <= self.away:
            raise Unavailable("the database is away")
        return await super().recall(name)

    async def remember(self, name: str, value: str) -> None:
        """One more."""
        self.written += 1
        await super().remember(name, value)


async def test_a_change_leaves_what_it_does_not_name() -> None:
    """D1: one that was switched off stays off, another's alert stays as it is; a number may carry its unit."""
    async with house() as at:
        part = UserAlerts(at.service)
        first, second = await add(part, "price_change", "2", symbol=SYMBOL), await add(part, "profit", "1")
        await part.change({"id": first["id"], "enabled": False})
        await part.change({"id": first["id"], "value": "3 %", "repeat": False})
        listed: Any = (await part.list({}))["data"]

    seen = [(each["id"], each["value"], each["enabled"], each["repeat"]) for each in listed["rules"]]
    assert seen == [(first["id"], "3", False, False), (second["id"], "1", True, True)]


async def test_a_change_is_held_to_what_a_new_one_is() -> None:
    """D1: nothing of a refused one is kept."""
    async with house() as at:
        part = UserAlerts(at.service)
        made = await add(part, "loss_percent", "5")
        with pytest.raises(ConfigError, match="above 0"):
            await part.change({"id": made["id"], "value": "0"})
        listed: Any = (await part.list({}))["data"]

    assert listed["rules"][0]["value"] == "5"


@pytest.mark.parametrize(("change", "price", "fired"), [({"value": "101"}, 100, 0), ({"repeat": False}, 98, 1)])
async def test_a_cross_forgets_its_side_with_its_price_only(
    watch: Watch, change: dict[str, object], price: int, fired: int
) -> None:
    """D1: the market was above 99: that says nothing of 101, and all of 99."""
    made = await add(watch.part, "price_cross", "99", symbol=SYMBOL)
    await watch.sees(100)
    await watch.part.change({"id": made["id"], **change})
    await watch.sees(price)

    assert len(await told(watch.at)) == fired


async def test_what_is_not_said_of_a_new_one() -> None:
    """D1: it repeats and is the operator's; the longest note is taken, the symbol however it was typed."""
    async with house() as at:
        wish = {"kind": "price_above", "value": "500", "symbol": f" {SYMBOL.lower()} ", "note": "n" * LONGEST_NOTE}
        made: Any = (await UserAlerts(at.service).add(wish))["data"]

    assert (made["owner"], made["repeat"], made["symbol"], len(made["note"])) == ("cli", True, SYMBOL, LONGEST_NOTE)


async def test_no_two_have_one_id(watch: Watch) -> None:
    """D1: made in the same millisecond, as the second of two like the one before it: each is changed by its id."""
    first, second = [await add(watch.part, "profit", "1") for _ in range(2)]
    await watch.part.remove({"id": first["id"]})
    third = await add(watch.part, "profit", "1")

    assert len({each["id"] for each in (first, second, third)}) == 3


@pytest.mark.parametrize(("value", "prices", "found"), [("5", (94,), "-6.00"), ("6.2", (94, 100), "6.38")])
async def test_a_move_is_from_the_hours_highest_or_lowest(
    watch: Watch, value: str, prices: tuple[int, ...], found: str
) -> None:
    """D1: down from 100, or up again from 94."""
    await add(watch.part, "price_change", value, symbol=SYMBOL)
    await watch.sees(100, *prices)

    assert [str(round(each.found, 2)) for each in await told(watch.at)] == [found]


async def test_a_move_that_took_longer_than_an_hour_is_none(watch: Watch) -> None:
    """D1: 100 is too long ago; 94 is not when 88 follows."""
    await add(watch.part, "price_change", "5", symbol=SYMBOL)
    await watch.sees(100)
    watch.clock.at += HOUR
    await watch.sees(94)
    assert await told(watch.at) == []
    await watch.sees(88)

    assert len(await told(watch.at)) == 1


async def test_a_move_while_nobody_watched_is_none(watch: Watch) -> None:
    """D1: switched on again the hour begins anew."""
    made = await add(watch.part, "price_change", "5", symbol=SYMBOL)
    await watch.sees(100)
    await watch.part.change({"id": made["id"], "enabled": False})
    await watch.sees(97)
    await watch.part.change({"id": made["id"], "enabled": True})
    await watch.sees(94)

    assert await told(watch.at) == []


async def test_a_positions_alert_names_its_trade() -> None:
    """D1: where one can tap through to it."""
    async with house() as at:
        part = UserAlerts(at.service)
        await add(part, "loss_percent", "5", account="main")
        trade = await at.open(request())
        await at.price(94)
        await part.look()
        await at.service.writer.flush()
        (alert,) = [each for each in await at.store.alerts(100) if isinstance(each.body, UserAlert)]

    assert (alert.account, alert.trade, alert.side) == ("main", trade, Side.LONG)


async def test_of_a_venue_that_is_away_no_price_is_asked() -> None:
    """DESIGN 7, rel:F40: a rule waits for its venue; no look waits for an answer that can't come."""
    asked: list[str] = []

    class Counted(PaperExchange):
        async def last_price(self, symbol: str) -> Decimal:
            asked.append(symbol)
            return await super().last_price(symbol)

    async with house(build=Counted) as at:
        part = UserAlerts(at.service)
        await add(part, "price_above", "1", symbol=SYMBOL)
        asked.clear()
        at.service.connections.down["main"] = "its venue is away"
        await part.look()

        assert (asked, await told(at)) == ([], [])


async def test_a_look_that_changes_nothing_writes_nothing() -> None:
    """DESIGN 7, rel:F50: every 30 s, for ever."""
    store = Kept()
    async with house(store=store) as at:
        part = UserAlerts(at.service)
        await add(part, "price_above", "500", symbol=SYMBOL)
        before = store.written
        await part.look()
        await part.look()

    assert store.written == before


async def test_a_store_that_is_away_is_asked_again() -> None:
    """rel:F45, rel:F46: the watch does not end by it, nor the service with it."""
    store = Kept()
    async with house(store=store) as at:
        store.asked, store.away = 0, 2
        watching = asyncio.create_task(UserAlerts(at.service).run())
        await at.until(lambda: store.asked > store.away or watching.done())
        ended = watching.done()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)

    assert not ended
