"""Adopting what isn't ours and giving back what is (A6): what the machine then does, before and after a restart."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.effects import Reply
from core.account.inputs import Adopt, Open, Release, TakeOut
from core.account.machine import restore
from core.commands import Cancel, Place, SetStop
from core.desired import Phase
from core.facts import Cause, EndReason, Filled, PositionIs, StopIs
from core.invariants import violations
from core.ladder import open_ladder
from core.plan import Plan, Rules
from core.request import FixedQuantity
from core.words import OrderSide, PositionMode, Side
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven, new_state, terms
from tests.staging import number, request

BOUGHT = Filled("theirs", SLOT, None, OrderSide.BUY, Decimal(1000), Decimal(100), Decimal(0), Cause.FOREIGN, 0, 7)


def held(size: object = 1000, stop: object | None = None) -> Driven:
    """A machine whose venue shows a position of the user's."""
    machine = driven()
    machine.know(replace(BOUGHT, quantity=number(size), at=machine.now))
    machine.seq = 7
    machine.know(PositionIs(SLOT, number(size), machine.now, 7), machine.stop_is(stop))
    return machine


def plan(quantity: object = 1000) -> Plan:
    """What the operator writes: bought at 100."""
    asked = request([100], size=FixedQuantity(number(quantity)))
    made = open_ladder(replace(asked, confirmed=True), terms(last=101), Rules(), "0123456789")
    assert isinstance(made, Plan), made
    return made


def adopted(machine: Driven, *orders: str, quantity: object = 1000, ask: int = 0) -> tuple[list[object], Reply]:
    """Adopt; what it sends and answers."""
    return list(machine.step(Adopt(plan(quantity), orders, "test", ask))), machine.last.replies[0]


def booked(machine: Driven) -> list[tuple[str, Decimal]]:
    """The executions in the journal, without the user's first."""
    facts = [entry.what for entry in machine.journal if isinstance(entry.what, Filled)]
    return [(fact.execution, fact.quantity) for fact in facts]


def test_an_adopted_position_gets_its_stop_and_targets() -> None:
    """A6: no entry is sent; the stop and the whole ladder are, and the trade is past building."""
    machine = held()
    sent, reply = adopted(machine)
    places = [each for each in sent if isinstance(each, Place)]

    assert reply.plan is not None
    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(90)]
    assert [each.key.split("-")[3] for each in places] == ["TP1", "TP2", "TP3", "TP4"]
    assert [str(each.quantity) for each in places] == ["850", "50", "50", "50"]
    assert machine.machine.state.boxes["0123456789"].phase is Phase.MONITORING


@pytest.mark.parametrize("ahead", [-20_000, 20_000])
def test_an_adopted_trade_begins_when_the_venue_says(ahead: int) -> None:
    """A6, rel:I10, rel:F05: by our clock it began before, where the venue's was ahead: funding of then was booked."""
    machine, taken = held(), plan()
    machine.step(Adopt(replace(taken, at=taken.at + ahead), (), "test"))

    assert machine.box.trade.ledger.first_at == taken.at + ahead


def test_an_order_of_an_account_of_another_name_may_be_named() -> None:
    """A6, J2: this account's trades own it no more than a stranger's: what was renamed can be taken over."""
    sent, replies = adopted(held(), "t1-old-0123456789-TP1-00")

    assert [each.key for each in sent if isinstance(each, Cancel)] == ["t1-old-0123456789-TP1-00"]
    assert replies.refusal is None


def test_named_orders_of_others_are_taken_out_and_ours_never() -> None:
    """rel:I7: only what the operator named, after the plan is durable."""
    sent, _ = adopted(held(), "their-tp", "their-limit")
    machine = held()
    machine.step(TakeOut((("t1-main-0123456789-TP1-00", SLOT), ("their-tp", SLOT)), "test"))

    assert [each.key for each in sent if isinstance(each, Cancel)] == ["their-tp", "their-limit"]
    assert [each.key for each in machine.sent if isinstance(each, Cancel)] == ["their-tp"]


def test_what_is_held_beyond_the_plan_stays_the_users() -> None:
    """B11: the ladder covers the adopted part."""
    machine = held(1500)
    adopted(machine)
    ledger = machine.box_trade.ledger

    assert (ledger.position, ledger.foreign) == (Decimal(1000), Decimal(500))


def test_executions_from_before_the_adoption_are_not_the_trades() -> None:
    """rel:I6: a cut reads a minute back; what the user bought then is what was adopted."""
    machine = held()
    adopted(machine)
    machine.know(replace(BOUGHT, execution="again", at=machine.now))
    after = machine.restarted()
    after.know(replace(BOUGHT, execution="again", at=machine.now))

    assert machine.box_trade.ledger.foreign == 0
    assert after.box_trade.ledger.foreign == 0
    assert after.box_trade.ledger.position == 1000


def test_what_the_plans_row_has_counted_already_is_none_of_the_trades() -> None:
    """A6, C9 (seed 63057014828): the plan is of a look; the deleveraging that it knew of is heard of after it."""
    machine = held()
    seen = PositionIs(SLOT, Decimal(800), machine.now, 8)
    machine.step(Adopt(plan(800), (), "test", shown=seen))
    heard = replace(BOUGHT, execution="adl", side=OrderSide.SELL, quantity=Decimal(200), cause=Cause.ADL, seq=8)
    machine.know(replace(heard, at=machine.now))
    ledger, after = machine.box_trade.ledger, machine.restarted().box_trade.ledger

    assert (ledger.position, ledger.foreign) == (Decimal(800), Decimal(0))
    assert (after.position, after.foreign) == (Decimal(800), Decimal(0))
    assert machine.machine.state.view(SLOT).size == 800


def test_what_happened_since_the_plans_look_is_the_users() -> None:
    """A6, rel:F20: the stream has told of more by then; an older row takes nothing of that back."""
    machine = held(1300)
    reply = machine.step(Adopt(plan(1000), (), "test", shown=PositionIs(SLOT, Decimal(1000), machine.now, 6)))
    ledger = machine.box_trade.ledger

    assert reply
    assert (ledger.position, ledger.foreign) == (Decimal(1000), Decimal(300))


def test_a_restart_knows_the_adopted_trade() -> None:
    """rel:F43: from the journal alone: same position, same phase, no entry wished for."""
    machine = held()
    adopted(machine)
    after = machine.restarted()

    assert after.box_trade.ledger == machine.box_trade.ledger
    assert after.machine.state.boxes["0123456789"].phase is Phase.MONITORING


def test_adopting_more_than_is_held_or_a_taken_symbol_is_refused() -> None:
    """A8, C8: nothing is changed, every reason is named."""
    machine = held(400)
    sent, reply = adopted(machine)
    other = driven()
    other.accept(other.open(request()))
    _, taken = adopted(other)

    assert sent == []
    assert reply.refusal is not None
    assert "400" in reply.refusal.reasons[0]
    assert taken.refusal is not None
    assert "taken by trade" in taken.refusal.reasons[0]


SHORT = request([100], side=Side.SHORT, targets=(90, 80, 70, 60), stop=110, size=FixedQuantity(Decimal(400)))


def sold(machine: Driven) -> Reply:
    """Adopt 400 of what is held as a short from 100; what is answered."""
    made = open_ladder(replace(SHORT, confirmed=True), terms(last=99), Rules(), "0123456789")
    assert isinstance(made, Plan), made
    machine.step(Adopt(made, (), "test"))
    return machine.last.replies[0]


@pytest.mark.parametrize(("side", "adopts"), [(Side.SHORT, True), (Side.LONG, False)])
def test_in_hedge_mode_a_trade_has_its_own_side_of_a_symbol_only(side: Side, adopts: bool) -> None:
    """A6, A8: our long took the user's short as well, which could be neither adopted nor closed by us beside it."""
    machine, hedge = driven(), replace(terms(), mode=PositionMode.HEDGE)
    machine.step(Open(asked := request((98,)), hedge, machine.trade_id(asked)))
    targets, stop = ((90, 80, 70, 60), 110) if side is Side.SHORT else ((110, 120, 130, 140), 90)
    wanted = request((100,), side=side, targets=targets, stop=stop, identity="theirs")
    made = open_ladder(replace(wanted, confirmed=True), replace(hedge, last=Decimal(101)), Rules(), "0123456789")
    assert isinstance(made, Plan), made
    size = Decimal(1000) if side is Side.LONG else Decimal(-1000)
    machine.know(PositionIs(made.slot, size, machine.now, 7))
    machine.step(Adopt(made, (), "test"))

    assert (machine.last.replies[0].plan is not None) == adopts


def test_a_short_that_a_buy_made_smaller_is_adopted_as_it_is_held() -> None:
    """A6, rel:I6: 500 were short, the venue bought 100 back, and 200 were taken for held beyond the 400 adopted."""
    machine = held(-500)
    machine.know(replace(BOUGHT, execution="adl", quantity=Decimal(100), cause=Cause.ADL, seq=8, at=machine.now))
    assert sold(machine).plan is not None
    ledger = machine.box_trade.ledger

    assert (ledger.position, ledger.foreign) == (Decimal(400), Decimal(0))
    assert machine.machine.state.view(SLOT).size == -400


def test_a_position_is_not_adopted_as_its_opposite() -> None:
    """A6: its size alone is no reason to take 1,000 bought for 400 sold."""
    refused = sold(held(1000))

    assert refused.refusal is not None
    assert "holds 1000 long, the plan says 400 short" in refused.refusal.reasons[0]


def test_who_asked_is_answered() -> None:
    """A6: by account and number of the asking, whether it was done or not."""
    machine, other = held(), held(400)
    (_, done), (_, refused) = adopted(machine, ask=3), adopted(other, ask=4)
    machine.step(Release("elsewhere", "test", 5))

    assert (done.account, done.ask, done.refusal) == ("main", 3, None)
    assert (refused.account, refused.ask, refused.plan) == ("main", 4, None)
    assert machine.last.replies[0].ask == 5


def test_one_lot_and_all_that_is_held_are_adopted_whole() -> None:
    """A6, B11: nothing is left for the user, so nothing is booked as his; one lot is TP1's."""
    for size in (1, 1000):
        machine = held(size)
        _, reply = adopted(machine, quantity=size)

        assert reply.refusal is None
        assert booked(machine) == [("adopted:0123456789", Decimal(size))]
        assert machine.box_trade.lines["E1"].filled == size


def test_every_trouble_of_the_account_is_named() -> None:
    """rel:F19: an account that isn't well adopts nothing; the same request twice adopts once, however long ago."""
    machine = held()
    machine.machine.state.troubles.update({"stream": machine.now, "cut": machine.now})
    machine.machine.state.known.add("0123456789")
    _, reply = adopted(machine)

    assert reply.refusal is not None
    assert reply.refusal.reasons == ("main: request r1 was opened before", "main: the account is not well: cut, stream")


def test_a_lost_trades_place_is_looked_at_at_once_when_it_is_adopted() -> None:
    """C7, A6: what it left there is in the way of the ladder: that it is lost no more is found out by a look now."""
    machine = held()
    machine.machine.state.lost = {"9876543210": SLOT}
    machine.machine.state.cuts.due = machine.now + 60_000
    adopted(machine)

    assert machine.machine.state.lost == {}
    assert machine.last.cut is not None


def filled() -> Driven:
    """A live trade of 1,000 with its ladder and stop."""
    machine = driven()
    machine.accept(machine.open(request()))
    machine.know(machine.fill("E1", 1000, 100), machine.ended("E1", 1000), machine.stop_is(90))
    machine.know(PositionIs(SLOT, Decimal(1000), machine.now, machine.seq))
    machine.accept([each for each in machine.sent if isinstance(each, Place) and each.reduce_only])
    return machine


def test_a_release_cancels_our_orders_and_closes_nothing() -> None:
    """A6: the position and its stop stay; nothing is sent that trades."""
    machine = filled()
    sent = machine.step(Release(machine.box_trade.plan.trade, "test"))

    assert {type(each) for each in sent} == {Cancel}
    assert len(sent) == 4
    machine.answer(sent)
    ends = [machine.ended(f"TP{level}", 0, EndReason.CANCELLED) for level in range(1, 5)]
    assert [each for each in machine.know(*ends) if isinstance(each, Place | SetStop)] == []
    assert not machine.machine.state.boxes
    assert machine.machine.state.view(SLOT).stop == 90


@pytest.mark.parametrize(("size", "given"), [(0, []), (1, [Decimal(1)]), (1000, [Decimal(1000)])])
def test_a_release_books_out_what_is_ours(size: int, given: list[Decimal]) -> None:
    """A6: to the last lot; of an entry that never filled there is nothing to give back."""
    machine = driven()
    machine.accept(machine.open(request()))
    if size:
        machine.know(machine.fill("E1", size, 100), machine.stop_is(90))
    machine.step(Release(machine.box_trade.plan.trade, "test"))

    assert [quantity for name, quantity in booked(machine) if name.startswith("released:")] == given
    assert machine.box_trade.ledger.position == 0


def test_after_a_release_the_slot_may_hold_what_is_the_users() -> None:
    """I4, A6: the live audit calls it no position without a trade, before a restart and after it."""
    machine = filled()
    machine.answer(machine.step(Release(machine.box_trade.plan.trade, "test")))
    machine.know(*(machine.ended(f"TP{level}", 0, EndReason.CANCELLED) for level in range(1, 5)))
    records = [(entry.trade, entry.what) for entry in machine.journal]
    after = restore(new_state(), records, machine.now, machine.closed.values())

    assert violations(machine.machine.state, machine.cut(size=1000)) == ()
    assert violations(after.state, machine.cut(size=1000)) == ()


def test_a_released_trade_stays_released_after_a_restart() -> None:
    """rel:F43: killed right after the release, before a cancel left."""
    machine = filled()
    machine.step(Release(machine.box_trade.plan.trade, "test"))
    after = machine.restarted()
    sent = after.know(after.cut(size=1000))

    assert [each for each in sent if isinstance(each, Place | SetStop)] == []
    assert after.box_trade.ledger.position == 0


def test_a_release_of_what_is_not_open_is_refused() -> None:
    """Named by its id."""
    machine = driven()
    machine.step(Release("0123456789", "test"))

    assert machine.last.replies[0].refusal is not None


def test_the_stop_that_the_user_had_is_moved_to_the_plans() -> None:
    """A6: from then on it counts as ours."""
    machine = held(stop=80)
    sent, _ = adopted(machine)

    assert StopIs(SLOT, Decimal(80), machine.now, 7) == machine.stop_is(80)
    assert [each.price for each in sent if isinstance(each, SetStop)] == [Decimal(90)]


def test_what_closes_a_late_fill_is_none_of_what_was_given_back() -> None:
    """A6, B10, rel:F31: E2 fills 300 after the release of 1,000: closed once, and the 1,000 stay the user's."""
    machine = opened()
    machine.answer(machine.step(Release(machine.box.id, "test")))
    machine.know(*(machine.ended(role, 0, EndReason.CANCELLED) for role in ("E2", "TP1", "TP2", "TP3", "TP4")))
    closing = machine.know(machine.fill("E2", 300, 98), machine.ended("E2", 300))
    machine.answer(closing)
    again = machine.know(machine.fill("X", 300, 97), machine.ended("X", 300))

    assert [(each.key, int(each.quantity)) for each in closing if isinstance(each, Place)] == [(machine.key("X"), 300)]
    assert (again, machine.machine.state.boxes) == ([], {})
    assert machine.restarted().box_trade.ledger.position == 0


@pytest.mark.parametrize("told", [True, False])
def test_what_our_own_orders_still_sold_was_not_given_back(told: bool) -> None:
    """A6, rel:I10: TP1's 850 are listed after the release, executed before it or while its cancel flew: 150 went."""
    machine = filled()
    if told:
        machine.know(machine.ended("TP1", 850))
    machine.answer(machine.step(Release(machine.box_trade.plan.trade, "test")))
    machine.know(machine.fill("TP1", 850, 110), machine.ended("TP1", 850))
    machine.know(*(machine.ended(f"TP{level}", 0, EndReason.CANCELLED) for level in (2, 3, 4)))

    (report,) = machine.closed.values()
    ledger = machine.restarted().box_trade.ledger
    assert (report.reason, report.position, report.net) == ("released", Decimal(0), Decimal(8500))
    assert (ledger.position, ledger.taken, ledger.foreign) == (Decimal(0), Decimal(150), Decimal(0))


def late(quantity: int, since: int = 0) -> tuple[Driven, Filled, list[object]]:
    """A trade's entry bought 300 after its end, unheard of: so much is taken over, the user buys more, it is listed."""
    machine = driven()
    machine.accept(machine.open(request((98,))))
    fill = machine.fill("E1", 300, 98, seq=6)
    machine.know(machine.ended("E1", 0, EndReason.CANCELLED), PositionIs(SLOT, Decimal(300), machine.now, 6))
    machine.accept(machine.step(Adopt(plan(quantity), (), "test")))
    for _ in range(2 if since else 0):
        shown = PositionIs(SLOT, Decimal(300 + since), machine.later(3_000).now, 8)
        machine.know(replace(machine.cut(), positions=(shown,), stops=()))
    return machine, fill, [each for each in machine.know(fill) if isinstance(each, Place) and each.price is None]


def test_a_late_fill_that_was_taken_over_is_not_closed() -> None:
    """A6, B10, I10: listed late it was to be closed at market, out of what the operator had: its trade is over."""
    machine, fill, closing = late(300)

    assert closing == []
    assert [int(box.trade.ledger.position) for box in machine.machine.state.boxes.values()] == [300]
    assert {int(box.trade.ledger.position) for box in machine.restarted().machine.state.boxes.values()} == {0, 300}
    assert [report.fees for report in machine.last.closed] == [fill.fee]


def test_what_an_operator_left_of_a_late_fill_is_closed() -> None:
    """A6, B10: he took over 200 of 300, and what is beside them counted as the user's: 100 go at market."""
    machine, _, closing = late(200)

    assert [int(each.quantity) for each in closing if isinstance(each, Place)] == [100]
    assert sorted(int(box.trade.ledger.position) for box in machine.machine.state.boxes.values()) == [100, 200]


def test_what_looks_explain_after_a_take_over_is_none_of_what_was_before_it() -> None:
    """A6, B11, C8: looks gave the user 100 more; the late 300 were taken out of those, and 200 were gone from ours."""
    machine, _, closing = late(300, since=100)
    (owner,) = (box for box in machine.machine.state.boxes.values() if box.trade.ledger.position)

    assert (closing, int(owner.trade.ledger.position), int(owner.trade.ledger.foreign)) == ([], 300, 100)
