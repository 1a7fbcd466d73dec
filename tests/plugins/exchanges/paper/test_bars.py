"""What the embedded market remembers of its prices."""

from decimal import Decimal

from plugins.exchanges.paper.bars import MINUTE, Bars
from tests.core.ledgers import told


def seen() -> Bars:
    """Two minutes of BTC: 10, 12, 9 in the first, 11 in the second, and 11 as the third begins."""
    bars = Bars()
    for price, at in ((10, 0), (12, 20_000), (9, 59_999), (11, MINUTE), (11, 2 * MINUTE)):
        bars.note("BTCUSDT", Decimal(price), at)
    return bars


def test_a_bar_holds_the_prices_of_its_minute() -> None:
    """E5: the next one opens where the last one closed; the one that still runs is left out."""
    found = seen().closed("BTCUSDT", 1, 10, 2 * MINUTE + 1)

    assert [told(each.at, each.open, each.high, each.low, each.close) for each in found] == [
        "0 10 12 9 9",
        f"{MINUTE} 9 11 9 11",
    ]


def test_longer_bars_are_made_of_them() -> None:
    """E5: three minutes in one, once they are over; only so many as were asked for, none of an unknown symbol."""
    bars = seen()

    assert bars.closed("BTCUSDT", 3, 10, 3 * MINUTE - 1) == ()
    assert [told(each.open, each.high, each.low, each.close) for each in bars.closed("BTCUSDT", 3, 10, 3 * MINUTE)] == [
        "10 12 9 11"
    ]
    assert [each.at for each in bars.closed("BTCUSDT", 1, 1, 2 * MINUTE)] == [MINUTE]
    assert bars.closed("ETHUSDT", 1, 10, 2 * MINUTE) == ()
