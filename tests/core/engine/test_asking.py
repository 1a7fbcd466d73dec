"""Who asks a machine gets that answer and no other, however late answers come (B14, E6)."""

import asyncio
from dataclasses import replace
from decimal import Decimal

from core.account.effects import Reply
from core.account.inputs import Operate
from core.facts import ActKind
from tests.serving import House, house
from tests.staging import request


def moved(at: House, trade: str, price: str) -> "asyncio.Task[Reply]":
    """Somebody asks for another stop."""
    act = Operate(trade, ActKind.MOVE_STOP, "me", price=Decimal(price))
    return asyncio.create_task(at.service.operate("main", act))


async def test_an_answer_that_comes_too_late_is_nobody_elses() -> None:
    """B14: the first asker has given up, and its act was taken; the second one's was not, and is told so."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        first, second = moved(at, trade, "91"), moved(at, trade, "91.001")
        await asyncio.sleep(0)  # both are asked
        first.cancel()
        at.task = asyncio.create_task(at.service.run())
        reply = await second
        await at.settled()
        stop = at.state().boxes[trade].last_stop

    assert reply.refusal is not None
    assert "not on the tick" in reply.refusal.reasons[0]
    assert stop is not None
    assert stop[0] == 91


async def test_a_mirror_that_does_not_answer_leaves_its_leaders_answer() -> None:
    """A3: the leader has opened; that its mirror is silent must not make it look as if nothing were known."""
    async with house() as at:
        at.service.answer_within = 0.2
        at.service.workers["mirror"].post = lambda _: None  # type: ignore[assignment,method-assign] # it hears nothing
        leader, mirror = await at.service.open(replace(request(), at=at.service.clock.now()), "main")

    assert leader.plan is not None
    assert mirror.refusal is not None
    assert "not known yet" in mirror.refusal.reasons[0]
