"""A line after each thing the venue says about its order, field by field (C2, C3, B7)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.commands import Amend, Place
from core.facts import Ended, EndReason, Working
from core.identity import Key
from core.lines import (
    given_up,
    never_accepted,
    next_revision,
    reshaped,
    saw_ended,
    saw_filled,
    saw_working,
    sent,
    shaped,
)
from core.money import ONE, ZERO
from core.trade import Line, LineState
from core.words import OrderSide, Slot

SLOT = Slot("XUSDT", 0)
KEY = Key("main", "7K3QX9A2MD", "TP1", 1)
FIVE, TEN = Decimal(5), Decimal(10)
BUSY = Line(
    "TP1", 1, LineState.WORKING, TEN, Decimal(110), Decimal(90), ONE, None, "", Decimal(3), at=7, key=KEY.text,
    reduce_only=True,
)  # fmt: skip
"""The second revision of TP1: one of ten executed, three by the first revision."""


def ended(filled: str, why: EndReason = EndReason.CANCELLED) -> Ended:
    """The venue's word that the order of KEY ended at 20."""
    return Ended(KEY.text, Decimal(filled), why, 20, "code")


BOOKED = Decimal(4)
"""All that the role executed as far as it is known."""


def working(filled: str, at: int = 20) -> Working:
    """The venue's word that the order of KEY works, for eight at 111."""
    return Working(KEY.text, SLOT, OrderSide.SELL, Decimal(8), Decimal(111), Decimal(filled), at, Decimal(91), True)


def test_an_end_keeps_what_the_order_was() -> None:
    """C3: cancelled with five of ten executed: the shape stays, the reason and the executed part are the venue's."""
    after = saw_ended(BUSY, KEY, ended("5"), BOOKED)

    state = {"state": LineState.ENDED, "filled": FIVE, "why": EndReason.CANCELLED, "code": "code", "at": 20}
    assert after == replace(BUSY, **state)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("before", "fact", "complete", "quantity"),
    [
        (BUSY, ended("10"), True, "10"),
        (BUSY, ended("9.99"), False, "10"),
        (BUSY, ended("4", EndReason.FILLED), True, "4"),
        (replace(BUSY, quantity=ZERO), ended("4"), False, "0"),
        (replace(BUSY, quantity=Decimal("0.5"), filled=ZERO), ended("0.5"), True, "0.5"),
        (replace(BUSY, filled=ZERO), ended("0"), False, "10"),
        (replace(BUSY, complete=True), ended("2"), True, "10"),
    ],
)
def test_full_is_what_the_venue_says_or_all_that_was_asked(
    before: Line, fact: Ended, complete: bool, quantity: str
) -> None:
    """B7: a take-profit is hit when all of its known quantity executed, and that is never taken back."""
    after = saw_ended(before, KEY, fact, BOOKED)

    assert (after.complete, after.quantity) == (complete, Decimal(quantity))


def test_an_end_of_an_unknown_revision_makes_it_known() -> None:
    """C2: what the one before executed belongs to the dead; a hit stays a hit."""
    older = replace(BUSY, revision=0, complete=True)
    after = saw_ended(older, KEY, ended("2"), BOOKED)

    assert (after.revision, after.dead, after.filled, after.complete) == (1, Decimal(4), Decimal(2), True)
    fresh = saw_ended(None, KEY, ended("2"), ZERO)
    assert (fresh.role, fresh.revision, fresh.dead, fresh.complete, fresh.key) == ("TP1", 1, ZERO, False, KEY.text)


def test_older_revisions_say_nothing_of_the_newest() -> None:
    """C3: late words about an order that is dead already leave the line as it is."""
    newer = replace(BUSY, revision=2)

    assert saw_ended(newer, KEY, ended("5"), BOOKED) is newer
    assert saw_working(newer, KEY, working("5"), BOOKED) is newer


def test_ended_is_for_ever_and_only_executes_more() -> None:
    """C3: an order that ended shows nothing but executions learned of late."""
    dead = saw_ended(BUSY, KEY, ended("5"), BOOKED)

    assert saw_ended(dead, KEY, ended("4", EndReason.REJECTED), BOOKED) is dead
    assert saw_ended(dead, KEY, ended("6", EndReason.REJECTED), BOOKED) == replace(dead, filled=Decimal(6))
    assert saw_working(dead, KEY, working("7"), BOOKED) is dead


def test_a_working_order_is_as_the_venue_shows_it() -> None:
    """C3: quantity, price and stop are the venue's, the executed part never shrinks."""
    after = saw_working(BUSY, KEY, working("0"), BOOKED)

    shape = {"quantity": Decimal(8), "price": Decimal(111), "stop": Decimal(91), "at": 20}
    assert after == replace(BUSY, **shape)  # type: ignore[arg-type]


def test_an_older_picture_only_executes_more() -> None:
    """C3: pictures may come in any order: an older one changes no shape."""
    assert saw_working(BUSY, KEY, working("1", at=6), BOOKED) is BUSY
    assert saw_working(BUSY, KEY, working("2", at=6), BOOKED) == replace(BUSY, filled=Decimal(2))
    assert saw_working(BUSY, KEY, working("1", at=7), BOOKED).quantity == 8


@pytest.mark.parametrize(
    "news",
    [
        {"quantity": FIVE},
        {"price": Decimal(109)},
        {"stop": Decimal(92)},
        {"filled": FIVE},
        {"at": 8},
        {"reduce_only": False},
    ],
)
def test_a_picture_is_news_by_any_of_its_fields(news: dict[str, object]) -> None:
    """C3, rel:R5: what a look shows as it was leaves the very same line, so that nothing is written down."""
    known = Working(KEY.text, SLOT, OrderSide.SELL, TEN, Decimal(110), ONE, 7, Decimal(90), reduce_only=True)

    assert saw_working(BUSY, KEY, known, BOOKED) is BUSY
    assert saw_working(BUSY, KEY, replace(known, **news), BOOKED) == replace(BUSY, **news)  # type: ignore[arg-type]


def test_a_picture_of_an_unknown_revision_makes_it_known() -> None:
    """C2: after a torn write the venue knows an order that the store doesn't."""
    older = replace(BUSY, revision=0, complete=True)
    after, fresh = saw_working(older, KEY, working("2"), BOOKED), saw_working(None, KEY, working("2"), ZERO)

    assert (after.revision, after.dead, after.complete) == (1, Decimal(4), True)
    assert (fresh.revision, fresh.dead, fresh.complete, fresh.key) == (1, ZERO, False, KEY.text)


def test_an_amend_changes_what_it_names() -> None:
    """B5: the rest of the order stays as it was."""
    assert reshaped(BUSY, Amend(KEY.text, SLOT)) == BUSY
    assert reshaped(BUSY, Amend(KEY.text, SLOT, quantity=FIVE)) == replace(BUSY, quantity=FIVE)
    assert reshaped(BUSY, Amend(KEY.text, SLOT, price=FIVE)) == replace(BUSY, price=FIVE)
    assert reshaped(BUSY, Amend(KEY.text, SLOT, stop=FIVE)) == replace(BUSY, stop=FIVE)


def test_an_order_in_flight_has_the_shape_that_was_asked_for() -> None:
    """B5: what is on its way counts as working, with its price, stop and side of the position."""
    place = Place(KEY.text, SLOT, OrderSide.SELL, FIVE, Decimal(112), False, Decimal(92))

    shape = {"quantity": FIVE, "price": Decimal(112), "stop": Decimal(92), "reduce_only": False}
    assert shaped(BUSY, place) == replace(BUSY, **shape)  # type: ignore[arg-type]


def test_a_key_is_used_again_only_where_none_was_accepted() -> None:
    """C2: the revision grows when the last one ended; sending again keeps what is known, a new one begins anew."""
    idle, dead = never_accepted(BUSY), replace(BUSY, state=LineState.ENDED, complete=True)
    again, anew = sent(idle, KEY, "text", FIVE, 30), sent(dead, Key(*KEY[:3], 2), "text", FIVE, 30)

    assert (next_revision(None), next_revision(idle), next_revision(dead)) == (0, 1, 2)
    assert again == replace(BUSY, state=LineState.SENT, at=30, key="text")
    assert anew == Line("TP1", 2, LineState.SENT, dead=FIVE, complete=True, at=30, key="text")
    assert sent(None, KEY, "text", FIVE, 30) == Line("TP1", 1, LineState.SENT, at=30, key="text")


def test_an_execution_tells_of_revisions() -> None:
    """C2: of an unknown one, of a dead one, and of the latest, about which it says nothing."""
    dead = Key(*KEY[:3], 0)

    assert saw_filled(None, KEY, "text", ONE, FIVE) == Line("TP1", 1, LineState.SENT, dead=ONE, key="text")
    assert saw_filled(BUSY, dead, "text", ONE, FIVE) == replace(BUSY, dead=Decimal(8))
    assert saw_filled(BUSY, KEY, "text", ONE, FIVE) is BUSY


def test_what_is_given_up_stays_what_it_was() -> None:
    """B4: an entry that isn't tried again keeps what it executed."""
    assert given_up(None, "E1") == Line("E1", given_up=True)
    assert given_up(BUSY, "TP1") == replace(BUSY, given_up=True)
