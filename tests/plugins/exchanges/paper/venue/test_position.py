"""Positions: averages, stops, modes, funding, liquidation and ADL."""

from decimal import Decimal

import pytest

from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.words import CancelType, ExecType
from tests.plugins.exchanges.paper.desk import OTHER, SYMBOL, Desk, code, d, desk, fills, seen, stops


@pytest.mark.parametrize(
    ("trades", "size", "entry", "realised"),
    [
        ([(2, 100), (2, 110)], 4, 105, 0),
        ([(4, 100), (-1, 110)], 3, 100, 10),
        ([(4, 100), (-4, 90)], 0, 0, -40),
        ([(-4, 100), (1, 90)], -3, 100, 10),
        ([(2, 100), (-5, 110)], -3, 110, 20),
        ([(-2, 100), (5, 110)], 3, 110, -20),
    ],
)
def test_average_and_profit(trades: list[tuple[int, int]], size: int, entry: int, realised: int) -> None:
    """Entries average, exits realise against the average, a turn opens anew at its own price."""
    trade = desk()
    for quantity, price in trades:
        trade.venue.set_price(SYMBOL, d(price))
        trade.place("Buy" if quantity > 0 else "Sell", abs(quantity))

    held = trade.held()
    assert seen(held.size, held.entry, trade.account.realised) == (size, entry, realised)


@pytest.mark.parametrize(("resets", "stop"), [(True, 92), (False, 90)])
def test_attached_stops(resets: bool, stop: int) -> None:
    """The first fill brings its stop; whether a second order's stop takes its place is a policy (bybit 9.3)."""
    trade = desk(policies=Policies(attached_stop_resets=resets))
    trade.buy(1, stop=90)
    trade.buy(1, 98, stop=92)

    assert trade.held().stop == 90

    trade.go(98)
    assert seen(trade.held().size, trade.held().stop) == (2, stop)


def test_a_fill_without_a_stop_keeps_the_positions() -> None:
    """An entry that carries no stop leaves the position's alone."""
    trade = desk()
    trade.buy(1, stop=90)
    trade.buy(1)

    assert trade.held().stop == 90


@pytest.mark.parametrize(
    ("side", "price", "stop", "refused"),
    [
        ("Buy", None, 99, 0),
        ("Buy", None, 100, 10001),
        ("Buy", 95, 95, 10001),
        ("Buy", 95, 94, 0),
        ("Sell", None, 101, 0),
        ("Sell", None, 100, 10001),
        ("Sell", 105, 104, 10001),
        ("Buy", 95, "94.05", 10001),
    ],
)
def test_an_attached_stop_lies_behind_the_entry(side: str, price: object, stop: object, refused: int) -> None:
    """A stop on the wrong side of its own order is refused with it."""
    assert code(lambda: desk().place(side, 1, price, stop=stop)) == refused


def test_reduce_only_carries_no_stop() -> None:
    """Bybit refuses TP/SL on a reduce-only order."""
    trade = desk()
    trade.buy(1)

    assert code(lambda: trade.sell(1, 110, reduce_only=True, stop=120)) == 10001


@pytest.mark.parametrize(
    ("side", "stop", "refused"),
    [("Buy", 99, 0), ("Buy", 100, 10001), ("Buy", 101, 10001), ("Sell", 101, 0), ("Sell", 99, 10001)],
)
def test_a_position_stop_lies_behind_the_market(side: str, stop: int, refused: int) -> None:
    """Trading-stop refuses a stop that the market has passed."""
    trade = desk()
    trade.place(side, 1)

    assert code(lambda: trade.venue.set_stop("a", SYMBOL, 0, d(stop))) == refused
    assert trade.held().stop == (None if refused else stop)


def test_setting_and_clearing_a_stop() -> None:
    """Absolute: the same again is 34040, None clears, clearing nothing is 34040 too; each change is told."""
    trade = desk()
    trade.buy(1)
    trade.venue.drain()

    def put(stop: Decimal | None) -> int:
        return code(lambda: trade.venue.set_stop("a", SYMBOL, 0, stop))

    assert [put(d(90)), put(d(90)), put(None), put(None)] == [0, 34040, 0, 34040]
    assert stops(trade.venue.drain()) == [90, None]


def test_a_flat_slot_takes_no_stop() -> None:
    """Nothing to protect is a refusal with its own words, and the wrong index another."""
    trade = desk()

    with pytest.raises(Exception, match="zero position"):
        trade.venue.set_stop("a", SYMBOL, 0, d(90))
    with pytest.raises(Exception, match="position idx"):
        trade.venue.set_stop("a", SYMBOL, 1, d(90))


@pytest.mark.parametrize(("side", "stop", "to"), [("Buy", 95, 90), ("Sell", 105, 110)])
def test_the_stop_closes_what_is_held(side: str, stop: int, to: int) -> None:
    """The stop follows the position's size, fills at its trigger as taker, and is gone with the position."""
    trade = desk()
    trade.place(side, 1, stop=stop)
    trade.place(side, 2)

    happened = trade.go(to)

    assert fills(happened) == [("Sell" if side == "Buy" else "Buy", 3, stop)]
    assert stops(happened) == [None]
    assert seen(trade.held().size, trade.held().stop) == (0, None)


def test_a_take_profit_closes_what_is_held() -> None:
    """An attached take-profit does the same on the other side."""
    trade = desk()
    trade.buy(2, stop=90, take_profit=110)

    assert fills(trade.go(111)) == [("Sell", 2, 110)]


def test_a_stop_short_of_volume_stays_for_the_rest() -> None:
    """What the bar can't take is stopped out as volume comes, never left without its stop."""
    trade = desk()
    trade.buy(5, stop=95)
    trade.venue.state.volume[SYMBOL] = d(2)
    trade.go(94)
    assert seen(trade.held().size, trade.held().stop) == (3, 95)

    trade.venue.state.volume[SYMBOL] = d(9)
    trade.venue.state.dirty.add(SYMBOL)
    assert fills(trade.go("94.5")) == [("Sell", 3, 94)]


def _hedged() -> Desk:
    trade = desk()
    trade.venue.switch_mode("a", SYMBOL, hedge=True)
    trade.buy(3, index=1, stop=90)
    trade.sell(2, index=2, stop=110)
    trade.venue.drain()
    return trade


def test_hedge_mode_holds_both_sides() -> None:
    """Long and short live apart, each with its own average and stop."""
    trade = _hedged()

    assert [trade.held(index).size for index in (0, 1, 2)] == [0, 3, -2]
    assert fills(trade.go(89)) == [("Sell", 3, 90)]
    assert [trade.held(index).stop for index in (1, 2)] == [None, 110]


@pytest.mark.parametrize(("hedge", "index"), [(False, 1), (False, 2), (True, 0), (True, 3)])
def test_index_and_mode(hedge: bool, index: int) -> None:
    """A position index that doesn't fit the mode is 10001 in Bybit's words (rel:F34)."""
    trade = desk()
    if hedge:
        trade.venue.switch_mode("a", SYMBOL, hedge=True)

    with pytest.raises(Exception, match="position idx not match position mode"):
        trade.buy(1, index=index)


def test_switching_the_mode() -> None:
    """Refused with a position, with orders, and when it is so already; other symbols are nobody's business."""
    trade = desk()
    trade.buy(1, symbol=OTHER)

    def switch(*, hedge: bool) -> int:
        return code(lambda: trade.venue.switch_mode("a", SYMBOL, hedge=hedge))

    assert switch(hedge=False) == 110025
    trade.buy(1, 90, link="o")
    assert switch(hedge=True) == 110028
    trade.venue.cancel("a", "o")
    trade.buy(1)
    assert switch(hedge=True) == 110024
    trade.sell(1)
    assert switch(hedge=True) == 0


@pytest.mark.parametrize(("side", "rate", "paid"), [("Buy", "0.0001", 2), ("Sell", "0.0001", -2), ("Buy", "-1E-4", -2)])
def test_funding(side: str, rate: str, paid: int) -> None:
    """Longs pay shorts at a positive rate; it is no fill and moves no position (rel:F22)."""
    trade = desk(balance=100_000)
    trade.place(side, 200)
    before = trade.account.wallet
    trade.venue.drain()

    trade.venue.fund(SYMBOL, d(rate))

    [event] = trade.venue.drain()
    assert isinstance(event, Executed)
    assert seen(event.exec_type, event.quantity, event.fee) == (ExecType.FUNDING, 0, paid)
    assert before - trade.account.wallet == paid


@pytest.mark.parametrize(("side", "rest", "to"), [("Buy", 50, 80), ("Sell", 150, 120)])
def test_liquidation(side: str, rest: int, to: int) -> None:
    """When the margin is gone the venue cancels the symbol's orders and closes it in its own name."""
    trade = desk()
    trade.place(side, 900)
    order = trade.place(side, 1, rest)

    happened = trade.go(to)

    [bust] = [event for event in happened if isinstance(event, Executed)]
    assert seen(bust.exec_type, bust.quantity, bust.link) == (ExecType.BUST, 900, "")
    assert order.cancel_type is CancelType.BY_LIQUIDATION
    assert trade.held().size == 0
    assert trade.account.wallet >= 0


def test_a_stop_before_the_liquidation_price_comes_first() -> None:
    """A stop nearer than the liquidation price saves the account from it."""
    trade = desk()
    trade.buy(900, stop=92)

    assert fills(trade.go(50)) == [("Sell", 900, 92)]


def test_another_symbol_can_liquidate() -> None:
    """Cross margin: a loss on one symbol brings the other's liquidation to where its price stands."""
    trade = desk()
    trade.buy(400)
    trade.buy(400, symbol=OTHER)
    trade.go(99, symbol=OTHER)
    trade.go(81)

    happened = trade.go(94, symbol=OTHER)

    assert [event.exec_type for event in happened if isinstance(event, Executed)] == [ExecType.BUST]
    assert trade.held(symbol=OTHER).size == 0


@pytest.mark.parametrize(("quantity", "left"), [(1, 2), (3, 0), (9, 0)])
def test_deleveraging(quantity: int, left: int) -> None:
    """ADL takes part of a position in the venue's name; the stop stays for what is left."""
    trade = desk()
    trade.buy(3, stop=90)
    trade.venue.drain()

    trade.venue.deleverage("a", SYMBOL, d(quantity))

    executed = [event for event in trade.venue.drain() if isinstance(event, Executed)]
    assert [event.exec_type for event in executed] == [ExecType.ADL]
    assert seen(trade.held().size, trade.held().stop) == (left, 90 if left else None)


def test_nothing_to_liquidate_or_deleverage() -> None:
    """On a flat account both do nothing."""
    trade = desk()
    trade.venue.liquidate("a", SYMBOL)
    trade.venue.deleverage("a", SYMBOL, d(1))

    assert trade.venue.drain() == []


def test_a_turned_position_keeps_no_stop() -> None:
    """What protected the long doesn't lie in wait for the short that took its place."""
    trade = desk()
    trade.buy(1, stop=90)
    trade.sell(3)

    assert seen(trade.held().size, trade.held().stop) == (-2, None)


def test_averages_that_never_end_lose_no_money() -> None:
    """Thirds in the average: the books still balance to the last digit (I18)."""
    trade = desk(balance="1000000.01")
    for price in (100, 101, 101, "97.3", "103.7"):
        trade.venue.set_price(SYMBOL, d(price))
        trade.buy("0.7")
    for price in (99, "101.1", "100.3"):
        trade.venue.set_price(SYMBOL, d(price))
        trade.sell("0.9")

    account = trade.account
    assert account.realised % d("1E-12") == 0
    assert account.wallet == account.deposits + account.realised - account.fees


def test_only_so_many_executions_are_remembered() -> None:
    """The memory of executions is bounded, and keeps the latest."""
    trade = desk(policies=Policies(executions=2))
    for _ in range(11):
        trade.buy(1)

    assert 2 <= len(trade.account.executions) <= 4
    assert trade.account.executions[-1].seq == 11
