"""Levels: what Full and Partial refuse, cover and leave behind (V5 trading-stop and create pages; rel:F14)."""

import pytest

from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.policies import Policies
from tests.plugins.exchanges.paper.desk import SYMBOL, Desk, code, d, desk, fills, seen

Levels = dict[str, object]


def _held(quantity: object = 10, **more: object) -> Desk:
    trade = desk()
    trade.place("Buy" if d(quantity) > 0 else "Sell", abs(d(quantity)), **more)
    trade.venue.drain()
    return trade


def _set(trade: Desk, **levels: object) -> int:
    by, index = str(levels.pop("trigger_by", "LastPrice")), int(str(levels.pop("index", 0)))
    prices = {name: d(value) for name, value in levels.items()}
    return code(lambda: trade.venue.set_levels("a", SYMBOL, index, trigger_by=by, **prices))


def _standing(trade: Desk) -> list[tuple[object, ...]]:
    """(kind, side, quantity, trigger) of the orders that the venue keeps for positions."""
    return [
        (each.stop_order_type, each.side, each.quantity, each.trigger)
        for each in trade.account.orders.values()
        if each.stop_order_type
    ]


@pytest.mark.parametrize(
    ("quantity", "levels"),
    [
        (10, {"stop": 100}),
        (10, {"take_profit": 100}),
        (-10, {"stop": 100}),
        (-10, {"take_profit": 100}),
        (10, {"stop": "90.05"}),
        (10, {"take_profit": "110.05"}),
        (10, {"stop": 90, "size": "0.05"}),
        (10, {"stop": 101, "size": 1}),
        (10, {"size": 1}),
        (10, {"stop": 0, "size": 1}),
    ],
)
def test_levels_that_are_refused(quantity: int, levels: Levels) -> None:
    """The wrong side of the price, off the grid, or nothing to add (10001): then nothing was changed."""
    trade = _held(quantity)

    assert _set(trade, **levels) == 10001
    assert seen(trade.held().stop, trade.held().take_profit, _standing(trade)) == (None, None, [])


def test_a_flat_slot_takes_none() -> None:
    """Nothing held, nothing to protect; an index that doesn't fit the mode is refused too."""
    assert _set(desk(), stop=90) == 10001
    assert _set(_held(), index=1, stop=90) == 10001


@pytest.mark.parametrize(
    ("quantity", "levels", "price"),
    [
        (10, {"stop": 90, "take_profit": 110}, 90),
        (10, {"stop": 90, "take_profit": 110}, 110),
        (-10, {"stop": 110, "take_profit": 90}, 110),
        (-10, {"stop": 110, "take_profit": 90}, 90),
    ],
)
def test_full_levels_close_all_at_their_price(quantity: int, levels: Levels, price: int) -> None:
    """Both sides, both ways; then neither level is left for the next position."""
    trade = _held(quantity)
    _set(trade, **levels)

    assert fills(trade.go(price)) == [("Sell" if quantity > 0 else "Buy", 10, price)]
    assert seen(trade.held().size, trade.held().stop, trade.held().take_profit) == (0, None, None)


def test_a_full_level_covers_what_was_added_later() -> None:
    """It has no size of its own (DESIGN 5, 1)."""
    trade = _held(10)
    _set(trade, stop=90)
    trade.buy(5)

    assert fills(trade.go(85)) == [("Sell", 15, 90)]


def test_a_take_profit_by_mark_price_keeps_that() -> None:
    """A level alone brings its own trigger; clearing one leaves the other's as it was."""
    trade = _held()
    _set(trade, take_profit=110, trigger_by="MarkPrice")

    entered = desk()
    entered.buy(1, take_profit=110, trigger_by="MarkPrice")

    assert trade.held().trigger_by == entered.held().trigger_by == "MarkPrice"
    assert _set(trade, stop=0, take_profit=110, trigger_by="MarkPrice") == 34040


@pytest.mark.parametrize(("resets", "stop", "profit"), [(True, 92, 112), (False, 90, 110)])
def test_a_second_entrys_levels(resets: bool, stop: int, profit: int) -> None:
    """Whether an attached level takes the place of the position's is a policy (bybit-v5.md 9, 3)."""
    trade = desk(policies=Policies(attached_stop_resets=resets))
    trade.buy(1, stop=90, take_profit=110)
    trade.buy(1, stop=92, take_profit=112)

    assert seen(trade.held().stop, trade.held().take_profit) == (stop, profit)


@pytest.mark.parametrize(("side", "profit"), [("Buy", 99), ("Sell", 101)])
def test_an_orders_take_profit_lies_ahead(side: str, profit: int) -> None:
    """At the entry and at an amendment: beyond the order's own price."""
    trade = desk()
    price = 99 if side == "Buy" else 101
    trade.place(side, 1, price, link="k")

    assert code(lambda: trade.place(side, 1, price, take_profit=profit)) == 10001
    assert code(lambda: trade.venue.amend("a", "k", take_profit=d(profit))) == 10001
    assert code(lambda: trade.venue.amend("a", "k", take_profit=d("110.05"))) == 10001


@pytest.mark.parametrize("cleared", ["stop", "take_profit"])
def test_clearing_what_an_order_does_not_carry_changes_nothing(cleared: str) -> None:
    """As any amendment to what is there already (10001)."""
    trade = desk()
    trade.buy(1, 90, link="k")

    assert code(lambda: trade.venue.amend("a", "k", **{cleared: d(0)})) == 10001


def _split(trade: Desk, quantity: object, price: object = None, **more: object) -> Order:
    """A buy with levels of its own."""
    return trade.buy(quantity, price, stop=80, take_profit=120, tpsl_mode="Partial", **more)


def test_an_orders_own_levels_grow_fill_by_fill() -> None:
    """One pair for the order, as large as what was filled of it; the position itself has none."""
    trade = desk()
    trade.venue.state.volume[SYMBOL] = d(2)
    order = _split(trade, 5, 100, link="in")
    trade.venue.state.volume[SYMBOL] = d(1)
    trade.venue.set_price(SYMBOL, d(100))

    assert _standing(trade) == [("PartialStopLoss", "Sell", 3, 80), ("PartialTakeProfit", "Sell", 3, 120)]
    assert {each.parent_link for each in trade.account.orders.values() if each is not order} == {"in"}
    assert seen(trade.held().stop, trade.held().take_profit) == (None, None)


def test_an_order_without_a_client_id_grows_one_pair() -> None:
    """Its levels are linked by the venue's own id."""
    trade = desk()
    trade.venue.state.volume[SYMBOL] = d(2)
    order = _split(trade, 5, 100)
    trade.venue.state.volume.clear()
    trade.venue.set_price(SYMBOL, d(100))

    assert [row[2] for row in _standing(trade)] == [5, 5]
    assert {each.parent_link for each in trade.account.orders.values()} == {order.id}


@pytest.mark.parametrize(("short", "left", "covered"), [(5, -2, []), (3, 0, []), (1, 2, [2, 2])])
def test_own_levels_cover_only_what_was_opened(short: int, left: int, covered: list[int]) -> None:
    """What only closes a position on the other side brings no levels for it."""
    trade = _held(-short)
    _split(trade, 3)

    assert trade.held().size == left
    assert [row[2] for row in _standing(trade)] == covered


@pytest.mark.parametrize("quantity", [10, 12])
def test_partial_levels_end_with_their_position(quantity: int) -> None:
    """Flat or turned over, by an order with levels of its own as by any other; each goes by CancelByTpSlTsClear."""
    trade = _held(10)
    _set(trade, stop=90, take_profit=110, size=4)
    trade.place("Sell", quantity, stop=120, tpsl_mode="Partial")

    gone = [each for each in trade.account.closed.values() if each.stop_order_type]
    assert [(each.status.value, each.cancel_type.value) for each in gone] == [
        ("Deactivated", "CancelByTpSlTsClear")
    ] * 2
    assert _standing(trade) == ([] if quantity == 10 else [("PartialStopLoss", "Buy", 2, 120)])


def test_partial_levels_of_the_other_slot_stay() -> None:
    """In hedge mode each slot has its own."""
    trade = desk()
    trade.venue.switch_mode("a", SYMBOL, hedge=True)
    trade.buy(2, index=1)
    trade.sell(2, index=2)
    _set(trade, index=1, stop=90, size=1)
    _set(trade, index=2, stop=110, size=1)
    trade.sell(2, index=1)

    assert _standing(trade) == [("PartialStopLoss", "Buy", 1, 110)]


def test_a_partial_stop_sells_its_part_and_never_more_than_is_held() -> None:
    """Each fires for itself; the last finds what the others left."""
    trade = _held(10)
    for price in (95, 90):
        _set(trade, stop=price, size=6)

    assert fills(trade.go(85)) == [("Sell", 6, 95), ("Sell", 4, 90)]
    assert trade.held().size == 0


def test_partial_levels_are_amended_and_cancelled_by_their_id() -> None:
    """Trading-stop can only add: an order of its own is changed as any conditional."""
    trade = _held(10)
    _set(trade, stop=90, size=4)
    _set(trade, stop=91, size=4)
    first, second = [each.id for each in trade.account.orders.values()]
    trade.venue.amend("a", first, trigger=d(95))
    trade.venue.cancel("a", second)

    assert fills(trade.go(85)) == [("Sell", 4, 95)]


def test_levels_take_no_place_among_the_orders() -> None:
    """Neither of the conditionals' nor of the active ones: both caps are for the user's own."""
    trade = desk(policies=Policies(max_orders=1, max_conditionals=1))
    trade.buy(10)
    _set(trade, stop=90, take_profit=110, size=4)

    assert code(lambda: trade.buy(1, trigger=110, direction=1)) == 0
    assert code(lambda: trade.buy(1, 90)) == 0
    assert seen(code(lambda: trade.buy(1, trigger=110, direction=1)), code(lambda: trade.buy(1, 90))) == (
        110009,
        110020,
    )


def test_a_copy_of_an_order_is_the_order() -> None:
    """Events carry copies: no field may be lost on the way, whatever it holds."""
    trade = _held(10)
    _set(trade, stop=90, size=4)
    [order] = trade.account.orders.values()
    order.link, order.closed_pnl, order.tpsl_mode, order.parent_link = "l", d(7), "Partial", "p"

    assert order.copy() == order
