"""Restarts of the running service over one store and one venue (rel:F43, rel:I9, rel:I14)."""

from decimal import Decimal

from core.account.inputs import Operate
from core.engine.memory_store import MemoryStore
from core.facts import ActKind
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.venue.orders import NewOrder
from plugins.exchanges.paper.world import MEMORY, PaperWorld
from tests.living import NEVER, SYMBOL, ask, serving

BOTH = ("main", "mirror")


def still() -> PaperWorld:
    """A world that lives longer than the services on it."""
    settings = PaperVenueSettings.model_validate({"state": MEMORY, "every_ms": NEVER})
    return PaperWorld(settings, SystemClock().now)


async def test_a_mirror_follows_a_close_that_happened_while_it_was_down() -> None:
    """rel:I14, A4: main is closed while the mirror is dead, then both are: at the next start the mirror closes."""
    world, store = still(), MemoryStore()
    async with serving(accounts=BOTH, store=store, world=world) as stage:
        replies = await stage.service.open(ask(stage), "main")
        await stage.until(lambda: "TP4" in stage.orders() and "TP4" in stage.orders("mirror"))
    async with serving(store=store, world=world) as stage:
        assert replies[0].plan is not None
        await stage.service.operate("main", Operate(replies[0].plan.trade, ActKind.CLOSE, "me"))
        await stage.until(lambda: not stage.service.states["main"].boxes)
        await stage.service.writer.flush()
        assert stage.size("mirror") > 0
    async with serving(accounts=BOTH, store=store, world=world) as stage:
        await stage.until(lambda: not stage.service.states["mirror"].boxes, "the mirror did not follow")
        await stage.service.writer.flush()

        assert (stage.size("mirror"), stage.orders("mirror")) == (Decimal(0), [])
    assert [report.reason for report in await store.closed("mirror")] == ["followed_main"]


async def test_a_ghost_of_a_closed_trade_is_flattened_after_a_restart() -> None:
    """rel:F31, rel:F43: the trade is closed and stored, the service down, its entry executes at the venue all the same.

    The next start finds the execution, flattens just that, and reports the trade once.
    """
    world, store = still(), MemoryStore()
    async with serving(store=store, world=world) as stage:
        (reply,) = await stage.service.open(ask(stage), "main")
        assert reply.plan is not None
        await stage.until(lambda: "TP4" in stage.orders())
        link = next(order.link for order in stage.venue().orders.values() if "-E2-" in order.link)
        await stage.service.operate("main", Operate(reply.plan.trade, ActKind.CLOSE, "me"))
        await stage.until(lambda: not stage.service.states["main"].boxes)
        await stage.service.writer.flush()
    execute(world, link)
    async with serving(store=store, world=world) as stage:
        await stage.until(lambda: stage.size() == 0, "the ghost is still there")
        await stage.until(lambda: not stage.service.states["main"].boxes)
        kinds = [alert.kind for alert in await stage.told()]

    assert "ghost_fill" in kinds
    assert len(await store.closed("main")) == 1


def execute(world: PaperWorld, link: str) -> None:
    """The venue executes a quarter coin of an order that it had cancelled: what its stream would never do twice."""
    venue = world.venue.venue
    venue.state.accounts["main"].links.pop(link, None)
    order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal("0.25"), link=link)
    venue.place("main", order)
    world.venue.distribute()
