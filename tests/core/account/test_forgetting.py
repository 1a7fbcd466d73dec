"""What an account keeps at hand of trades that are over, and when it lets go (rel:F31: a ghost finds its own)."""

from decimal import Decimal

from core.account.ending import lay_aside
from core.account.inputs import LeaderIs
from core.account.state import KEPT_CLOSED
from core.desired import Phase
from core.identity import key_text
from core.mirror import Following
from tests.core.account.test_sequences import opened
from tests.driving import Driven, driven
from tests.staging import request


def with_many_ended() -> Driven:
    """A live trade, and as many ended ones as are kept; the oldest has an order that was asked about."""
    run = opened()
    box = run.box
    state = run.machine.state
    state.find(run.key("TP1"))
    lay_aside(state, box.id)
    state.leads[box.id] = LeaderIs(box.id, "main", Phase.CLOSED, False, "stop", None, box.trade.ledger.entered, None)
    for number in range(KEPT_CLOSED - 1):
        state.ended[f"E{number}"] = box
    return run


def test_an_ended_trade_owns_nothing_and_is_found_by_its_keys() -> None:
    """rel:F31: its slot is free, its orders are still known as its own."""
    run = with_many_ended()
    state = run.machine.state
    trade = next(iter(state.ended))

    assert (state.boxes, state.owners) == ({}, {})
    assert state.ended[trade].phase is Phase.CLOSED
    assert state.find(key_text("main", trade, "E1", 0))[0] is state.ended[trade]


def test_the_oldest_is_forgotten_with_all_its_keys() -> None:
    """rel:F31: two hundred are kept; of what goes nothing stays behind, and the others stay."""
    run = with_many_ended()
    state = run.machine.state
    oldest = next(iter(state.ended))
    key = key_text("main", oldest, "E1", 0)
    state.slots.clear()
    run.open(request((97,), identity="next"))
    lay_aside(state, run.box.id)

    assert oldest not in state.ended
    assert len(state.ended) == KEPT_CLOSED
    assert state.find(key)[0] is None
    assert (oldest in state.leads, oldest in state.known) == (False, True)


def test_leaders_words_are_kept_for_as_many() -> None:
    """A9: the oldest word about a leader's ended trade goes when there are more than are kept."""
    run = driven("mirror", follows="main")
    run.machine.state.following = Following(leader="main")
    for number in range(KEPT_CLOSED + 1):
        run.step(LeaderIs(f"T{number}", "main", Phase.CLOSED, False, "stop", None, Decimal(0), None))
    over = run.machine.state.over

    assert len(over) == KEPT_CLOSED
    assert ("T0" in over, "T1" in over, over[f"T{KEPT_CLOSED}"].reason) == (False, True, "stop")


def test_a_slot_that_another_trade_owns_is_left_to_it() -> None:
    """A8: laying one trade aside takes nothing from the next."""
    run = opened()
    state, first = run.machine.state, run.box
    other = opened().box
    state.owners[first.trade.plan.slot] = other
    lay_aside(state, first.id)

    assert state.owners[first.trade.plan.slot] is other
