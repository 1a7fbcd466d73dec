"""`doctor --fix` and `clean-up`: what a machine mends when it is made to look, and what is listed before."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from core.engine.audit import Audit
from core.engine.repairing import Repairs
from core.errors import ConfigError
from core.facts import Cut
from core.identity import key_text
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.serving import House, house
from tests.staging import SYMBOL, request

STRAY = key_text("main", "ZZZZZZZZZZ", "TP1", 0)


def unheard(at: House) -> None:
    """Let what happened at the venue be told to nobody."""
    at.world.venue.venue.drain()


def stray(at: House, link: str = STRAY) -> None:
    """An order at the venue that no machine was told of."""
    order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(3), price=Decimal(90), link=link)
    at.world.venue.venue.place("main", order)
    unheard(at)


async def clean_up(at: House, **given: object) -> tuple[object, Any]:
    """The answer: exit code and data."""
    answer = await Repairs(at.service).clean_up(given)
    return answer["exit"], answer["data"]


async def test_clean_up_lists_and_leaves_unless_told() -> None:
    """C7, J1: the dry run is what happens without a word; a stranger's order and those of live trades aren't listed."""
    async with house() as at:
        await at.open(request(["market", 99]))
        stray(at)
        stray(at, "somebody-elses")
        code, data = await clean_up(at)
        left = at.working()

    assert (code, [row["key"] for row in data["would_cancel"]]) == (1, [STRAY])
    assert STRAY in left


async def test_clean_up_cancels_what_it_listed_and_nothing_else() -> None:
    """rel:I4, rel:I7: by the machine's own reconcile; what isn't ours stays, and so do the entries of a live trade."""
    async with house() as at:
        await at.open(request(["market", 99]))
        stray(at, "somebody-elses")
        before = at.working()
        stray(at)
        code, data = await clean_up(at, dry_run=False)
        left = at.working()

    assert (code, [row["key"] for row in data["cancelled"]], data["left"]) == (0, [STRAY], [])
    assert left == before


async def test_a_repair_puts_back_what_went_unheard() -> None:
    """A11, C3: the stop and a take-profit went while nobody heard; a look brings both back, and verify says so."""
    async with house() as at:
        await at.open(request())
        target = next(key for key in at.working() if "-TP2-" in key)
        at.hand().move_stop(SYMBOL, None)
        at.hand().cancel(target)
        unheard(at)
        broken: Any = (await Audit(at.service).verify({}))["data"]
        answer = await Repairs(at.service).repair({})
        await at.settled()
        mended = await Audit(at.service).verify({})

    assert {row["topic"] for row in broken["violations"]} == {"tp-limits", "sl-coverage"}
    assert (answer["exit"], mended["exit"]) == (0, 0)


async def test_an_account_that_is_down_is_not_repaired_and_says_why() -> None:
    """C8: nothing is concluded from what can't be seen."""
    async with house(running=False) as at:
        at.service.connections.down["mirror"] = "no route"
        data: Any = (await Repairs(at.service).repair({"account": "mirror"}))["data"]

    assert "no route" in data["not_repaired"]["mirror"]


@pytest.mark.parametrize("act", [False, True])
async def test_a_mirror_that_cannot_be_seen_leaves_no_stray_orders_on_main(act: bool) -> None:
    """rel:F40, C8: its key has expired; main is cleaned up all the same, and the mirror is named."""
    async with house() as at:
        stray(at)
        at.service.connections.down["mirror"] = "no route"
        code, data = await clean_up(at, dry_run=not act)
        left = at.working()

    assert (code, [row["key"] for row in data["cancelled" if act else "would_cancel"]]) == (1, [STRAY])
    assert "no route" in data["not_done"]["mirror"]
    assert (STRAY in left) is not act


class Blind(PaperExchange):
    """A mirror that can't be looked at, for a reason of its adapter's own."""

    reason: type[BaseException] = TimeoutError
    hangs = False

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """No cut of the mirror, now or ever."""
        if self.account != "mirror":
            return await super().snapshot(since, full=full)
        if self.hangs:
            await asyncio.Event().wait()
        raise self.reason


@pytest.mark.parametrize(("reason", "said"), [(TimeoutError, "in time"), (asyncio.CancelledError, "CancelledError")])
async def test_a_look_that_its_adapter_gave_up_is_told_as_none(reason: type[BaseException], said: str) -> None:
    """rel:F58, C8: what an adapter cancels or lets run out within itself is no account without stray orders."""
    async with house(running=False, build=type("Blinded", (Blind,), {"reason": reason})) as at:
        code, data = await clean_up(at)

    assert code == 1
    assert said in data["not_done"]["mirror"]


async def test_a_clean_up_that_is_cancelled_ends() -> None:
    """rel:F58: a stop of the service waits for no adapter; nothing is taken for an answer then."""
    async with house(running=False, build=type("Hanging", (Blind,), {"hangs": True})) as at:
        asked = asyncio.create_task(clean_up(at))
        await asyncio.sleep(0)
        asked.cancel()
        with pytest.raises(asyncio.CancelledError):
            await asked


async def test_an_account_that_there_is_not_names_those_that_there_are() -> None:
    """Usage."""
    async with house(running=False) as at:
        with pytest.raises(ConfigError, match="mirror"):
            await clean_up(at, account="mian")
