"""`emergency` among troubles (E6): whatever fails on the way, all else is emptied, and what failed is said."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any, cast

import pytest

from core.commands import Code, Command, Outcome, Place, Refused
from core.engine.memory_store import MemoryStore
from core.errors import Unavailable
from core.facts import Cut, Working
from core.identity import key_text
from core.terms import Terms
from core.words import OrderSide, Slot
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.venue.orders import NewOrder
from ports.exchange import Exchange
from tests.core.engine.test_emergency import desk, staged
from tests.core.engine.test_handover import Sells
from tests.serving import BALANCES, Hanging, House, house
from tests.staging import SYMBOL, instrument, request


async def test_an_account_that_is_down_holds_up_none_that_is_not() -> None:
    """rel:F40: it is named with what is the matter, and nobody waits for its machine; main is flat."""
    async with house() as at:
        await staged(at)
        at.service.connections.down["mirror"] = "no route"
        answer: Any = await desk(at).emergency({"all_accounts": True, "dry_run": False})
        size = at.size()

    assert answer["exit"] == 1
    assert answer["data"]["failed"] == ["mirror is not connected: no route"]
    assert not size


async def test_a_machine_that_does_not_answer_is_said_and_ends_nothing() -> None:
    """rel:F58: the answer says for which trade; mirrors come first, as everywhere."""
    async with house() as at:
        trade = await at.open(request(["market", 95]))
        await at.freeze()
        at.service.answer_within = 0.01
        answer: Any = await desk(at).emergency({"dry_run": False})

    said = [each for each in answer["data"]["failed"] if "machine did not answer" in each]
    assert [each.split(":")[0] for each in said] == ["mirror", "main"]
    assert all(trade in each for each in said)


class Forgetful(MemoryStore):
    """A store that remembers nothing."""

    async def remember(self, name: str, value: str) -> None:
        """Refuse."""
        raise OSError("a plugin's bug")


async def test_a_store_that_can_not_note_it_holds_no_emergency_up() -> None:
    """rel:F45, rel:F58: who began it is known until a restart then."""
    async with house(store=Forgetful()) as at:
        await staged(at)
        answer: Any = await desk(at).emergency({"dry_run": False, "by": "me"})
        size = at.size()

    assert answer["exit"] == 0
    assert not size


class Mute(PaperExchange):
    """An account that breaks, or *hangs*, when it is asked for the terms of one symbol, once it is *mute*."""

    mute = hangs = False

    async def terms(self, symbol: str) -> Terms:
        """Its bug, or as ever."""
        if self.hangs and symbol == SYMBOL:
            await asyncio.Event().wait()
        if self.mute and symbol == SYMBOL:
            raise KeyError("lotSizeFilter")
        return await super().terms(symbol)


async def test_what_is_not_ours_and_can_not_be_taken_is_said() -> None:
    """A6, rel:F58: ours is closed all the same; the stranger's position stays, by exit 1 and in words."""
    async with house(build=Mute) as at:
        await staged(at)
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(9))
        await at.settled()
        exchange = at.service.exchanges["main"]
        assert isinstance(exchange, Mute)
        exchange.mute = True
        answer: Any = await desk(at).emergency({"account": "main", "foreign": True, "dry_run": False})
        size = at.size()

    assert answer["exit"] == 1
    assert "main: TESTUSDT: main: the adapter failed: KeyError: 'lotSizeFilter'" in answer["data"]["failed"]
    assert size == 9


async def test_what_is_closed_for_another_is_what_was_looked_at() -> None:
    """E6, A6, rel:F17: sold unheard between the machine's look and the emergency's: nobody's part of the trade."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(1000))
        await at.settled()
        exchanges = cast("dict[str, Any]", at.service.exchanges)
        exchanges["main"] = Sells(exchanges["main"], at)
        await desk(at).emergency({"foreign": True, "dry_run": False})
        (box,) = at.service.states["main"].ended.values()

    assert box.trade.ledger.foreign == 0


OTHER = "OTHERUSDT"


def trade_another(at: House) -> None:
    """A second symbol at the venue."""
    venue = at.world.venue
    venue.venue.state.instruments[OTHER] = replace(instrument(), symbol=OTHER)
    venue.mover.add(Steps(OTHER, [Decimal(100)], at.world.now()))


@pytest.mark.parametrize("trouble", ["mute", "hangs"])
async def test_what_can_not_be_taken_holds_up_nothing_else_that_is_not_ours(trouble: str) -> None:
    """E6, A6: one symbol can't be traded any more; the stranger's other position goes all the same."""
    async with house(build=Mute, balances={"main": BALANCES["main"]}) as at:
        trade_another(at)
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(9))
        at.hand().place(OTHER, OrderSide.BUY, Decimal(8))
        await at.settled()
        setattr(at.service.exchanges["main"], trouble, True)
        part = desk(at)
        part.look_within = 0.1
        async with asyncio.timeout(20):
            answer: Any = await part.emergency({"foreign": True, "dry_run": False})
        left = [(row["symbol"], row["quantity"]) for row in answer["data"]["still_open"]]

    assert left == [(SYMBOL, "9")]
    assert answer["exit"] == 1


Shown = Callable[[Cut], Cut] | Exception | None
"""What becomes of a cut; None: it is as ever."""


class Hidden:
    """An exchange as only who asks here sees it: *cuts* are what its looks end with, then they are as ever."""

    def __init__(self, inner: Exchange, *cuts: Shown) -> None:
        """Nobody has looked yet."""
        self.inner, self.cuts, self.looks = inner, list(cuts), 0

    def __getattr__(self, name: str) -> Any:
        """All else is the inner one's."""
        return getattr(self.inner, name)

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """A cut, or none, or one that never comes."""
        self.looks += 1
        shown = self.cuts.pop(0) if self.cuts else None
        if isinstance(shown, TimeoutError):
            await asyncio.Event().wait()
        if isinstance(shown, Exception):
            raise shown
        cut = await self.inner.snapshot(since, full=full)
        return cut if shown is None else shown(cut)


def hide(at: House, *cuts: Shown) -> Hidden:
    """Let main's venue be seen by the emergency only so; the machine sees it as ever."""
    exchanges = cast("dict[str, Exchange]", at.service.exchanges)
    hidden = Hidden(exchanges["main"], *cuts)
    exchanges["main"] = cast("Exchange", hidden)
    return hidden


async def test_what_nobody_saw_in_the_end_is_not_called_flat() -> None:
    """E6, C8: it looked well before; afterwards the lists fail: exit 1 and why, though the machine knows of nothing."""
    async with house() as at:
        await staged(at)
        hide(at, None, *[Unavailable("the venue answers 500")] * 9)
        answer: Any = await desk(at).emergency({"account": "main", "dry_run": False})

    assert (answer["exit"], answer["data"]["still_open"], answer["data"]["failed"]) == (1, [], [])
    assert answer["data"]["not_reached"] == {"main": "the venue answers 500"}


async def test_an_end_that_is_seen_after_all_is_flat() -> None:
    """E6: the lists lag behind, or fail once: they are asked again before anybody is alarmed."""
    async with house() as at:
        await staged(at)
        hidden = hide(at, *[Unavailable("the venue answers 500")] * 3)
        answer: Any = await desk(at).emergency({"account": "main", "dry_run": False})

    assert (answer["exit"], answer["data"]["not_reached"]) == (0, {})
    assert hidden.looks == 4


def late(cut: Cut) -> Cut:
    """A list that still shows an order of ours."""
    key = key_text("main", "7K3QX9A2MD", "E2", 0)
    order = Working(key, Slot(SYMBOL, 0), OrderSide.BUY, Decimal(5), Decimal(95), Decimal(0), cut.asked)
    return replace(cut, orders=(*cut.orders, order))


async def test_what_the_venue_shows_in_the_end_counts_not_what_the_machine_thinks() -> None:
    """E6, C8: all was answered well and an order of ours still stands in the list: exit 1, by its id."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        hide(at, *[late] * 9)
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert (answer["exit"], answer["data"]["failed"], answer["data"]["not_reached"]) == (1, [], {})
    assert [row["key"] for row in answer["data"]["still_open"]] == ["t1-main-7K3QX9A2MD-E2-00"]


async def test_an_act_that_nobody_answered_is_no_good_end() -> None:
    """rel:F58: the machine was busy for long and closed it after all: said, by exit 1, for somebody to look."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        trade = await at.open(request())
        at.service.answer_within = 0
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert (answer["exit"], answer["data"]["still_open"]) == (1, [])
    assert answer["data"]["failed"] == [f"main: trade {trade}: the account's machine did not answer"]


async def test_what_differed_before_is_not_said_to_differ_afterwards() -> None:
    """E6: a list lagged behind the fill; by the end all is as it should be."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        await at.open(request())
        hide(at, lambda cut: replace(cut, positions=()))
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert (answer["exit"], answer["data"]["differs"]) == (0, [])


async def test_what_the_store_has_lost_is_cancelled_like_anything_of_ours() -> None:
    """E6, C7: two trades' orders on one symbol wait for a person; whoever says emergency is one."""
    async with house(balances={"main": BALANCES["main"]}, running=False) as at:
        for trade, price in (("7K3QX9A2MD", 50), ("7K3QX9A2ME", 51)):
            key = key_text("main", trade, "E2", 0)
            order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(7), price=Decimal(price), link=key)
            at.world.venue.venue.place("main", order)
        at.task = asyncio.create_task(at.service.run())
        await at.until(lambda: len(at.state().lost) == 2 and not at.state().rebuilding)
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert (answer["exit"], at.working()) == (0, {})


async def test_what_no_look_of_the_start_has_shown_is_cancelled_like_anything_of_ours() -> None:
    """E6, C7: for a minute such an order is asked about before it is an orphan; an emergency answers that."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        await at.settled()
        key = key_text("main", "7K3QX9A2MD", "E2", 0)
        order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(7), price=Decimal(50), link=key)
        at.world.venue.venue.place("main", order)
        at.world.venue.venue.drain()
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert (answer["exit"], at.working()) == (0, {})


async def test_what_the_store_has_lost_leaves_a_close_its_room() -> None:
    """E6, C7: a lost trade's reduce-only orders on the slot of a trade that is known had its close refused for 30 s."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        await at.open(request(["market"]))
        at.state().lost["7K3QX9A2MD"] = Slot(SYMBOL, 0)  # as a start finds it, which finds the orders first
        for order in at.working():
            at.hand().cancel(order)
        key, size = key_text("main", "7K3QX9A2MD", "TP1", 0), at.size()
        lost = NewOrder(symbol=SYMBOL, side="Sell", quantity=size, price=Decimal(900), link=key, reduce_only=True)
        at.world.venue.venue.place("main", lost)
        at.world.settle()
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert (answer["exit"], answer["data"]["failed"]) == (0, [])
    assert not at.size()


async def test_a_venue_that_hangs_is_looked_at_for_a_while_only() -> None:
    """E6, rel:F58: what the machine knows is listed and closed; why nobody looked is said."""
    async with house() as at:
        await staged(at)
        hide(at, *[TimeoutError()] * 9)
        part = desk(at)
        part.look_within = 0.01
        async with asyncio.timeout(20):
            answer: Any = await part.emergency({"account": "main", "dry_run": False})
        size = at.size()

    assert answer["data"]["not_reached"]["main"] == "the venue did not answer in time"
    assert "close" in [row["act"] for row in answer["data"]["touches"] if row["account"] == "main"]
    assert not size


async def test_strangers_whose_venue_hangs_are_not_waited_for() -> None:
    """E6, rel:F58: between the two looks it hangs: said, and the rest of the answer comes."""
    async with house() as at:
        await staged(at)
        hide(at, None, TimeoutError())
        part = desk(at)
        part.look_within = 0.01
        async with asyncio.timeout(20):
            answer: Any = await part.emergency({"account": "main", "foreign": True, "dry_run": False})

    assert answer["data"]["failed"] == ["main: the venue did not answer in time"]
    assert [(row["act"], row["quantity"]) for row in answer["data"]["still_open"]] == [("cancel", "7")]


class Stubborn(PaperExchange):
    """An account that sells nothing at market, once it is *stubborn*."""

    stubborn = False

    async def submit(self, commands: Sequence[Command]) -> tuple[Outcome, ...]:
        """Refuse what closes."""
        if self.stubborn and any(isinstance(each, Place) and each.price is None for each in commands):
            return tuple(Refused(Code.BUSY, "the system is busy") for _ in commands)
        return await super().submit(commands)


async def test_a_position_that_does_not_close_is_said_to_be_open() -> None:
    """E6: exit 1, which trade, and what of it is still there; the machine goes on trying."""
    async with house(build=Stubborn, balances={"main": BALANCES["main"]}) as at:
        trade = await at.open(request())
        cast("Stubborn", at.service.exchanges["main"]).stubborn = True
        answer: Any = await desk(at).emergency({"dry_run": False})

    assert answer["exit"] == 1
    assert f"main: trade {trade} is not over after 30 s: it goes on being closed" in answer["data"]["failed"]
    assert [(row["act"], row["trade"]) for row in answer["data"]["still_open"] if row["act"] == "close"] == [
        ("close", trade)
    ]


async def test_what_is_not_ours_is_not_touched_while_something_of_ours_is_on_its_way() -> None:
    """A6, rel:I7: what is whose can't be told then: said, and left."""
    async with house(build=Hanging) as at:
        order = await staged(at)
        main = cast("Hanging", at.service.exchanges["main"])
        main.what = lambda each: isinstance(each, Place)
        answer: Any = await desk(at).emergency({"account": "main", "foreign": True, "dry_run": False})

    assert answer["exit"] == 1
    assert order not in main.asked


async def test_a_strangers_order_whose_cancel_is_not_answered_is_said() -> None:
    """E6: what keeps the account from coming to rest, not only that it still stands there."""
    async with house(build=Hanging) as at:
        order = await staged(at)
        cast("Hanging", at.service.exchanges["main"]).what = lambda each: order in repr(each)
        answer: Any = await desk(at).emergency({"account": "main", "foreign": True, "dry_run": False})

    assert [order in each for each in answer["data"]["failed"]] == [True]


async def test_a_take_over_that_the_machine_does_not_answer_is_said() -> None:
    """rel:F58, A6: by the symbol whose position stays."""
    async with house(balances={"main": BALANCES["main"]}) as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(9))
        await at.settled()
        await at.freeze()
        at.service.answer_within = 0.01
        answer: Any = await desk(at).emergency({"foreign": True, "dry_run": False})

    assert f"main: {SYMBOL}: the account's machine did not answer" in answer["data"]["failed"]
    assert [row["quantity"] for row in answer["data"]["still_open"]] == ["9"]


class Slow(MemoryStore):
    """A store that neither remembers nor recalls, once it *hangs*."""

    hangs = False

    async def remember(self, name: str, value: str) -> None:
        """Never done."""
        if self.hangs:
            await asyncio.Event().wait()
        await super().remember(name, value)

    async def recall(self, name: str) -> str | None:
        """Never there."""
        if self.hangs:
            await asyncio.Event().wait()
        return await super().recall(name)


async def test_a_store_that_hangs_holds_no_emergency_up() -> None:
    """rel:F45: neither when it is asked who began one last, nor when it is to note who begins this one."""
    store = Slow()
    async with house(store=store) as at:
        await staged(at)
        store.hangs = True
        part = desk(at)
        part.noted_within = 0.01
        async with asyncio.timeout(20):
            would: Any = await part.emergency({})
            answer: Any = await part.emergency({"dry_run": False, "by": "me"})
            again: Any = await part.emergency({})

    assert (would["data"]["last"], answer["exit"], again["data"]["last"]["by"]) == (None, 0, "me")


@pytest.mark.parametrize("foreign", [False, True])
async def test_an_order_of_an_account_that_was_renamed_is_none_of_ours(foreign: bool) -> None:
    """E6, J2: nobody watches it; it would fill some day though "nothing is open" was said: named, and gone if asked."""
    key = "t1-old-7K3QX9A2MD-E2-00"
    async with house(balances={"main": BALANCES["main"]}) as at:
        order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(7), price=Decimal(50), link=key)
        at.world.venue.venue.place("main", order)
        await at.settled()
        answer: Any = await desk(at).emergency({"foreign": foreign, "dry_run": False})
        left = list(at.working())

    named = answer["data"]["touches" if foreign else "left_alone"]
    assert [row["key"] for row in named] == [key]
    assert left == ([] if foreign else [key])
    assert answer["exit"] == 0


async def test_a_venue_that_hangs_over_what_was_lost_holds_no_dry_run_up() -> None:
    """E6, C7, rel:F58: what a look shows is known by then; nobody waits longer for what the store lost."""
    async with house(balances={"main": BALANCES["main"]}, running=False, build=Mute) as at:
        key = key_text("main", "7K3QX9A2MD", "E2", 0)
        order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(7), price=Decimal(50), link=key)
        at.world.venue.venue.place("main", order)
        cast("Mute", at.service.exchanges["main"]).hangs = True
        worker = at.service.workers["main"]
        worker.looks.within = 0.01
        foreseen = asyncio.create_task(worker.foresee())
        done, _ = await asyncio.wait({foreseen}, timeout=5)
        foreseen.cancel()

    assert done
    assert isinstance(foreseen.exception(), TimeoutError)


async def test_what_another_installations_store_has_is_said_to_be_its_own() -> None:
    """E6, C7: the journal has 1,000, the venue 40 of the user's: no one is told that a short of 960 is there."""
    store, alone = MemoryStore(), {"main": BALANCES["main"]}
    async with house(store=store, balances=alone) as at:
        trade = await at.open(request())
        await at.service.writer.flush()
    async with house(store=store, balances=alone, running=False) as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(40))
        answer: Any = await desk(at).emergency({})

    assert answer["data"]["left_alone"] == []
    assert answer["data"]["differs"] == [f"main: {SYMBOL} {trade}: the journal has 1000, the venue shows 40 of it"]
