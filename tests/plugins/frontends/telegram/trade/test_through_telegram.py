"""The wizard through Telegram's own protocol: the library, the strict server, the shell, a running service (E2, E6)."""

import pytest

from core.engine.choices import Choices
from core.engine.desk import Desk
from plugins.frontends.telegram import menu
from tests.living import serving
from tests.plugins.frontends.telegram.talking import talking
from tests.plugins.frontends.telegram.trade.phone import read

pytestmark = pytest.mark.integration


async def test_one_message_from_the_first_question_to_the_open_trade() -> None:
    """E2, E6, rel:F53: typed and pressed in one message edited in place; two taps at once open one trade."""
    async with serving(accounts=("main", "mirror")) as stage:
        stage.price(60_000)
        desk = Desk(stage.service, read, profile="", version="")
        handlers = {**desk.handlers(), **Choices(stage.service).handlers()}
        async with talking(menu.screens(), {"trade": "trade"}, handlers=handlers) as talk:
            alice = talk.api.person(7, "Alice")
            alice.say("/trade")
            await talk.shows(alice, "Symbol?")
            for answer, asked in (("BTCUSDT", "Side?"), ("long", "Entries?"), ("market,1e5", "Not taken"),
                                  ("market,59000", "Take-profits?"), ("62000,63000,64000,65000", "Stop?"),
                                  ("56000", "Leverage?"), ("10", "Size?"), ("2", "Max loss")):  # fmt: skip
                alice.say(answer)
                await talk.shows(alice, asked)
            card = alice.last
            alice.press("✅ Open on main + mirror", card)
            alice.press("✅ Open on main + mirror", card)
            await talk.shows(alice, "opened as")

            mine = [each for each in alice.sees if each.sender == talk.api.world.bot]
            assert [each.id for each in mine] == [card.id]
            assert all(len(state.boxes) == 1 for state in stage.service.states.values())
