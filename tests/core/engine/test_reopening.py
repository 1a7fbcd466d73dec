"""A mirror that was unwell when its leader opened, and can't say what it offers just when it is well again."""

import asyncio
from typing import Any

from core.account.inputs import Known
from core.errors import Unavailable
from core.facts import Stream
from core.terms import Terms
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.adapter import PaperExchange
from ports.exchange import Exchange
from tests.living import Serving, ask, serving


class Impatient(SystemClock):
    """It waits for nothing."""

    async def sleep(self, milliseconds: int) -> None:
        """At once."""
        await asyncio.sleep(0)


class Hesitant:
    """An exchange that gives its terms only when it was asked *refusals* times in vain."""

    def __init__(self, inner: PaperExchange) -> None:
        """It gives them at first."""
        self.inner = inner
        self.refusals = 0

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def terms(self, symbol: str) -> Terms:
        """See Exchange.terms."""
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("mirror: the venue gave no answer")
        return await self.inner.terms(symbol)


def heard(stage: Serving, *, up: bool) -> None:
    """The mirror's private stream is there or gone."""
    stage.service.workers["mirror"].post(Known((Stream(up=up, at=stage.service.clock.now()),)))


async def test_a_mirror_that_gives_no_terms_when_it_is_well_again_joins_later_and_ends_nothing() -> None:
    """A9, rel:F40: the question that failed once ended the whole service; found by ring B in seed 2050."""
    made: list[Hesitant] = []

    def wrap(inner: PaperExchange) -> Exchange:
        made.append(Hesitant(inner))
        return made[-1]

    async with serving(accounts=("main", "mirror"), wrap=wrap) as stage:
        stage.service.clock = Impatient()
        heard(stage, up=False)
        await stage.until(lambda: stage.service.states["mirror"].troubles)
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: stage.service.states["mirror"].waiting)
        made[1].refusals = 2
        heard(stage, up=True)
        await stage.until(lambda: stage.size("mirror"), "the mirror did not join")

        assert made[1].refusals == 0
        assert stage.size() > 0
