"""What is told how (D3), on a phone."""

from tests.plugins.frontends.telegram.rooms.walking import rooms


async def test_a_kind_is_silenced_and_the_list_says_so() -> None:
    """D3: on, silent and off each in two taps; what is chosen stands in the list at once."""
    async with rooms(opened=False) as at:
        await at.alice.open("alerts")
        await at.alice.press("Preferences")
        assert "1. 🔔 trade opened" in at.alice.screen.text
        await at.alice.press("1")
        assert "A trade was accepted" in at.alice.screen.text
        await at.alice.press("🔕 silent")
        assert at.alice.screen.text == "🟢 trade opened: silent."
        await at.alice.press("Preferences")

        assert "1. 🔕 trade opened" in at.alice.screen.text


async def test_a_critical_kind_is_not_offered_off() -> None:
    """D3: critical ones can't be switched off, not even by an old or forged button."""
    async with rooms(opened=False) as at:
        await at.alice.open("preference", k="stop_hit")
        assert at.alice.button("off") is None
        assert "can't be switched off" in at.alice.screen.text
        await at.alice.open("prefer", k="stop_hit", s="off")
        assert "REFUSED stop_hit is critical" in at.alice.screen.text
        await at.alice.open("preference", k="<x>")

        assert at.alice.screen.text == "There is no such kind of alert."


async def test_every_kind_is_on_one_page_once() -> None:
    """D3: through the pages, each kind has its button."""
    async with rooms(opened=False) as at:
        await at.alice.open("preferences")
        seen: list[str] = []
        while True:
            buttons = [each for row in at.alice.screen.rows for each in row]
            seen += [str(each.goes.arguments["k"]) for each in buttons if each.goes.screen == "preference"]
            if at.alice.button("▶") is None:
                break
            await at.alice.press("▶")

    assert len(seen) == len(set(seen)) > 30
    assert {"stop_hit", "limit_filled", "store_damaged"} <= set(seen)


async def test_a_viewer_reads_preferences_and_changes_none() -> None:
    """E1: no buttons for a viewer, and none would act."""
    async with rooms(opened=False) as at:
        victor = at.victor()
        await victor.open("preferences")
        assert not [label for label in victor.labels if label.isdigit()]
        await victor.open("prefer", k="late_close", s="off")

        assert "REFUSED you may look" in victor.screen.text
