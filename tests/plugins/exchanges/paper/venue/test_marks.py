"""Mark prices apart from the last ones: what goes by which, and what a mark touches (V5 order and position pages)."""

import pytest

from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.venue.margin import liquidation
from tests.plugins.exchanges.paper.desk import OTHER, SYMBOL, Desk, code, d, desk, fills, seen


def _mark(trade: Desk, price: object, symbol: str = SYMBOL) -> list[tuple[object, ...]]:
    """Set a mark; what was executed by it."""
    trade.venue.drain()
    trade.venue.set_mark(symbol, None if price is None else d(price))
    return fills(trade.venue.drain())


def _held(quantity: object = 10, balance: object = 10_000) -> Desk:
    trade = desk(balance=balance)
    trade.buy(quantity)
    return trade


def test_without_a_mark_of_its_own_the_last_price_is_it() -> None:
    """And it is again when both are put together."""
    trade = _held()
    _mark(trade, 98)
    apart = trade.venue.state.mark(SYMBOL)
    _mark(trade, None)

    assert seen(apart, trade.venue.state.mark(SYMBOL)) == (98, 100)


def test_a_symbol_without_a_price_takes_no_mark() -> None:
    """KeyError, and no trace of it is left."""
    trade = _held()

    with pytest.raises(KeyError):
        trade.venue.set_mark("CCCUSDT", d(1))
    assert trade.venue.state.marks == {}


@pytest.mark.parametrize("level", ["stop", "take_profit"])
def test_levels_by_mark_price_fire_by_the_mark_at_the_last(level: str) -> None:
    """The last price passes untouched; the mark closes at market, which is the last price."""
    trade = _held()
    price = {"stop": 90, "take_profit": 110}[level]
    trade.venue.set_levels("a", SYMBOL, 0, trigger_by="MarkPrice", **{level: d(price)})
    _mark(trade, 100)
    passed = fills(trade.go(price, 100, 101))

    assert passed == []
    assert _mark(trade, price) == [("Sell", 10, 101)]


def test_a_mark_touches_no_level_by_last_price() -> None:
    """Nor a limit: only trades do."""
    trade = _held()
    trade.venue.set_levels("a", SYMBOL, 0, stop=d(90))
    trade.buy(1, 95)

    assert _mark(trade, 85) == []
    assert fills(trade.go(95, 90)) == [("Buy", 1, 95), ("Sell", 11, 90)]


def test_a_conditional_by_mark_price() -> None:
    """It waits for the mark, is judged by the mark, and buys at the last price (110092)."""
    trade = desk()
    _mark(trade, 105)
    asked = {"direction": 1, "trigger_by": "MarkPrice"}

    assert code(lambda: trade.buy(1, trigger=103, **asked)) == 110092
    trade.buy(1, trigger=107, **asked)
    assert fills(trade.go(110)) == []
    assert _mark(trade, 107) == [("Buy", 1, 110)]


@pytest.mark.parametrize(("by", "refused"), [("MarkPrice", 0), ("LastPrice", 10001)])
def test_a_stop_is_judged_by_the_price_that_fires_it(by: str, refused: int) -> None:
    """Above the last price but below the mark: right for a stop by mark price only."""
    trade = _held()
    _mark(trade, 110)

    assert code(lambda: trade.venue.set_levels("a", SYMBOL, 0, stop=d(105), trigger_by=by)) == refused


def test_an_amended_trigger_is_judged_by_its_own_price() -> None:
    """Of an order that waits for the mark, by the mark."""
    trade = desk()
    _mark(trade, 105)
    trade.buy(1, trigger=110, direction=1, trigger_by="MarkPrice", link="k")

    assert code(lambda: trade.venue.amend("a", "k", trigger=d(103))) == 110092
    assert code(lambda: trade.venue.amend("a", "k", trigger=d(108))) == 0


def test_put_together_again_the_last_price_fires() -> None:
    """What waited for the mark finds that the last price, now the mark too, has passed it."""
    trade = _held()
    trade.venue.set_levels("a", SYMBOL, 0, stop=d(90), trigger_by="MarkPrice")
    _mark(trade, 100)
    trade.go(85)

    assert _mark(trade, None) == [("Sell", 10, 85)]


def test_liquidation_goes_by_the_mark() -> None:
    """A spike of the last price does not liquidate, the mark does, and the venue closes at market."""
    trade = _held(50, balance=1_000)
    _mark(trade, 100)
    spiked = fills(trade.go(70, 99))

    assert spiked == []
    assert _mark(trade, 80) == [("Sell", 50, 99)]


def test_liquidation_counts_what_other_symbols_lost_by_their_marks() -> None:
    """Cross margin: the mark of one brings the other's end nearer, and the path finds it there."""
    trade = _held(50, balance=1_500)
    trade.buy(50, symbol=OTHER)
    before = liquidation(trade.venue.state, trade.account, SYMBOL)
    trade.venue.bands(SYMBOL)
    _mark(trade, 85, OTHER)
    after = liquidation(trade.venue.state, trade.account, SYMBOL)

    assert before is not None
    assert after is not None
    # Each unit that OTHER lost, less its smaller maintenance, is a unit less for SYMBOL to lose; both hold 50.
    assert after[0] - before[0] == d("14.925") / d("0.995")
    assert trade.venue.bands(SYMBOL).low == after[0]


def test_margin_is_counted_at_marks() -> None:
    """What the mark takes from equity can't be bound by an entry (110007), nor by a lower leverage (110044)."""
    trade = _held(50, balance=1_000)
    trade.venue.set_leverage("a", SYMBOL, d(20))
    _mark(trade, 90)

    assert code(lambda: trade.buy(50, 99)) == 110007
    assert code(lambda: trade.venue.set_leverage("a", SYMBOL, d(8))) == 110044
    _mark(trade, None)
    assert seen(code(lambda: trade.venue.set_leverage("a", SYMBOL, d(8)))) == (0,)


def test_funding_is_paid_on_the_mark() -> None:
    """Position value for funding is size x mark price (V5 funding page)."""
    trade = _held(10)
    _mark(trade, 110)
    trade.venue.fund(SYMBOL, d("0.01"))

    assert trade.account.funding == 11


def test_the_walk_stops_where_a_mark_made_something_due() -> None:
    """Bulk skipping must not pass by what a mark or its end has moved."""
    trade = _held(50, balance=1_500)
    trade.buy(50, symbol=OTHER)
    trade.venue.bands(SYMBOL)
    _mark(trade, 80, OTHER)
    trade.mover.add(Steps(SYMBOL, [d(100), d(85)], trade.venue.state.now, 1_000))
    happened = fills(trade.run())

    assert [(each[0], each[1]) for each in happened] == [("Sell", 50)]
    assert d(happened[0][2]) > 90
