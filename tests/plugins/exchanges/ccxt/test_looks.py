"""What an account at ccxt looks at by itself while it runs: trading rules that change, a clock that runs away."""

import asyncio
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest

from core.errors import ConfigError, Unavailable
from core.facts import Notice, VenueFact
from core.words import Slot
from plugins.exchanges.ccxt import looks
from plugins.exchanges.ccxt.checks import Checks
from plugins.exchanges.ccxt.looks import Looks
from plugins.exchanges.ccxt.reads import Reads
from plugins.exchanges.ccxt.rules import HOUR, Rules
from ports import bybit_key
from ports.read_queue import ReadQueue

pytestmark = pytest.mark.integration


def market(name: str, tick: object = "0.1", *, active: bool = True, settle: str = "USDT") -> dict[str, Any]:
    """A market as ccxt lists it."""
    lot = {"qtyStep": "0.001", "minOrderQty": "0.001", "maxOrderQty": "100", "minNotionalValue": "5"}
    info = {"lotSizeFilter": lot, "priceFilter": {"tickSize": tick}, "leverageFilter": {"maxLeverage": "100"}}
    return {"id": name, "symbol": f"{name}:x", "linear": True, "swap": True, "settle": settle, "active": active} | {
        "info": info
    }


class Venue:
    """ccxt's Bybit, whose markets change, and which refuses every read for its time."""

    id = "bybit"

    def __init__(self, *markets: dict[str, Any]) -> None:
        """With these markets."""
        self.markets = markets
        self.anew: list[bool] = []
        self.looked = asyncio.Event()

    async def load_markets(self, reload: bool = False) -> dict[str, Any]:  # noqa: FBT002 - as ccxt's
        """By ccxt's name."""
        self.anew.append(reload)
        return {each["symbol"]: each for each in self.markets}

    async def load_time_difference(self) -> int:
        """Look at the clock."""
        self.looked.set()
        return 0

    async def privateGetV5AccountWalletBalance(self, _: object) -> None:  # noqa: N802 - ccxt's name
        """Refused for the time."""
        raise ccxt.InvalidNonce('bybit {"retCode":10002,"retMsg":"invalid request, please check your timestamp"}')


async def test_rules_are_read_anew_every_hour_and_when_one_did_not_fit() -> None:
    """rel:F37: they were read at the start only: after a change of the tick every order was refused."""
    venue, now = Venue(), [HOUR * 2]
    rules = Rules("main", venue, lambda: now[0])
    ticks = []
    for tick, later, misfit in (("0.1", 0, False), ("0.5", 0, False), ("0.5", 0, True), ("1", HOUR + 1, False)):
        venue.markets = (market("AUSDT", tick), market("BUSD", settle="USD"))
        now[0] += later
        if misfit:
            rules.forget()
        ticks.append(str((await rules.of("AUSDT")).tick))

    assert ticks == ["0.1", "0.1", "0.5", "1"]
    assert venue.anew == [True] * 3
    with pytest.raises(ConfigError, match="bybit has no USDT perpetual BUSD"):
        await rules.of("BUSD")


async def test_rules_that_cannot_be_read_spoil_no_others() -> None:
    """rel:F24: one of five hundred kept the account from starting; what is known stays, and keeps its name."""
    venue, now = Venue(market("AUSDT"), market("BUSDT", tick="0")), [HOUR * 2]
    rules = Rules("main", venue, lambda: now[0])
    first = dict(await rules.all())
    venue.markets, now[0] = (market("AUSDT", tick=None),), now[0] + HOUR + 1

    assert sorted(first) == ["AUSDT"]
    assert await rules.all() == first
    assert rules.names["BUSDT"] == "BUSDT:x"


async def test_a_symbol_in_use_that_goes_is_told(monkeypatch: Any) -> None:
    """rel:F37: nobody told of it through ccxt."""
    monkeypatch.setattr(looks, "RULES_EVERY", 0)
    venue, told = Venue(market("AUSDT"), market("BUSDT", active=False)), ReadQueue[VenueFact]()
    reads = Reads("main", venue, lambda: 1)
    reads.slots = {Slot(name, 0) for name in ("AUSDT", "BUSDT", "CUSDT")}
    look = Looks("main", venue, reads, Rules("main", venue, lambda: 1), told.put, lambda: 1)
    clock, rules = look.again()
    clock.close()
    running = asyncio.create_task(rules)
    heard = told.read()
    async with asyncio.timeout(10):
        causes = [fact.cause for fact in (await anext(heard), await anext(heard)) if isinstance(fact, Notice)]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert causes == ["leaving:BUSDT", "leaving:CUSDT"]


async def test_a_refusal_for_the_time_has_the_clock_looked_at_at_once() -> None:
    """rel:F05: measured at the start only, a clock that ran away had every request refused until a restart."""
    venue = Venue()
    reads = Reads("main", venue, lambda: 1)
    look = Looks("main", venue, reads, Rules("main", venue, lambda: 1), lambda _: None, lambda: 1)
    clock, rules = look.again()
    rules.close()
    running = asyncio.create_task(clock)
    with pytest.raises(Unavailable):
        await reads.wallet()
    async with asyncio.timeout(10):
        await venue.looked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert not reads.misdated.is_set()


async def test_a_look_at_the_clock_that_breaks_off_is_made_again(monkeypatch: Any) -> None:
    """rel:F05, rel:F24: an answer without a time ended them all, unheard; with the clock running away nothing left."""
    monkeypatch.setattr(looks, "CLOCK_AT_MOST", 0)
    venue = Venue()
    reads, tries = Reads("main", venue, lambda: 1), list[int]()

    async def torn() -> int:
        tries.append(len(tries))
        reads.misdated.set() if len(tries) < 3 else venue.looked.set()
        return int(None)  # type: ignore[call-overload,no-any-return] # ccxt's, of an answer without a time

    venue.load_time_difference = torn  # type: ignore[method-assign]
    reads.misdated.set()
    clock, rules = Looks("main", venue, reads, Rules("main", venue, lambda: 1), lambda _: None, lambda: 1).again()
    rules.close()
    running = asyncio.create_task(clock)
    async with asyncio.timeout(10):
        await venue.looked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert tries == [0, 1, 2]


async def test_a_look_at_the_key_that_breaks_off_is_made_again(monkeypatch: Any) -> None:
    """rel:F41, rel:F24: an answer of another shape ended them all, unheard: nobody told of a key that ends."""
    monkeypatch.setattr(bybit_key, "KEY_EVERY", 0)
    looked, asked = asyncio.Event(), list[int]()

    async def torn() -> dict[str, Any]:
        asked.append(len(asked))
        looked.set() if len(asked) == 3 else None
        return {"result": {"permissions": ["Order"]}}

    venue = SimpleNamespace(options={}, privateGetV5UserQueryApi=torn)
    running = asyncio.create_task(Checks("main", "testnet", venue, lambda _: None, lambda: 1).again())
    async with asyncio.timeout(10):
        await looked.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert asked[:3] == [0, 1, 2]
