"""`emergency`: what the dry run lists is exactly what the real one touches, and what isn't ours is left alone."""

import asyncio
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from core.account.inputs import Known
from core.alerts import PositionClosed
from core.engine.emergency import Emergency
from core.engine.handover import Handover
from core.engine.repairing import Repairs
from core.errors import ConfigError, Unavailable
from core.facts import Cut, Stream
from core.mirror import CloseWithMain, Following
from core.words import OrderSide
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.venue.events import Executed, OrderUpdated
from tests.core.engine.test_handover import read
from tests.serving import Blind, House, house
from tests.staging import SYMBOL, request

Touch = tuple[str, str, str]


def desk(at: House) -> Emergency:
    """The command."""
    repairs = Repairs(at.service)
    return Emergency(at.service, repairs, Handover(at.service, repairs, read))


async def staged(at: House) -> str:
    """A trade on both accounts, half of it resting, and on main the user's own limit; returns that one's id."""
    await at.open(request(["market", 95]))
    order = at.hand().place(SYMBOL, OrderSide.BUY, Decimal(7), Decimal(50))
    await at.settled()
    return order


def listed(data: Any) -> Counter[Touch]:
    """What a dry run says: every cancel by its order, every close by what is bought or sold."""
    return Counter(
        (row["account"], "cancel", row["key"]) if row["act"] == "cancel"
        else (row["account"], row["side"], row["quantity"])
        for row in data["touches"]
    )  # fmt: skip


def touched(at: House) -> Counter[Touch]:
    """Every order that ended unfilled, and every execution, by account."""
    found: Counter[Touch] = Counter()
    for event in at.world.venue.heard:
        if isinstance(event, OrderUpdated) and not event.order.open and not event.order.filled:
            found[event.account, "cancel", event.order.link or event.order.id] += 1
        elif isinstance(event, Executed):
            found[event.account, event.side.lower(), str(event.quantity)] += 1
    return found


@pytest.mark.parametrize("foreign", [False, True])
async def test_the_dry_run_lists_exactly_what_the_real_one_touches(foreign: bool) -> None:
    """E6, J1: order by order and quantity by quantity, on main and on the mirror that closes with it."""
    async with house() as at:
        await staged(at)
        at.world.venue.keeping = True
        asked: dict[str, object] = {"foreign": foreign}
        would: Any = (await desk(at).emergency(asked))["data"]
        at.world.venue.heard.clear()
        answer: Any = await desk(at).emergency({**asked, "dry_run": False})
        did = touched(at)

    assert answer["exit"] == 0, answer["data"]["failed"]
    assert listed(would) == did
    assert sum(did.values()) == 2 * (1 + 4 + 1) + foreign
    assert len(would["left_alone"]) == (not foreign)


async def test_a_trade_that_waits_has_nothing_to_close() -> None:
    """E6: its order is listed, and no position of nothing."""
    async with house() as at:
        await at.open(request([95]))
        would: Any = (await desk(at).emergency({}))["data"]

    assert [row["act"] for row in would["touches"]] == ["cancel", "cancel"]


async def test_a_dry_run_touches_nothing() -> None:
    """J1: not even what the next audit would have mended."""
    async with house() as at:
        await staged(at)
        at.world.venue.keeping = True
        at.world.venue.heard.clear()
        await desk(at).emergency({"all_accounts": True, "foreign": True})

        assert touched(at) == Counter()


async def test_what_is_not_ours_is_listed_and_left() -> None:
    """A6, E6: the user's order and position stay, and are named."""
    async with house() as at:
        order = await staged(at)
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(40))
        await at.settled()
        answer: Any = await desk(at).emergency({"dry_run": False})
        left, size = at.working(), at.size()

    assert answer["exit"] == 0, answer["data"]["failed"]
    assert list(left) == [order]
    assert size == 40
    assert [(row["act"], row["quantity"]) for row in answer["data"]["left_alone"]] == [("cancel", "7"), ("close", "40")]


async def test_with_foreign_the_accounts_are_empty() -> None:
    """E6: adopted, then closed; nothing works and nothing is held."""
    async with house() as at:
        await staged(at)
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(40))
        await at.settled()
        answer: Any = await desk(at).emergency({"dry_run": False, "foreign": True})

        assert answer["exit"] == 0, answer["data"]["failed"]
        assert (at.working(), at.working("mirror")) == ({}, {})
        assert not at.size()
        assert not at.size("mirror")


async def test_what_is_taken_over_to_be_closed_is_told_without_a_result() -> None:
    """G1, E6: nobody recorded at what price it was opened; it was told as lost what it paid in fees."""
    async with house() as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(40))
        await at.settled()
        await desk(at).emergency({"dry_run": False, "foreign": True})
        await at.service.writer.flush()
        alerts = await at.store.alerts(100)

    (closed,) = [each.body for each in alerts if isinstance(each.body, PositionClosed)]
    assert closed.entered == 40
    assert closed.average_entry is None


async def test_a_mirror_that_does_not_follow_closes_is_left_unless_all_are_meant() -> None:
    """A4: its trade is its own."""
    alone = Following(leader="main", close_with_main=CloseWithMain.NO)
    async with house(following=alone) as at:
        await staged(at)
        one: Any = (await desk(at).emergency({"account": "main"}))["data"]
        every: Any = (await desk(at).emergency({"all_accounts": True}))["data"]

    assert {row["account"] for row in one["touches"]} == {"main"}
    assert {row["account"] for row in every["touches"]} == {"main", "mirror"}


async def test_one_account_and_all_of_them_are_not_both_meant() -> None:
    """E6: `--account main --all-accounts` closed on every account; which of the two is meant, nobody guesses."""
    async with house() as at:
        await staged(at)
        with pytest.raises(ConfigError, match="--account main or --all-accounts: one of the two"):
            await desk(at).emergency({"account": "main", "all_accounts": True, "dry_run": False})

        assert at.size()


async def test_the_reason_is_kept_with_the_trade() -> None:
    """G2, D1: closed as an emergency on both, and told as critical."""
    async with house() as at:
        await staged(at)
        await desk(at).emergency({"dry_run": False})
        await at.service.writer.flush()
        reasons = [(await at.store.closed(name, 1))[0].reason for name in ("main", "mirror")]
        told = [each.critical for each in await at.store.alerts(50) if each.kind == "position_closed"]

    assert reasons == ["emergency", "emergency"]
    assert told == [True, True]


async def test_an_account_that_is_down_is_said_to_be_out_of_reach() -> None:
    """C8: exit 1 and why; the others are listed all the same."""
    async with house(running=False) as at:
        at.service.connections.down["mirror"] = "no route"
        answer: Any = await desk(at).emergency({"all_accounts": True})
        with pytest.raises(ConfigError):
            await desk(at).emergency({"account": "mian"})

    assert answer["exit"] == 1
    assert "no route" in answer["data"]["not_reached"]["mirror"]


async def test_a_mirror_that_was_emptied_opens_nothing_that_it_waited_for() -> None:
    """E6, A9: it was not well when its leader opened, was emptied, and opened half a minute later."""
    async with house(build=Blind) as at:
        mirror = at.service.exchanges["mirror"]
        assert isinstance(mirror, Blind)
        mirror.blind = Unavailable("the venue answers 500")
        at.service.workers["mirror"].post(Known((Stream(up=False, at=at.world.now()),)))
        await at.until(lambda: at.state("mirror").troubles)
        await at.service.open(replace(request(["market"]), at=at.service.clock.now()), "main")
        await at.until(lambda: at.state("mirror").waiting)
        await desk(at).emergency({"account": "mirror", "dry_run": False})
        mirror.blind = None
        at.service.workers["mirror"].post(Known((Stream(up=True, at=at.world.now()),)))
        await at.until(lambda: not at.state("mirror").troubles)
        await at.settled()

        assert at.size("main")
        assert not at.size("mirror")
        assert not at.state("mirror").boxes
        assert "mirror_skipped" in await at.kinds("mirror")


@pytest.mark.parametrize("error", [Unavailable("the venue answers 500"), KeyError("an adapter's bug: 500")])
async def test_what_can_not_be_seen_is_closed_all_the_same(error: Exception) -> None:
    """C8, E6, rel:F58: the lists fail, closes pass; exit 1 says that nobody saw it flat, and what is known is listed.

    So it is when the adapter itself is broken: of all commands this one must not end by that.
    """
    async with house(build=Blind) as at:
        await staged(at)
        exchange = at.service.exchanges["main"]
        assert isinstance(exchange, Blind)
        exchange.blind = error
        would: Any = await desk(at).emergency({})
        answer: Any = await desk(at).emergency({"dry_run": False})
        size = at.size()

    assert [row["act"] for row in would["data"]["touches"] if row["account"] == "main"] == ["cancel"] * 5 + ["close"]
    assert answer["exit"] == 1
    assert "500" in answer["data"]["not_reached"]["main"]
    assert not size


class Together(PaperExchange):
    """Accounts whose lists come when both are asked."""

    both: asyncio.Barrier | None = None

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """A cut, once the other one is asked too."""
        if self.both is not None:
            await self.both.wait()
        return await super().snapshot(since, full=full)


async def test_accounts_are_looked_at_side_by_side() -> None:
    """E6, rel:F40: each mirror that hangs would else hold main up for five seconds before it is closed."""
    async with house(build=Together, running=False) as at:
        both = asyncio.Barrier(2)
        for exchange in at.service.exchanges.values():
            assert isinstance(exchange, Together)
            exchange.both = both
        answer: Any = await desk(at).emergency({"account": "main"})

    assert answer["data"]["not_reached"] == {}
