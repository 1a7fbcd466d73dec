"""A mirror that never heard of its leader's trade is asked for it when it comes up (A9, rel:I9)."""

import asyncio
from collections.abc import Iterable
from itertools import repeat
from typing import Any, cast

import pytest

from core.account.inputs import Operate
from core.alerts import MirrorSkipped
from core.engine.joining import join_late
from core.engine.memory_store import MemoryStore
from core.errors import ConfigError, Unavailable
from core.facts import ActKind
from core.terms import Terms
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.world import MEMORY, PaperWorld
from ports.exchange import Exchange
from tests.living import NEVER, PATIENCE, Serving, ask, serving
from tests.serving import HastyClock

BOTH = ("main", "mirror")
WHOLE = ["E2", "TP1", "TP2", "TP3", "TP4"]


async def led() -> tuple[PaperWorld, MemoryStore]:
    """Main opened a trade of two entries while its mirror was not there; then the process was killed."""
    settings = PaperVenueSettings.model_validate({"state": MEMORY, "every_ms": NEVER})
    world, store = PaperWorld(settings, SystemClock().now), MemoryStore()
    async with serving(accounts=BOTH, store=store, world=world):
        pass
    async with serving(store=store, world=world) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == WHOLE)
        await stage.service.writer.flush()
    return world, store


async def test_it_joins_while_it_may() -> None:
    """A9: killed between its leader's plan and its own: at the start it opens the same trade, with its stop."""
    world, store = await led()
    async with serving(accounts=BOTH, store=store, world=world) as stage:
        await stage.until(lambda: stage.orders("mirror") == WHOLE, "it did not join")
        stops = [stage.venue(name).position("BTCUSDT", 0).stop for name in BOTH]

    assert stops[0] == stops[1] is not None


async def test_it_says_so_when_it_may_not() -> None:
    """A9, A3: the market has left the leader's entry by half a percent: nothing is opened, and that is told."""
    world, store = await led()
    world.venue.venue.set_price("BTCUSDT", world.venue.last("BTCUSDT") * 1005 / 1000)
    async with serving(accounts=BOTH, store=store, world=world) as stage:
        await stage.until(lambda: len(stage.service.states["mirror"].known) == 1, "the mirror never heard of it")
        told = [(alert.account, alert.kind) for alert in await stage.told()]

        assert stage.orders("mirror") == []
    assert ("mirror", "mirror_skipped") in told


class Untold:
    """An account that can't say what it offers at first: *errors*, one a question."""

    def __init__(self, inner: PaperExchange, errors: Iterable[Exception]) -> None:
        """Whole but for that."""
        self.inner, self.errors = inner, iter(errors)

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def terms(self, symbol: str) -> Terms:
        """As the inner one's, once they can be had."""
        for error in self.errors:
            raise error
        return await self.inner.terms(symbol)


class Ahead(SystemClock):
    """The wall clock, so many seconds ahead."""

    seconds = 0

    def now(self) -> int:
        """As it would be then."""
        return super().now() + self.seconds * 1_000


@pytest.mark.parametrize("name", BOTH)
async def test_it_is_asked_until_both_can_say_what_they_offer(name: str) -> None:
    """A9, A3, rel:F40: one answer that fails at the start would leave its leader alone, and nobody was told why."""
    world, store = await led()

    def wrap(inner: PaperExchange) -> Exchange:
        errors = (Unavailable("no answer"), KeyError("a bug")) if inner.account == name else ()
        return cast("Exchange", Untold(inner, errors))

    async with serving(accounts=BOTH, store=store, world=world, wrap=wrap, clock=HastyClock()) as stage:
        await stage.until(lambda: stage.orders("mirror") == WHOLE, "it did not join")

        main, mirror = (stage.service.states[each].boxes for each in BOTH)
        assert list(mirror) == list(main)


def unserved(inner: PaperExchange, errors: Iterable[Exception]) -> Exchange:
    """An account whose mirror can't say what it offers."""
    return inner if inner.account == "main" else cast("Exchange", Untold(inner, errors))


async def asked_late(stage: Serving) -> None:
    """The mirror is asked for what it missed, as at a start; ends when nothing of that is to be asked any more."""
    service = stage.service
    async with asyncio.timeout(PATIENCE):
        await join_late(service.workers["mirror"], service.states["main"], service.connections, HastyClock())


async def skipped(stage: Serving) -> tuple[str, str]:
    """Why the mirror says that it doesn't open, and what its report says; told once."""
    await stage.until(lambda: bool(stage.service.states["mirror"].known), "it was never told")
    (told,) = [alert.body for alert in await stage.told() if isinstance(alert.body, MirrorSkipped)]
    return told.outcome, told.reasons[0]


async def test_what_a_mirrors_venue_has_not_is_asked_for_once_and_told() -> None:
    """A3, A9: its answer stays; asked on and on the log would have a line of it as long as the trade lives."""
    world, store = await led()
    errors = repeat(ConfigError(("mirror: the venue has no BTCUSDT",)))
    async with serving(accounts=BOTH, store=store, world=world, wrap=lambda each: unserved(each, errors)) as stage:
        await asked_late(stage)

        assert await skipped(stage) == ("rejected", "mirror: the venue has no BTCUSDT")


async def test_what_its_leader_has_done_with_is_asked_for_no_more() -> None:
    """A9, A3: while its mirror could not say what it offers the leader's trade ended: nothing to join; told."""
    world, store = await led()
    errors = repeat(Unavailable("no answer"))
    async with serving(accounts=BOTH, store=store, world=world, wrap=lambda each: unserved(each, errors)) as stage:
        asking = asyncio.create_task(asked_late(stage))
        stage.price(world.venue.last("BTCUSDT") * 80 / 100)
        await asking

        assert stage.service.states["main"].boxes == {}
        assert (await skipped(stage))[0] == "skipped"


async def test_a_mirror_that_does_not_say_at_once_what_it_offers_joins_late() -> None:
    """A9, A3: its answer failed as its leader opened: who asked was told so, the mirror never, and nobody later."""
    errors = [Unavailable("no answer")]
    async with serving(accounts=BOTH, wrap=lambda each: unserved(each, errors), clock=HastyClock()) as stage:
        await stage.service.open(ask(stage), "main")

        await stage.until(lambda: stage.orders("mirror") == WHOLE, "it did not join")


async def test_a_mirror_hears_hours_later_that_its_leader_closed() -> None:
    """A4: it was left out meanwhile: after more than an hour it kept its position, and its entries could fill."""
    settings, ahead = PaperVenueSettings.model_validate({"state": MEMORY, "every_ms": NEVER}), Ahead()
    world, store = PaperWorld(settings, ahead.now), MemoryStore()
    async with serving(accounts=BOTH, store=store, world=world) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.orders() == stage.orders("mirror") == WHOLE)
        await stage.service.writer.flush()
    async with serving(store=store, world=world) as stage:
        (trade,) = stage.service.states["main"].boxes
        await stage.service.operate("main", Operate(trade, ActKind.CLOSE, "me"))
        await stage.until(lambda: not stage.service.states["main"].boxes)
        await stage.service.writer.flush()
    ahead.seconds = 7_200
    async with serving(accounts=BOTH, store=store, world=world, clock=ahead) as stage:
        await stage.until(lambda: not stage.service.states["mirror"].boxes, "it holds on")

        assert not stage.size("mirror")
        assert stage.orders("mirror") == []
