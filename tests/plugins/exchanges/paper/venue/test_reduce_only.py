"""Reduce-only: the quota, what happens to what exceeds it, and who gives way when the position shrinks."""

from dataclasses import replace

import pytest

from plugins.exchanges.paper.venue.policies import Oversize, Policies, Shrink
from tests.plugins.exchanges.paper.desk import SYMBOL, Desk, code, d, desk, fills, seen


def _long(quantity: object = 10, policies: Policies | None = None) -> Desk:
    trade = desk(policies=policies)
    trade.buy(quantity)
    trade.venue.drain()
    return trade


def _leaves(trade: Desk) -> dict[str, object]:
    return {order.link: order.leaves for order in trade.account.orders.values()}


@pytest.mark.parametrize(
    ("bought", "resting", "side", "word"),
    [
        (0, 0, "Sell", "zero"),
        (10, 0, "Buy", "same side"),
        (10, 10, "Sell", "not satisfied"),
    ],
)
def test_refusals(bought: int, resting: int, side: str, word: str) -> None:
    """Flat, same side and saturated are three messages of one code (110017, rel:F08)."""
    trade = desk()
    if bought:
        trade.buy(bought)
    if resting:
        trade.sell(resting, 110, reduce_only=True)

    with pytest.raises(Exception, match=f"^110017.*{word}"):
        trade.place(side, 1, 120 if side == "Sell" else 80, reduce_only=True)


@pytest.mark.parametrize(("policy", "taken"), [(Oversize.TRUNCATE, 4), (Oversize.REJECT, None)])
def test_oversize(policy: Oversize, taken: int | None) -> None:
    """What exceeds the quota is cut to it, or refused whole: a policy, since Bybit doesn't say."""
    trade = _long(policies=Policies(oversize=policy))
    trade.sell(6, 110, reduce_only=True)

    refused = code(lambda: trade.sell(5, 111, reduce_only=True, link="late"))

    assert refused == (0 if taken else 110017)
    assert _leaves(trade).get("late") == taken


def test_an_amendment_may_not_exceed_the_quota() -> None:
    """Growing a reduce-only order beyond what is left is refused; shrinking it never is."""
    trade = _long()
    trade.sell(6, 110, reduce_only=True, link="one")
    trade.sell(4, 111, reduce_only=True, link="two")

    assert code(lambda: trade.venue.amend("a", "two", d(5))) == 110017
    assert code(lambda: trade.venue.amend("a", "one", d(5))) == 0
    assert code(lambda: trade.venue.amend("a", "two", d(5))) == 0


@pytest.mark.parametrize(
    ("policy", "left"),
    [
        (Shrink.NEWEST_FIRST, {"near": 3, "far": 3}),
        (Shrink.OLDEST_FIRST, {"far": 3, "mid": 3}),
        (Shrink.FURTHEST_FIRST, {"near": 3, "mid": 3}),
    ],
)
def test_who_gives_way(policy: Shrink, left: dict[str, object]) -> None:
    """When the position shrinks by four, the policy's first victims are cancelled or shortened."""
    trade = _long(policies=Policies(shrink=policy))
    trade.sell(3, 105, reduce_only=True, link="near")
    trade.sell(4, 120, reduce_only=True, link="far")
    trade.sell(3, 110, reduce_only=True, link="mid")

    trade.sell(4)

    assert trade.held().size == 6
    assert _leaves(trade) == left


def test_going_flat_cancels_what_reduces() -> None:
    """With the position gone every resting reduce-only order is cancelled by the venue."""
    trade = _long()
    order = trade.sell(10, 110, reduce_only=True)
    trade.sell(10)

    assert (order.status.value, order.cancel_type.value) == ("Cancelled", "CancelByReduceOnly")


def test_a_turned_position_cancels_what_reduced_the_old_one() -> None:
    """A sell that turns a long into a short leaves no reduce-only sell behind, and the path goes on."""
    trade = _long(2)
    trade.sell(2, 110, reduce_only=True)
    trade.sell(5)

    assert trade.held().size == -3
    assert _leaves(trade) == {}
    assert fills(trade.go(120)) == []


def test_entries_never_give_way() -> None:
    """Plain resting orders are nobody's victims."""
    trade = _long()
    trade.buy(1, 90, link="entry")
    trade.sell(10)

    assert _leaves(trade) == {"entry": 1}


def test_hedge_closing_orders_reduce_only() -> None:
    """In hedge mode an order against its slot is reduce-only, said or not: a slot never changes sides."""
    trade = desk()
    trade.venue.switch_mode("a", "AAAUSDT", hedge=True)
    trade.buy(2, index=1)

    order = trade.sell(5, index=1)

    assert seen(order.reduce_only, order.filled, trade.held(1).size) == (True, 2, 0)
    assert code(lambda: trade.sell(1, index=1)) == 110017


ALL: dict[str, object] = {"reduce_only": True, "close_on_trigger": True}


@pytest.mark.parametrize(("held", "resting", "sold"), [("0.3", 0, "0.3"), (10, 6, 4), (7, 0, 5)])
def test_nothing_as_quantity_is_all_that_is_held(held: object, resting: int, sold: object) -> None:
    """V5 create page: off a new step, under a new minimum; within the quota, and what one order may take."""
    trade = _long(held)
    if resting:
        trade.sell(resting, 110, reduce_only=True)
    rules = trade.venue.state.instruments[SYMBOL]
    trade.venue.state.instruments[SYMBOL] = replace(rules, step=d(1), min_quantity=d(1), max_market_quantity=d(5))

    assert trade.sell(0, **ALL).filled == d(sold)


@pytest.mark.parametrize("flags", [{}, {"reduce_only": True}, {"close_on_trigger": True}])
def test_nothing_as_quantity_is_refused_else(flags: dict[str, object]) -> None:
    """It takes both words."""
    trade = _long()

    assert code(lambda: trade.sell(0, **flags)) == 10001
