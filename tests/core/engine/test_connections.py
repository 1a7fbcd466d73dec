"""An account whose adapter hangs or breaks (rel:F40, rel:F58): the others come up, and go on."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any, cast

import pytest

from core.engine.connections import CONNECTION, Connections
from core.errors import ConfigError, Stopped, TandemError, Unavailable
from core.facts import VenueFact
from plugins.exchanges.paper.adapter import PaperExchange
from ports.exchange import Exchange
from tests.living import ask, serving
from tests.serving import HastyClock, House, house


class Start:
    """An exchange of which only the start counts: it waits until it is let, and raises what it has."""

    def __init__(self, *raises: Exception) -> None:
        """One error a start."""
        self.raises = list(raises)
        self.let = asyncio.Event()
        self.let.set()

    async def start(self) -> None:
        """As it is told."""
        await self.let.wait()
        if self.raises:
            raise self.raises.pop(0)


def of(at: House, **starts: Start) -> Connections:
    """The accounts' connections; nobody waits long."""
    exchanges = cast("dict[str, Exchange]", starts)
    made = Connections(exchanges, at.service.states, HastyClock(), at.service.writer)
    made.others_wait = 0.01
    return made


async def test_a_mirror_that_hangs_in_its_start_is_not_waited_for() -> None:
    """rel:F40, rel:F58: main is watched meanwhile; the same start is taken when it comes through after all."""
    async with house(running=False) as at:
        mirror = Start()
        mirror.let.clear()
        made = of(at, main=Start(), mirror=mirror)
        await made.open()
        assert list(made.down) == ["mirror"]
        assert "has not answered yet" in made.why("mirror")
        mirror.let.set()

        assert await made.revive("mirror")
        assert made.down == {}
        assert CONNECTION not in at.state("mirror").troubles


async def test_an_adapter_that_breaks_in_its_start_is_one_that_is_not_connected() -> None:
    """rel:F58: a plugin's bug is told with its name and is tried again; main comes up."""
    async with house(running=False) as at:
        made = of(at, main=Start(), mirror=Start(KeyError("retCode"), TypeError("again")))
        await made.open()

        assert made.down == {"mirror": "mirror: the adapter failed: KeyError: 'retCode'"}
        assert await made.revive("mirror")


@pytest.mark.parametrize("last", [Unavailable("mirror: no route"), ValueError("a bug")])
async def test_when_none_comes_up_it_is_the_leaders_reason_that_is_raised(last: Exception) -> None:
    """J2: nothing is run for nobody; a slow one is waited for until it is known."""
    async with house(running=False) as at:
        mirror = Start(last)
        mirror.let.clear()
        asyncio.get_running_loop().call_later(0.03, mirror.let.set)

        with pytest.raises(TandemError, match="main: refused"):
            await of(at, main=Start(Unavailable("main: refused")), mirror=mirror).open()


@pytest.mark.parametrize("final", [ConfigError(("mirror: the key has expired",)), Stopped("mirror: it is over")])
async def test_what_only_a_person_can_mend_is_tried_no_more(final: Exception) -> None:
    """rel:F41, J2: said in its own words; a key that is refused again and again has the address banned."""
    async with house(running=False) as at:
        made = of(at, main=Start(), mirror=Start(final, final))
        await made.open()

        assert not await made.revive("mirror")
        assert made.down == {"mirror": str(final)}


class Deaf:
    """An exchange whose streams break off once each."""

    def __init__(self, inner: PaperExchange) -> None:
        """Whole but for that."""
        self.inner, self.left = inner, {"events", "prices"}

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    def _maybe(self, what: str) -> None:
        if what in self.left:
            self.left.remove(what)
            raise KeyError(what)

    async def events(self) -> AsyncIterator[VenueFact]:
        """Break, later go on."""
        self._maybe("events")
        async for fact in self.inner.events():
            yield fact

    async def prices(self, symbols: tuple[str, ...]) -> AsyncIterator[Any]:
        """As above."""
        self._maybe("prices")
        async for tick in self.inner.prices(symbols):
            yield tick


async def test_a_mirror_whose_streams_break_off_ends_nothing_and_is_heard_again() -> None:
    """rel:F58, rel:F19, I14: main opens all the same, the mirror is told of, looks, and follows when it is well."""
    deaf: list[Deaf] = []

    def wrap(inner: PaperExchange) -> Exchange:
        if inner.account == "main":
            return inner
        deaf.append(Deaf(inner))
        return cast("Exchange", deaf[-1])

    async with serving(accounts=("main", "mirror"), wrap=wrap, clock=HastyClock()) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == stage.orders("mirror") == ["E2", "TP1", "TP2", "TP3", "TP4"])
        told = [alert.kind for alert in await stage.told() if alert.account == "mirror"]

    assert deaf[0].left == set()
    assert "account_degraded" in told
