"""An entry that executes after its trade's end, where a later trade has the slot (A8, rel:F31)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.commands import Command, Place
from core.facts import ActKind, Cause, Ended, EndReason, Filled, Funding, PositionIs
from core.request import Request
from core.words import OrderSide, Side
from tests.core.account.test_ending import recalled
from tests.driving import SLOT, Driven, driven
from tests.staging import request

LONG = request((97,), identity="r2")
SHORT = request((102,), identity="r2", side=Side.SHORT, targets=(90, 80, 70, 60), stop=110)


def followed_by(later: Request) -> tuple[Driven, Filled]:
    """A long that ended unfilled, E1 of which executes 300 at 98 all the same; and the trade that waits in its slot."""
    run = driven()
    run.accept(run.open(request((98,))))
    late = run.fill("E1", 300, 98, seq=6)
    run.know(run.ended("E1", 0, EndReason.CANCELLED))
    run.accept(run.open(later))
    return run, late


def turned_round() -> tuple[Driven, Filled]:
    """It turned round: the later trade is a short that waits at 102."""
    return followed_by(SHORT)


def entered(run: Driven, quantity: int, seq: int) -> tuple[Filled, Ended]:
    """The short's entry executes."""
    key = run.machine.state.boxes[run.trade_id(SHORT)].trade.lines["E1"].key
    fill = Filled(
        f"s{seq}", SLOT, key, OrderSide.SELL, Decimal(quantity), Decimal(102), Decimal(0), Cause.ORDER, run.now, seq
    )
    return fill, Ended(key, Decimal(quantity), EndReason.CANCELLED, run.now)


def closing(sent: list[Command]) -> list[tuple[OrderSide, int]]:
    """The orders at market among what leaves."""
    return [(each.side, int(each.quantity)) for each in sent if isinstance(each, Place) and each.price is None]


def positions(run: Driven) -> dict[str, int]:
    """What each live trade holds."""
    return {box.trade.plan.side.value: int(box.trade.ledger.position) for box in run.machine.state.boxes.values()}


def test_what_is_over_is_closed() -> None:
    """A8, B10: the short holds 100: those have met, at 98; 200 long are left, which go at market."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 100, 5)))

    sent = run.know(late, PositionIs(SLOT, Decimal(200), run.now, 6))

    assert closing(sent) == [(OrderSide.SELL, 200)]
    assert positions(run) == {"short": 0, "long": 200}
    assert run.machine.state.boxes[run.trade_id(SHORT)].trade.ledger.gross == 400


def test_where_the_later_trade_holds_nothing_all_is_closed() -> None:
    """A8, B10: the short's entry still waits: nothing was netted, the 300 were nobody's and stayed open."""
    run, late = turned_round()

    assert closing(run.know(late, PositionIs(SLOT, Decimal(300), run.now, 6))) == [(OrderSide.SELL, 300)]
    assert positions(run) == {"short": 0, "long": 300}


def test_what_meets_later_waits_for_the_closing_order() -> None:
    """A8, I5: the short's 100 execute while 300 are being closed: 200 of them it takes, the rest has met."""
    run, late = turned_round()
    run.know(late, PositionIs(SLOT, Decimal(300), run.now, 6))
    run.know(*entered(run, 100, 7))
    assert positions(run) == {"short": 100, "long": 300}
    old = next(box for box in run.machine.state.boxes.values() if box.trade.plan.side is Side.LONG)
    key = old.trade.lines["X"].key
    sold = Filled("x8", SLOT, key, OrderSide.SELL, Decimal(200), Decimal(98), Decimal(0), Cause.ORDER, run.now, 8)

    sent = run.know(sold, Ended(key, Decimal(200), EndReason.CANCELLED, run.now))

    assert closing(sent) == []
    short = run.closed[run.trade_id(SHORT)]
    assert tuple(map(int, (short.entered, short.position, short.gross))) == (100, 0, 0)
    assert int(old.trade.ledger.position) == 0


def test_looks_count_what_both_hold() -> None:
    """C8, A8: 200 long are being closed beside a short that is empty: two looks that show them explain nothing."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 100, 5)))
    run.know(late, PositionIs(SLOT, Decimal(200), run.now, 6))
    fills = [entered(run, 100, 5)[0], late]

    for _ in range(2):
        run.later(4_000).know(run.cut(fills=fills, size=200))

    assert not any(box.guessed for box in run.machine.state.boxes.values())


def test_a_restart_finds_what_has_met() -> None:
    """rel:I9, A8: both journals hold it, so nothing of it is held, netted or explained once more."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 100, 5)))
    run.know(late, PositionIs(SLOT, Decimal(200), run.now, 6))

    assert positions(run.restarted()) == positions(run)


def test_what_closed_before_a_look_leaves_the_slot_empty() -> None:
    """C8, A7: a start knew of 300 that were being closed; sold they counted as short till the later trade's end."""
    run, late = turned_round()
    run.know(late)
    key = next(each.key for each in run.sent if isinstance(each, Place) and each.reduce_only)
    sold = Filled("x8", SLOT, key, OrderSide.SELL, Decimal(300), Decimal(98), Decimal(0), Cause.ORDER, run.now, 8)
    run = run.restarted()
    waits = replace(run.working("E1", 1000), key=run.machine.state.owners[SLOT].trade.lines["E1"].key)

    for _ in range(2):
        flat = PositionIs(SLOT, Decimal(0), run.later(3_000).now, -1)
        run.know(replace(run.cut(fills=[late, sold], orders=[waits]), positions=(flat,), stops=()))

    assert run.machine.state.slots[SLOT].size == 0


def test_what_was_taken_for_the_users_is_listed_as_an_earlier_trades() -> None:
    """C8, B11, rel:I9: two looks showed 300 that nothing explained; they stayed the user's in the short's ledger."""
    run, late = turned_round()
    short = run.machine.state.owners[SLOT]
    waits = replace(run.working("E1", 1000), key=short.trade.lines["E1"].key)
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(300), run.later(3_000).now, 6)
        run.know(replace(run.cut(orders=[waits]), positions=(shown,), stops=()))
    assert short.trade.ledger.foreign == -300

    sent = run.know(late)

    assert closing(sent) == [(OrderSide.SELL, 300)]
    assert short.trade.ledger.foreign == 0
    assert run.machine.state.slots[SLOT].size == 300
    assert run.restarted().machine.state.owners[SLOT].trade.ledger.foreign == 0


def test_funding_is_paid_by_the_trade_that_held_something() -> None:
    """rel:F22, I10: 300 of a trade that was over paid 2; the short that waited was charged, and later both were."""
    run, late = turned_round()
    run.accept(run.know(late, PositionIs(SLOT, Decimal(300), run.now, 6)))
    paid = Funding("f1", SLOT, Decimal(2), run.later(1_000).now)
    run.know(paid)
    old = next(box for box in run.machine.state.boxes.values() if box.trade.plan.side is Side.LONG)
    key = old.trade.lines["X"].key
    sold = Filled("x8", SLOT, key, OrderSide.SELL, Decimal(300), Decimal(98), Decimal(0), Cause.ORDER, run.now, 8)
    run.know(sold, Ended(key, Decimal(300), EndReason.FILLED, run.now))

    run.know(paid)

    assert run.machine.state.owners[SLOT].trade.ledger.funding == 0
    assert run.closed[old.id].funding == 2


@pytest.mark.parametrize("later", [LONG, SHORT])
def test_what_a_hand_closed_of_a_late_fill_is_gone_from_it(later: Request) -> None:
    """A8, B10, C8, I10: a later trade waits in the slot: his 300 closed the late fill, at 99, and are not its own."""
    run, late = followed_by(later)
    his = replace(late, execution="his", key=None, side=OrderSide.SELL, price=Decimal(99), cause=Cause.FOREIGN, seq=7)

    sent = run.know(run.cut(fills=[late, his], size=0))

    assert closing(sent) == []
    assert {box.trade.ledger.foreign for box in run.machine.state.boxes.values()} == {0}
    assert [report.net for report in run.last.closed] == [300]


def test_what_a_stop_closed_of_a_late_fill_costs_its_part() -> None:
    """I10, A8, B10: a later trade's stop sells its 100 and 300 of a late fill: 3 of the 4 it cost are the 300's."""
    run, late = followed_by(LONG)
    own = replace(run.fill("E1", 100, 97, seq=7), key=(later := run.machine.state.owners[SLOT]).trade.lines["E1"].key)
    sold = replace(late, execution="s", key=None, side=OrderSide.SELL, quantity=Decimal(400), cause=Cause.STOP, seq=8)

    run.know(run.cut(fills=[late, own, replace(sold, fee=Decimal(4))], size=0))

    assert [report.fees for report in run.last.closed] == [3]
    assert later.trade.ledger.fees == 1


def fired(late: Filled, seq: int, quantity: int = 300) -> Filled:
    """The stop that the late fill was born with sells at 90, for 4; nobody's order."""
    return replace(
        late, execution=f"stop{seq}", key=None, side=OrderSide.SELL, quantity=Decimal(quantity), price=Decimal(90),
        fee=Decimal(4), cause=Cause.STOP, seq=seq,
    )  # fmt: skip


@pytest.mark.parametrize("later", [SHORT, LONG])
def test_what_its_own_stop_closed_of_a_late_fill_is_that_trades(later: Request) -> None:
    """I10, G2, B10: the later trade waits; the stop was booked to it, and the late fill as closed by hand at 98."""
    run, late = followed_by(later)

    sent = run.know(run.cut(fills=[late, fired(late, 7)], size=0))

    assert closing(sent) == []
    assert [(report.reason, report.net) for report in run.last.closed] == [("stop", Decimal(-2404))]
    assert run.machine.state.owners[SLOT].trade.ledger.seq == -1
    assert "external_change" not in [alert.kind for alert in run.alerts]


def test_what_closed_a_late_fill_is_listed_again_beside_a_later_trade() -> None:
    """I5, C8, rel:F20: 100 of 300 went by their stop, the rest is being closed: a look counts no execution twice."""
    run, late = turned_round()
    run.know(late, part := fired(late, 7, 100))
    for _ in range(2):
        run.later(3_000).know(run.cut(fills=[late, part], size=200))

    assert positions(run) == {"short": 0, "long": 200}
    assert run.machine.state.owners[SLOT].trade.ledger.seq == -1


@pytest.mark.parametrize("later", [SHORT, LONG])
@pytest.mark.parametrize(("cause", "reason"), [(Cause.STOP, "stop"), (Cause.FOREIGN, "external")])
def test_what_closed_a_late_fill_is_heard_of_before_it(later: Request, cause: Cause, reason: str) -> None:
    """I10, G2, rel:F16: the fill's frame was lost, and nothing was held yet by what was known: its price counts."""
    run, late = followed_by(later)
    run.know(replace(fired(late, 7), cause=cause))

    run.know(late)

    assert [(report.reason, report.net) for report in run.last.closed] == [(reason, Decimal(-2404))]
    assert {box.trade.ledger.held for box in run.machine.state.boxes.values()} == {0}


def test_a_later_trade_that_its_stop_ends_leaves_what_that_took_of_a_late_fill() -> None:
    """I10, I6, A8: its stop sells its 1,000 and 300 of a late fill, and it was over before those were seen as gone."""
    run, late = followed_by(LONG)
    key = run.machine.state.owners[SLOT].trade.lines["E1"].key
    own = replace(run.fill("E1", 1000, 97, seq=7), key=key)
    run.know(Ended(key, Decimal(1000), EndReason.FILLED, run.now))

    sent = run.know(run.cut(fills=[late, own, fired(late, 8, 1300)], size=0))

    assert closing(sent) == []
    assert sorted(int(report.gross) for report in run.last.closed) == [-7000, -2400]
    assert run.machine.state.boxes == {}


def test_a_stop_that_the_later_trade_booked_is_listed_with_the_late_fill() -> None:
    """I5, I9: the fill's frame was lost; the look that lists both made the same execution the other trade's as well."""
    run, late = turned_round()
    run.know(gone := fired(late, 7))
    run.seq = 7

    run.know(run.later(3_000).cut(fills=[late, gone], size=0))

    assert [(report.reason, report.net) for report in run.last.closed] == [("stop", Decimal(-2404))]
    booked = [entry.what.execution for entry in run.journal if isinstance(entry.what, Filled)]
    assert booked.count(gone.execution) == 1


def ended_by_looks(held: int = 100) -> tuple[Driven, Filled]:
    """The short held so many, and two looks miss 300 of them that nobody tells of: it was closed from outside, then."""
    run, late = turned_round()
    short = run.machine.state.owners[SLOT]
    entry = entered(run, held, 5)
    run.accept(run.know(*entry))
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(300 - held), run.later(3_000).now, 6)
        run.accept(run.know(replace(run.cut(fills=[entry[0]]), positions=(shown,), stops=())))
    gone = (line.key for line in short.trade.lines.values() if line.live)
    run.know(*(Ended(key, Decimal(0), EndReason.VENUE, run.now) for key in gone))
    return run, late


def test_what_ended_a_later_trade_is_listed_as_an_earlier_ones() -> None:
    """C8, A8, I6, I10 (seed 30713752264): it counted as the user's, and as the late fill's once more."""
    run, late = ended_by_looks()
    short = run.closed[run.trade_id(SHORT)]
    assert (short.reason, str(short.gross), positions(run)) == ("external", "0", {})

    sent = run.know(late)

    assert closing(sent) == [(OrderSide.SELL, 200)]
    assert run.closed[short.id] == replace(short, gross=Decimal(400), net=Decimal(400), last_fill_at=late.at)
    assert run.machine.state.ended[short.id].trade.ledger.held == 0
    assert positions(run) == {"long": 200}


def test_what_was_no_end_is_known_after_a_restart() -> None:
    """rel:I9, A8, C8: both journals tell what the guess held and what has met; neither trade ends a second time."""
    run, late = ended_by_looks()
    run.know(late)
    again = recalled(run)

    assert positions(again) == {"long": 200}
    assert [box.trade.ledger for box in again.machine.state.ended.values()] == [
        run.machine.state.ended[run.trade_id(SHORT)].trade.ledger
    ]


def test_what_two_trades_that_are_over_executed_is_nothing_of_a_third() -> None:
    """A8, C8, I10: all 300 of the short had met the late fill; they were to be sold out of the next trade's slot."""
    run, late = ended_by_looks(300)
    run.accept(run.open(replace(SHORT, id="r3")))
    third = run.machine.state.owners[SLOT]

    sent = run.know(late)

    assert closing(sent) == []
    assert sorted(int(report.gross) for report in run.last.closed) == [0, 1200]
    assert list(run.machine.state.boxes.values()) == [third]
    assert third.trade.ledger.held == 0


def test_what_met_a_later_trade_that_lives_waits_for_its_own_executions() -> None:
    """A8, C8, I10: a guess held both fills, and what had met cost its price: the short's own was next in the list."""
    run, late = turned_round()
    short = run.machine.state.owners[SLOT]
    waits = replace(run.working("E1", 1000), key=short.trade.lines["E1"].key)
    for _ in range(2):
        shown = PositionIs(SLOT, Decimal(-100), run.later(3_000).now, 8)
        run.know(replace(run.cut(orders=[waits]), positions=(shown,), stops=()))

    run.know(late, entered(run, 400, 8)[0])

    assert positions(run) == {"short": 100}
    assert [int(report.gross) for report in run.closed.values() if report.entered] == [1200]


def test_what_was_sold_and_is_not_listed_yet_meets_nothing() -> None:
    """A8, C8 (seed 9731871367): the short's close executed unheard; of 300 bought late 100 stayed, nobody's."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 100, 5)))
    short = run.trade_id(SHORT)
    run.step(Operate(short, ActKind.CLOSE, "me"))
    closed = run.machine.state.boxes[short].trade.lines["X"].key
    run.know(Ended(closed, Decimal(100), EndReason.FILLED, run.now))

    sent = run.know(late, PositionIs(SLOT, Decimal(300), run.now, 8))

    assert closing(sent) == [(OrderSide.SELL, 300)]
