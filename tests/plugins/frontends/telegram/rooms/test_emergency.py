"""/emergency (E6): it lists what it would touch, touches that, and looks whether all is flat."""

from dataclasses import replace
from decimal import Decimal

from core.words import OrderSide
from tests.core.engine.test_emergency_trouble import hide
from tests.plugins.frontends.telegram.rooms.walking import ALICE, Walk, door_of, rooms
from tests.staging import SYMBOL, request


async def test_it_lists_then_closes_everything_and_sees_that_it_is_flat() -> None:
    """E6: two closes and ten orders on both accounts; one button, single-use, and no code for going flat (S2)."""
    async with rooms() as at:
        await at.alice.open("emergency")
        await at.alice.press("All accounts")
        text = at.alice.screen.text
        button = at.alice.button("CLOSE ALL")
        assert button is not None
        assert (button.once, button.code) == (True, False)
        await at.alice.press("CLOSE ALL")
        assert "🟢 Flat" in at.alice.screen.text

        assert (
            "<b>Closes at market</b> 2\n<pre>mirror TESTUSDT         sell 168\nmain TESTUSDT           sell 334</pre>"
            in text
        )
        assert "<b>Cancels</b> 12" in text
        assert not at.house.size()
        assert not at.house.size("mirror")


async def test_after_it_the_button_rests_for_five_minutes_unless_something_is_open() -> None:
    """E6: flat, the button is away and says when it is back; a new position brings it back at once."""
    async with rooms() as at:
        await at.alice.open("emergency_do", a="*")
        await at.alice.press("Look again")
        assert at.alice.button("CLOSE ALL") is None
        assert "The button is back in 4m 5" in at.alice.screen.text
        await at.house.open(request(identity="r2"))
        await at.alice.press("Look again")

        assert at.alice.button("CLOSE ALL") is not None


async def test_it_rests_for_everybody_and_says_who_began_it() -> None:
    """E6: what Alice did in her chat, Carol sees in hers, after a restart too; what is open then is hers to close."""
    async with rooms() as at:
        await at.alice.open("emergency_do", a="*")
        carol = Walk(door_of(at.house), replace(ALICE, user="9", name="Carol", chat="9"))
        await carol.open("emergency_look", a="*")
        assert "🟡 Alice (telegram 7) began an emergency at " in carol.screen.text
        assert "The button is back in 4m 5" in carol.screen.text
        await at.house.open(request(identity="r2"))
        await carol.press("Look again")

        assert "Alice (telegram 7) began" in carol.screen.text
        assert carol.button("CLOSE ALL") is not None


async def test_what_is_not_ours_is_listed_and_left() -> None:
    """A6, E6: an order of the user's own stays."""
    async with rooms() as at:
        at.house.hand().place(SYMBOL, OrderSide.BUY, Decimal(5), Decimal(50))
        at.house.hand().place(SYMBOL, OrderSide.BUY, Decimal(7))
        await at.house.settled()
        await at.alice.open("emergency_look", a="main")
        assert "main TESTUSDT       holds long 7" in at.alice.screen.text
        await at.alice.press("CLOSE ALL")

        assert "<b>Not ours, left alone</b> 2" in at.alice.screen.text
        assert at.house.size() == Decimal(7)
        assert list(at.house.working().values()) == [Decimal(5)]


async def test_a_trade_that_the_exchange_does_not_show_is_named() -> None:
    """E6, C7: before the button is pressed, and afterwards where it is still so: here the list only lagged behind."""
    async with rooms() as at:
        hide(at.house, lambda cut: replace(cut, positions=()))
        await at.alice.open("emergency_look", a="main")
        before = at.alice.screen.text
        await at.alice.press("CLOSE ALL")

        assert "the journal has 334, the venue shows 0 of it" in before
        assert "the journal has" not in at.alice.screen.text


async def test_an_account_that_cannot_be_seen_keeps_its_button() -> None:
    """E6: not seeing is no proof of being flat: the button stays, and the result says what was not seen."""
    async with rooms() as at:
        at.house.service.connections.down["mirror"] = "mirror: the venue is away"
        await at.alice.open("emergency_look", a="*")
        assert (
            "🟡 <b>mirror</b> can't be seen: mirror is not connected: mirror: the venue is away" in at.alice.screen.text
        )
        await at.alice.press("CLOSE ALL")

        assert "🔴 <b>mirror</b> could not be looked at" in at.alice.screen.text
        assert "🟢 Flat" not in at.alice.screen.text
        assert at.house.size() == 0


async def test_a_viewer_is_not_offered_it_and_could_not_do_it() -> None:
    """E1: the role decides, at the screen and behind it."""
    async with rooms() as at:
        victor = at.victor()
        await victor.open("emergency")
        assert "for traders" in victor.screen.text
        await victor.open("emergency_do", a="*")

        assert "REFUSED you may look, not act" in victor.screen.text
        assert at.house.size() == 334
