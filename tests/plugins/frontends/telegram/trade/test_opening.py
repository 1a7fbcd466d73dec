"""From the card to open trades: once, on every account, and never what the card didn't show (A9, E3, E6, S3)."""

import json
from decimal import Decimal
from typing import Any

import pytest

from core.engine.application import FrontDoor
from core.engine.control import Handler
from core.engine.desk import Desk
from core.engine.memory_store import MemoryStore
from core.errors import Unavailable
from core.gate import Limits
from core.plan import Rules
from core.request import MarginPercent
from plugins.strategies.conservative.strategy import Conservative
from ports.frontend import Answer
from tests.living import SYMBOL, Serving
from tests.plugins.frontends.telegram.trade.phone import Phone, chat_of, phone, read, silent

LINE = "BTCUSDT long market,59000,58000 tp 62000,63000,64000,65000 sl 56000 x10 2%"


async def test_one_line_opens_on_main_and_mirror() -> None:
    """E2, E3, A2: the line, the card, one tap; both hold the position with entries, stop and targets."""
    async with phone(("main", "mirror")) as (held, stage):
        await held.command(f'{LINE} note "breakout"')
        assert held.text.count("TP4  65000  5%") == 2
        await held.press("✅ Open on main + mirror")
        await stage.until(lambda: stage.size("main") and stage.size("mirror"), "no position")
        await stage.until(lambda: len(stage.orders("mirror")) == 6, "no targets")

        assert held.text.count("opened as") == 2
        assert stage.orders("main") == ["E2", "E3", "TP1", "TP2", "TP3", "TP4"]
        (box,) = stage.service.states["main"].boxes.values()
        request = box.trade.plan.request
        assert (request.origin, request.chat, request.note) == ("telegram", "-100", "breakout")


async def test_a_second_tap_and_a_redelivered_one_open_nothing_more() -> None:
    """A9, rel:F53: the buttons are dead after it; were even the memory lost, the trade that is there is seen."""
    async with phone() as (held, stage):
        await held.command(LINE)
        button, before = held.button("✅"), held.chat.memory
        await held.tap(button)
        assert "opened as" in held.text
        await held.tap(button)
        assert "Nothing was done" in held.text
        held.chat.memory = before
        await held.tap(button)

        assert "a trade is live there" in held.text
        assert len(stage.service.states["main"].boxes) == 1


async def test_what_was_changed_since_the_card_is_not_opened() -> None:
    """E6: a confirmation holds for what was shown."""
    async with phone() as (held, stage):
        await held.command(LINE)
        button = held.button("✅")
        await held.press("Size")
        await held.says("5")
        await held.tap(button)

        assert "No longer what that card showed" in held.text
        assert not stage.service.states["main"].boxes
        await held.press("✅")
        assert "opened as" in held.text


async def test_a_limit_that_fills_at_once_takes_a_second_yes() -> None:
    """B2, E3: it is asked about; an edit asks again."""
    async with phone() as (held, stage):
        await held.command("BTCUSDT long 60500,59000 tp 62000@100 sl 56000 x10 2%")
        assert "asks first" in held.text
        assert not any("Open on" in label for label in held.labels)
        await held.press("It may fill at once")
        assert "You accepted" in held.text
        await held.press("Note")
        await held.says("x")
        assert not any("Open on" in label for label in held.labels)
        await held.press("It may fill at once")
        await held.press("✅")

        assert len(stage.service.states["main"].boxes) == 1


async def test_the_card_refuses_what_only_the_whole_shows() -> None:
    """B2: a stop beyond liquidation; every reason, and the parts to mend it, but no way to open."""
    async with phone() as (held, _):
        await held.command("BTCUSDT long market tp 62000@100 sl 100 x100 90%")

        assert "would not open" in held.text
        assert "is not inside the liquidation price" in held.text
        assert held.labels[0] == "Entries"


async def test_a_mirror_that_cannot_is_said_and_holds_nobody_back() -> None:
    """A3: the card names why, and which accounts open; the result too."""
    async with phone(("main", "mirror")) as (held, stage):
        stage.service.states["mirror"].limits = Limits(max_trades=0)
        await held.command(LINE)
        assert "mirror would not open" in held.text
        await held.press("✅ Open on main")

        assert "main: opened as" in held.text
        assert "mirror: not opened" in held.text


@pytest.mark.parametrize("what", ["leader", "mirror", "risk"])
async def test_what_came_between_card_and_tap_is_shown_first(what: str) -> None:
    """E3, E6: an account that can't any more, or more risk than the card said: nothing is opened, the card is new."""
    async with phone(("main", "mirror")) as (held, stage):
        await held.command(LINE)
        if what == "risk":
            stage.price(61_900)
        else:
            stage.service.states["main" if what == "leader" else "mirror"].limits = Limits(max_trades=0)
        await held.press("✅")

        assert held.text.startswith("No longer what that card showed")
        assert not stage.service.states["main"].boxes


async def test_a_card_whose_refreshed_one_got_lost_promises_only_its_own_risk() -> None:
    """E3, E6: a refreshed card with more risk got lost on its way; the old one's button does not accept it."""
    async with phone() as (held, stage):
        await held.command(LINE)
        seen = held.button("✅")
        stage.price(61_900)
        await held.press("Refresh")
        await held.tap(seen)

        assert held.text.startswith("No longer what that card showed")
        assert not stage.service.states["main"].boxes


async def test_a_small_move_between_card_and_tap_is_none() -> None:
    """E3: the market never stands still while a card is read."""
    async with phone() as (held, stage):
        await held.command(LINE)
        stage.price(60_100)
        await held.press("✅")

        assert "opened as" in held.text


@pytest.mark.parametrize(
    "answer",
    [
        {"exit": 2, "data": [{"account": "main", "trade": None, "merged": False, "refused": ["main is paused"]}]},
        {"exit": 2, "error": ["main is paused"]},
    ],
)
async def test_a_refusal_at_the_last_moment_is_said(answer: Answer) -> None:
    """A3: nothing was opened, why, and a way back to the card."""
    async with phone() as (held, stage):

        async def refusing(arguments: Any) -> Answer:
            assert arguments["id"].startswith("tg-")
            return answer

        handlers = {**chat_of(stage).door._handlers, "open": refusing}  # noqa: SLF001 - all but one of its own
        held.chat.door = FrontDoor(handlers, stage.store, stage.service.clock, silent)
        await held.command(LINE)
        await held.press("✅")
        assert "Not opened" in held.text
        assert "main is paused" in held.text
        await held.press("Back to the card")

        assert "Open on main" in held.labels[0]


async def test_an_answer_that_does_not_come_is_no_answer() -> None:
    """rel:F01: it may be open: that is said, and asking again can't open it twice."""
    async with phone() as (held, stage):
        desk = Desk(stage.service, read, profile="", version="")

        async def mute(arguments: Any) -> Answer:
            await desk.open(arguments)
            raise TimeoutError

        whole = held.chat.door
        opened_by(held, stage, mute)
        await held.command(LINE)
        await held.press("✅")
        assert "It may or may not be open" in held.text
        held.chat.door = whole
        await held.press("Ask again")

        assert "opened as" in held.text
        assert len(stage.service.states["main"].boxes) == 1


def opened_by(held: Phone, stage: Serving, handler: Handler) -> None:
    """What is behind the door stays as it is, but for what opens trades."""
    handlers = {**chat_of(stage).door._handlers, "open": handler}  # noqa: SLF001 - all but one of its own
    held.chat.door = FrontDoor(handlers, stage.store, stage.service.clock, silent)


async def test_a_draft_that_is_gone_on_with_is_the_same_request() -> None:
    """A9, rel:F01: the first order may still be on its way; one more under another id would be a second trade."""
    given: list[str] = []

    async def mute(arguments: Any) -> Answer:
        given.append(arguments["id"])
        raise TimeoutError

    async with phone() as (held, stage):
        opened_by(held, stage, mute)
        await held.command(LINE)
        await held.press("✅")
        await held.command()
        await held.press("Go on")
        await held.press("✅")

    assert len(given) == 2
    assert len(set(given)) == 1


async def test_a_trade_that_may_be_open_is_not_called_unopened() -> None:
    """E2, rel:F01: cancelled or left alone, the order was given."""

    async def mute(_: Any) -> Answer:
        raise TimeoutError

    async with phone() as (held, stage):
        opened_by(held, stage, mute)
        await held.command(LINE)
        await held.press("✅")
        await held.press("Back to the card")
        await held.press("Cancel")

    assert "Nothing was opened" not in held.text
    assert "what came of it is not known: look at your positions" in held.text


async def test_a_trade_that_may_be_the_one_before_a_change_is_said_to_be() -> None:
    """A9, rel:F01: the same id opens once, with what it said first; the person has changed the card since."""
    async with phone() as (held, stage):
        desk = Desk(stage.service, read, profile="", version="")
        given: list[Any] = []

        async def late(arguments: Any) -> Answer:
            if given:  # the first one gets through only now
                await desk.open(given[0])
                return await desk.open(arguments)
            given.append(arguments)
            raise TimeoutError

        opened_by(held, stage, late)
        await held.command(LINE)
        await held.press("✅")
        await held.press("Back to the card")
        await held.press("Size")
        await held.says("4")
        await held.press("✅")
        (box,) = stage.service.states["main"].boxes.values()

    assert box.trade.plan.request.size == MarginPercent(Decimal(2))
    assert "An order was given before you changed it" in held.text


async def test_lots_change_the_ladder_and_the_card_says_how() -> None:
    """B6, E3: shares that are merged, targets without a lot."""
    async with phone() as (held, _):
        await held.command("BTCUSDT long market tp 62000,63000,64000,65000 sl 56000 x10 qty 0.005")
        assert "TP2, TP3: not a whole lot, so no order" in held.text
        await held.command("BTCUSDT long market tp 62000,63000,64000,65000 sl 56000 x10 qty 0.001")

        assert "too small for shares 85/5/5/5: 100/0/0/0 instead" in held.text


async def test_five_accounts_fit_one_message() -> None:
    """E3: the leader in full, the others in short; the screen is checked to fit at every turn."""
    accounts = ("main", "one", "two", "three", "four")
    async with phone(accounts) as (held, _):
        prices = ",".join(str(59_000 - 100 * number) for number in range(10))
        targets = ",".join(f"{61_000 + 100 * number}@10" for number in range(10))
        await held.command(f"BTCUSDT long {prices} tp {targets} sl 50000 x10 2% note {'<&>' * 60}")

        assert held.text.count("Max loss") == 5
        assert held.text.count("E10") == 1


async def test_hostile_notes_and_accounts_are_shown_literally() -> None:
    """S10: markup and direction marks in a note do nothing but stand there."""
    async with phone() as (held, _):
        await held.command(f"{LINE} note </pre><a href='tg://user?id=1'>x</a>\u202e&amp;")

        assert "Note: </pre><a href='tg://user?id=1'>x</a>&amp;" in held.text


async def test_leaders_and_strategies_are_asked_for_where_there_are_several() -> None:
    """E2: account first, strategy after the side; a line may name them; only one is never asked for."""
    async with phone(("main", "sub")) as (held, stage):
        stage.service.states["sub"].following = None
        for state in stage.service.states.values():
            state.strategies = {**state.strategies, "slow": Conservative("slow", Rules())}
        await held.command()
        await held.press("sub")
        for answer in ("BTCUSDT", "long", "slow", "market", "62000,63000,64000,65000", "56000", "10", "2"):
            await held.says(answer)
        await held.press("✅ Open on sub")
        assert not stage.service.states["main"].boxes
        (box,) = stage.service.states["sub"].boxes.values()
        assert (box.trade.plan.request.strategy, box.trade.plan.symbol) == ("slow", SYMBOL)
        await held.command(f"{LINE} account nobody strategy fast")

        assert "there is no leading account nobody" in held.text


async def test_the_last_trade_is_repeated_with_fresh_eyes() -> None:
    """E2: the same draft, judged by the market of now; another trade with an id of its own."""
    async with phone() as (held, stage):
        await held.command()
        await held.press("Repeat last")
        assert "opened nothing yet" in held.text
        await held.command("ETHUSDT long market tp 5000@100 sl 1000 x2 1%")
        await held.press("✅")
        stage.world.venue.venue.set_price("ETHUSDT", Decimal(5100))
        await held.press("Repeat")
        assert "has reached TP1 5000 already" in held.text
        assert not any("Open on" in label for label in held.labels)


class Full(MemoryStore):
    """A disk that takes no front end's texts."""

    async def remember(self, name: str, value: str) -> None:
        """Refused."""
        if name.startswith("frontend:"):
            raise Unavailable("the disk is full")
        await super().remember(name, value)


async def test_that_the_last_trade_cannot_be_kept_spoils_no_opening() -> None:
    """A9: what is open is said to be open."""
    async with phone(store=Full()) as (held, _):
        await held.command(LINE)
        await held.press("✅")

        assert "opened as" in held.text
        assert json.loads(held.chat.memory)["draft"]["by"] == {}


async def test_adding_to_a_live_trade_takes_a_choice() -> None:
    """B13: both ways are shown with what they change; the chosen one is the card's, and is added, not opened."""
    async with phone(("main", "mirror")) as (held, stage):
        await held.command(LINE)
        await held.press("✅")
        await stage.until(lambda: len(stage.orders("mirror")) == 6, "no targets")
        await held.command("BTCUSDT long 59500 tp 61500,63000,64000,65000 sl 57000 x10 1%")
        assert "a trade is live there" in held.text
        assert held.text.count("stop 56000 becomes 57000") == 2
        await held.press("Replace its prices")
        assert "TP1 62000 becomes 61500" in held.text
        await held.press("Merge")
        await held.press("Keep its prices")
        assert "stop and targets stay where they are" in held.text
        await held.press("✅ Add on main + mirror")

        assert held.text.count("added to") == 2
        await held.press("Repeat")
        assert "a trade is live there" in held.text


async def test_what_cannot_be_added_says_why_once() -> None:
    """B13, A8: after TP1 nothing is added; the other side of a one-way slot is taken."""
    async with phone() as (held, stage):
        await held.command(LINE)
        await held.press("✅")
        await stage.until(lambda: "TP1" in stage.orders(), "no targets")
        stage.price(62_000)
        await stage.until(lambda: "TP1" not in stage.orders(), "TP1 not hit")
        await held.command("BTCUSDT long 59500 tp 63500@100 sl 57000 x10 1%")
        assert held.text.count("TP1 of trade") == 1
        await held.command("BTCUSDT short market tp 55000@100 sl 67000 x10 1%")

        assert "BTCUSDT is taken by trade" in held.text
        assert held.labels[0] == "Entries"
