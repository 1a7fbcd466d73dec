"""Pause, resume, mode, the doctor, statistics, pictures: each asks first where it must."""

import base64
import json
from collections.abc import Mapping
from decimal import Decimal

from core.engine.control import Answer
from core.identity import key_text
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.plugins.frontends.telegram.rooms.walking import VICTOR, Walk, rooms
from tests.staging import SYMBOL

PNG = b"\x89PNG\r\n\x1a\n picture"


async def test_pausing_holds_entries_on_one_account_or_all_until_resumed() -> None:
    """I1, E1: main alone, then all; the dashboard says it and offers to resume, which may ask for a code."""
    async with rooms(opened=False) as at:
        await at.alice.open("pause")
        await at.alice.press("main")
        await at.house.until(lambda: at.house.state().paused)
        assert not at.house.state("mirror").paused
        await at.alice.open("dashboard")
        assert "🟡 <b>[PAPER] main</b>" in at.alice.screen.text
        await at.alice.press("Resume")
        button = at.alice.button("All accounts")
        assert button is not None
        assert button.code
        await at.alice.press("All accounts")

        await at.house.until(lambda: not at.house.state().paused)


async def test_the_mode_is_shown_and_switched_only_when_flat() -> None:
    """A5: with a trade open every reason against it is named and there is no button; flat it takes two steps."""
    async with rooms() as at:
        await at.alice.open("mode")
        await at.alice.press("main")
        await at.alice.press("TESTUSDT")
        assert "Mode: one-way" in at.alice.screen.text
        await at.alice.press("Switch to hedge")
        assert "trade PD657GG6BD is live" in at.alice.screen.text
        assert at.alice.button("Confirm") is None
        await at.alice.open("emergency_do", a="*")
        await at.alice.open("mode", "testusdt", a="main")
        await at.alice.press("Switch to hedge")
        await at.alice.press("Confirm")

        assert at.alice.screen.text == "🟢 main TESTUSDT is in hedge mode now."


async def test_a_switch_that_nobody_confirmed_is_looked_up() -> None:
    """A5: it timed out and was made; "not done" would be untrue, so what the exchange says now is shown."""
    asked: list[Mapping[str, object]] = []

    async def mode(arguments: Mapping[str, object]) -> Answer:
        asked.append(arguments)
        if not arguments["dry_run"]:
            return {"exit": 1, "error": ["main TESTUSDT: no answer"]}
        data = {"account": "main", "symbol": "TESTUSDT", "mode": "hedge", "against": []}
        return {"exit": 0, "data": data}

    async with rooms(opened=False, more={"mode": mode}) as at:
        await at.alice.open("mode_switched", a="main", s="TESTUSDT", m="hedge")

    assert "Not confirmed" in at.alice.words
    assert "main TESTUSDT: no answer" in at.alice.words
    assert "Mode: hedge" in at.alice.words
    assert asked[-1].get("mode") is None


async def test_a_symbol_that_is_none_is_asked_for_again() -> None:
    """rel:F54: a symbol is plain letters and digits, before the venue is bothered."""
    async with rooms(opened=False) as at:
        await at.alice.open("mode", a="main")
        for typed in ("<b>x</b>", "B" * 40, "BTC/USDT"):
            await at.alice.type(typed)
            assert "Send it, like BTCUSDT" in at.alice.screen.text


async def test_the_doctor_lists_orders_without_a_trade_and_who_was_not_looked_at() -> None:
    """J1, C7, C8: main's orphan; of the mirror, which is down, nobody knows, and that is said by its name."""
    async with rooms(opened=False) as at:
        link = key_text("main", "ZZZZZZZZZZ", "TP1", 0)
        order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(3), price=Decimal(90), link=link)
        at.house.world.venue.venue.place("main", order)
        at.house.world.venue.venue.drain()
        at.house.service.connections.down["mirror"] = "no route"
        await at.alice.open("doctor")

        assert f"main</b> {SYMBOL}: order without a trade, buy 3" in at.alice.screen.text
        assert "mirror</b> not looked at for orphans: " in at.alice.screen.text


async def test_the_doctor_says_what_is_wrong_and_puts_it_right() -> None:
    """J1, C7: one button has the machines look, and then it is well."""
    async with rooms(opened=False) as at:
        await at.alice.open("doctor")
        assert "🟢 Nothing is wrong." in at.alice.screen.text
        at.house.state().troubles["breaker"] = 1
        await at.alice.press("Look again")
        assert "🔴 main: circuit breaker OPEN" in at.alice.screen.text
        await at.alice.press("Put it right")

        assert "reconciled" in at.alice.screen.text


async def test_a_viewer_sees_everything_and_is_offered_no_act() -> None:
    """E1: no button of a viewer's acts, on any screen."""
    async with rooms() as at:
        victor = Walk(at.alice.door, VICTOR)
        offered = []
        for name in ("dashboard", "positions", "orders", "trades", "mirror", "mode", "status", "doctor", "alerts"):
            await victor.open(name)
            offered += [each for row in victor.screen.rows for each in row]
        await victor.open("position", t="PD657GG6BD")
        offered += [each for row in victor.screen.rows for each in row]

        acting = {"steer", "steered", "ask", "close", "pause", "resume", "emergency", "trade", "doctor_fix"}
        assert not [each for each in offered if each.once or each.goes.screen in acting]


async def test_pictures_are_shown_with_their_words() -> None:
    """E5: the PNG with its caption, escaped; another span by a button; what is no picture is said to be none."""
    asked: list[Mapping[str, object]] = []

    async def equity(arguments: Mapping[str, object]) -> Answer:
        asked.append(arguments)
        png = base64.b64encode(PNG).decode() if arguments.get("days") != 90 else "%%"
        return {"exit": 0, "data": {"png": png, "caption": "<equity> &\n" + "x" * 2_000}}

    async with rooms(opened=False, more={"equity": equity}) as at:
        await at.alice.open("equity")
        assert at.alice.screen.picture == PNG
        assert at.alice.screen.text.startswith("&lt;equity&gt; &amp;\nxxx")
        await at.alice.press("90 days")

    assert asked[-1]["days"] == 90
    assert at.alice.screen.text.startswith("<b>No picture</b>")


async def test_cancel_forgets_the_trade_that_was_begun() -> None:
    """E2: nothing is asked any more, and nothing is undone."""
    async with rooms(opened=False) as at:
        await at.alice.open("cancel")
        assert at.alice.screen.awaits is None
        at.alice.memory["draft"] = json.loads('{"version": 0, "by": {"7": "what an older version kept"}}')
        await at.alice.open("cancel")

        assert "Nothing was changed" in at.alice.screen.text
