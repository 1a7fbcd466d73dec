"""Order types and times in force: what crosses, what rests, what is cancelled at once."""

from decimal import Decimal

import pytest

from plugins.exchanges.paper.venue.words import OrderStatus
from tests.plugins.exchanges.paper.desk import SYMBOL, code, d, desk, fills, rules, seen, statuses


@pytest.mark.parametrize(
    ("price", "tif", "status", "filled"),
    [
        (None, "GTC", "Filled", 2),
        (101, "GTC", "Filled", 2),
        (100, "GTC", "Filled", 2),
        (99, "GTC", "New", 0),
        (101, "IOC", "Filled", 2),
        (99, "IOC", "Cancelled", 0),
        (101, "FOK", "Filled", 2),
        (99, "FOK", "Cancelled", 0),
        (99, "PostOnly", "New", 0),
        (100, "PostOnly", "Cancelled", 0),
        (101, "PostOnly", "Cancelled", 0),
    ],
)
def test_a_buy_at_a_hundred(price: int | None, tif: str, status: str, filled: int) -> None:
    """Each time in force does with a crossing and a resting limit what Bybit says."""
    order = desk().buy(2, price, tif=tif)

    assert seen(order.status.value, order.filled) == (status, filled)


@pytest.mark.parametrize(
    ("tif", "filled", "status"),
    [("GTC", 3, "PartiallyFilled"), ("IOC", 3, "Cancelled"), ("FOK", 0, "Cancelled")],
)
def test_little_volume(tif: str, filled: int, status: str) -> None:
    """Where less trades than is wanted: GTC rests, IOC keeps what it got, FOK wants all or nothing."""
    trade = desk()
    trade.venue.state.volume[SYMBOL] = d("3.05")

    order = trade.buy(5, 100, tif=tif)

    assert seen(order.filled, order.status.value) == (filled, status)
    assert trade.venue.state.volume[SYMBOL] == d("3.05") - filled


def test_market_rest_is_cancelled() -> None:
    """A market order is IOC: what the bar's volume doesn't give is cancelled, with what was filled kept."""
    trade = desk()
    trade.venue.state.volume[SYMBOL] = d(3)

    order = trade.buy(5)

    assert seen(order.status, order.filled, trade.held().size) == (OrderStatus.CANCELLED, 3, 3)


def test_a_crossing_limit_takes_at_the_market() -> None:
    """A limit that crosses executes at the last price as taker, not at its own."""
    trade = desk()
    trade.buy(2, 105)

    assert fills(trade.venue.drain()) == [("Buy", 2, 100)]
    assert trade.account.fees == 200 * d("0.00055")


def test_a_resting_limit_makes_at_its_own_price() -> None:
    """A resting limit fills at its own price as maker, as soon as the path touches it."""
    trade = desk()
    order = trade.buy(2, "99.5")

    happened = trade.go(99)

    assert fills(happened) == [("Buy", 2, d("99.5"))]
    assert statuses(happened, order) == ["Filled"]
    assert trade.account.fees == 199 * d("0.0002")


def test_partial_fills_bar_by_bar() -> None:
    """A limit takes what each touch offers and never more than its quantity."""
    trade = desk()
    order = trade.buy(5, 99)
    got = []
    for volume in (2, 2, 2):
        trade.venue.state.volume[SYMBOL] = d(volume)
        trade.venue.set_price(SYMBOL, d(99))
        got.append(order.filled)

    assert got == [2, 4, 5]
    assert order.status is OrderStatus.FILLED


@pytest.mark.parametrize(("price", "paid"), [(None, "100.3"), ("100.1", "100.1")])
def test_slippage(price: str | None, paid: str) -> None:
    """Slippage worsens what is taken, to the tick, never beyond the order's own limit."""
    trade = desk()
    trade.venue.state.slippage = d(25)

    order = trade.buy(1, price)

    assert order.value == d(paid)


@pytest.mark.parametrize(
    ("quantity", "price", "refused"),
    [
        (0, 99, 10001),
        ("0.05", 99, 10001),
        ("1.05", 99, 10001),
        (1, "99.05", 10001),
        (1, 0, 10001),
        (1, -1, 10001),
        (1_000_001, 99, 10001),
        (500_001, None, 10001),
        ("0.1", "49.9", 110094),
        ("0.1", "50", 0),
    ],
)
def test_filters(quantity: object, price: object, refused: int) -> None:
    """Step, tick, minimum, maximum and notional are the venue's to refuse."""
    trade = desk(balance=1_000_000_000)

    assert code(lambda: trade.buy(quantity, price)) == refused
    assert bool(trade.account.orders) == (refused == 0)


def test_no_minimum_notional_for_exits() -> None:
    """The minimum notional binds entries only (B6)."""
    trade = desk()
    trade.buy(1)

    assert trade.sell("0.1", "100.1", reduce_only=True).status is OrderStatus.NEW


def test_unknown_and_unpriced_symbols() -> None:
    """A symbol the venue doesn't list, or that has no price yet, is refused, not a crash."""
    trade = desk()
    trade.venue.state.instruments["NEWUSDT"] = rules("NEWUSDT")

    assert code(lambda: trade.buy(1, 99, symbol="NOUSDT")) == 10001
    assert code(lambda: trade.buy(1, 99, symbol="NEWUSDT")) == 110074


@pytest.mark.parametrize("ending", ["filled", "cancelled", "open"])
def test_client_ids_are_unique_for_ever(ending: str) -> None:
    """A client id is never taken twice, whatever became of its order (C2, rel:F07)."""
    trade = desk()
    trade.buy(1, 99, link="once")
    if ending == "filled":
        trade.go(98)
    elif ending == "cancelled":
        trade.venue.cancel("a", "once")

    assert code(lambda: trade.buy(1, 97, link="once")) == 110072
    assert code(lambda: trade.buy(1, 97, link="once", account="b")) == 0


def test_client_ids_outlive_the_history() -> None:
    """An id stays taken when the closed order itself was forgotten."""
    trade = desk()
    for number in range(trade.venue.state.policies.history + 1):
        trade.buy(1, 50, link=f"k{number}")
        trade.venue.cancel("a", f"k{number}")

    assert "k0" not in {order.link for order in trade.account.closed.values()}
    assert code(lambda: trade.buy(1, 50, link="k0")) == 110072


@pytest.mark.parametrize(("quantity", "refused"), [(990, 0), (1000, 110007)])
def test_margin(quantity: int, refused: int) -> None:
    """Ten times leverage on 10,000 buys 990 at 100 with its fee, and not 1,000."""
    assert code(lambda: desk().buy(quantity)) == refused


def test_resting_entries_bind_margin() -> None:
    """What rests is bound: the second half doesn't fit twice; its cancellation frees it."""
    trade = desk()
    trade.buy(600, 99, link="first")

    assert code(lambda: trade.buy(600, 99)) == 110007

    trade.venue.cancel("a", "first")
    assert code(lambda: trade.buy(600, 99)) == 0


def test_a_close_needs_no_margin() -> None:
    """An order that only reduces a one-way position is never refused for margin; one that turns it may be."""
    trade = desk()
    trade.buy(990)

    assert code(lambda: trade.sell(2_500)) == 110007
    assert code(lambda: trade.sell(990)) == 0


@pytest.mark.parametrize(("leverage", "refused"), [(1, 0), (100, 0), (101, 110013), ("0.5", 110013)])
def test_leverage(leverage: object, refused: int) -> None:
    """Leverage lies between 1 and the symbol's maximum."""
    trade = desk()

    assert code(lambda: trade.venue.set_leverage("a", SYMBOL, d(leverage))) == refused


def test_leverage_twice_is_not_modified() -> None:
    """The same leverage again is told as such (110043)."""
    trade = desk()
    trade.venue.set_leverage("a", SYMBOL, d(20))

    assert code(lambda: trade.venue.set_leverage("a", SYMBOL, d(20))) == 110043


def test_leverage_that_the_position_cannot_bear() -> None:
    """Leverage isn't lowered below what the balance can carry, and stays as it was."""
    trade = desk()
    trade.buy(900)

    assert code(lambda: trade.venue.set_leverage("a", SYMBOL, Decimal(2))) == 110044
    assert trade.account.leverage_of(SYMBOL) == 10


def test_the_order_cap_counts_active_orders() -> None:
    """The 501st active order of a symbol is refused."""
    trade = desk(balance=1_000_000)
    for _ in range(500):
        trade.buy(1, 50)

    assert code(lambda: trade.buy(1, 50)) == 110020
    assert code(lambda: trade.buy(1, trigger=101, direction=1)) == 0
