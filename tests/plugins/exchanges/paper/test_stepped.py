"""The embedded venue in Tandem's words: which facts come, in which order, under which key, with which cause."""

from decimal import Decimal

import pytest

from core.commands import Amend, Cancel, Code, Done, Place, Query, Refused, SetLeverage, SetStop
from core.facts import (
    Cause,
    Ended,
    EndReason,
    Filled,
    Funding,
    LeverageIs,
    PositionIs,
    StopIs,
    VenueFact,
    Wallet,
    Working,
)
from core.words import OrderSide, PositionMode, Slot
from plugins.exchanges.paper.codes import refused
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.stepped import SteppedAccount, SteppedVenue
from plugins.exchanges.paper.venue.policies import Policies
from plugins.exchanges.paper.venue.words import VenueError
from ports.exchange import SteppedExchange, SteppedMarket
from tests.plugins.exchanges.paper.desk import SYMBOL, d, rules, seen

SLOT = Slot(SYMBOL, 0)


def _world(*prices: object, policies: Policies | None = None) -> tuple[SteppedVenue, SteppedAccount]:
    world = SteppedVenue({SYMBOL: rules()}, policies)
    world.mover.add(Steps(SYMBOL, [d(price) for price in (100, *prices)], 0, 1_000))
    return world, world.add("main", d(10_000))


def _buy(key: str, quantity: object, price: object = None, stop: object = None) -> Place:
    return _place(key, OrderSide.BUY, quantity, price, stop=stop)


def _place(
    key: str, side: OrderSide, quantity: object, price: object = None, *, stop: object = None, reduce: bool = False
) -> Place:
    prices = [None if each is None else d(each) for each in (price, stop)]
    return Place(key, SLOT, side, d(quantity), prices[0], reduce_only=reduce, stop=prices[1])


def _kinds(facts: tuple[VenueFact, ...]) -> list[type]:
    return [type(fact) for fact in facts]


def test_it_is_what_the_ports_ask_for() -> None:
    """The venue and its accounts fit the stepped ports."""
    world, account = _world()
    market: SteppedMarket = world
    exchange: SteppedExchange = account

    assert (market.now, market.last(SYMBOL), exchange.account) == (0, d(100), "main")


def test_a_fill_is_told_before_its_end_and_the_stop_after() -> None:
    """Filled, Ended, PositionIs, StopIs, and the wallet once at last."""
    _, account = _world()
    account.submit([_buy("k", 2, stop=90)])

    facts = account.drain()

    assert _kinds(facts) == [Filled, Ended, PositionIs, StopIs, Wallet]
    assert facts[0] == Filled("e00000002", SLOT, "k", OrderSide.BUY, d(2), d(100), d("0.11"), Cause.ORDER, 0, 1)
    assert facts[1] == Ended("k", d(2), EndReason.FILLED, 0, "EC_NoError", d(2))
    assert facts[3] == StopIs(SLOT, d(90), 0, 1)
    assert account.drain() == ()


def test_a_stop_execution_has_no_key_and_says_so() -> None:
    """The position's stop is the venue's own order: cause STOP, no key, no Working or Ended of its own."""
    world, account = _world(80)
    account.submit([_buy("k", 2, stop=90)])
    account.drain()
    world.advance(None)

    facts = account.drain()

    assert _kinds(facts) == [Filled, PositionIs, StopIs, Wallet]
    assert isinstance(facts[0], Filled)
    assert (facts[0].key, facts[0].cause, facts[0].price) == (None, Cause.STOP, d(90))
    assert isinstance(facts[2], StopIs)
    assert facts[2].price is None


def test_what_reduces_ends_by_the_venue_when_the_stop_fills() -> None:
    """The take-profit of a stopped position is ended by the venue's reduce-only rule."""
    world, account = _world(80)
    account.submit([_buy("k", 2, stop=90), _place("tp", OrderSide.SELL, 2, 110, reduce=True)])
    account.drain()
    world.advance(None)

    [ended] = [fact for fact in account.drain() if isinstance(fact, Ended)]

    assert ended == Ended("tp", d(0), EndReason.VENUE, 500, "CancelByReduceOnly", d(2))


def test_the_users_own_hand() -> None:
    """Orders without a client id go by the venue's, and their executions are foreign (A6, rel:F35)."""
    world, account = _world(98)
    order = world.hand("main").place(SYMBOL, OrderSide.BUY, d(1), d(99))
    [working, _] = account.drain()
    world.advance(None)
    filled, ended, *_ = account.drain()

    assert isinstance(working, Working)
    assert working.key == order
    assert isinstance(filled, Filled)
    assert (filled.key, filled.cause) == (None, Cause.FOREIGN)
    assert isinstance(ended, Ended)
    assert ended.key == order


def test_what_else_befalls_an_account() -> None:
    """Ours cancelled and changed by hand, the stop moved, ADL, funding, liquidation: each a fact with its cause."""
    world, account = _world()
    hand = world.hand("main")
    account.submit([_buy("k", 10, stop=90), _buy("low", 1, 95)])
    account.drain()
    hand.amend("low", d(2))
    hand.cancel("low")
    hand.move_stop(SYMBOL, d(91))
    hand.deleverage(SYMBOL, d(4))
    hand.fund(SYMBOL, d("0.01"))
    hand.liquidate(SYMBOL)
    facts = account.drain()

    assert [fact.quantity for fact in facts if isinstance(fact, Working)] == [2]
    assert [fact.why for fact in facts if isinstance(fact, Ended)] == [EndReason.CANCELLED]
    assert [fact.price for fact in facts if isinstance(fact, StopIs)] == [91, 91, None]
    assert [seen(fact.cause, fact.quantity, fact.key) for fact in facts if isinstance(fact, Filled)] == [
        (Cause.ADL, 4, None),
        (Cause.LIQUIDATION, 6, None),
    ]
    assert [fact.amount for fact in facts if isinstance(fact, Funding)] == [6]


def test_the_mode_is_switched_by_hand() -> None:
    """The terms show the symbol's mode (A5)."""
    world, account = _world()
    world.hand("main").switch_mode(SYMBOL, hedge=True)

    assert account.terms(SYMBOL).mode is PositionMode.HEDGE
    [answer] = account.submit([_buy("k", 1)])
    assert isinstance(answer, Refused)
    assert answer.code is Code.MODE


def test_queries() -> None:
    """Open, ended and unknown orders answer with what is known of them."""
    _, account = _world()
    account.submit([_buy("open", 1, 99), _buy("done", 1), _buy("gone", 1, 98), Cancel("gone", SLOT)])

    answers = account.submit([Query(key, SLOT) for key in ("open", "done", "gone", "never")])

    told = [answer.facts if isinstance(answer, Done) else None for answer in answers]
    assert [[type(fact) for fact in facts or ()] for facts in told] == [[Working], [Ended], [Ended], []]


def test_a_query_beyond_the_history() -> None:
    """An order the venue's history forgot was still taken: it ended, with what its executions say."""
    _, account = _world(policies=Policies(history=1))
    account.submit([_buy("old", 2), _buy("new", 1)])

    [answer] = account.submit([Query("old", SLOT)])

    assert answer == Done((Ended("old", d(2), EndReason.VENUE, 0, "closed long ago"),))


def test_a_cut_is_everything() -> None:
    """A cut shows orders, positions, stops, the wallet, and the executions since a time."""
    world, account = _world(98)
    account.submit([_buy("first", 1, stop=90), _buy("second", 1, 99), _buy("rest", 1, 50)])
    account.drain()
    world.advance(None)

    cut = account.snapshot(1)

    assert [order.key for order in cut.orders] == ["rest"]
    assert [fact.key for fact in cut.executions if isinstance(fact, Filled)] == ["second"]
    assert len(account.snapshot(0).executions) == 2
    assert [position.size for position in cut.positions] == [2]
    assert [stop.price for stop in cut.stops] == [90]
    assert cut.wallet is not None


def test_leverage_is_told() -> None:
    """A new leverage is a fact; the same again counts as done (the port's promise)."""
    _, account = _world()

    assert account.submit([SetLeverage(SYMBOL, d(20))] * 2) == (Done(), Done())
    assert account.drain()[0] == LeverageIs(SYMBOL, d(20), 0)


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (_buy("k", 1, 98), Code.DUPLICATE),
        (_buy("n", "0.05", 98), Code.RULES),
        (_buy("n", "0.1", 40), Code.RULES),
        (_buy("n", 9_999, 98), Code.MARGIN),
        (_buy("n", 1, 98, stop=99), Code.WRONG_SIDE),
        (_place("n", OrderSide.SELL, 1, 110, reduce=True), Code.FLAT),
        (Amend("k", SLOT, d(1)), Code.SAME),
        (Amend("x", SLOT, d(1)), Code.GONE),
        (Cancel("x", SLOT), Code.GONE),
        (SetStop(SLOT, d(90)), Code.FLAT),
        (SetStop(Slot(SYMBOL, 1), d(90)), Code.MODE),
        (SetLeverage(SYMBOL, d(101)), Code.RULES),
    ],
)
def test_refusals_in_tandems_words(command: Place | Amend | Cancel | SetStop | SetLeverage, code: Code) -> None:
    """Each refusal comes as one of the closed codes, beside the venue's own number."""
    _, account = _world()
    account.submit([_buy("k", 1, 99)])

    [answer] = account.submit([command])

    assert isinstance(answer, Refused)
    assert answer.code is code, answer


@pytest.mark.parametrize(
    ("number", "message", "code"),
    [
        (110017, "current position is zero", Code.FLAT),
        (110017, "Reduce-only rule not satisfied", Code.QUOTA),
        (110064, "", Code.BELOW_FILLED),
        (110092, "", Code.WRONG_SIDE),
        (110093, "", Code.WRONG_SIDE),
        (34040, "not modified", Code.SAME),
        (110009, "", Code.RULES),
        (110074, "", Code.RULES),
        (110044, "", Code.MARGIN),
        (99999, "never heard of", Code.RULES),
    ],
)
def test_the_table_of_codes(number: int, message: str, code: Code) -> None:
    """Numbers, and messages where Bybit's number says too little."""
    assert refused(VenueError(number, message)).code is code


def test_terms() -> None:
    """Terms show balance, price, fees, and how many orders are free."""
    _, account = _world()
    account.submit([_buy("k", 10, 99)])
    terms = account.terms(SYMBOL)

    assert seen(terms.available, terms.equity, terms.last, terms.free_orders) == (9_901, 10_000, 100, 499)
    assert terms.capabilities.lossless_stream


def test_a_watch_wakes_without_a_fact() -> None:
    """A watched price stops the world though nothing happened to anybody."""
    world, account = _world(110)
    world.watch(SYMBOL, None, d(105))

    assert world.advance(None)
    assert (world.last(SYMBOL), world.now, account.drain()) == (Decimal(105), 500, ())
