"""An endpoint's budget: what left counts until a second after its answer, for it arrived before that."""

from plugins.exchanges.bybit.budget import MARGIN, WINDOW, Budget
from plugins.exchanges.bybit.replies import Limit


def test_what_flies_counts_until_a_second_after_its_answer() -> None:
    """rel:F04: the venue's second begins when a request arrives, somewhere before its answer."""
    budget = Budget(10)
    ticket = budget.take(10, now=0)
    assert budget.room(2_000) == 0
    budget.landed(ticket, now=2_000)
    assert budget.room(2_000 + WINDOW) == 0
    assert budget.room(2_000 + WINDOW + MARGIN) == 10


def test_what_never_left_costs_nothing() -> None:
    """A connection that did not come about used no budget."""
    budget = Budget(10)
    budget.never_left(budget.take(7, now=0))
    assert budget.room(0) == 10


def test_the_cap_is_learned_from_the_venue() -> None:
    """VIP accounts have more than the default."""
    budget = Budget(10)
    budget.learn(Limit(cap=40, left=39, reset=0))
    assert budget.room(0) == 40


def test_a_refusal_shuts_it_until_its_reset() -> None:
    """10006 names the time from which it may go on."""
    budget = Budget(10)
    budget.shut(500)
    assert budget.room(499) == 0
    assert budget.next(400) == 100
    assert budget.room(500) == 10


def test_what_nobody_gave_back_counts_for_fifteen_seconds() -> None:
    """rel:F04: a call whose answer never came back would else bind its units for as long as the account lives."""
    budget = Budget(10)
    budget.take(4, 0)

    assert (budget.room(14_999), budget.room(15_000)) == (6, 10)
