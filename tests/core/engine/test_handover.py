"""`adopt` and `release` over a running service: two steps, and nothing of the user's is touched that was not named."""

from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from config.request import request_from_text
from core.alert_text import title
from core.commands import Place
from core.engine.handover import Handover
from core.engine.joining import missing
from core.engine.repairing import Repairs
from core.errors import ConfigError, Unavailable
from core.facts import Cut, PositionIs
from core.mirror import CloseWithMain, Following
from core.request import Request
from core.words import OrderSide, Side, Slot
from plugins.exchanges.paper.adapter import PaperExchange
from tests.serving import Blind, Hanging, House, house
from tests.staging import SYMBOL, request

PLAN = """
symbol: TESTUSDT
side: long
entries: [100]
take_profits: [110, 120, 130, 140]
stop: 90
leverage: 10
quantity: 1000
"""


def read(text: str, identity: str, at: int) -> Request:
    """As the service reads requests."""
    return request_from_text(text, identity=identity, at=at)


def desk(at: House) -> Handover:
    """The commands."""
    return Handover(at.service, Repairs(at.service), read)


async def bought(at: House) -> str:
    """The user's own 1,000 and a limit to sell half of them; returns the limit's id."""
    at.hand().place(SYMBOL, OrderSide.BUY, Decimal(1000))
    order = at.hand().place(SYMBOL, OrderSide.SELL, Decimal(500), Decimal(150), reduce_only=True)
    await at.settled()
    return order


async def adopted(at: House, **given: object) -> Any:
    """The answer to `adopt main TESTUSDT`."""
    return await desk(at).adopt({"account": "main", "symbol": SYMBOL, **given})


async def test_the_first_step_shows_what_is_there_and_does_nothing() -> None:
    """A6: position, stop and every order of somebody else's by its id."""
    async with house() as at:
        order = await bought(at)
        before = at.working()
        data = (await adopted(at))["data"]
        after = at.working()

    assert [(row["side"], row["size"], row["stop"]) for row in data["there"]] == [("long", "1000", None)]
    assert [row["key"] for row in data["there"][0]["orders"]] == [order]
    assert before == after


async def test_the_second_step_previews_and_then_protects() -> None:
    """A6: a dry run sends nothing; then stop and ladder stand, and only the named order went."""
    async with house() as at:
        order = await bought(at)
        other = at.hand().place(SYMBOL, OrderSide.BUY, Decimal(7), Decimal(50))
        would = (await adopted(at, request=PLAN, orders=[order]))["data"]
        untouched = at.working()
        done = await adopted(at, request=PLAN, orders=[order], dry_run=False)
        await at.settled()
        working = at.working()
        stop = at.world.venue.venue.state.accounts["main"].position(SYMBOL, 0).stop

    assert would["adopted"] is None
    assert order in untouched
    assert done["exit"] == 0
    assert stop == 90
    assert order not in working
    assert working.pop(other) == 7
    assert sorted(str(quantity) for quantity in working.values()) == ["50", "50", "50", "850"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (("side: long", "side: short"), "position is long"),
        (("entries: [100]", "entries: [100, 99]"), "one entry"),
        (("entries: [100]", "entries: [market]"), "one entry"),
        (("stop: 90", "stop: 120"), "stop"),
    ],
)
async def test_a_plan_that_does_not_fit_is_refused_with_every_reason(change: tuple[str, str], why: str) -> None:
    """B2, A6: nothing is touched."""
    async with house() as at:
        await bought(at)
        before = at.working()
        answer = await adopted(at, request=PLAN.replace(*change), dry_run=False)
        after = at.working()

    assert answer["exit"] == 2
    assert why in " ".join(answer["error"])
    assert before == after


async def test_an_order_that_is_not_there_can_not_be_named() -> None:
    """rel:I7: a slip of the pen cancels nothing."""
    async with house() as at:
        await bought(at)
        with pytest.raises(ConfigError, match="no order"):
            await adopted(at, request=PLAN, orders=["nope"], dry_run=False)


async def test_a_release_leaves_the_position_and_its_stop() -> None:
    """A6: on main and mirror, mirrors first; our orders go, nothing is closed."""
    async with house() as at:
        await at.open(request(["market", 99]))
        sizes = at.size(), at.size("mirror")
        would: Any = (await desk(at).release({"trade": SYMBOL}))["data"]
        untouched = len(at.working())
        answer = await desk(at).release({"trade": SYMBOL, "dry_run": False})
        await at.settled()
        after = at.size(), at.size("mirror")
        stops = [at.world.venue.venue.state.accounts[name].position(SYMBOL, 0).stop for name in ("main", "mirror")]
        left = at.working(), at.working("mirror")
        await at.service.writer.flush()
        told = next(each for each in await at.store.alerts(20) if each.kind == "position_closed")

    assert "STILL OPEN" in title(told)
    assert [row["account"] for row in would["would_release"]] == ["mirror", "main"]
    assert (untouched, answer["exit"]) == (5, 0)
    assert after == sizes
    assert stops == [90, 90]
    assert left == ({}, {})


async def test_a_leader_is_not_released_from_under_a_mirror_that_follows() -> None:
    """A4: the mirror would close at market, which nobody asked for."""
    async with house() as at:
        await at.open(request())
        with pytest.raises(ConfigError, match="mirror follows main"):
            await desk(at).release({"trade": SYMBOL, "account": "main", "dry_run": False})


async def test_a_mirror_may_be_released_alone_and_a_trade_by_its_id() -> None:
    """A6: its leader's goes on, and that of another mirror."""
    async with house(balances=dict.fromkeys(("main", "one", "two"), Decimal(1_000_000))) as at:
        await at.open(request())
        (trade,) = at.state("main").boxes
        answer = await desk(at).release({"trade": trade.lower(), "account": "one", "dry_run": False})
        await at.settled()
        live = {name: list(at.state(name).boxes) for name in at.service.states}

    assert answer["exit"] == 0
    assert live == {"main": [trade], "one": [], "two": [trade]}


async def test_a_leader_may_be_released_alone_where_no_mirror_would_close_with_it() -> None:
    """A4, A6: the mirror was told to go on by itself."""
    async with house(following=Following(leader="main", close_with_main=CloseWithMain.NO)) as at:
        await at.open(request())
        answer = await desk(at).release({"trade": SYMBOL, "account": "main", "dry_run": False})
        await at.settled()
        live = [name for name in at.service.states if at.state(name).boxes]

    assert answer["exit"] == 0
    assert live == ["mirror"]


async def test_what_one_account_took_over_is_never_a_mirrors_to_join() -> None:
    """A6, A9: at the next start it would have bought what the user had bought on main, with its own money."""
    async with house() as at:
        await bought(at)
        done = await adopted(at, request=PLAN, dry_run=False)
        await at.settled()
        main, mirror = at.state("main"), at.state("mirror")

        assert done["exit"] == 0
        assert list(main.boxes) == [done["data"]["adopted"]]
        assert missing(main, mirror) == ()


async def test_what_a_position_binds_already_is_no_margin_that_it_lacks() -> None:
    """A6, B2: it takes nearly all that the account has; taken over it needs nothing more."""
    async with house(balances={"main": Decimal(12_000)}) as at:
        await bought(at)
        available = (await at.service.exchanges["main"].terms(SYMBOL)).available
        done = await adopted(at, request=PLAN, dry_run=False)

    assert available < 10_000
    assert done["exit"] == 0, done


async def test_only_the_symbol_that_is_asked_for_is_shown() -> None:
    """A6: what else the user holds there is nobody's matter."""
    async with house() as at:
        await bought(at)
        shown = await desk(at).adopt({"account": "main", "symbol": "OTHERUSDT"})

    assert shown == {"exit": 1, "data": {"there": []}}


async def test_behind_a_mirror_that_can_not_be_asked_nothing_is_released() -> None:
    """A4, A6: its leader's release would close it at market once it is back; who was released already is said."""
    async with house(balances=dict.fromkeys(("main", "one", "two"), Decimal(1_000_000))) as at:
        await at.open(request())
        at.service.connections.down["two"] = "no route"
        answer: Any = await desk(at).release({"trade": SYMBOL, "dry_run": False})
        await at.settled()
        still = [name for name in at.service.states if at.state(name).boxes]

    assert answer["exit"] == 1
    assert answer["data"]["refused"] == {
        "two": ["two is not connected: no route"],
        "main": ["main: left as it is, for two can't be asked"],
    }
    assert still == ["main", "two"]


async def test_a_release_that_the_machine_does_not_answer_is_said() -> None:
    """A6, rel:F58: by its account; it may be carried out yet."""
    async with house() as at:
        await at.open(request())
        await at.freeze()
        at.service.answer_within = 0.01
        answer: Any = await desk(at).release({"trade": SYMBOL, "dry_run": False})

    assert answer["data"]["refused"]["mirror"] == ["mirror: the account's machine did not answer"]
    assert list(answer["data"]["refused"]) == ["mirror", "main"]


async def test_what_was_released_can_be_adopted_again() -> None:
    """A6: release undoes adoption, and the other way round."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await at.open(request())
        await desk(at).release({"trade": SYMBOL, "dry_run": False})
        await at.settled()
        answer = await adopted(at, request=PLAN, dry_run=False)
        await at.settled()
        working = at.working()

    assert answer["exit"] == 0, answer
    assert len(working) == 4


async def test_an_adopted_trade_lives_like_any_other() -> None:
    """A6, B7, B9: TP1 is hit, the stop goes to breakeven of the price that was named, it ends there, counted once."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(1000))
        await at.settled()
        await adopted(at, request=PLAN, dry_run=False)
        await at.settled()
        await at.price(110)
        stop = at.world.venue.venue.state.accounts["main"].position(SYMBOL, 0).stop
        await at.price(100)
        await at.service.writer.flush()
        (report,) = await at.store.closed("main")

    assert stop is not None
    assert Decimal(100) < stop < Decimal("100.2")
    assert (report.reason, report.entered, report.average_entry) == ("breakeven_stop", Decimal(1000), Decimal(100))
    assert report.gross > 8_500
    assert at.size() == 0


async def test_what_nobody_heard_of_is_seen_before_it_is_adopted() -> None:
    """A6, rel:F17: the frames of the user's order were lost; the machine would plan over a position it knows not of."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(1000))
        at.world.venue.venue.drain()
        answer = await adopted(at, request=PLAN, dry_run=False)
        await at.settled()
        stop = at.world.venue.venue.state.accounts["main"].position(SYMBOL, 0).stop

    assert answer["exit"] == 0, answer
    assert stop == 90


class Eyes:
    """An account that can be seen by who asks here, though its own looks fail."""

    def __init__(self, inner: Blind) -> None:
        """The machine has the inner one."""
        self.inner = inner

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """As it would be."""
        return await PaperExchange.snapshot(self.inner, since, full=full)


class Sells:
    """An account of which the user sells 200 just before it is looked at from here, and no frame tells of it."""

    def __init__(self, inner: PaperExchange, at: House) -> None:
        """The machine has the inner one."""
        self.inner, self.at = inner, at

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """As it would be after that."""
        if not self.at.size():
            return await self.inner.snapshot(since, full=full)
        self.at.hand().place(SYMBOL, OrderSide.SELL, Decimal(200), reduce_only=True)
        self.at.world.venue.venue.drain()
        return await self.inner.snapshot(since, full=full)


async def test_the_machine_adopts_what_the_plan_was_made_of() -> None:
    """A6, rel:F17: between the machine's look and the plan's 200 were sold unheard: they are nobody's part of it."""
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await bought(at)
        exchanges = cast("dict[str, Any]", at.service.exchanges)
        exchanges["main"] = Sells(exchanges["main"], at)
        answer = await adopted(at, request=PLAN.replace("quantity: 1000\n", "quantity: 800\n"), dry_run=False)
        (box,) = at.service.states["main"].boxes.values()
        ledger = box.trade.ledger

    assert answer["exit"] == 0, answer
    assert (ledger.position, ledger.foreign) == (Decimal(800), Decimal(0))


async def test_what_is_there_is_not_shown_while_something_of_ours_is_on_its_way() -> None:
    """A6: a fill that is not booked yet would be shown as the user's."""
    async with house(balances={"main": Decimal(1_000_000)}, build=Hanging) as at:
        cast("Hanging", at.service.exchanges["main"]).what = lambda each: isinstance(each, Place)
        await at.service.open(replace(request(), at=at.service.clock.now()), "main")
        with pytest.raises(Unavailable, match="did not come to rest"):
            await adopted(at)


async def test_nothing_is_adopted_of_which_the_machine_has_no_fresh_look() -> None:
    """A6, C8: it would go by what it believed before; the reason is said and nothing is touched."""
    async with house(balances={"main": Decimal(1_000_000)}, build=Blind) as at:
        order = await bought(at)
        exchanges = cast("dict[str, Any]", at.service.exchanges)
        exchanges["main"].blind = Unavailable("the venue answers 500")
        exchanges["main"] = Eyes(exchanges["main"])
        with pytest.raises(Unavailable, match="did not come to rest"):
            await adopted(at, request=PLAN, orders=[order], dry_run=False)

        assert list(at.working()) == [order]


@pytest.mark.parametrize("side", [Side.LONG, Side.SHORT])
@pytest.mark.parametrize(("size", "foreign"), [(1300, 300), (1000, 0), (300, 0), (0, 0), (-40, -40)])
async def test_no_more_is_ours_than_is_there(size: int, foreign: int, side: Side) -> None:
    """A6, E6: the journal has 1,000: what is beyond is the user's, what is missing is nobody's opposite position."""
    short, sign = request(side=Side.SHORT, targets=(90, 80, 70, 60), stop=110), 1 if side is Side.LONG else -1
    async with house(balances={"main": Decimal(1_000_000)}) as at:
        await at.open(request() if side is Side.LONG else short)
        row = PositionIs(Slot(SYMBOL, 0), Decimal(sign * size), 1, 1)
        others = desk(at).others("main", Cut(1, 1, (), (), (), (row,)))

    assert [each.size for each in others] == ([sign * foreign] if foreign else [])
