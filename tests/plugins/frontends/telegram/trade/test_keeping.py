"""Presets: kept as distances from the market, used anywhere, thrown away (E2)."""

import json

import pytest

from core.engine.memory_store import MemoryStore
from core.errors import Unavailable
from plugins.frontends.telegram.trade.presets import MOST
from tests.plugins.frontends.telegram.trade.phone import BOB, Phone, phone

LINE = "BTCUSDT long market@60,59400@40 tp 61200@85,62400@15 sl 57000 x10 2%"


async def save(held: Phone, name: str) -> None:
    """Keep the card's trade."""
    await held.press("Save")
    await held.says(name)


async def test_a_preset_is_kept_as_distances_and_said_so() -> None:
    """E2: the card goes on; another day the same ladder lies around another price."""
    async with phone() as (held, stage):
        await held.command(LINE)
        await save(held, "breakout")
        assert "Kept as breakout: in market, -1 %; out +2 %, +4 %; stop -5 %" in held.text
        assert "Open on main" in held.labels[0]
        stage.price(50_000)
        await held.command()
        await held.press("Presets")
        await held.press("breakout")

        assert "E2   49500" in held.text
        assert "TP2  52000 15%" in held.text
        assert "SL   47500" in held.text


async def test_a_preset_goes_on_the_symbol_that_was_chosen() -> None:
    """E2: prices on that symbol's tick."""
    async with phone() as (held, _):
        await held.command(LINE)
        await save(held, "any")
        await held.command()
        await held.says("ETHUSDT")
        await held.press("Presets")
        await held.press("any")
        draft = json.loads(held.chat.memory)["draft"]["by"]["7"]["draft"]

        assert draft["symbol"] == "ETHUSDT"
        assert "Open on main" in held.labels[0]


async def test_presets_are_ones_own_and_can_be_thrown_away() -> None:
    """E2: Bob sees none of Alice's; a name that is gone is said to be."""
    async with phone() as (alice, _):
        bob = Phone(alice.chat, BOB)
        await alice.command(LINE)
        await save(alice, "<b>mine</b>")
        await bob.command("BTCUSDT")
        await bob.press("Presets")
        assert "No preset yet" in bob.text
        await alice.command()
        await alice.press("Presets")
        use = alice.button("<b>mine</b>")
        assert "<b>mine</b>: BTCUSDT long x10 2%, conservative" in alice.text
        await alice.press("Delete")
        assert "No preset yet" in alice.text
        await alice.tap(use)
        assert "That preset is gone" in alice.text
        await alice.press("◀ Back")

        assert "Symbol?" in alice.text


@pytest.mark.parametrize("name", ["", "x" * 25, "a\u202eb"])
async def test_a_name_that_cannot_be_read_is_refused(name: str) -> None:
    """S10: names are short and visible."""
    async with phone() as (held, _):
        await held.command(LINE)
        await save(held, name)

        assert "expected a name of 1 to 24 letters" in held.text


async def test_the_shelf_has_an_end() -> None:
    """E2: so many and no more; one that is there already is replaced."""
    async with phone() as (held, _):
        await held.command(LINE)
        for number in range(MOST):
            await save(held, f"number {number}")
        await save(held, "number 0")
        assert "Kept as number 0" in held.text
        await save(held, "one more")

        assert f"there are {MOST} already" in held.text


class Full(MemoryStore):
    """A disk that takes no front end's texts."""

    async def remember(self, name: str, value: str) -> None:
        """Refused."""
        if name.startswith("frontend:"):
            raise Unavailable("the disk is full")
        await super().remember(name, value)


async def test_a_store_that_refuses_is_said() -> None:
    """E2: nothing is said to be kept that isn't."""
    async with phone(store=Full()) as (held, _):
        await held.command(LINE)
        await save(held, "x")

        assert "Not kept" in held.text
        assert "the disk is full" in held.text


@pytest.mark.parametrize("text", ["{", "[]", '{"x": {}}', '{"x": {"rest": {}, "shares": null, "entries": [[1]]}}'])
async def test_a_damaged_shelf_is_left_out_and_said(text: str) -> None:
    """E2: nothing is half believed."""
    async with phone() as (held, _):
        await held.chat.door.remember("telegram:presets:7", text)
        await held.command()
        await held.press("Presets")

        assert "can't be read any more" in held.text


async def test_cards_that_fit_nobody_are_asked_about_at_the_symbol() -> None:
    """E2: a preset on a symbol that is not traded any more."""
    async with phone() as (held, _):
        await held.command(LINE)
        await save(held, "x")
        kept = json.loads(await held.chat.door.recall("telegram:presets:7") or "")
        kept["x"]["rest"]["symbol"] = "GONEUSDT"
        await held.chat.door.remember("telegram:presets:7", json.dumps(kept))
        await held.command()
        await held.press("Presets")
        await held.press("x")

        assert "has no GONEUSDT" in held.text
