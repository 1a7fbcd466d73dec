"""One trade after another in the same slot: what belongs to the first is never the second's."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.account.inputs import Open, Operate
from core.account.machine import restore
from core.commands import Code, Done, Place, Refused
from core.facts import ActKind, Cause, Ended, EndReason, Filled, Funding, PositionIs
from core.words import PositionMode, Side, Slot
from tests.core.account.test_sequences import opened
from tests.driving import SLOT, Driven, driven, new_state, terms
from tests.staging import SYMBOL, request


def stopped() -> tuple[Driven, Filled]:
    """A trade that its stop ended, and that stop's execution, which names no order."""
    run = opened()
    stop = replace(run.fill("X", 1000, 90), key=None, cause=Cause.STOP)
    ends = [run.ended(role, 0, EndReason.CANCELLED) for role in ("E2", "TP1", "TP2", "TP3", "TP4")]
    run.know(stop, *ends, run.stop_is(None))
    assert not run.machine.state.boxes
    return run, stop


def again(run: Driven) -> None:
    """The next trade in the slot, ten seconds later; its entry is not filled yet."""
    run.later(10_000)
    asked = replace(request(("market", 98)), id="r2", at=run.now)
    run.accept(run.step(Open(asked, replace(terms(), at=run.now), run.trade_id(asked))))


def test_a_stop_that_is_read_again_is_not_the_next_trades() -> None:
    """rel:I6, C8: an audit reads the last minute again: the first trade's stop sold nothing of the second."""
    run, stop = stopped()
    again(run)
    run.know(run.cut(fills=[stop]))

    assert (run.box.trade.ledger.position, run.box.trade.ledger.foreign) == (Decimal(0), Decimal(0))
    assert [each.what for each in run.journal].count(stop) == 1


@pytest.mark.parametrize("recalled", [True, False])
def test_nor_after_a_restart(recalled: bool) -> None:
    """rel:F43, I6: also when the first trade closed too long ago to be recalled; then its time tells."""
    run, stop = stopped()
    first = run.box_trade.plan.trade
    again(run)
    state = new_state("main")
    records = [(each.trade, each.what) for each in run.journal if recalled or each.trade != first]
    reborn = Driven(restore(state, records, run.now, run.closed.values() if recalled else ()), run.now, seq=run.seq)
    reborn.step()
    reborn.know(reborn.cut(fills=[stop]))

    assert reborn.box.trade.plan.trade != first
    assert reborn.box.trade.ledger.foreign == 0
    assert reborn.machine.state.cuts.mismatched == {}


def test_a_stop_of_this_trade_is_still_its_own() -> None:
    """rel:I6: a keyless execution after the trade began is booked, whatever came before in the slot."""
    run, _ = stopped()
    again(run)
    run.know(run.fill("E1", 500, 100))
    run.know(replace(run.fill("X", 500, 90), key=None, cause=Cause.STOP))

    assert (run.box_trade.ledger.entered, run.box_trade.ledger.position) == (Decimal(500), Decimal(0))


def test_a_closing_order_that_came_too_late_does_not_wake_its_trade() -> None:
    """rel:F43, rel:F31, B10: flat before the close arrived: after a restart the trade stays over, the slot is free."""
    run = opened()
    asked = run.step(Operate(run.box_trade.plan.trade, ActKind.CLOSE, "me"))
    targets = [run.fill(f"TP{level}", 850 if level == 1 else 50, 100 + level) for level in (1, 2, 3, 4)]
    run.know(*targets, *(run.ended(f"TP{level}", 850 if level == 1 else 50) for level in (1, 2, 3, 4)))
    late = Refused(Code.FLAT, "nothing to reduce")
    run.answer(asked, *(late if isinstance(each, Place) else Done() for each in asked))
    run.know(run.ended("E2", 0, EndReason.CANCELLED), run.stop_is(None))
    assert not run.machine.state.boxes
    records = [(each.trade, each.what) for each in run.journal]
    reborn = Driven(restore(new_state("main"), records, run.now, run.closed.values()), run.now, seq=run.seq)
    reborn.machine.state.touch(next(iter(reborn.machine.state.ended.values())))
    reborn.step()

    assert reborn.machine.state.owners == {}
    assert (reborn.sent, reborn.last.closed) == ([], [])


@pytest.mark.parametrize(("slot", "mode", "opens"), [(2, "hedge", True), (1, "hedge", False), (0, "one_way", False)])
def test_only_what_the_user_holds_on_the_same_side_is_in_the_way(slot: int, mode: str, opens: bool) -> None:
    """A7, A5: apart from each other his short and our long have each a stop of their own."""
    run = driven()
    run.know(PositionIs(Slot(SYMBOL, slot), Decimal(5), run.now, 1))
    asked = request(("market",))
    run.step(Open(asked, replace(terms(), mode=PositionMode(mode)), run.trade_id(asked)))

    assert (run.last.replies[0].plan is not None) == opens


@pytest.mark.parametrize(("leverage", "opens"), [(10, True), (5, False)])
def test_both_sides_of_a_symbol_have_one_leverage(leverage: int, opens: bool) -> None:
    """A8, B4, C4: a long at 10 and a short at 5 whose entries waited set it in turns, as fast as the venue answered."""
    run, hedge = driven(), replace(terms(), mode=PositionMode.HEDGE)
    short = request((102,), identity="r2", side=Side.SHORT, targets=(90, 80, 70, 60), stop=110)
    for asked in (request((98,)), replace(short, leverage=Decimal(leverage))):
        run.step(Open(asked, hedge, run.trade_id(asked)))

    assert (run.last.replies[0].plan is not None) == opens
    assert [type(each) for each in run.sent] == [Place] * (1 + opens)


def test_the_end_of_one_trade_gives_its_slot_to_none_of_another() -> None:
    """A5, A8: in hedge mode the short's end makes the long, which has a slot of its own, the owner of no second."""
    run = driven()
    sides = (request((98,)), request((102,), side=Side.SHORT, targets=(90, 80, 70, 60), stop=110, identity="r2"))
    for asked in sides:
        run.accept(run.step(Open(asked, replace(terms(), mode=PositionMode.HEDGE), run.trade_id(asked))))
    owners = run.machine.state.owners

    run.know(Ended(owners[Slot(SYMBOL, 2)].trade.lines["E1"].key, Decimal(0), EndReason.CANCELLED, run.now))

    assert list(owners) == [Slot(SYMBOL, 1)]


def test_funding_is_paid_by_the_trade_that_holds_the_slot_by_then() -> None:
    """rel:F22, I10, G1: the first is over: what is paid a second after the next one's entry is none of its."""
    run, _ = stopped()
    again(run)
    run.know(replace(run.fill("E1", 1000, 100), key=run.key("E1")), run.stop_is(90))

    run.know(Funding("f1", SLOT, Decimal(2), run.later(1_000).now))

    assert run.box.trade.ledger.funding == 2
    assert [box.trade.ledger.funding for box in run.machine.state.ended.values()] == [0]
