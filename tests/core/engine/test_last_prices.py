"""Prices for screens: a venue that doesn't answer makes no status slow, and none is asked over and over."""

import asyncio
from decimal import Decimal
from typing import Any, cast

from core.engine.last_prices import LastPrices
from core.errors import Unavailable
from plugins.clocks.system import SystemClock
from ports.exchange import Exchange


class Counter:
    """A venue that knows one price, is silent about another, fails for a third and breaks over a fourth."""

    def __init__(self) -> None:
        """Nobody asked yet."""
        self.asked: list[str] = []

    async def last_price(self, symbol: str) -> Decimal:
        """The last price."""
        self.asked.append(symbol)
        if symbol == "SILENT":
            await asyncio.Event().wait()
        if symbol == "GONE":
            raise Unavailable("no answer")
        if symbol == "TORN":
            raise KeyError("lastPrice")
        return Decimal(100)


def prices(venue: Counter, within: float) -> LastPrices:
    """Prices from one account's venue."""
    return LastPrices({"main": cast("Exchange", cast("Any", venue))}, SystemClock(), within=within)


async def test_what_does_not_come_in_time_is_not_shown() -> None:
    """J1, rel:F40, rel:F58: the others' prices are there; an adapter with a bug took the whole status with it."""
    found = await prices(Counter(), 0.01).of({"KNOWN": "main", "SILENT": "main", "GONE": "main", "TORN": "main"})

    assert found == {"KNOWN": Decimal(100)}


async def test_a_price_is_not_asked_for_at_every_look() -> None:
    """I16: a screen drawn each second costs no call a second; a symbol without trades is forgotten."""
    venue = Counter()
    known = prices(venue, 5)
    for _ in range(3):
        await known.of({"KNOWN": "main"})
    assert venue.asked == ["KNOWN"]

    await known.of({})
    await known.of({"KNOWN": "main"})

    assert venue.asked == ["KNOWN", "KNOWN"]
