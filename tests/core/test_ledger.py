"""The execution ledger: B9, B11, G1."""

from decimal import Decimal
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.facts import Cause, Filled, Funding
from core.ledger import Ledger, book, empty, pay_funding
from core.money import ZERO
from core.words import OrderSide, Side, Slot

SLOT = Slot("XUSDT", 0)
Step = tuple[str, str, str, str]


def told(*steps: Step, side: Side = Side.LONG) -> Ledger:
    """The ledger after (who, quantity, price, fee); who is a role, or a cause, `+foreign` for one that opens."""
    ledger = empty(side.opening)
    for seq, (who, quantity, price, fee) in zip(count(1), steps, strict=False):
        role = who if who.isupper() or who.startswith("TP") else None
        cause = Cause.ORDER if role else Cause(who.removeprefix("+"))
        way = side.opening if who.startswith(("E", "+")) else side.closing
        key = f"key of {role}" if role else None
        fill = Filled(f"x{seq}", SLOT, key, way, Decimal(quantity), Decimal(price), Decimal(fee), cause, seq * 10, seq)
        ledger = book(ledger, fill, role)
    return ledger


def exact(text: str) -> tuple[Decimal, ...]:
    """Decimals from text, parted by blanks."""
    return tuple(Decimal(one) for one in text.split())


E1: Step = ("E1", "10", "100", "0.5")
E2: Step = ("E2", "10", "90", "0.2")


def test_entries_make_the_average_and_exits_do_not_change_it() -> None:
    """B9: the average of all entries, whatever left in between."""
    ledger = told(E1, ("TP1", "5", "110", "0.1"), E2)

    assert ledger.average_entry == 95
    assert (ledger.entered, ledger.exited, ledger.position) == exact("20 5 15")
    assert (ledger.entry_cost, ledger.entry_fees) == exact("1900 0.7")


@pytest.mark.parametrize(("side", "gross"), [(Side.LONG, 100), (Side.SHORT, -100)])
def test_profit_is_by_average_entry(side: Side, gross: int) -> None:
    """G1: 10 in at 100, 10 out at 110; net takes fees and funding off."""
    ledger = pay_funding(told(E1, ("TP1", "10", "110", "0.3"), side=side), Funding("f", SLOT, Decimal("0.2"), 0))

    assert ledger.gross == gross
    assert ledger.net == gross - Decimal("0.8") - Decimal("0.2")


def test_roles_remember_the_entries_at_their_last_execution() -> None:
    """B9: breakeven at TP1 is by what had been entered then."""
    fills = told(E1, ("TP1", "3", "110", "0"), ("TP1", "2", "112", "0"), E2).roles["TP1"]

    assert (fills.quantity, fills.cost) == exact("5 554")
    assert (fills.seq, fills.at) == (3, 30)
    assert fills.average == Decimal("110.8")
    assert (fills.entered_then, fills.cost_then, fills.fees_then) == exact("10 1000 0.5")


def test_entry_in_two_executions_is_one_roles_fill() -> None:
    """B9: an entry's executions add up under its name, with the totals that were entered by its latest."""
    fills = told(E1, E2, ("E1", "5", "80", "0.1")).roles["E1"]

    assert (fills.quantity, fills.cost, fills.fees) == exact("15 1400 0.6")
    assert (fills.entered_then, fills.cost_then, fills.fees_then) == exact("25 2300 0.8")


def test_every_booking_says_when_and_where_it_was() -> None:
    """DESIGN 5.2: the first and the latest instant, and the latest place in the venue's order, whatever was booked."""
    entered = told(E1, E2)
    left = told(E1, E2, ("TP1", "5", "110", "0"))

    assert (entered.seq, entered.first_at, entered.last_at) == (2, 10, 20)
    assert (left.seq, left.first_at, left.last_at) == (3, 10, 30)
    assert (left.roles["TP1"].seq, left.roles["TP1"].at) == (3, 30)


def test_nothing_entered_has_no_average() -> None:
    """Unknown is never zero."""
    ledger = empty(OrderSide.BUY)

    assert ledger.average_entry is None
    assert (ledger.filled("E1"), ledger.position, ledger.net) == exact("0 0 0")


def test_foreign_order_takes_the_users_excess_first() -> None:
    """B11: the user bought 4 beside our 10 and sold 6: two of ours are taken, a third of that fee is ours."""
    ledger = told(E1, ("+foreign", "4", "100", "1"), ("foreign", "6", "105", "0.6"))

    assert (ledger.taken, ledger.foreign, ledger.position) == exact("2 0 8")
    assert ledger.exit_fees == Decimal("0.2")
    assert ledger.gross == 10


def test_position_wide_stop_takes_ours_first() -> None:
    """B11: the stop covers both; what it closes beyond ours was the user's."""
    ledger = told(E1, ("+foreign", "4", "100", "0"), ("stop", "12", "95", "0"))

    assert (ledger.stopped, ledger.foreign, ledger.position) == exact("10 2 0")


@pytest.mark.parametrize(
    ("cause", "field"),
    [("stop", "stopped"), ("liquidation", "liquidated"), ("adl", "deleveraged"), ("foreign", "taken")],
)
def test_each_reduction_counts_once_under_its_name(cause: str, field: str) -> None:
    """B11: never booked as a take-profit."""
    ledger = told(E1, (cause, "4", "95", "0"))

    parts = {name: getattr(ledger, name) for name in ("stopped", "liquidated", "deleveraged", "taken")}
    assert parts == dict.fromkeys(parts, ZERO) | {field: Decimal(4)}
    assert ledger.exited == 4
    assert set(ledger.roles) == {"E1"}


def test_first_time_flat_is_remembered() -> None:
    """B10: closing never reopens: a fill afterwards leaves when and by what the trade went flat."""
    ledger = told(E1, ("TP1", "4", "110", "0"), ("stop", "6", "95", "0"), E2)

    again = told(E1, ("TP1", "4", "110", "0"), ("stop", "6", "95", "0"), E2, ("X", "10", "90", "0"))

    assert (ledger.flat_seq, ledger.flat_by) == (again.flat_seq, again.flat_by) == (3, "stop")
    assert ledger.position == 10


def test_less_than_one_coin_goes_flat_too() -> None:
    """B10: half a coin in, half a coin out: when and where in the venue's order that was is remembered."""
    ledger = told(("E1", "0.5", "100", "0"), ("stop", "0.5", "95", "0"))

    assert (ledger.flat_seq, ledger.flat_by) == (2, "stop")
    assert (ledger.seq, ledger.first_at, ledger.last_at) == (2, 10, 20)


def test_partial_exit_is_not_flat() -> None:
    """A trade is flat when all that was entered left."""
    assert told(E1, ("TP1", "9", "110", "0")).flat_seq is None


def test_exit_whose_entry_is_not_known_yet() -> None:
    """DESIGN 8.4: the stream missed an entry fill: no profit is invented, nothing below zero is taken from ours."""
    ledger = told(("TP1", "3", "110", "0"), ("foreign", "2", "100", "0"))

    assert ledger.flat_seq is None
    assert (ledger.position, ledger.gross) == exact("-3 0")
    assert (ledger.taken, ledger.exited, ledger.foreign) == exact("0 3 -2")


BOUGHT: Step = ("+foreign", "4", "104", "0")
ALONG = [
    (E1, BOUGHT, ("X", "14", "110", "0.7")),
    (E1, BOUGHT, ("X", "11", "110", "0.55"), ("X", "3", "110", "0.15")),
    (E1, ("X", "14", "110", "0.7"), BOUGHT),
]


@pytest.mark.parametrize("history", ALONG)
@pytest.mark.parametrize("side", Side)
def test_order_of_ours_takes_ours_first_and_then_the_users(history: tuple[Step, ...], side: Side) -> None:
    """B11: he bought 4 while all that was held was being closed: 10 of the 14 are ours, whichever is known first."""
    ledger = told(*history, side=side)

    assert (ledger.exited, ledger.position, ledger.foreign, ledger.held) == exact("10 0 0 0")
    assert (abs(ledger.gross), ledger.exit_fees) == exact("100 0.5")
    assert (ledger.filled("X"), ledger.flat_by) == (Decimal(14), "X")


def test_what_was_sold_beyond_all_that_is_known_makes_no_profit() -> None:
    """C8, G1: 10 are known to have been bought and 14 were sold: what the 4 cost isn't known."""
    ledger = told(E1, ("X", "14", "110", "0"))

    assert (ledger.position, ledger.gross) == exact("-4 100")


def test_an_exit_before_any_entry_is_known_takes_nothing_of_the_users() -> None:
    """DESIGN 8.4: an entry's execution is missing: the user's 4 are his still, whichever of the two is known first."""
    before, after = told(BOUGHT, ("TP1", "3", "110", "0")), told(("TP1", "3", "110", "0"), BOUGHT)

    assert (before.position, before.foreign) == (after.position, after.foreign) == exact("-3 4")


@pytest.mark.parametrize("users", ["1", "3"])
def test_entry_that_meets_the_users_opposite_position_closes_it_first(users: str) -> None:
    """B11: the user is short; so much of our 10 closed that, was taken at the entry's price and is not ours."""
    ledger = told(("foreign", users, "105", "0.2"), E1)

    assert (ledger.taken, ledger.exited, ledger.foreign) == (Decimal(users), Decimal(users), ZERO)
    assert (ledger.position, ledger.exit_value) == (10 - Decimal(users), 100 * Decimal(users))
    assert (ledger.flat_seq, ledger.exit_fees) == (None, ZERO)


def test_entry_that_the_users_position_takes_whole_is_flat_by_it() -> None:
    """B10, B11: the user was short 12, so nothing of our 10 was ever held, and the report says who took it."""
    ledger = told(("foreign", "12", "105", "0"), E1)

    assert (ledger.position, ledger.foreign) == exact("0 -2")
    assert (ledger.flat_seq, ledger.flat_by) == (2, "foreign")


def test_late_entry_that_an_exit_used_up_is_not_the_users() -> None:
    """DESIGN 8.4: an exit was known before its entry: with nothing left to take, the user's order ended nothing."""
    ledger = told(("TP1", "10", "110", "0"), ("foreign", "2", "100", "0"), E1)

    assert (ledger.taken, ledger.position, ledger.foreign) == exact("0 0 -2")
    assert ledger.flat_by == ""


def test_what_was_only_the_users_is_still_the_latest_execution() -> None:
    """B11: the slot's place in the venue's order moves on, whoever's the execution was."""
    assert told(E1, ("+foreign", "4", "100", "0"), ("foreign", "4", "105", "0")).seq == 3


def test_funding_is_never_a_fill() -> None:
    """rel:F22: it changes net profit and nothing else."""
    before = told(E1)
    after = pay_funding(before, Funding("f1", SLOT, Decimal("-0.4"), 5))

    assert after.net - before.net == Decimal("0.4")
    assert (after.entered, after.position, after.seq) == (before.entered, before.position, before.seq)


steps = st.lists(
    st.tuples(
        st.sampled_from(["E1", "E2", "+foreign", "foreign", "stop", "adl"]),
        st.integers(1, 9).map(str),
        st.integers(90, 110).map(str),
        st.just("0.1"),
    ),
    max_size=12,
)


@given(steps, st.sampled_from(Side))
def test_ours_and_the_users_sum_to_the_slot(history: list[Step], side: Side) -> None:
    """DESIGN 5.2: whatever happens, our part is never negative, and both parts together are what the venue holds."""
    ledger = told(*history, side=side)
    held = sum((Decimal(quantity) * (1 if who[0] in "E+" else -1) for who, quantity, _, _ in history), ZERO)

    assert ledger.position + ledger.foreign == held
    assert ledger.position >= 0
    assert ledger.exited == ledger.stopped + ledger.taken + ledger.deleveraged


@given(steps, st.integers(1, 30).map(str), st.integers(1, 9).map(str), st.sampled_from(Side))
def test_closing_all_and_what_was_bought_meanwhile_sum_to_the_slot(
    history: list[Step], closed: str, bought: str, side: Side
) -> None:
    """DESIGN 5.2, B11: an order of ours closes any quantity, then the user buys: all are counted, each once."""
    ledger = told(*history, ("X", closed, "100", "0"), ("+foreign", bought, "100", "0"), side=side)
    held = sum((Decimal(quantity) * (1 if who[0] in "E+" else -1) for who, quantity, _, _ in history), ZERO)

    assert ledger.held == held - Decimal(closed) + Decimal(bought)
    assert ledger.position >= 0 or ledger.foreign <= 0 or not ledger.entered
