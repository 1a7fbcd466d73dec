"""A mirror that is not its leader's: told once it lasts, and once more when it comes back (D1, rel:I14)."""

from decimal import Decimal

import pytest

from core.alerts import Alert, MirrorDiffers
from core.engine.mirror_watch import LASTS, MirrorWatch
from core.ledger import empty
from core.trade import Trade
from tests.serving import HastyClock, House, house
from tests.staging import request


class Stepping(HastyClock):
    """A clock that is moved on by hand."""

    at = 0

    def monotonic(self) -> int:
        """Where it was moved."""
        return self.at


async def told(at: House) -> list[Alert]:
    """What people were told of mirrors, oldest first."""
    await at.service.writer.flush()
    return [each for each in reversed(await at.store.alerts(100)) if isinstance(each.body, MirrorDiffers)]


class Watched:
    """A mirror's trade beside its leader's, looked at by a clock that is moved on by hand."""

    def __init__(self, at: House, trade: str) -> None:
        """Nothing is looked at yet."""
        self.clock = at.service.clock = Stepping()
        self.box = at.state("mirror").boxes[trade]
        self.whole = self.box.trade
        self._watch = MirrorWatch(at.service)

    def lose(self) -> None:
        """It knows of nothing that was bought, and no order of its waits."""
        self.box.trade = Trade(self.whole.plan, empty(self.whole.plan.opening), {}, self.whole.own)

    def find(self) -> None:
        """It is as it was."""
        self.box.trade = self.whole

    async def look(self, times: int = 1) -> None:
        """So often, long enough apart."""
        for _ in range(times):
            await self._watch.look()
            self.clock.at += LASTS


async def test_what_nothing_explains_is_told_once_and_again_when_it_comes_back() -> None:
    """D1, rel:I14: a fill is lost on the mirror; found; lost anew. Not at each look, nor for a moment's lag."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        watched = Watched(at, trade)
        watched.lose()
        await watched.look()
        moment = await told(at)
        await watched.look(3)
        lasting = await told(at)
        watched.find()
        await watched.look()
        watched.lose()
        await watched.look(2)
        found = await told(at)

    assert (len(moment), len(lasting), len(found)) == (0, 1, 2)
    assert {(each.account, each.trade, each.chat) for each in found} == {("mirror", trade, "")}
    assert isinstance(body := found[0].body, MirrorDiffers)
    assert (body.leader, body.quantity, body.note) == (
        "main",
        Decimal(0),
        "mirror lacks a fill that no order waits for",
    )


@pytest.mark.parametrize("account", ["main", "mirror"])
async def test_who_is_not_well_is_told_of_otherwise(account: str) -> None:
    """D1, A3: its facts may be old; it counts from when both are well."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        watched = Watched(at, trade)
        watched.lose()
        at.state(account).troubles["stream"] = 1
        await watched.look(3)
        unwell = await told(at)
        at.state(account).troubles.clear()
        await watched.look(2)

        assert (len(unwell), len(await told(at))) == (0, 1)


async def test_as_long_as_all_is_alike_nothing_is_told() -> None:
    """A2: each sizes by its own balance."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        await Watched(at, trade).look(3)

        assert await told(at) == []
