"""Statistics on a phone (G1), over the real ledger of a trade that was stopped."""

from tests.plugins.frontends.telegram.rooms.walking import Rooms, rooms


async def stopped(at: Rooms) -> None:
    """Let the stop end the trade on both accounts."""
    await at.house.price(89)
    await at.house.until(lambda: not at.house.state().boxes and not at.house.state("mirror").boxes)
    await at.house.service.writer.flush()


async def test_before_the_first_trade_has_closed_history_is_being_built() -> None:
    """E4, G1: no invented figure."""
    async with rooms() as at:
        await at.alice.open("dashboard")
        assert "<b>Performance</b> Building history" in at.alice.screen.text
        await at.alice.open("stats")

        assert "Building history" in at.alice.screen.text


async def test_a_loss_is_counted_once_and_what_is_undefined_is_a_dash() -> None:
    """G1: main's trade alone is counted, the mirror's stands apart; no win means no average win."""
    async with rooms() as at:
        await stopped(at)
        await at.alice.open("dashboard")
        assert "Closed trades                  1\nWin rate                   0.00%" in at.alice.screen.text
        await at.alice.open("stats")
        text = at.alice.screen.text
        await at.alice.press("Mirrors")

        assert "Won, lost                   0, 1" in text
        assert "Average win                    -" in text
        assert "Stops hit                      1" in text
        assert "TP1 hit                0/1 0.00%" in text
        assert "<b>mirror</b>" in at.alice.screen.text


async def test_every_division_can_be_looked_at() -> None:
    """G1: by account, strategy, origin, symbol and day; a division that there isn't is a sentence."""
    async with rooms() as at:
        await stopped(at)
        for part, words in (("By symbol", "TESTUSDT"), ("By strategy", "conservative"), ("By account", "main"),
                            ("By day", "trades and net"), ("By origin", "test")):  # fmt: skip
            await at.alice.open("stats")
            await at.alice.press(part)
            assert words in at.alice.screen.text
        await at.alice.open("stats_by", by="<x>")

        assert "not divided like that" in at.alice.screen.text


async def test_a_new_period_takes_two_steps_and_keeps_the_old_one() -> None:
    """G1, E6: the balances it begins with are shown, one button that may want a code, then history is built anew."""
    async with rooms() as at:
        await stopped(at)
        await at.alice.open("stats")
        await at.alice.press("New period")
        assert "Period 1 ends and is kept" in at.alice.screen.text
        button = at.alice.button("Confirm")
        assert button is not None
        assert (button.once, button.code) == (True, True)
        await at.alice.press("Confirm")
        assert at.alice.screen.text == "🟢 Period 2 begins now."
        await at.alice.press("Stats")

        assert "period 2" in at.alice.screen.text
        assert "Building history" in at.alice.screen.text
