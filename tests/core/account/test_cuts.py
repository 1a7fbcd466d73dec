"""What a look at the venue books, tries again, and leaves alone (C8, rel:F20)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Look, Operate
from core.commands import Code, Refused, SetStop, Unknown
from core.facts import ActKind, Cause, Filled, PositionIs
from core.request import FixedQuantity
from core.words import OrderSide, Side
from tests.core.account.test_sequences import opened
from tests.core.ledgers import told
from tests.driving import SLOT, Driven, driven
from tests.staging import request

SHORT = request(("market",), targets=(90, 80, 70, 60), stop=110, side=Side.SHORT, size=FixedQuantity(Decimal(1000)))


def position(run: Driven, size: int, seq: int = 9) -> PositionIs:
    """What the slot holds now."""
    return PositionIs(SLOT, Decimal(size), run.now, seq)


def sold(run: Driven, name: str, quantity: int, price: int, key: str | None, seq: int) -> Filled:
    """An execution on the short side."""
    cause = Cause.FOREIGN if key is None else Cause.ORDER
    amount, paid = Decimal(quantity), Decimal(price)
    return Filled(name, SLOT, key, OrderSide.SELL, amount, paid, Decimal(0), cause, run.now, seq)


def refused_stop(run: Driven, *sent: object) -> list[object]:
    """The venue is too busy for the stop; a look that shows all as it was comes right after. What that sends."""
    stops = [each for each in sent if isinstance(each, SetStop)]
    assert stops
    run.answer(stops, Refused(Code.BUSY, "overloaded"))
    orders = [run.working(role, quantity) for role, quantity in (("TP1", 850), ("E2", 1000))]
    orders += [run.working(f"TP{n}", 50) for n in (2, 3, 4)]
    return [each for each in run.know(run.cut(orders=orders, size=1000)) if isinstance(each, SetStop)]


def test_what_a_short_lost_unseen_is_the_users_first() -> None:
    """C8, B11: 1,000 ours and 200 his are short; two looks show 900: his 200 and 100 of ours, at our own average."""
    run = driven()
    run.accept(run.open(SHORT))
    run.know(sold(run, "ours", 1000, 101, run.key("E1"), 1), run.ended("E1", 1000), run.stop_is(110))
    run.know(sold(run, "theirs", 200, 100, None, 2))

    for _ in range(2):
        run.later(3_000).know(replace(run.cut(), positions=(position(run, -900),)))

    ledger = run.box_trade.ledger
    assert told(ledger.position, ledger.foreign, ledger.taken, ledger.gross) == "900 0 100 0"


def test_a_look_that_shows_no_stop_ends_the_wait_for_setting_it() -> None:
    """B4, C4: a refusal makes it wait, and being without a stop doesn't: it is set again at once."""
    run = opened()

    assert refused_stop(run, *run.know(run.stop_is(None))) == [SetStop(SLOT, Decimal(90))]


def test_a_look_that_shows_the_older_stop_leaves_the_wait() -> None:
    """C4: moving it to 95 was refused, 90 protects meanwhile: tried again when its time has come."""
    run = opened()
    run.know(run.ended("E2", 0))
    moved = run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(95)))

    assert refused_stop(run, *moved) == []
    assert SetStop(SLOT, Decimal(95)) in run.later(200).step()


@pytest.mark.parametrize("ahead", [-20_000, 0, 20_000])
def test_a_stop_that_goes_after_a_look_is_put_back_whatever_the_venues_clock_says(ahead: int) -> None:
    """A11, rel:F36, rel:I3: a venue's that was behind ours made its frame older than the look: back a minute later."""
    run = opened()
    run.later(60_000).step(Look())
    shares = (("TP1", 850), ("TP2", 50), ("TP3", 50), ("TP4", 50), ("E2", 1000))
    look = run.cut(orders=[run.working(role, quantity) for role, quantity in shares], size=1000)
    run.know(replace(look, asked=look.asked + ahead, at=look.at + ahead))

    gone = run.later(500).stop_is(None)

    assert run.know(replace(gone, at=gone.at + ahead)) == [SetStop(SLOT, Decimal(90))]


def test_executions_are_read_again_from_before_one_that_is_missing() -> None:
    """8.2, rel:F20: TP1's end named 850 that nobody listed yet: the next look reads from as far back as this one."""
    run = opened()
    run.know(run.ended("TP1", 850))
    before = run.machine.state.cuts.since
    run.later(120_000).know(run.cut(size=150))
    assert run.machine.state.cuts.since == before

    run.know(hit := run.fill("TP1", 850, 110))
    run.later(60_000).know(run.cut(fills=[hit], size=150))

    assert run.machine.state.cuts.since > before


def entered(run: Driven) -> Filled:
    """The entry's execution, as the journal has it."""
    return next(entry.what for entry in run.journal if isinstance(entry.what, Filled))


def test_what_looks_passed_by_before_it_was_missed_is_read_again() -> None:
    """8.2, rel:I11: E2 executed and no list told; its end does, half an hour later: read again from the beginning."""
    run = opened()
    run.later(1_800_000).know(run.cut(fills=[entered(run)], size=1000))
    assert run.machine.state.cuts.since > run.box_trade.plan.at

    run.know(run.ended("E2", 1000))
    for _ in range(2):
        run.later(60_000).know(run.cut(size=2000))

    assert run.machine.state.cuts.since < run.box_trade.plan.at


def test_executions_are_read_again_from_a_minute_before_the_last_look() -> None:
    """C8, rel:F20, rel:I11: a list may be that late; what was listed once needn't be again, or reads grow for ever."""
    run = opened()
    for fills in ([entered(run)], []):
        run.later(120_000).know(run.cut(fills=fills, size=1000))

        assert run.machine.state.cuts.since == run.now - 60_000


def test_a_look_of_two_moments_does_not_hide_that_the_lists_are_behind() -> None:
    """C8, rel:F20: one read the position of now and executions of before; two that leave it out agree on nothing."""
    run = opened().later(120_000)
    run.know(replace(run.cut(), positions=(position(run, 1000),)))
    for _ in range(4):
        run.later(3_000).know(replace(run.cut(), positions=(position(run, 0, -1),)))

    assert run.box_trade.ledger.position == 1000
    assert not [alert for alert in run.alerts if alert.kind == "external_change"]


def test_one_look_that_is_out_of_date_is_no_trouble() -> None:
    """rel:F20: it shows less than the stream told: asked again a second later; in trouble only after half a minute."""
    run = opened()
    stale = replace(run.cut(), positions=(position(run, 0, 0),))
    run.know(stale)
    assert (run.machine.state.troubles, run.machine.state.cuts.due) == ({}, run.now + 1_000)

    run.later(30_000).know(stale)

    assert list(run.machine.state.troubles) == ["cut"]


def test_a_flat_slot_before_the_first_execution_is_as_it_should_be() -> None:
    """C8: a list that leaves flat slots out, while the first entry rests: nothing is missing, nothing is explained."""
    run = driven()
    run.accept(run.open(request((98,))))

    run.later(3_000).know(replace(run.cut(orders=[run.working("E1", 1000)]), positions=(position(run, 0, -1),)))

    assert run.machine.state.troubles == {}
    assert run.machine.state.cuts.mismatched == {}
    assert run.machine.state.cuts.done == 1


def test_a_look_that_leaves_an_order_in_doubt_is_soon_followed() -> None:
    """C4, rel:F01: nobody answered, and it is not listed: the next look comes in 5 s, not with the next audit."""
    run = driven()
    run.answer(run.open(request((98,))), Unknown("no answer"))

    run.know(run.cut())

    assert list(run.machine.state.doubts) == [run.key("E1")]
    assert run.machine.state.cuts.due == run.now + 5_000


def test_a_look_from_before_a_stop_left_says_nothing_of_it() -> None:
    """B14, rel:F20 (seed 39981048979): moved to 99.5, then 95; an old look shows 95; 99.5 is refused: 95 leaves."""
    run = opened()
    run.know(run.ended("E2", 0))
    run.later(60_000).step(Look())
    old = replace(run.cut(size=1000), stops=(replace(run.stop_is(95), at=run.now),))
    first, second = (Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(x)) for x in ("99.5", 95))
    sent = run.later(50).step(first)
    run.later(30).step(second)

    run.later(300).know(old)
    retried = run.answer(sent, Refused(Code.WRONG_SIDE, "should be lower than base_price"))

    assert SetStop(SLOT, Decimal(95)) in retried
    assert run.machine.state.view(SLOT).stop == 90


def test_a_look_from_before_a_stop_left_is_soon_followed() -> None:
    """B4, rel:F20: it does not show the stop that stood there before either, so what stands now is asked at once."""
    run = opened()
    run.know(run.ended("E2", 0))
    run.later(60_000).step(Look())
    old = replace(run.cut(size=1000), stops=(run.stop_is(None),))
    run.later(50).step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(95)))

    run.later(300).know(old)

    assert run.machine.state.cuts.due == run.now + 1_000
