"""The venue changes a symbol's trading rules while a trade is open (rel:F37), seen by the live service."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Look, Operate
from core.facts import ActKind, Regridded
from core.request import FixedQuantity
from tests.living import SYMBOL, Serving, ask, serving


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


def changed(stage: Serving, **rules: object) -> None:
    """The venue changes the symbol's rules."""
    known = stage.world.venue.venue.state.instruments
    known[SYMBOL] = replace(known[SYMBOL], **rules)  # type: ignore[arg-type]


def targets(stage: Serving) -> list[Decimal]:
    """What the take-profits work at the venue."""
    orders = stage.venue().orders.values()
    return [order.quantity for order in sorted(orders, key=lambda each: each.link) if "-TP" in order.link]


async def test_breakeven_comes_on_a_tick_that_nobody_told_of() -> None:
    """B9, rel:F37: the venue refuses the old tick, its rules are read anew, the trade goes on with its stop."""
    async with serving() as stage:
        (reply,) = await stage.service.open(ask(stage, resting=False), "main")
        assert reply.plan is not None
        await stage.until(lambda: len(targets(stage)) == 4)
        changed(stage, tick=Decimal(7))

        stage.price(reply.plan.levels[0].price)

        entry = reply.plan.market
        await stage.until(lambda: (stage.venue().position(SYMBOL, 0).stop or 0) > entry, "no breakeven")
        assert not (stage.venue().position(SYMBOL, 0).stop or 1) % 7
        assert stage.size() == Decimal("0.15")
        assert "breakeven_failed" not in [alert.kind for alert in await stage.told()]


async def test_take_profits_that_a_fill_changes_follow_the_new_step() -> None:
    """B5, rel:F37: of 1.005 that were bought by thousandths 1.00 are in take-profits by hundredths."""
    async with serving() as stage:
        request = replace(ask(stage), size=FixedQuantity(Decimal("1.005")))
        (reply,) = await stage.service.open(request, "main")
        assert reply.plan is not None
        box = stage.service.states["main"].boxes[reply.plan.trade]
        await stage.until(lambda: sum(targets(stage)) == Decimal("0.503"))
        changed(stage, step=Decimal("0.01"), min_quantity=Decimal("0.01"))
        stage.service.workers["main"].post(Look())
        await stage.until(lambda: box.former, "the old rules hold")
        assert sum(targets(stage)) == Decimal("0.503")

        stage.price(reply.plan.legs[1].price)

        await stage.until(lambda: sum(targets(stage)) == Decimal("1.00"), "they are not on the step")
        assert targets(stage) == [Decimal(each) for each in ("0.85", "0.05", "0.05", "0.05")]


async def test_rules_that_changed_while_it_was_down_are_seen_at_the_start() -> None:
    """rel:F37: nothing is sent for them but what the step asks for; what rests off the new tick is left."""
    async with serving() as stage:
        await stage.service.open(ask(stage), "main")
        await stage.until(lambda: len(targets(stage)) == 4)
        resting = {order.link: order.price for order in stage.venue().orders.values()}
        stop = stage.venue().position(SYMBOL, 0).stop
    changed(stage, tick=Decimal(7))

    async with serving(store=stage.store, world=stage.world) as again:
        box = next(iter(again.service.states["main"].boxes.values()))
        await again.until(lambda: box.trade.plan.instrument.tick == Decimal(7), "the old rules hold")
        await again.service.writer.flush()

        assert {order.link: order.price for order in again.venue().orders.values()} == resting
        assert again.venue().position(SYMBOL, 0).stop == stop
        assert [each.what for each in await again.store.live("main") if isinstance(each.what, Regridded)]
