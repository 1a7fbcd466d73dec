"""The wizard's steps: what each refuses, back, edit, cancel, silence (E2, B1, B2)."""

import json
from typing import Any

import pytest

from core.engine.application import FrontDoor
from core.errors import Unavailable
from core.plan import Rules
from plugins.clocks.system import SystemClock
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.exchanges.paper.world import MEMORY, PaperWorld
from plugins.frontends.telegram.screen import Goes
from plugins.frontends.telegram.trade.record import PATIENCE
from plugins.strategies.conservative.strategy import Conservative
from ports.frontend import Answer
from tests.living import NEVER
from tests.plugins.frontends.telegram.trade.phone import BOB, VICTOR, Phone, chat_of, phone, silent

LINE = "BTCUSDT long market,59000,58000 tp 62000,63000,64000,65000 sl 56000 x10 2%"
WHOLE = {
    "account": "main", "symbol": "BTCUSDT", "side": "long", "strategy": "conservative",
    "entries": "market,59000,58000", "targets": "62000,63000,64000,65000", "stop": "56000", "leverage": "10",
    "size": "2%",
}  # fmt: skip


def kept(held: Phone) -> Any:
    """What the chat remembers for this person."""
    return json.loads(held.chat.memory)["draft"]["by"][held.who.user]


async def test_step_by_step_to_the_card() -> None:
    """E2: symbol, side, entries, take-profits, stop, leverage, size; every turn survives a restart."""
    async with phone() as (held, _):
        await held.command()
        for answer in ("btcusdt", "long", "market, 59000, 58000", "62000 63000 64000 65000", "56000", "x10"):
            await held.says(answer)
        await held.says("2")

        assert kept(held)["draft"] == WHOLE
        assert "Open on main" in held.labels[0]


REFUSED = [
    ("", "BTCUSD", "has no BTCUSD"),
    ("", "<b>", "'<b>': expected a symbol"),
    ("", "BTC\u202eUSDT", "expected a symbol"),
    ("BTCUSDT", "up", "expected long or short"),
    ("BTCUSDT long", "59000.05", "use 59000 or 59000.1"),
    ("BTCUSDT long", "market,market", "both at market"),
    ("BTCUSDT long", "market,1e5", "plain digits"),
    ("BTCUSDT long", "market@60,59000@30", "sum to 100, not 90"),
    ("BTCUSDT long market", "62000,61000,63000,64000", "TP2 61000 is not above TP1 62000"),
    ("BTCUSDT short market", "62000,61000,60500,60400", "has reached TP1 62000 already"),
    ("BTCUSDT long market", "62000,63000", "4 take-profit shares (85/5/5/5) for 2 prices"),
    ("BTCUSDT long market tp 62000@100", "60000", "at or past the stop 60000"),
    ("BTCUSDT long 59000 tp 62000@100", "59500", "is not below E1 59000"),
    ("BTCUSDT long market tp 62000@100 sl 56000", "101", "give 1 to 100"),
    ("BTCUSDT long market tp 62000@100 sl 56000", "x0.5", "give 1 to 100"),
    ("BTCUSDT long market,59000 tp 62000@100 sl 56000 x10", "5usdt", "under the venue"),
    ("BTCUSDT long market tp 62000@100 sl 56000 x10", "101", "at most 100"),
    ("BTCUSDT long market tp 62000@100 sl 56000 x10", "100", "no room for fees"),
    ("BTCUSDT long market tp 62000@100 sl 56000 x10", "NaN", "plain digits"),
]


async def test_each_step_refuses_what_cannot_stand_and_says_why() -> None:
    """E2, B2, rel:F54: wrong-side stop, unordered TP, late, off the tick, too small, too much; nothing is taken."""
    async with phone() as (held, _):
        for line, answer, reason in REFUSED:
            await held.command(line)
            before, asked = kept(held)["draft"], kept(held)["part"]
            await held.says(answer)

            assert "Not taken" in held.text, answer
            assert reason in held.text, (answer, held.text)
            assert (kept(held)["draft"], kept(held)["part"]) == (before, asked)


async def test_an_unknown_symbol_offers_the_nearest() -> None:
    """E2: a slip is one tap from what was meant."""
    async with phone() as (held, _):
        await held.command("ETHUSD")
        await held.press("ETHUSDT")

        assert kept(held)["draft"]["symbol"] == "ETHUSDT"
        assert "Side?" in held.text


async def test_back_goes_one_step_and_keeps_everything() -> None:
    """E2: from the card through every step to the first; from there to the dashboard."""
    async with phone() as (held, _):
        await held.command(LINE)
        for asked in ("size", "leverage", "stop", "targets", "entries", "side", "symbol"):
            await held.press("◀ Back")
            assert kept(held)["part"] == asked
            assert kept(held)["draft"] == WHOLE
            assert f"Now: {'x10' if asked == 'leverage' else ''}" in held.text
        assert held.button("◀ Back").goes.screen == "dashboard"
        await held.press("Keep")

        assert "Open on main" in held.labels[0]


EDITS = [
    ("Symbol", "symbol", "ETHUSDT", "ETHUSDT"),
    ("Side", "side", "short", "short"),
    ("Entries", "entries", "market,59500", "market,59500"),
    ("TPs", "targets", "61000@60 62000@40", "61000@60,62000@40"),
    ("Stop", "stop", "57000", "57000"),
    ("Leverage", "leverage", "20x", "20"),
    ("Size", "size", "500 usdt", "500usdt"),
    ("Note", "note", "why <i>not</i>", "why <i>not</i>"),
]


@pytest.mark.parametrize("typed", [True, False])
async def test_an_edited_part_changes_only_itself(typed: bool) -> None:
    """E2: any part from the card, and back to the card; going back instead changes nothing."""
    async with phone() as (held, _):
        for label, name, answer, value in EDITS:
            await held.command(LINE)
            await held.press(label)
            await (held.says(answer) if typed else held.press("◀ Back"))

            assert kept(held)["draft"] == (WHOLE | {name: value} if typed else WHOLE), label
            assert kept(held)["part"] is None


async def test_a_line_may_stop_anywhere() -> None:
    """E2: what is missing is asked for; a whole line also answers the first question."""
    async with phone() as (held, _):
        await held.command("BTCUSDT long x10 2%")
        assert "step 3 of 7" in held.text
        await held.command()
        await held.says(LINE)

        assert kept(held)["draft"] == WHOLE


async def test_a_line_that_is_not_understood_shows_one_that_is() -> None:
    """E2: nothing is begun; what was typed is shown literally (S10)."""
    async with phone() as (held, _):
        await held.command("BTCUSDT long <script>")

        assert "'<script>': expected" in held.text
        assert "draft" not in json.loads(held.chat.memory)


@pytest.mark.parametrize(
    ("unit", "answer", "value"),
    [("", "2", "2%"), ("USDT", "500", "500usdt"), ("USDT", "2%", "2%"), ("Risk", "1", "risk 1%"),
     ("Quantity", "0.01", "qty 0.01")],
)  # fmt: skip
async def test_a_number_is_a_percentage_unless_another_unit_was_chosen(unit: str, answer: str, value: str) -> None:
    """E2: a typed 2 is 2 %."""
    async with phone() as (held, _):
        await held.command(LINE.removesuffix(" 2%"))
        if unit:
            await held.press(unit)
        await held.says(answer)

        assert kept(held)["draft"]["size"] == value


async def test_buttons_where_a_choice_is_likely() -> None:
    """E2: market and two limits on the tick, leverage up to the symbol's maximum, shares with their amounts."""
    async with phone() as (held, _):
        await held.command("BTCUSDT short")
        await held.press("market, 60600, 61200")
        await held.says("58000,57000,56000,55000")
        await held.says("64000")
        assert held.labels[:4] == ["x5", "x10", "x20", "x50"]
        await held.press("x50")
        assert held.labels[0] == "0.5 % · 500.00"
        await held.press("2 %")

        assert kept(held)["draft"]["entries"] == "market,60600,61200"
        assert "Open on main" in held.labels[0]


async def test_five_minutes_of_silence_end_it_and_can_be_taken_up() -> None:
    """E2: buttons of a step that waited too long change nothing; going on has everything that was entered."""
    async with phone() as (held, _):
        await held.command("BTCUSDT long market")
        assert held.screen.patience == PATIENCE == 300_000
        assert "Nothing was opened" in held.screen.forgotten
        before = held.chat.memory
        held.chat.ahead += PATIENCE + 1_000
        await held.says("62000,63000,64000,65000")
        assert "no answer for 5 minutes" in held.text
        assert held.chat.memory == before
        await held.press("Go on")

        assert "Take-profits?" in held.text
        assert kept(held)["draft"]["entries"] == "market"


async def test_cancel_is_everywhere_and_leaves_nothing() -> None:
    """E2: from any step and from the card."""
    async with phone() as (held, _):
        for line in ("", "BTCUSDT long", "BTCUSDT long market,59000 tp 62000@100 sl 56000 x5", LINE):
            await held.command(line)
            await held.press("Cancel")
            assert "Nothing was opened" in held.text
            assert json.loads(held.chat.memory)["draft"]["by"] == {}


async def test_what_was_left_can_be_gone_on_with() -> None:
    """E2: a second /trade doesn't lose the first."""
    async with phone() as (held, _):
        await held.command("BTCUSDT long market,59000")
        await held.command()
        await held.press("Go on: BTCUSDT LONG")

        assert "Take-profits?" in held.text


@pytest.mark.parametrize(
    "memory",
    [
        "5", "[]", '{"version": 0, "by": {}}', '{"version": 1}', '{"version": 1, "by": {"7": {}}}',
        '{"version": 1, "by": {"7": {"identity": "x", "draft": {"stop": "NaN"}, "at": 1}}}',
    ],
)  # fmt: skip
async def test_memory_that_cannot_be_read_begins_anew_and_says_so(memory: str) -> None:
    """E2: another version's or damaged memory is not half believed."""
    async with phone() as (held, _):
        held.chat.memory = f'{{"draft": {memory}}}'
        await held.command()
        assert "begin anew" in held.text
        await held.press("New trade")

        assert "Symbol?" in held.text


async def test_two_people_of_a_group_make_two_trades() -> None:
    """S3: a group's memory keeps them apart; one's buttons do nothing for the other."""
    async with phone() as (alice, _):
        bob = Phone(alice.chat, BOB)
        await alice.command("BTCUSDT long market")
        await bob.command("ETHUSDT short")
        await bob.tap(alice.button("◀ Back"))
        assert "somebody else's" in bob.text
        assert bob.screen.fresh
        await alice.says("62000,63000,64000,65000")

        assert kept(alice)["draft"]["targets"] == "62000,63000,64000,65000"
        assert kept(bob)["draft"]["symbol"] == "ETHUSDT"


async def test_a_viewer_makes_no_trade() -> None:
    """E1: a viewer reads."""
    async with phone() as (alice, _):
        await alice.command(LINE)
        victor = Phone(alice.chat, VICTOR)
        for button in (each for one in alice.screen.rows for each in one if each.goes.screen != "trade_cancel"):
            await victor.tap(button)
            assert "your role here is viewer" in victor.text
        await victor.command(LINE)

        assert "your role here is viewer" in victor.text


async def test_buttons_that_were_tampered_with_do_nothing() -> None:
    """S3: an unknown part or an older trade's button."""
    async with phone() as (held, _):
        await held.command(LINE)
        old, out = held.button("Stop"), held.button("Cancel")
        await held.command("BTCUSDT short")
        mine = held.button("Cancel").goes.arguments
        for button in (old, out):
            await held.tap(button)
            assert held.screen.fresh
        for screen in ("trade_step", "trade_edit", "trade_say"):
            await held.turn(Goes(screen, {**mine, "p": "wallet"}))
            assert "Nothing was done" in held.text
        assert kept(held)["draft"]["side"] == "short"


async def test_a_venue_that_does_not_answer_is_said_and_can_be_tried_again() -> None:
    """rel:F40: what was entered stays; nothing is guessed about a market that can't be seen."""
    async with phone() as (held, stage):
        await held.command("BTCUSDT long market,59000")
        stage.service.connections.down["main"] = "no route"
        await held.says("62000,63000,64000,65000")
        assert "main is not connected: no route" in held.text
        assert kept(held)["draft"]["targets"] == "62000,63000,64000,65000"
        del stage.service.connections.down["main"]
        await held.press("Try again")

        assert "Stop?" in held.text


async def test_a_unit_is_chosen_for_one_answer_only() -> None:
    """E2: who comes back to the size types percent again."""
    async with phone() as (held, _):
        await held.command(LINE.removesuffix(" 2%"))
        await held.press("USDT")
        await held.says("500")
        await held.press("Size")
        await held.says("2")

        assert kept(held)["draft"]["size"] == "2%"


async def test_leverage_is_offered_up_to_the_symbols_own_most() -> None:
    """E2: 5/10/20/50, no more than the symbol takes."""
    rules = {"tick": "0.1", "step": "0.001", "min_quantity": "0.001", "min_notional": 5, "max_leverage": 12}
    settings = {"state": MEMORY, "every_ms": NEVER, "instruments": {"BTCUSDT": rules}}
    world = PaperWorld(PaperVenueSettings.model_validate(settings), SystemClock().now)
    async with phone(world=world) as (held, _):
        await held.command("BTCUSDT long market tp 62000@100 sl 56000")

        assert held.labels[:3] == ["x5", "x10", "◀ Back"]
        assert "1 to 12" in held.text


async def test_a_strategy_that_is_not_there_is_asked_for() -> None:
    """E2: a line names one that was renamed meanwhile; the others are offered."""
    async with phone() as (held, stage):
        state = stage.service.states["main"]
        state.strategies = {**state.strategies, "slow": Conservative("slow", Rules())}
        await held.command(f"{LINE} strategy fast")
        assert "there is no strategy fast; there are conservative, slow" in held.text
        await held.press("slow")

        assert "Open on main" in held.labels[0]


async def test_damaged_memory_stops_every_button_and_cancel_clears_it() -> None:
    """E2: a button of a trade that can't be read does nothing; leaving always works."""
    async with phone() as (held, _):
        for press, says in (("Stop", "begin anew"), ("Cancel", "begin anew"), ("✅", "begin anew")):
            await held.command(LINE)
            held.chat.memory = '{"draft": {"version": 1, "by": {"7": 5}}}'
            await held.press(press)
            assert says in held.text
        for screen in ("trade_resume", "trade_cancel"):
            held.chat.memory = '{"draft": []}'
            await held.turn(Goes(screen))
            assert json.loads(held.chat.memory) == {}


async def test_a_preview_that_cannot_be_had_says_why() -> None:
    """rel:F40: the account went away between the last answer and the card; nothing can be opened, all can be edited."""
    async with phone() as (held, stage):
        await held.command(LINE)

        async def gone(arguments: object) -> Answer:
            raise Unavailable(f"main is not connected ({'request' in str(arguments)})")

        handlers = {**chat_of(stage).door._handlers, "preview": gone}  # noqa: SLF001 - all but one of its own
        held.chat.door = FrontDoor(handlers, stage.store, stage.service.clock, silent)
        await held.press("Refresh")

        assert "main is not connected (True)" in held.text
        assert held.labels[0] == "Entries"
