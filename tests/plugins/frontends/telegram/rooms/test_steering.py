"""Acts on live trades (B14, E6): what would be done, then one button, on one account or on all."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import pytest

from core.engine.control import Answer
from tests.plugins.frontends.telegram.rooms.walking import Rooms, Walk, door_of, rooms

TRADE = "PD657GG6BD"


async def moved(at: Rooms, account: str, stop: object) -> None:
    """Wait until the venue shows the stop there."""
    state = at.house.world.venue.venue.state
    await at.house.until(lambda: state.accounts[account].position("TESTUSDT", 0).stop == stop)


async def test_a_stop_is_moved_in_three_steps_on_all_accounts() -> None:
    """B14, E6: the price is typed, the preview says what it would cost, one button moves it on main and mirror."""
    async with rooms() as at:
        await at.alice.open("position", t=TRADE)
        await at.alice.press("Move stop")
        await at.alice.type("93")
        assert "New stop                      93\nP&amp;L there               -2338.00" in at.alice.screen.text
        button = at.alice.button("Confirm on 2 accounts")
        assert button is not None
        assert button.once
        assert button.revision
        await at.alice.press("Confirm")

        assert "🟢 <b>main</b> is doing it" in at.alice.screen.text
        await moved(at, "main", 93)
        await moved(at, "mirror", 93)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("1e2", "Send digits with a point"),
        ("\uff19\uff13", "Send digits with a point"),
        ("-93", "Send digits with a point"),
        ("0", "above zero"),
        ("", "Send digits with a point"),
        ("9" * 30, "Send digits with a point"),
        ("93.001", "not on the tick"),
        ("101", "loss side"),
    ],
)
async def test_a_price_that_is_none_is_asked_for_again(typed: str, why: str) -> None:
    """rel:F54, B2: no exponent, no full-width digit, no sign; off the tick or on the wrong side there is no button."""
    async with rooms() as at:
        await at.alice.open("ask", t=TRADE, k="move_stop")
        await at.alice.type(typed)

        assert why in at.alice.screen.text
        assert at.alice.button("Confirm") is None


async def test_a_quarter_is_closed_on_one_account_only() -> None:
    """B14: the mirror's part goes down to the step; main is left as it is."""
    async with rooms() as at:
        await at.alice.open("position", t=TRADE)
        await at.alice.press("25%")
        await at.alice.press("Only mirror")
        assert "Closes at market              42\nLeaves                       126" in at.alice.screen.text
        await at.alice.press("Confirm")
        await at.house.until(lambda: at.house.size("mirror") == Decimal(126))

        assert at.house.size("main") == Decimal(334)


async def test_a_typed_percentage_closes_that_part() -> None:
    """B14: 10 % of 334 is 33; the sign may be typed too."""
    async with rooms() as at:
        await at.alice.open("position", t=TRADE)
        await at.alice.press("…%")
        await at.alice.type("10%")
        assert "<b>Close 10 %?</b>" in at.alice.screen.text
        await at.alice.press("Confirm")
        await at.house.until(lambda: at.house.size() == Decimal(301))

        assert at.house.size("mirror") == Decimal(152)


async def test_what_has_changed_since_the_preview_is_not_done() -> None:
    """S3, E6: the market took TP1 meanwhile; the old confirmation acts on nothing."""
    async with rooms() as at:
        await at.alice.open("position", t=TRADE)
        await at.alice.press("50%")
        await at.house.price(111)
        before = at.house.size()
        await at.alice.press("Confirm")

        assert "look again" in at.alice.screen.text
        assert at.house.size() == before


async def test_entries_are_cancelled_and_then_not_offered_again() -> None:
    """B14: two of three rest; once they are gone there is nothing left to cancel."""
    async with rooms() as at:
        await at.alice.open("position", t=TRADE)
        await at.alice.press("Cancel entries")
        assert "Entries cancelled              2" in at.alice.screen.text
        await at.alice.press("Confirm")
        await at.house.settled()
        await at.alice.press("Trade")

        assert at.alice.button("Cancel entries") is None
        assert " 95 E2                0/333 gone" in at.alice.screen.text


async def test_a_take_profit_is_moved() -> None:
    """B14: TP2 from 120 to 125, on both."""
    async with rooms() as at:
        await at.alice.open("position", t=TRADE)
        await at.alice.press("Move TP2")
        await at.alice.type("125")
        assert "Now                          120\nNew TP2                      125" in at.alice.screen.text
        await at.alice.press("Confirm")
        await at.house.settled()
        await at.alice.press("Trade")

        assert "125 TP2" in at.alice.screen.text


async def test_breakeven_now_is_each_accounts_own() -> None:
    """B9: at 105 the stop may go to breakeven, and the preview names the price before anything is done."""
    async with rooms() as at:
        await at.house.price(105)
        await at.alice.open("steer", t=TRADE, k="breakeven")
        assert "New stop                  100.14" in at.alice.screen.text
        await at.alice.press("Confirm")

        await moved(at, "main", Decimal("100.14"))


async def test_the_close_list_closes_a_trade_everywhere() -> None:
    """E1, A4: /close, the trade, confirm: main and mirror are flat."""
    async with rooms() as at:
        await at.alice.open("close")
        await at.alice.press("❌ 1 TESTUSDT")
        assert "<b>Close all of it?</b>" in at.alice.screen.text
        await at.alice.press("Confirm")
        await at.house.until(lambda: not at.house.size() and not at.house.size("mirror"))


async def test_closing_the_leader_alone_says_that_its_mirrors_follow() -> None:
    """A4: a mirror closes with its leader unless its settings say otherwise; a quarter of the leader it doesn't."""
    async with rooms() as at:
        await at.alice.open("steer", t=TRADE, k="close", q="100", a="main")
        assert "A mirror closes with its leader" in at.alice.screen.text
        await at.alice.open("steer", t=TRADE, k="close", q="25", a="main")
        assert "A mirror closes" not in at.alice.screen.text
        await at.alice.open("steer", t=TRADE, k="close", q="100", a="mirror")
        assert "A mirror closes" not in at.alice.screen.text


async def test_a_trade_that_is_gone_is_a_sentence() -> None:
    """E7: an old button of a trade that has ended leads to words, not to a failure."""
    async with rooms(opened=False) as at:
        await at.alice.open("steer", t=TRADE, k="close", q="100")
        assert "no live trade" in at.alice.screen.text
        await at.alice.open("position", t="<b>")
        assert "No trade <code>&lt;B&gt;</code> is open" in at.alice.screen.text
        await at.alice.open("ask", k="dance")
        assert "nothing to ask" in at.alice.screen.text


async def test_a_symbol_after_the_command_leads_there_at_once() -> None:
    """E1: /positions TESTUSDT is that position, /close TESTUSDT previews closing it; an unknown one is a sentence."""
    async with rooms() as at:
        await at.alice.open("positions", "testusdt")
        assert "TESTUSDT LONG" in at.alice.screen.text
        await at.alice.open("close", "testusdt")
        assert at.alice.button("Confirm on 2 accounts") is not None
        await at.alice.open("close", "<b>x")

        assert "no live trade '&lt;B&gt;X'" in at.alice.screen.text


async def test_a_symbol_with_two_trades_is_no_choice() -> None:
    """A5: in hedge mode a long and a short share a symbol; /close SYMBOL then asks which, and closes neither."""
    async with rooms() as at:
        data: Any = (await at.alice.door.do(at.alice.who, "status", {}))["data"]
        others = [{**each, "trade": "SHORT00000", "side": "short"} for each in data["trades"]]

        async def status(_: Mapping[str, object]) -> Answer:
            return {"exit": 0, "data": {**data, "trades": [*data["trades"], *others]}}

        walk = Walk(door_of(at.house, {"status": status}))
        await walk.open("close", "TESTUSDT")

        assert walk.button("Confirm") is None
        assert len([label for label in walk.labels if "❌" in label]) == 2
