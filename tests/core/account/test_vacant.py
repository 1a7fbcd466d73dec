"""Slots without a trade: what lists leave out, and what looks list of a trade that is over (A7, C8, rel:F20)."""

from dataclasses import replace
from decimal import Decimal

from core.account.inputs import Open, Operate
from core.commands import Place
from core.facts import ActKind, Cause, EndReason, Filled, PositionIs, StopIs
from core.words import OrderSide, Side
from tests.core.account.test_explaining import ROLES
from tests.core.account.test_sequences import opened
from tests.core.account.test_waking_again import reborn, stopped
from tests.driving import SLOT, Driven, driven, terms
from tests.staging import request

SHORT = request(("market",), side=Side.SHORT, targets=(90, 80, 70, 60), stop=110)


def bought(run: Driven, name: str, seq: int, cause: Cause) -> Filled:
    """1,000 bought by an order without a name of ours."""
    return Filled(name, SLOT, None, OrderSide.BUY, Decimal(1000), Decimal(110), Decimal(0), cause, run.now, seq)


def looked(run: Driven, *fills: Filled) -> None:
    """A look three seconds later that lists these executions, and leaves the flat slot out."""
    run.later(3_000)
    flat = PositionIs(SLOT, Decimal(0), run.now, -1)
    run.know(replace(run.cut(fills=fills), positions=(flat,), stops=(StopIs(SLOT, None, run.now, -1),)))


def next_entries(run: Driven) -> list[type]:
    """What the next request sends."""
    return [type(each) for each in run.open(request(("market",), identity="r2"))]


def test_a_stop_that_looks_list_again_moves_nothing() -> None:
    """A7: a short was stopped out unseen; each look listed that for a minute, and its size grew by it each time."""
    run = driven()
    run.accept(run.open(SHORT))
    key = run.key("E1")
    entry = Filled("s1", SLOT, key, OrderSide.SELL, Decimal(1000), Decimal(100), Decimal(0), Cause.ORDER, run.now, 1)
    run.accept(run.know(entry, replace(run.ended("E1", 1000), key=key), run.stop_is(110)))
    stop = bought(run, "stop1", 6, Cause.STOP)
    looked(run, entry, stop)
    run.know(*(run.ended(f"TP{number}", 0, EndReason.CANCELLED) for number in (1, 2, 3, 4)))
    assert run.machine.state.boxes == {}

    looked(run, entry, stop)

    assert next_entries(run) == [Place]


def test_what_a_user_closed_unseen_frees_the_slot() -> None:
    """A7, C8: he bought his short back, no frame told of it: two looks that show nothing agree, one proves nothing."""
    run = driven()
    his = bought(run, "his", 6, Cause.FOREIGN)

    looked(run, his)
    assert next_entries(run) == []
    looked(run, his)

    assert next_entries(run) == [Place]
    looked(run, his)
    assert run.machine.state.slots[SLOT].size == 0


def test_what_a_user_did_before_the_trade_is_not_reckoned_with() -> None:
    """C8: he had bought his short back; that was taken for 1,000 held, and for 1,000 more at each look."""
    run = driven()
    his = bought(run, "his", 6, Cause.FOREIGN)
    asked = replace(request((98,)), at=run.later(1_000).now)
    run.accept(run.step(Open(asked, replace(terms(), at=run.now), run.trade_id(asked))))

    for _ in range(3):
        run.later(3_000).know(replace(run.cut(fills=[his], orders=[run.working("E1", 1000)]), positions=(), stops=()))

    assert run.machine.state.slots[SLOT].size == 0


def test_what_a_user_sold_is_counted_once_and_with_its_side() -> None:
    """C8: a frame told twice, and listed once more; bought back in part, what is left is short still."""
    run = driven()
    his = replace(bought(run, "his", 6, Cause.FOREIGN), side=OrderSide.SELL)
    run.know(his)
    run.know(his, replace(his, execution="same", quantity=Decimal(500)))
    run.know(bought(run, "back", 7, Cause.FOREIGN), his)

    assert run.machine.state.slots[SLOT].size == -500


def test_what_an_old_look_showed_is_gone_though_a_trade_has_the_slot() -> None:
    """C8, rel:F20: a look from before showed the short that he had closed; it was believed until the trade's end."""
    run = driven()
    asked = replace(request((98,)), at=run.now)
    run.accept(run.step(Open(asked, replace(terms(), at=run.now), run.trade_id(asked))))
    run.know(PositionIs(SLOT, Decimal(-11), run.now, 1))

    looked(run)
    assert run.machine.state.slots[SLOT].size == -11
    looked(run)

    assert run.machine.state.slots[SLOT].size == 0


def test_what_is_being_closed_is_not_believed_flat_before_its_execution_is_listed() -> None:
    """C8, 8.2, A7: lists show nothing, and not what X sold: counted after that it would be a short of 1,000."""
    run = opened()
    bought = run.fill("E1", 1000, 100, seq=1)
    run.answer(run.step(Operate(run.box.id, ActKind.CLOSE, "ann", Decimal(100))))
    sold = run.fill("X", 1000, 100, seq=6)
    run.know(run.ended("X", 1000), *(run.ended(role, 0, EndReason.CANCELLED) for role in ROLES))
    for _ in range(3):
        looked(run, bought)

    run.know(sold)

    assert run.machine.state.view(SLOT).size == 0


def test_what_an_entry_opened_is_not_believed_flat_by_lists_of_before_it() -> None:
    """C8, rel:F20, 8.2: frames told of E1's end and of 1,000, the lists of neither: it would have no stop."""
    run = driven()
    run.accept(run.open(request()))
    bought = run.fill("E1", 1000, 100)
    run.know(run.ended("E1", 1000), PositionIs(SLOT, Decimal(1000), run.now, 1))
    for _ in range(3):
        looked(run)

    run.know(bought)

    assert run.machine.state.view(SLOT).size == 1000


def test_two_executions_of_one_number_are_counted_once_each() -> None:
    """C8, A7: a hand's order executed against two at once: told by frames, and by a list once more."""
    run = driven()
    both = [bought(run, name, 6, Cause.FOREIGN) for name in ("first", "second")]

    run.know(*both)
    run.know(*both)

    assert run.machine.state.view(SLOT).size == 2000


def test_a_stop_of_an_earlier_life_moves_nothing_when_looks_list_it() -> None:
    """A7, rel:F43: the start knows what was executed last, not what it left: the list says that nothing is held."""
    run, _ = stopped()
    facts = [entry.what for entry in run.journal if isinstance(entry.what, Filled)]
    again = reborn(run)
    again.step()

    looked(again, *facts)

    assert again.machine.state.view(SLOT).size == 0


def test_executions_that_come_in_another_order_come_to_the_same() -> None:
    """C8, rel:F18 (seed 1903): the stop's came before the entries', whose were left out: 385 short, and none were."""
    run = driven()
    his = [bought(run, name, seq, Cause.FOREIGN) for name, seq in (("first", 6), ("second", 7))]
    sold = replace(bought(run, "sold", 8, Cause.FOREIGN), side=OrderSide.SELL, quantity=Decimal(2000))
    run.know(PositionIs(SLOT, Decimal(100), run.now, 5), sold)
    run.know(*his, his[0])

    assert run.machine.state.slots[SLOT].size == 100
    run.know(PositionIs(SLOT, Decimal(1100), run.now, 6))
    assert run.machine.state.slots[SLOT].size == 100


def test_two_looks_from_before_what_is_held_prove_nothing() -> None:
    """C8, rel:F20 (seed 300020622): lists that fell behind agreed on nothing, where the stream had brought 1,000."""
    run = driven()
    his = bought(run, "his", 6, Cause.FOREIGN)
    run.know(his)
    for _ in range(3):
        looked(run)

    assert run.machine.state.slots[SLOT].size == 1000
    for _ in range(2):
        looked(run, his)
    assert run.machine.state.slots[SLOT].size == 0


def test_what_is_never_listed_is_not_waited_for_without_end() -> None:
    """C8: the stream brought an execution that no list shows: a minute later the lists are believed all the same."""
    run = driven()
    run.know(bought(run, "his", 6, Cause.FOREIGN))
    run.later(60_000)
    for _ in range(2):
        looked(run)

    assert run.machine.state.slots[SLOT].size == 0
    assert not run.machine.state.troubles
