"""What a mend rests on and no other test looked at: each was seen to fail with that one condition taken away."""

from dataclasses import replace
from decimal import Decimal

from core.account import gating
from core.account.inputs import Operate
from core.account.machine import restore
from core.alerts import ForeignEdit
from core.commands import Amend, Code, Place, Refused, SetLeverage
from core.facts import Act, ActKind, EndReason, Funding, PositionIs
from core.ledger import empty, pay_funding
from core.plan import Rules
from core.request import Merge
from core.words import OrderSide, Side
from tests.core.account.test_coming_back import come_back
from tests.core.account.test_following_late import following, told
from tests.core.account.test_netting import closing, entered, positions, turned_round
from tests.core.account.test_order_hands import cancelled, waiting_to_be_sent
from tests.core.account.test_sequences import TWO_LEGS, opened
from tests.driving import SLOT, Driven, driven, new_state
from tests.staging import request


def moves(run: Driven) -> list[int]:
    """Where the stop was moved to, by whom ever."""
    acts = [entry.what for entry in run.journal if isinstance(entry.what, Act)]
    return [int(act.price or 0) for act in acts if act.kind is ActKind.MOVE_STOP]


def test_of_a_larger_later_trade_only_the_late_fill_is_gone() -> None:
    """A8, B10: the short holds 500 and 300 of the long execute: 200 short are left, and nothing is closed."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 500, 5)))

    sent = run.know(late, PositionIs(SLOT, Decimal(-200), run.now, 6))

    assert closing(sent) == []
    assert positions(run) == {"short": 200}


def test_a_stop_copied_before_the_leaders_tp1_is_not_copied_after_a_start() -> None:
    """A4, rel:I9: the last that was copied is the last move, whatever else was copied since."""
    run = following()
    run.step(told(run, 95))
    run.step(told(run, 95, tp1=True))
    run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(103), price=Decimal(102)))
    records = [(entry.trade, entry.what) for entry in run.journal]
    again = Driven(restore(new_state("mirror", follows="main"), records, run.now), run.now, seq=run.seq)

    again.step(told(again, 95, tp1=True))

    assert again.box.strategy.desired(again.box_trade).stops[0].price == 102
    assert moves(again) == []


def test_a_mirror_that_hit_its_own_tp1_has_nothing_to_copy_of_its_leaders() -> None:
    """A4: its own hit moved its stop and cancelled its entries already; the journal holds no second decision."""
    run = following()
    run.accept(run.know(run.ended("E2", 0, EndReason.CANCELLED)))
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    run.step(told(run, tp1=True))

    assert [entry.what for entry in run.journal if isinstance(entry.what, Act)] == []


def test_what_is_no_stop_pauses_no_entries() -> None:
    """I1: the gate's pause after a stop counts from stops alone; X closed this trade."""
    run = come_back()
    run.know(run.fill("X", 300, 99), run.ended("X", 300))

    assert run.last.closed != []
    assert run.machine.state.last_stop_at is None


def test_a_symbol_with_orders_of_a_lost_trade_takes_no_request() -> None:
    """C7: what the store has lost still works at the venue, and would execute in the new trade's slot."""
    run = driven()
    run.machine.state.lost = {"9876543210": SLOT}

    assert [each for each in run.open(request(("market",))) if isinstance(each, Place)] == []


def test_a_leverage_changed_once_something_is_held_is_the_users() -> None:
    """B4: E1 is filled, E2 was never taken: what the position has is not set again before E2 leaves."""
    run = waiting_to_be_sent()
    run.know(PositionIs(SLOT, Decimal(1000), run.now + 1, 9, leverage=Decimal(25)))

    sent = run.later(5_000).step()

    assert [type(each) for each in sent if isinstance(each, SetLeverage | Place)] == [Place]


def test_an_entry_that_a_user_puts_back_himself_is_where_the_plan_has_it() -> None:
    """B4, A11: moved to 97, which the venue was too busy to undo; then he moves it back: told once, not twice."""
    run = opened()
    back = run.know(replace(run.working("E2", 1000), price=Decimal(97), at=run.now + 1))
    assert [each.price for each in back if isinstance(each, Amend)] == [98]
    run.answer(back, *(Refused(Code.BUSY, "too busy") for _ in back))

    run.know(replace(run.working("E2", 1000), price=Decimal(98), at=run.now + 2))

    assert sum(isinstance(alert.body, ForeignEdit) for alert in run.alerts) == 1


def test_a_merge_that_keeps_its_prices_moves_no_stop_back() -> None:
    """B13, A4: the leader's move came after it had asked; a person's since then on the mirror stands."""
    run = following()
    asked = replace(TWO_LEGS, id="more", merge=Merge.KEEP, at=run.now)
    run.later(1_000).step(told(run, 95))
    run.step(Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(97)))

    run.later(1_000).open(asked, leader="main", into=run.box.id)

    assert len(run.box.trade.plan.additions) == 1
    assert run.box.strategy.desired(run.box_trade).stops[0].price == 97


def test_what_is_found_is_waited_for_no_more() -> None:
    """C8, R2: once listed, the next look comes when it would have; and what is named next is waited for anew."""
    run = opened()
    run.know(run.ended("TP1", 850))
    run.later(4_000).know(run.cut(size=1000))
    assert run.machine.state.cuts.unbooked is not None

    run.later(4_000).know(run.cut(fills=[run.fill("TP1", 850, 110)], size=1150))

    assert run.machine.state.cuts.unbooked is None


def test_what_meets_a_late_entry_costs_what_that_entry_cost() -> None:
    """I10, A8: 100 of 300 that cost 3 met the short's 100; the fee is paid once, by the trade that entered."""
    run, late = turned_round()
    run.accept(run.know(*entered(run, 100, 5)))

    run.know(replace(late, fee=Decimal(3)), PositionIs(SLOT, Decimal(200), run.now, 6))

    old = next(box for box in run.machine.state.boxes.values() if box.trade.plan.side is Side.LONG)
    assert old.trade.ledger.fees == 3


def test_what_is_shown_while_ours_is_not_in_force_is_no_hand() -> None:
    """A11, B14: the venue was too busy for the operator's 95, so that what stood there was no wish of ours any more."""
    run = opened()
    run.know(run.ended("E2", 0, EndReason.CANCELLED))
    act = Operate(run.box.id, ActKind.MOVE_STOP, "me", Decimal(100), price=Decimal(95))
    run.answer(run.step(act), Refused(Code.BUSY, "too busy"))

    run.know(replace(run.stop_is(94), at=run.now + 1))

    assert moves(run) == [95]


def test_entries_given_up_by_hand_are_told_of_once() -> None:
    """D1, B7: E2 was never sent and is cancelled by an operator; the TP1 that follows cancels nothing more."""
    run = waiting_to_be_sent()
    run.step(Operate(run.box.id, ActKind.CANCEL_ENTRIES, "ann"))
    run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850))

    assert cancelled(run) == [("operator", ["E2"])]


def test_an_earlier_stop_that_is_told_late_ends_no_pause() -> None:
    """I1: entries wait from the last stop on, in whatever order the trades' ends are learned of."""
    run = come_back()
    run.know(run.fill("X", 300, 99), run.ended("X", 300))
    report = replace(run.last.closed[0], reason="stop")
    first, last = run.now, run.now + 60_000

    for at in (last, first):
        gating.ended(run.machine.state, replace(report, closed_at=at, last_fill_at=at))

    assert run.machine.state.last_stop_at == last


def test_what_a_hand_holds_the_other_way_pays_its_part() -> None:
    """F22, B11: 1,000 of ours and 400 sold by hand: the slot's funding is shared by what each of them is."""
    ledger = empty(OrderSide.BUY)._replace(entered=Decimal(1000), foreign=Decimal(-400))

    assert pay_funding(ledger, Funding("f", SLOT, Decimal(14), 1)).funding == 10


def test_who_waits_for_its_entries_whatever_happens_is_not_cancelled_nor_woken_by_a_price() -> None:
    """B8: only what is cancelled when it was missed looks at its first take-profit before anything is entered."""
    waits, gives_up = (driven(rules=Rules(cancel_if_missed=missed)) for missed in (False, True))
    for run in (waits, gives_up):
        run.accept(run.open(request((98,))))

    assert [run.box.desired and run.box.desired.above for run in (waits, gives_up)] == [None, 110]
