"""A mirror in trouble, beside its leader in one service (rel:F39, rel:F40, rel:I14): main notices nothing."""

import asyncio
from collections.abc import Sequence
from typing import Any, cast

import pytest

from core.account.inputs import Operate
from core.commands import Code, Command, Outcome, Place, Refused
from core.errors import Unavailable
from core.facts import ActKind
from core.terms import Terms
from plugins.exchanges.paper.adapter import PaperExchange
from ports.exchange import Exchange
from tests.living import ask, serving

BOTH = ("main", "mirror")


class Sick:
    """An exchange of which a part is replaced."""

    def __init__(self, inner: PaperExchange) -> None:
        """Whole but for what a subclass replaces."""
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)


class Hanging(Sick):
    """It never answers what changes anything."""

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Never."""
        return await asyncio.Event().wait()  # type: ignore[return-value]


class Silent(Sick):
    """It never says what it offers."""

    async def terms(self, symbol: str) -> Terms:
        """Never."""
        return await asyncio.Event().wait()  # type: ignore[return-value]


class Down(Sick):
    """It can't be reached."""

    async def terms(self, symbol: str) -> Terms:
        """No."""
        raise Unavailable("mirror: the venue can't be reached")


class Poor(Sick):
    """It refuses every entry."""

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """No margin for what opens."""
        refused = Refused(Code.MARGIN, "110007: ab not enough for new order")
        done = await self.inner.submit([each for each in commands if not _opens(each)])
        rest = iter(done)
        return tuple(refused if _opens(each) else next(rest) for each in commands)


def _opens(command: Command) -> bool:
    return isinstance(command, Place) and not command.reduce_only


@pytest.mark.parametrize("kind", [Hanging, Silent, Down, Poor])
async def test_main_goes_its_way(kind: type[Sick]) -> None:
    """rel:F40, rel:F39, rel:I14: opened, laddered, stop at the venue, closed, whatever the mirror does meanwhile."""

    def wrap(inner: PaperExchange) -> Exchange:
        return cast("Exchange", kind(inner) if inner.account == "mirror" else inner)

    async with serving(accounts=BOTH, wrap=wrap) as stage:
        opening = asyncio.create_task(stage.service.open(ask(stage), "main"))
        await stage.until(lambda: stage.orders() == ["E2", "TP1", "TP2", "TP3", "TP4"], "main is not laddered")
        assert stage.venue().position("BTCUSDT", 0).stop is not None
        (box,) = stage.service.states["main"].boxes.values()
        await stage.service.operate("main", Operate(box.id, ActKind.CLOSE, "me"))
        await stage.until(lambda: not stage.service.states["main"].boxes, "main is not closed")
        opening.cancel()
        await asyncio.gather(opening, return_exceptions=True)

        assert stage.orders() == stage.orders("mirror") == []
        assert not stage.size("mirror")


async def test_a_mirror_without_margin_is_told_once() -> None:
    """rel:F39, A3: every leg is refused there: its trade is over as rejected, told as such, and not tried again."""

    def wrap(inner: PaperExchange) -> Exchange:
        return cast("Exchange", Poor(inner) if inner.account == "mirror" else inner)

    async with serving(accounts=BOTH, wrap=wrap) as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: not stage.service.states["mirror"].boxes)
        alerts = [alert for alert in await stage.told() if alert.account == "mirror"]
        (report,) = await stage.store.closed("mirror")

    assert report.reason == "rejected"
    assert [alert.kind for alert in alerts].count("position_closed") == 1
