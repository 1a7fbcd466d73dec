"""Amending and cancelling: what may change, and the codes of what may not."""

from decimal import Decimal

import pytest

from plugins.exchanges.paper.venue.words import OrderStatus
from tests.plugins.exchanges.paper.desk import SYMBOL, Desk, code, d, desk, fills, seen


def _half_filled() -> Desk:
    trade = desk()
    trade.buy(4, 99, link="o", stop=90)
    trade.venue.state.volume[SYMBOL] = d(2)
    trade.venue.set_price(SYMBOL, d(99))
    trade.venue.drain()
    return trade


@pytest.mark.parametrize(
    ("quantity", "price", "stop", "refused"),
    [
        (6, None, None, 0),
        (3, None, None, 0),
        (2, None, None, 110064),
        (1, None, None, 110064),
        (4, None, None, 10001),
        (4, 99, 90, 10001),
        (None, None, None, 10001),
        (None, "98.5", None, 0),
        (None, "98.55", None, 10001),
        (None, 0, None, 10001),
        (None, None, 91, 0),
        (None, None, 99, 10001),
        (None, 90, None, 10001),
        ("5.05", None, None, 10001),
        (5_000, None, None, 110007),
    ],
)
def test_a_half_filled_entry(quantity: object, price: object, stop: object, refused: int) -> None:
    """Totals above what is filled, prices on the tick, stops behind the price; a refusal changes nothing."""
    trade = _half_filled()
    numbers = [None if each is None else d(each) for each in (quantity, price, stop)]

    assert code(lambda: trade.venue.amend("a", "o", *numbers)) == refused

    order = trade.account.find("o")
    wanted: tuple[Decimal, ...] = (d(4), d(99), d(90))
    if not refused:
        wanted = tuple(old if new is None else new for old, new in zip(wanted, numbers, strict=True))
    assert order is not None
    assert (order.quantity, order.price, order.stop) == wanted


def test_an_unchanged_amendment_says_so() -> None:
    """The message by which the adapter tells "nothing to change" from other 10001s."""
    trade = _half_filled()

    with pytest.raises(Exception, match="remains unchanged"):
        trade.venue.amend("a", "o", d(4))


@pytest.mark.parametrize("ending", ["filled", "cancelled", "never"])
def test_ended_orders_are_gone(ending: str) -> None:
    """Amending or cancelling what isn't open is 110001, whether filled, cancelled or unknown (C1)."""
    trade = desk()
    if ending != "never":
        trade.buy(1, 99, link="o")
    if ending == "filled":
        trade.go(98)
    if ending == "cancelled":
        trade.venue.cancel("a", "o")

    assert code(lambda: trade.venue.amend("a", "o", d(2))) == 110001
    assert code(lambda: trade.venue.cancel("a", "o")) == 110001


def test_a_price_amended_through_the_market_takes() -> None:
    """A limit moved across the market executes at once as taker."""
    trade = desk()
    trade.buy(1, 99, link="o")
    trade.venue.amend("a", "o", price=d(101))

    assert fills(trade.venue.drain()) == [("Buy", 1, 100)]


def test_post_only_amended_through_the_market_is_cancelled() -> None:
    """PostOnly stays PostOnly when amended."""
    trade = desk()
    order = trade.buy(1, 99, link="o", tif="PostOnly")
    trade.venue.amend("a", "o", price=d(101))

    assert seen(order.status, order.filled) == (OrderStatus.CANCELLED, 0)


@pytest.mark.parametrize(("trigger", "refused"), [(103, 0), (100, 110092), (99, 110092), ("102.05", 10001)])
def test_a_trigger_may_move_but_not_pass(trigger: object, refused: int) -> None:
    """An amended trigger obeys the rules of a new one."""
    trade = desk()
    order = trade.buy(1, trigger=102, direction=1, link="o")

    assert code(lambda: trade.venue.amend("a", "o", trigger=d(trigger))) == refused
    assert order.trigger == (d(trigger) if not refused else 102)


def test_cancel_by_order_id() -> None:
    """An order without a client id is reached by the venue's own."""
    trade = desk()
    order = trade.buy(1, 99)
    trade.venue.cancel("a", order.id)

    assert order.status is OrderStatus.CANCELLED
    assert order.cancel_type.value == "CancelByUser"
