"""What a hand closed of a late fill before the later trade of its slot was asked for (B10, B11, C8, rel:I4)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Open
from core.facts import Cause, EndReason, Filled, PositionIs
from core.request import Request
from core.words import OrderSide
from tests.core.account.test_emptied import unnamed
from tests.core.account.test_netting import LONG, SHORT, closing
from tests.driving import SLOT, Driven, driven, terms
from tests.staging import request


def open_later(run: Driven, later: Request) -> None:
    """Another trade of the slot begins, a second after what was there."""
    at = replace(terms(), at=run.later(1_000).now)
    run.accept(run.step(Open(later, at, run.trade_id(later))))


def after_a_hand(later: Request) -> tuple[Driven, Filled, Filled]:
    """The long's 300 that nobody heard of, and the later trade, begun a second after, whose entry executed 100."""
    run = driven()
    run.accept(run.open(request((98,))))
    late = run.fill("E1", 300, 98, seq=6)
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    open_later(run, later)
    run.seq = 9
    owner = run.machine.state.owners[SLOT].trade
    own = Filled(
        "own9", SLOT, owner.lines["E1"].key, owner.plan.opening, Decimal(100), Decimal(99), Decimal(0), Cause.ORDER,
        run.now, 9,
    )  # fmt: skip
    return run, late, own


def held(run: Driven) -> list[tuple[str, int]]:
    """What each live trade holds."""
    trades = (box.trade for box in run.machine.state.boxes.values())
    return [(trade.plan.side.value, int(trade.ledger.position)) for trade in trades if trade.ledger.position]


@pytest.mark.parametrize("program", [None, "another-programs-7"])
@pytest.mark.parametrize(("later", "size"), [(SHORT, -100), (LONG, 100)])
def test_what_a_hand_closed_before_the_later_trade_is_gone_from_the_late_fill(
    later: Request, size: int, program: str | None
) -> None:
    """B10, A8, I10, rel:I4: nobody's, it let the short's 100 count as met, and the long's be sold at market."""
    run, late, own = after_a_hand(later)
    his = replace(unnamed(late, Cause.FOREIGN, 300, 7), key=program)

    sent = run.know(run.cut(fills=[late, his, own], size=size))

    assert closing(sent) == []
    assert held(run) == [(later.side.value, 100)]
    assert [(report.reason, report.net) for report in run.last.closed] == [("external", Decimal(-2400))]
    assert run.restarted().machine.state.owners[SLOT].trade.ledger.position == 100


@pytest.mark.parametrize(("later", "size", "left"), [(SHORT, 100, 100), (LONG, 300, 200)])
def test_what_a_hand_left_of_a_late_fill_is_closed_and_no_more(later: Request, size: int, left: int) -> None:
    """B10, A8: he sold 100 of 300: 200 are over, of which the short's 100 met as many."""
    run, late, own = after_a_hand(later)

    sent = run.know(run.cut(fills=[late, unnamed(late, Cause.FOREIGN, 100, 7), own], size=size))

    assert closing(sent) == [(OrderSide.SELL, left)]


def test_what_a_hand_closes_of_a_late_fill_bit_by_bit_is_gone_bit_by_bit() -> None:
    """B10, rel:F20: looks list the first 100 once more beside the next, and count only those."""
    run, late, own = after_a_hand(LONG)
    first, second = (unnamed(late, Cause.FOREIGN, 100, seq) for seq in (7, 8))
    run.know(run.cut(fills=[late, first, own], size=300))

    run.later(3_000).know(run.cut(fills=[late, first, second, own], size=200))

    assert held(run) == [("long", 100), ("long", 100)]


def test_what_a_hand_had_sold_before_a_late_fill_took_nothing_of_it() -> None:
    """C8, I10: the fill's 300 are gone by nobody's word: looks have to agree on that, and he made that loss."""
    run, late, own = after_a_hand(LONG)

    run.know(run.cut(fills=[late, unnamed(late, Cause.FOREIGN, 300, 5), own], size=100))

    assert held(run) == [("long", 100), ("long", 300)]


def test_which_of_two_late_fills_a_hand_closed_nobody_guesses() -> None:
    """C8, B11: 300 and 200 of two trades are gone by one sale: all of it from the first, 200 would be his debt."""
    run = driven()
    fills = []
    for identity, quantity in (("a", 300), ("b", 200)):
        run.accept(run.open(request((98,), identity=identity)))
        fills.append(run.fill("E1", quantity, 98))
        run.know(run.ended("E1", 0, EndReason.CANCELLED))
    open_later(run, LONG)
    for _ in range(2):
        run.know(run.later(3_000).cut(fills=[*fills, unnamed(fills[1], Cause.FOREIGN, 500, 3)], size=0))

    trades = [*run.machine.state.boxes.values(), *run.machine.state.ended.values()]
    assert [int(box.trade.ledger.foreign) for box in trades] == [0, 0, 0]


@pytest.mark.parametrize("later", [SHORT, LONG])
def test_what_a_hand_sold_of_its_own_is_not_the_late_fills(later: Request) -> None:
    """B11, B10: he had bought 300 before, and the look shows that the late fill's are held still: those go."""
    run, late, own = after_a_hand(later)
    his = [unnamed(late, Cause.FOREIGN, 300, 5, OrderSide.BUY), unnamed(late, Cause.FOREIGN, 300, 7)]
    both = 300 + int(own.side.signed(own.quantity))

    sent = run.know(run.cut(fills=[late, *his, own], size=both))

    assert closing(sent) == [(OrderSide.SELL, 200 if later is SHORT else 300)]


@pytest.mark.parametrize(("later", "size"), [(SHORT, -100), (LONG, 100)])
def test_what_the_venue_shows_to_be_gone_is_neither_met_nor_closed(later: Request, size: int) -> None:
    """C8, B10, A8, rel:I4: the row that came with the later entry has no room for 300 heard of now: looks decide."""
    run, late, own = after_a_hand(later)
    run.know(own, PositionIs(SLOT, Decimal(size), run.now, 9))

    sent = run.know(late)
    assert closing(sent) == []

    for _ in range(2):
        sent += run.know(run.later(3_000).cut(fills=[late, own], size=size))

    assert closing(sent) == []
    assert held(run) == [(later.side.value, 100)]


def test_what_is_listed_once_looks_agreed_takes_the_place_of_their_guess() -> None:
    """C8, I10: he sold at 90; the guess at the fill's own price, of before that was listed, is no profit."""
    run, late, own = after_a_hand(LONG)
    for _ in range(2):
        run.know(run.later(3_000).cut(fills=[late, own], size=100))
    assert [report.net for report in run.closed.values()] == [0]

    run.know(run.later(3_000).cut(fills=[late, unnamed(late, Cause.FOREIGN, 300, 7), own], size=100))

    assert [report.net for report in run.closed.values()] == [-2400]
    assert held(run) == [("long", 100)]


def test_what_a_late_fill_holds_is_explained_no_second_time() -> None:
    """B11, C8, rel:I6: 300 are its own, 100 more the user's: 400 counted as his, and ours were closed besides."""
    run, late, _ = after_a_hand(LONG)
    owner = run.machine.state.owners[SLOT]
    waits = replace(run.working("E1", 1000), key=owner.trade.lines["E1"].key)

    sent = []
    for _ in range(2):
        sent += run.know(replace(run.later(3_000).cut(fills=[late], orders=[waits], size=400), stops=()))

    assert closing(sent) == [(OrderSide.SELL, 300)]
    assert owner.trade.ledger.foreign == 100


@pytest.mark.parametrize(("later", "size", "left"), [(SHORT, 100, [100]), (LONG, 300, [100, 200])])
def test_a_part_that_is_gone_and_never_listed_is_the_late_fills(later: Request, size: int, left: list[int]) -> None:
    """B10, C8: 100 of 300 went by nobody's word: looks took them from the later trade, all of whose 100 were gone."""
    run, late, own = after_a_hand(later)

    sent = []
    for _ in range(2):
        sent += run.know(run.later(3_000).cut(fills=[late, own], size=size))

    assert closing(sent) == [(OrderSide.SELL, left[-1])]
    assert held(run) == [("long", quantity) for quantity in left]
