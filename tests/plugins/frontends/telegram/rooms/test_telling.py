"""What is told how (D3), on a phone."""

import pytest

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


async def test_an_alert_is_made_changed_and_removed() -> None:
    """D1: group, kind, "SYMBOL VALUE"; then another value, off and on again, and away."""
    async with rooms() as at:
        await at.alice.open("alerts")
        await at.alice.press("My alerts")
        await at.alice.press("New alert")
        await at.alice.press("On a price")
        assert "1. the price is at this or above (price)" in at.alice.screen.text
        await at.alice.press("1")
        await at.alice.type("testusdt 120.5")
        assert "🟢 TESTUSDT: the price is at this or above: 120.5" in at.alice.screen.text
        await at.alice.press("My alerts")
        await at.alice.press("1")
        await at.alice.press("Another value")
        await at.alice.type("130")
        await at.alice.press("Switch off")
        assert "⚪ TESTUSDT: the price is at this or above: 130\noff · again and again" in at.alice.screen.text
        await at.alice.press("Only once")
        await at.alice.press("Switch on")
        assert "on · once · not told yet" in at.alice.screen.text
        await at.alice.press("Remove")
        await at.alice.press("My alerts")

        assert "None yet." in at.alice.screen.text


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("120", "send a symbol and a value"),
        ("TESTUSDT", "send a symbol and a value"),
        ("<b> 120", "is no symbol"),
        ("TESTUSDT 1e9", "digits with a point"),
        ("TESTUSDT 0", "above zero"),
        ("NOSUCHUSDT 120", "NOSUCHUSDT"),
        ("TESTUSDT 120 5", "send a symbol and a value"),
    ],
)
async def test_a_wish_that_cannot_be_is_asked_for_again(typed: str, why: str) -> None:
    """D1, rel:F54: the reason stands over the question, and the next answer is heard."""
    async with rooms(opened=False) as at:
        await at.alice.open("user_alert_ask", k="price_above")
        await at.alice.type(typed)
        assert why in at.alice.words
        await at.alice.type("TESTUSDT 120")

        assert "I watch for that." in at.alice.screen.text


async def test_a_risk_needs_no_symbol_and_refuses_one() -> None:
    """D1: a drawdown is an account's; what the application refuses is said at the question."""
    async with rooms(opened=False) as at:
        await at.alice.open("user_alert_ask", k="drawdown")
        await at.alice.type("TESTUSDT 5")
        assert "leave the symbol out" in at.alice.screen.text
        await at.alice.type("5%")
        assert "I watch for that." in at.alice.screen.text
        await at.alice.open("user_alert_ask", k="<x>")

        assert at.alice.screen.text == "There is no such alert."


async def test_an_alert_that_is_gone_is_a_sentence() -> None:
    """E7: old buttons of a removed alert."""
    async with rooms(opened=False) as at:
        await at.alice.open("user_alert", id="ABCDEFGH")
        assert at.alice.screen.text == "That alert is gone."
        await at.alice.open("user_alert_set", id="ABCDEFGH", e="1")

        assert "REFUSED there is no alert" in at.alice.screen.text


async def test_the_report_can_be_had_now() -> None:
    """D1: the day so far, in words."""
    async with rooms() as at:
        await at.alice.open("alerts")
        await at.alice.press("Report now")

        assert "daily report" in at.alice.screen.text
        assert "Opened" in at.alice.screen.text
