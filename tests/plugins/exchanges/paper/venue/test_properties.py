"""What must hold at the venue whatever is ordered and wherever the price goes."""

import contextlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from plugins.exchanges.paper.saving import dump, load
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.events import Event, Executed, OrderUpdated
from plugins.exchanges.paper.venue.orders import ZERO
from plugins.exchanges.paper.venue.policies import Oversize, Policies, Shrink
from plugins.exchanges.paper.venue.state import VenueState
from plugins.exchanges.paper.venue.words import VenueError
from tests.plugins.exchanges.paper.desk import MAKER, OTHER, SYMBOL, TAKER, Desk, d, desk, new, rules

SYMBOLS = (SYMBOL, OTHER)


@dataclass(frozen=True)
class Deed:
    """Something that somebody does or that happens: a word and what it needs."""

    what: str
    account: str
    symbol: str
    side: str
    quantity: Decimal
    price: Decimal
    pick: int
    tif: str


_DEED = st.builds(
    Deed,
    st.sampled_from(
        ["limit", "limit", "market", "market", "reduce", "reduce", "conditional", "born", "amend", "cancel", "stop"]
        + ["walk"] * 6
        + ["gap", "fund", "adl", "volume"]
    ),
    st.sampled_from(["a", "b"]),
    st.sampled_from(SYMBOLS),
    st.sampled_from(["Buy", "Sell"]),
    st.integers(1, 4_000).map(lambda lots: Decimal(lots) / 10),
    st.integers(700, 1_300).map(lambda ticks: Decimal(ticks) / 10),
    st.integers(0, 9),
    st.sampled_from(["GTC", "IOC", "FOK", "PostOnly"]),
)
_DEEDS = st.lists(_DEED, min_size=1, max_size=40)
_POLICIES = st.builds(
    Policies,
    shrink=st.sampled_from(Shrink),
    oversize=st.sampled_from(Oversize),
    attached_stop_resets=st.booleans(),
)
_HEDGE = st.booleans()


def _world(policies: Policies, *, hedge: bool) -> Desk:
    trade = desk(policies=policies)
    if hedge:
        for symbol in SYMBOLS:
            trade.venue.switch_mode("a", symbol, hedge=True)
    return trade


def _do(trade: Desk, deed: Deed) -> list[Event]:
    """Do one deed, refused or not; returns what happened."""
    happened = trade.venue.drain()
    with contextlib.suppress(VenueError):
        if deed.what == "walk":
            happened += trade.go(deed.price, symbol=deed.symbol)
        elif deed.what in _ENTERING:
            _order(trade, deed)
        elif deed.what in _CHANGING:
            _change(trade, deed)
        else:
            _befall(trade, deed)
    return happened + trade.venue.drain()


_ENTERING = ("limit", "market", "reduce", "born", "conditional")
_CHANGING = ("amend", "cancel", "stop")


def _index(trade: Desk, deed: Deed) -> int:
    """The slot that the deed's side enters."""
    hedge = deed.symbol in trade.venue.state.accounts[deed.account].hedge
    return (1 if deed.side == "Buy" else 2) if hedge else 0


def _order(trade: Desk, deed: Deed) -> None:
    index = _index(trade, deed)
    closing = 3 - index if index else 0
    more: dict[str, object] = {"account": deed.account, "symbol": deed.symbol, "index": index}
    price: Decimal | None = deed.price
    match deed.what:
        case "limit":
            more["tif"] = deed.tif
        case "market":
            price = None
        case "reduce":
            more |= {"index": closing, "reduce_only": True}
        case "born":
            more["stop"] = deed.price + (-5 if deed.side == "Buy" else 5)
        case _:
            rises = deed.price > trade.venue.state.last[deed.symbol]
            more |= {"trigger": deed.price, "direction": 1 if rises else 2}
            price = None if deed.pick % 2 else deed.price + 1
            if deed.pick % 3 == 0:
                more |= {"index": closing, "reduce_only": True}
    trade.place(deed.side, deed.quantity, price, **more)


def _change(trade: Desk, deed: Deed) -> None:
    orders = list(trade.venue.state.accounts[deed.account].on(deed.symbol))
    if deed.what == "stop":
        trade.venue.set_stop(deed.account, deed.symbol, _index(trade, deed), deed.price)
    elif orders and deed.what == "cancel":
        trade.venue.cancel(deed.account, orders[deed.pick % len(orders)].id)
    elif orders:
        price = deed.price if deed.pick % 2 else None
        trade.venue.amend(deed.account, orders[deed.pick % len(orders)].id, deed.quantity, price)


def _befall(trade: Desk, deed: Deed) -> None:
    venue, symbol = trade.venue, deed.symbol
    match deed.what:
        case "fund":
            venue.fund(symbol, (deed.price - 100) / 100_000)
        case "adl":
            venue.deleverage(deed.account, symbol, deed.quantity, _index(trade, deed))
        case "volume":
            venue.state.volume[symbol] = deed.quantity / 4
            venue.state.dirty.add(symbol)
        case _:
            venue.set_price(symbol, deed.price, deed.price)


def _accounts(trade: Desk) -> Sequence[Account]:
    return list(trade.venue.state.accounts.values())


@given(_POLICIES, _HEDGE, _DEEDS)
def test_money_is_neither_made_nor_lost(policies: Policies, hedge: bool, deeds: list[Deed]) -> None:
    """The wallet is deposits plus realised less fees less funding, to the last digit, at every moment (I18)."""
    trade = _world(policies, hedge=hedge)
    told = {account.name: account.wallet for account in _accounts(trade)}
    for deed in deeds:
        for event in _do(trade, deed):
            if isinstance(event, Executed):
                told[event.account] += event.pnl - event.fee

        for account in _accounts(trade):
            assert account.wallet == account.deposits + account.realised - account.fees - account.funding
            assert account.wallet == told[account.name]


@given(_POLICIES, _HEDGE, _DEEDS)
def test_reduce_only_never_exceeds_the_position(policies: Policies, hedge: bool, deeds: list[Deed]) -> None:
    """What rests to reduce a slot is on its closing side and at most its size; a hedge slot keeps its side."""
    trade = _world(policies, hedge=hedge)
    for deed in deeds:
        _do(trade, deed)

        for account in _accounts(trade):
            for held in account.positions.values():
                resting = account.reducing(held.symbol, held.index)
                assert sum((order.leaves for order in resting), ZERO) <= abs(held.size)
                assert all((order.side == "Sell") == (held.size > 0) for order in resting)
                assert held.size * {0: 0, 1: 1, 2: -1}[held.index] >= 0
                assert held.size or (held.stop is None and held.take_profit is None)


@given(_POLICIES, _HEDGE, _DEEDS)
def test_executions_are_the_whole_truth(policies: Policies, hedge: bool, deeds: list[Deed]) -> None:
    """Positions are the sum of executions, no order fills beyond its quantity, and sequences only rise."""
    trade = _world(policies, hedge=hedge)
    sizes: dict[tuple[str, str, int], Decimal] = {}
    filled: dict[str, Decimal] = {}
    seqs = dict.fromkeys(SYMBOLS, 0)
    seen: set[str] = set()
    for deed in deeds:
        for event in _do(trade, deed):
            if isinstance(event, Executed) and event.quantity:
                slot = (event.account, event.symbol, event.index)
                sizes[slot] = sizes.get(slot, ZERO) + (event.quantity if event.side == "Buy" else -event.quantity)
                filled[event.order_id] = filled.get(event.order_id, ZERO) + event.quantity
                assert event.seq > seqs[event.symbol]
                assert event.id not in seen
                seqs[event.symbol] = event.seq
                seen.add(event.id)
            elif isinstance(event, OrderUpdated):
                order = event.order
                assert filled.get(order.id, ZERO) == order.filled <= order.quantity

    for account in _accounts(trade):
        for held in account.positions.values():
            assert held.size == sizes.get((account.name, held.symbol, held.index), ZERO)


@given(_POLICIES, _HEDGE, _DEEDS)
def test_an_order_ends_once_and_stays_ended(policies: Policies, hedge: bool, deeds: list[Deed]) -> None:
    """After its last word an order is heard of no more, and no execution of it comes later."""
    trade = _world(policies, hedge=hedge)
    ended: set[str] = set()
    for deed in deeds:
        for event in _do(trade, deed):
            name = event.order_id if isinstance(event, Executed) else ""
            if isinstance(event, OrderUpdated):
                name = event.order.id
            assert not name or name not in ended
            if isinstance(event, OrderUpdated) and not event.order.open and event.order.status != "Triggered":
                ended.add(name)


def _snapshot(trade: Desk) -> str:
    return json.dumps(dump(trade.venue.state), sort_keys=True)


@given(_POLICIES, _HEDGE, _DEEDS)
def test_the_same_deeds_give_the_same_world(policies: Policies, hedge: bool, deeds: list[Deed]) -> None:
    """Nothing but its inputs moves the venue."""
    one, two = _world(policies, hedge=hedge), _world(policies, hedge=hedge)

    assert [_do(one, deed) for deed in deeds] == [_do(two, deed) for deed in deeds]
    assert _snapshot(one) == _snapshot(two)


@given(_POLICIES, _HEDGE, _DEEDS, _DEEDS)
def test_a_restart_changes_nothing(policies: Policies, hedge: bool, before: list[Deed], after: list[Deed]) -> None:
    """Saved as JSON and loaded, a venue goes on with exactly the future it would have had (rel:F43)."""
    trade = _world(policies, hedge=hedge)
    for deed in before:
        _do(trade, deed)
    state = VenueState({symbol: rules(symbol) for symbol in SYMBOLS}, policies)
    load(state, json.loads(_snapshot(trade)))
    again = replace(trade, venue=Venue(state))
    again.mover = type(trade.mover)(again.venue)

    assert [_do(again, deed) for deed in after] == [_do(trade, deed) for deed in after]
    assert _snapshot(again) == _snapshot(trade)


@settings(max_examples=30)
@given(_POLICIES, st.lists(st.integers(900, 1_100), min_size=1, max_size=8))
def test_accounts_do_not_notice_each_other(policies: Policies, ticks: list[int]) -> None:
    """One account's executions, with their times, are the same whether or not another trades beside it."""

    def told(*, crowded: bool) -> list[object]:
        trade = desk(policies=policies)
        trade.buy(3, "99.7", stop=95)
        trade.sell(2, "100.7", stop=105)
        if crowded:
            for price in ("99.9", "99.8", "99.1", "98.3"):
                trade.buy(1, price, account="b")
        mine = [each for each in trade.go(*(d(tick) / 10 for tick in ticks)) if isinstance(each, Executed)]
        return [(each.quantity, each.price, each.at) for each in mine if each.account == "a"]

    assert told(crowded=True) == told(crowded=False)


def test_the_desk_places_what_it_is_told() -> None:
    """The words of these tests mean what they say (fees included)."""
    assert new("Buy", 1, 99, stop=90).stop == 90
    assert (desk().account.taker, desk().account.maker) == (TAKER, MAKER)
