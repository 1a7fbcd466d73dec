"""A whole evening from a pocket: the real service, wire venue and bot; what people do, and what they are told."""

import asyncio
from itertools import pairwise, product
from pathlib import Path

import pytest

from tests.botapi.chats import Message
from tests.pocket import Pocket, pocket

pytestmark = [pytest.mark.integration, pytest.mark.slow]

LINE = "/trade AAAUSDT long market,99,98 tp 102,104,106,108 sl 95 x10 2%"


async def card(here: Pocket, words: str, *buttons: str) -> Message:
    """The latest message with these words and these buttons, once there is one."""

    def found() -> list[Message]:
        mine = [each for each in here.alice.sees if each.sender == here.api.world.bot and words in each.text]
        return [each for each in mine if set(buttons) <= {label for row in each.labels for label in row}]

    await here.api.until(found)
    return found()[-1]


async def press(here: Pocket, words: str, label: str) -> None:
    """Press a button of the latest message with these words, once it is there."""
    here.alice.press(label, await card(here, words, label))


async def answer(here: Pocket, question: str, words: str) -> None:
    """Type an answer once the question stands."""
    await card(here, question)
    here.alice.say(words)


async def opened_in_one_line(here: Pocket) -> None:
    """Main and mirror are in, at market."""
    here.alice.say(LINE)
    await press(here, "AAAUSDT LONG x10", "✅ Open on main + mirror")
    for account in ("main", "mirror"):
        await here.shows(f"entry E1 filled at 100\n{account} · AAAUSDT LONG")


async def opened_by_wizard(here: Pocket) -> None:
    """A short, step by step, with a stop on the wrong side first."""
    here.alice.say("/trade")
    await answer(here, "Symbol?", "bbbusdt")
    await press(here, "Side?", "SHORT")
    await press(here, "Entries?", "market")
    await answer(here, "Take-profits?", "98 96 94 92")
    await answer(here, "Stop?", "97")
    await answer(here, "Not taken", "105")
    await press(here, "Leverage?", "x10")
    await answer(here, "Size?", "2")
    await press(here, "BBBUSDT SHORT x10, 2%", "✅ Open on main + mirror")
    await here.shows("entry E1 filled at 100\nmirror · BBBUSDT SHORT")


async def steered(here: Pocket) -> None:
    """The stop is moved, then half is closed, on both accounts."""
    here.alice.say("/positions")
    await press(here, "Positions 2", "1 AAAUSDT")
    await press(here, "To the stop", "Move stop")
    await answer(here, "Send the new stop price", "99.5")
    await answer(here, "loss side", "96")
    await press(here, "New stop", "✅ Confirm on 2 accounts")
    for account in ("main", "mirror"):
        await here.shows(f"stop to 96\n{account} · AAAUSDT LONG")
    await press(here, "is doing it", "◀ Trade")
    await press(here, "To the stop", "50%")
    await press(here, "Closes at market", "✅ Confirm on 2 accounts")
    await here.shows("part closed\nmain · AAAUSDT LONG")


async def looked_at(here: Pocket) -> None:
    """The trade as a picture, the statistics; Victor sees the position and no button that acts."""
    here.alice.say("/positions")
    await press(here, "Positions 2", "1 AAAUSDT")
    await press(here, "To the stop", "📈 Chart")
    await here.api.until(lambda: here.alice.last.photo or [each for each in here.alice.sees if each.photo])
    here.alice.say("/stats")
    await here.shows("Building history")
    here.victor.say("/positions")
    await here.shows("Positions 2", here.victor)
    here.victor.press("1 AAAUSDT")
    await here.shows("To the stop", here.victor)
    assert not {"Move stop", "25%", "Cancel entries"} & {label for row in here.victor.last.labels for label in row}


async def emptied(here: Pocket) -> None:
    """All of it, now; the venue is flat, and people are told how each trade ended."""
    here.alice.say("/emergency")
    await press(here, "You see first", "🚨 All accounts")
    await press(here, "Closes", "🚨 CLOSE ALL OF IT")
    await here.shows("Flat: the exchange shows nothing of ours any more")
    for account, trade in product(("main", "mirror"), ("AAAUSDT LONG", "BBBUSDT SHORT")):
        await here.shows(f"position closed: emergency\n{account} · {trade}")


async def stopped(here: Pocket) -> None:
    """Asked to stop while somebody acts, the service ends that first and says what came of it."""
    held = here.api.trouble.hold("answerCallbackQuery")
    here.alice.say("/pause")
    await press(here, "Pause new entries?", "⏸ All accounts")
    await here.api.until(lambda: here.api.calls_of("answerCallbackQuery")[-1].status == 0)
    ending = asyncio.create_task(asyncio.to_thread(here.instance.stop))
    async with asyncio.timeout(10):
        while "stopping" not in str(await asyncio.to_thread(here.instance.ask, "health")):
            pass
    held.let_go()
    assert await ending == 0
    await here.shows("Paused: main, mirror")


def told(here: Pocket, trade: str) -> list[str]:
    """The headlines of one trade's alerts in one account, as they came; a message may hold several."""
    lines = [line for each in here.alice.sees if not each.labels for line in ["", *each.text.splitlines()]]
    return [before.partition("] ")[2] for before, line in pairwise(lines) if line == trade]


async def test_an_evening(tmp_path: Path) -> None:
    """E1 to E6, D1: open by line and by wizard, a limit fills, the stop moves, half is closed, then an emergency."""
    async with pocket(tmp_path, ["AAAUSDT", "BBBUSDT"]) as here:
        await here.started()
        here.alice.say("/start")
        await here.shows("Equity")
        await opened_in_one_line(here)
        await here.price("AAAUSDT", "98.9")
        await here.shows("1/2 limits filled")
        await opened_by_wizard(here)
        await steered(here)
        await looked_at(here)
        await emptied(here)

        assert await here.flat()
        assert told(here, "main · AAAUSDT LONG") == [
            "trade opened", "entry E1 filled at 100", "limit 1 of 2 filled at 99", "TPs rebalanced: SUCCESS",
            "stop to 96", "TPs rebalanced: SUCCESS", "part closed", "position closed: emergency",
        ]  # fmt: skip
        await stopped(here)
