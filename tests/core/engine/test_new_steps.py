"""The venue changes a symbol's quantity step while a trade is open (rel:F37)."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Operate
from core.facts import ActKind
from core.request import FixedQuantity
from tests.living import SYMBOL, ask, serving


async def test_what_lies_off_a_new_step_is_closed() -> None:
    """B10, rel:F37: 1.005 were bought by thousandths, the step is a hundredth now: it stayed open for ever."""
    async with serving() as stage:
        request = ask(stage, resting=False)
        (reply,) = await stage.service.open(replace(request, size=FixedQuantity(Decimal("1.005"))), "main")
        assert reply.plan is not None
        await stage.until(lambda: stage.size() == Decimal("1.005"))
        rules = stage.world.venue.venue.state.instruments
        rules[SYMBOL] = replace(rules[SYMBOL], step=Decimal("0.01"), min_quantity=Decimal("0.01"))

        await stage.service.operate("main", Operate(reply.plan.trade, ActKind.CLOSE, "test"))

        await stage.until(lambda: not stage.size(), "it is open still")
        await stage.until(lambda: not stage.service.states["main"].boxes)
        assert "close_failed" not in [alert.kind for alert in await stage.told()]
