"""Somebody presses and types anything, anywhere: nothing breaks, and nothing opens but what a card showed (S3, S10)."""

import json
from random import Random

import pytest

from core.draft import draft_from
from plugins.frontends.telegram.screen import Button
from plugins.frontends.telegram.trade.record import MEMORY
from tests.plugins.frontends.telegram.trade.phone import ALICE, BOB, Phone, phone

TURNS = 250
WORDS = (
    "BTCUSDT", "ethusdt", "long", "short", "market", "market,59000", "60500,59000", "62000,63000,64000,65000",
    "58000@60,57000@40", "56000", "64000", "x10", "100", "2", "0.000000000000001", "999999999999999", "risk 1%",
    "500usdt", "qty 0.001", "keep", "a note", "NaN", "1e9", "<b>", "\u202e\0", "</pre>&", "", " ", "x" * 700, "@,@",
)  # fmt: skip

LINES = (
    "", "BTCUSDT long market,59000 tp 62000@100 sl 56000 x10 2%", "ETHUSDT short", "BTCUSDT long 60500 tp 62000@100",
    "BTCUSDT short market tp 58000@100 sl 64000 x5 1% note <i>",
)  # fmt: skip


def pressable(held: Phone) -> list[Button]:
    """Buttons that stay within the wizard."""
    return [each for one in held.screen.rows for each in one if each.goes.screen.startswith("trade")]


async def anything(held: Phone, chance: Random, seen: list[Button]) -> None:
    """One turn: a press of what is on the screen, or was once, an answer, or a command."""
    buttons = pressable(held)
    seen += buttons
    kind = chance.random()
    if kind < 0.55 and buttons:
        await held.tap(chance.choice(buttons))
    elif kind < 0.65 and seen:
        await held.tap(chance.choice(seen))
    elif kind < 0.9 and held.screen.awaits is not None:
        await held.says(chance.choice(WORDS))
    else:
        await held.command(chance.choice(WORDS if chance.random() < 0.2 else LINES))


@pytest.mark.parametrize("seed", range(4))
async def test_no_turn_breaks_and_memory_stays_readable(seed: int) -> None:
    """S3, S10, rel:F54: two people in one chat, every turn a restart; screens fit and drafts can be read."""
    async with phone(("main", "mirror")) as (alice, stage):
        chance, people, seen = Random(seed), (alice, Phone(alice.chat, BOB)), list[Button]()
        for _ in range(TURNS):
            held = chance.choice(people)
            before = len(stage.service.states["main"].boxes)
            await anything(held, chance, seen)
            if len(stage.service.states["main"].boxes) > before:
                assert held.text.startswith(("[PAPER] Opened", "No clear answer")), held.text
            if chance.random() < 0.05:
                held.chat.ahead += 301_000
        kept = json.loads(alice.chat.memory)[MEMORY]["by"]
        assert all(draft_from(each["draft"]) for each in kept.values())
        assert {ALICE.user, BOB.user} >= set(kept)
