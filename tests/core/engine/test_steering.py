"""Acts on live trades: said first, then done; made of simpler ones where people want short ways (B14, E6, S3)."""

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from core.account.inputs import Operate
from core.alerts import PartClosed
from core.engine.steering import Steering
from core.errors import ConfigError, Unavailable
from core.facts import ActKind
from core.mirror import CloseWithMain, Following
from core.plan import Plan
from tests.living import Serving, ask, serving


async def opened(stage: Serving) -> str:
    """A trade with its market leg filled on main, and on the mirror if there is one; returns its id."""
    replies = await stage.service.open(ask(stage), "main")
    await stage.until(lambda: all("TP4" in stage.orders(name) for name in stage.service.states))
    plan = replies[0].plan
    assert isinstance(plan, Plan)
    return plan.trade


async def would(steering: Steering, **asked: object) -> tuple[list[dict[str, Any]], object]:
    """What an act would do, and its revision."""
    answer = await steering.act({**asked, "dry_run": True})
    rows: Any = answer["data"]
    return rows, answer["revision"]


async def test_a_part_is_reckoned_from_each_accounts_own_position() -> None:
    """B14, A2: half of what each holds, down to the step; the whole is a close."""
    async with serving(accounts=("main", "mirror")) as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        half, _ = await would(steering, kind="reduce", trade=trade, percent="50")
        whole, _ = await would(steering, kind="reduce", trade=trade, percent="100")
        held = [stage.size(row["account"]) for row in half]

    assert [row["account"] for row in half] == ["mirror", "main"]
    assert [Decimal(row["quantity"]) for row in half] == [size / 2 for size in held]
    assert [(row["would"], row["quantity"]) for row in whole] == [("close", None)] * 2


async def test_breakeven_now_moves_each_stop_to_its_own_price_and_never_back() -> None:
    """B9: above the average for a long; where the stop is as good already it is refused, and said which."""
    async with serving() as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        average = stage.service.states["main"].boxes[trade].trade.ledger.average_entry
        assert average is not None
        stage.price(average * Decimal("1.01"))
        await steering.act({"kind": "breakeven", "trade": trade})
        box = stage.service.states["main"].boxes[trade]
        await stage.until(lambda: box.last_stop is not None and box.last_stop[0] > average)
        (row,), _ = await would(steering, kind="breakeven", trade=trade)

    assert "at breakeven or better already" in row["refused"][0]


async def test_a_preview_says_what_would_be_refused() -> None:
    """E3, B2: a long's stop above the market is refused before anybody confirms it."""
    async with serving() as stage:
        trade = await opened(stage)
        (row,), _ = await would(Steering(stage.service), kind="move_stop", trade=trade, price="99999999")

    assert "loss side" in row["refused"][0]


async def test_what_was_confirmed_is_done_only_while_it_is_the_same() -> None:
    """S3: after the position changed, half of it is another act; a close is a close whatever is held."""
    async with serving() as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        _, half = await would(steering, kind="reduce", trade=trade, percent="50")
        _, whole = await would(steering, kind="close", trade=trade)
        before = stage.size()
        stage.price(stage.service.states["main"].boxes[trade].trade.plan.legs[1].price)
        await stage.until(lambda: stage.service.states["main"].boxes[trade].trade.ledger.position > before)
        refused = await steering.act({"kind": "reduce", "trade": trade, "percent": "50", "revision": half})
        done = await steering.act({"kind": "close", "trade": trade, "revision": whole})

    assert "look again" in str(refused["error"])
    assert done["exit"] == 0


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"kind": "explode"}, "no act"),
        ({"kind": "leader_tp1"}, "no act"),
        ({"kind": "reduce", "percent": "0"}, "above 0"),
        ({"kind": "reduce", "percent": "101"}, "at most 100"),
        ({"kind": "move_stop", "price": "NaN"}, "finite"),
        ({"kind": "close", "trade": "nothing"}, "no live trade"),
    ],
)
async def test_what_no_account_could_understand_is_said(asked: dict[str, str], words: str) -> None:
    """F54: an odd act, an odd number, a trade that isn't: one sentence each, nothing done."""
    async with serving() as stage:
        trade = await opened(stage)
        with pytest.raises(ConfigError, match=words):
            await Steering(stage.service).act({"trade": trade, **asked})


@pytest.mark.parametrize(
    ("asked", "brought"),
    [
        ({"kind": "close"}, ["mirror"]),
        ({"kind": "move_stop", "price": "91"}, ["mirror"]),
        ({"kind": "move_stop", "price": "999999"}, []),
        ({"kind": "reduce", "percent": "50"}, []),
        ({"kind": "cancel_entries"}, []),
    ],
)
async def test_what_a_leader_alone_brings_its_mirrors_is_said_before(asked: dict[str, str], brought: list[str]) -> None:
    """A4, E6: the mirror that follows does the same though nobody named it; where both are named nobody is brought."""
    async with serving(accounts=("main", "mirror")) as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        (alone,), _ = await would(steering, trade=trade, account="main", **asked)
        both, _ = await would(steering, trade=trade, **asked)

    assert alone["brings"] == brought
    assert [each["brings"] for each in both] == [[], []]


@pytest.mark.parametrize(("settings", "kind"), [({"close_with_main": CloseWithMain.NO}, "close"),
                                                 ({"sync_stop": False}, "move_stop")])  # fmt: skip
async def test_a_mirror_that_does_not_follow_is_not_said_to(settings: dict[str, Any], kind: str) -> None:
    """A4: by its own settings."""
    async with serving(accounts=("main", "mirror")) as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        mirror = stage.service.states["mirror"]
        mirror.following = Following(leader="main", **settings)
        (alone,), _ = await would(steering, trade=trade, account="main", kind=kind, price="91")

    assert alone["brings"] == []


async def test_less_than_a_step_is_no_part() -> None:
    """B6: of 0.5 at a step of 0.001, a ten-thousandth is nothing."""
    async with serving() as stage:
        trade = await opened(stage)
        (row,), _ = await would(Steering(stage.service), kind="reduce", trade=trade, percent="0.01")

    assert "less than one step" in row["refused"][0]


async def test_a_closed_part_is_told_with_who_asked() -> None:
    """B14: every act is alerted once it is done: what was sold, what remains, by whom."""
    async with serving() as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        before = stage.size()
        await steering.act({"kind": "reduce", "trade": trade, "percent": "50", "by": "Alice (telegram 7)"})
        await stage.until(lambda: stage.service.states["main"].boxes[trade].trade.ledger.position == before / 2)
        (body,) = [each.body for each in await stage.told() if isinstance(each.body, PartClosed)]

    assert (body.quantity, body.remaining, body.by) == (before / 2, before / 2, "Alice (telegram 7)")


async def test_a_part_under_way_is_not_taken_twice() -> None:
    """B14, E6, S3: two cards that say the same are confirmed at once, before anything fills: one part is closed."""
    async with serving() as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        held, asked = stage.size(), {"kind": "reduce", "trade": trade, "percent": "50"}
        _, revision = await would(steering, **asked)
        first = await asyncio.gather(*(steering.act({**asked, "revision": revision}) for _ in range(2)))
        await stage.until(lambda: stage.size() <= held / 2)

    assert [answer["exit"] for answer in first] == [0, 1]
    assert stage.size() == held / 2


async def test_a_pause_is_said_before_it_is_made() -> None:
    """J1, I1: a dry run tells what would change and changes nothing."""
    async with serving(accounts=("main", "mirror")) as stage:
        steering = Steering(stage.service)
        said = await steering.pause({"paused": True, "dry_run": True})
        still = [state.paused for state in stage.service.states.values()]
        await steering.pause({"paused": True, "account": "main"})
        await stage.until(lambda: stage.service.states["main"].paused)
        again: Any = (await steering.pause({"paused": True, "dry_run": True}))["data"]

    assert said["data"] == [{"account": name, "paused": True, "was": False} for name in ("main", "mirror")]
    assert still == [False, False]
    assert [row["was"] for row in again] == [True, False]


async def test_a_mirror_that_is_silent_does_not_keep_main_from_closing() -> None:
    """rel:F40, B14: mirrors are told first, and not waited for: it would cost ten seconds each of an open position."""
    async with serving(accounts=("main", "mirror")) as stage:
        trade = await opened(stage)
        stage.service.answer_within = 60
        stage.service.workers["mirror"].post = lambda _: None  # type: ignore[assignment,method-assign] # it hears nothing
        closing = asyncio.create_task(Steering(stage.service).act({"kind": "close", "trade": trade}))
        await stage.until(lambda: not stage.size(), "main is not closed")
        closing.cancel()
        await asyncio.gather(closing, return_exceptions=True)

        assert stage.size("mirror")


@pytest.mark.parametrize("kind", ["reduce", "close"])
async def test_an_act_on_an_account_that_is_not_connected_is_refused_and_does_not_wait_for_it(kind: str) -> None:
    """B14, rel:F40: asked for three times in vain, three halves would be sold at whatever price there is by then."""
    async with serving() as stage:
        trade, steering = await opened(stage), Steering(stage.service)
        stage.service.connections.down["main"] = "no route"
        (row,), _ = await would(steering, kind=kind, trade=trade, percent="50")
        answer: Any = await steering.act({"kind": kind, "trade": trade, "percent": "50"})
        with pytest.raises(Unavailable, match="main is not connected: no route"):
            await stage.service.operate("main", Operate(trade, ActKind.CLOSE, "me"))
        before = stage.size()
        del stage.service.connections.down["main"]
        await steering.act({"kind": "cancel_entries", "trade": trade})  # whatever waited would be done by then

    assert row["refused"] == answer["data"][0]["refused"] == ["main is not connected: no route"]
    assert stage.size() == before > 0
