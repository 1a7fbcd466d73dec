"""The plan that a forgotten trade's remains speak for, value by value (C7): it is gone on with, money and all."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.facts import Cause, Filled, Working
from core.identity import key_text
from core.ladder_rebuild import rebuild_ladder
from core.plan import Leg, Plan, Refusal, Rules
from core.remains import Remains
from core.request import EntrySpec, FixedQuantity, Request
from core.words import OrderSide, Side
from tests.core.ledgers import told
from tests.driving import SLOT, terms
from tests.staging import AT, SYMBOL, number

RULES = Rules(cancel_limits_on_tp1=False)
TAKER, MAKER = "0.00055", "0.0002"
BUY, SELL = OrderSide.BUY, OrderSide.SELL


def key(role: str) -> str:
    """The client id of a role's order."""
    return key_text("m2", "0123456789", role, 0)


def bought(role: str, quantity: object, price: object, rate: str = TAKER, seq: int = 1) -> Filled:
    """An execution of ours, or with role "" of the user's, at a fee rate."""
    fee = number(quantity) * number(price) * number(rate)
    side, cause = (SELL, Cause.ORDER) if role.startswith("TP") else (BUY, Cause.ORDER if role else Cause.FOREIGN)
    name = key(role) if role else None
    return Filled(f"x{seq}", SLOT, name, side, number(quantity), number(price), fee, cause, AT + seq, seq)


def order(role: str, quantity: object, price: object, stop: object | None = None, side: OrderSide = SELL) -> Working:
    """An open order; one that carries a stop is an entry."""
    carried = None if stop is None else number(stop)
    return Working(key(role), SLOT, side, number(quantity), number(price), Decimal(0), AT + 9, carried, stop is None)


def targets(*quantities: object) -> tuple[Working, ...]:
    """Take-profits at 110, 120, and so on."""
    return tuple(order(f"TP{n}", quantity, 100 + 10 * n) for n, quantity in enumerate(quantities, 1))


LADDER = targets(850, 50, 50, 50)
BOUGHT = (bought("E1", 600, 101), bought("E1", 400, "98.5", seq=2))


def plan(*orders: Working, fills: tuple[Filled, ...] = BOUGHT, size: object = 1000, stop: object | None = 90) -> Plan:
    """What is made of it; a stop at 90 and leverage 10 unless given."""
    made = rebuilt(*orders, fills=fills, size=size, stop=stop)
    assert isinstance(made, Plan), made
    return made


def rebuilt(
    *orders: Working, fills: tuple[Filled, ...] = BOUGHT, size: object = 1000, stop: object | None = 90
) -> Plan | Refusal:
    """The plan, or why there is none."""
    found = Remains(
        trade="0123456789",
        account="m2",
        slot=SLOT,
        orders=orders,
        executions=fills,
        size=number(size),
        stop=None if stop is None else number(stop),
        leverage=Decimal(10),
        leader="main",
    )
    return rebuild_ladder(found, terms("m2", 103), RULES, "conservative")


def test_the_whole_plan_of_what_is_shown() -> None:
    """C7, B9: 600 at 101 and 400 at 98.5 are 1,000 at 100, the market's price of then; 19,800 / 10 are its margin."""
    made = plan(*LADDER, order("E2", 1000, 98, 90, BUY))

    assert made.legs == (Leg("E1", None, Decimal(1000), Decimal(1)), Leg("E2", Decimal(98), Decimal(1000), Decimal(1)))
    assert [level.role for level in made.levels] == ["TP1", "TP2", "TP3", "TP4"]
    assert told(*(level.price for level in made.levels), *made.shares) == "110 120 130 140 85 5 5 5"
    assert told(made.stop, made.leverage, made.margin, made.market) == "90 10 19800 100"
    assert (made.taker, made.maker, made.at, made.leader) == (number(TAKER), number(MAKER), AT + 1, "main")
    assert made.rules == replace(RULES, shares=made.shares)


def test_the_request_that_would_have_asked_for_it() -> None:
    """C7, G1: what a report, a mirror and a merge read of a trade's request is there again, with its origin."""
    made = plan(*LADDER, order("E2", 1000, 98, 90, BUY)).request

    assert replace(made, note="") == Request(
        id="rebuilt-0123456789",
        strategy="conservative",
        symbol=SYMBOL,
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(Decimal(98))),
        take_profits=(Decimal(110), Decimal(120), Decimal(130), Decimal(140)),
        stop=Decimal(90),
        leverage=Decimal(10),
        size=FixedQuantity(Decimal(2000)),
        at=AT + 1,
        origin="rebuilt",
    )
    assert "the store had lost it" in made.note


def test_an_entry_that_paid_the_makers_fee_was_a_limit() -> None:
    """C6, C7: E2 counts among the limits filled, E1 at the taker's fee doesn't; the user's buy between is no leg."""
    fills = (*BOUGHT, bought("", 5, 99, seq=3), bought("E2", 300, 98, MAKER, 4), bought("E2", 700, 98, MAKER, 5))

    made = plan(*targets(1700, 100, 100, 100), fills=fills, size=2005)

    assert made.legs == (Leg("E1", None, Decimal(1000), Decimal(1)), Leg("E2", Decimal(98), Decimal(1000), Decimal(1)))


@pytest.mark.parametrize(
    ("quantities", "shares"),
    [
        ((700, 200, 100), ("70", "20", "10")),
        ((1, 1, 1), ("33.333333333334", "33.333333333333", "33.333333333333")),
    ],
)
def test_orders_that_fit_what_is_held_say_their_shares(quantities: tuple[int, ...], shares: tuple[str, ...]) -> None:
    """C7, B5: others than the strategy's: the least ones by whose cumulative floor each keeps its quantity."""
    held = sum(quantities)

    made = plan(*targets(*quantities), fills=(bought("E1", held, 100),), size=held)

    assert made.shares == tuple(map(Decimal, shares))


@pytest.mark.parametrize(("side", "stop"), [(Side.LONG, 91), (Side.SHORT, 109)])
def test_the_stop_with_less_loss_where_waiting_entries_differ(side: Side, stop: int) -> None:
    """C7, B4: the position shows none: for a long the higher, for a short the lower one of those that they carry."""
    if side is Side.LONG:
        made = plan(*LADDER, order("E2", 500, 98, 90, BUY), order("E3", 500, 97, 91, BUY), stop=None)
    else:
        falling = (order(f"TP{n}", quantity, 100 - n, side=BUY) for n, quantity in enumerate((850, 50, 50, 50), 1))
        waits = (order("E2", 500, 102, 110, SELL), order("E3", 500, 103, 109, SELL))
        made = plan(*falling, *waits, fills=tuple(replace(each, side=SELL) for each in BOUGHT), size=-1000, stop=None)

    assert made.side is side
    assert made.stop == stop


def test_a_ladder_of_other_shares_in_the_middle_of_a_fill() -> None:
    """C7, B5: TP1 executed 450 of 840 in two parts, 750 of 1,200 are held: 70, 20 and 10 percent as before."""
    fills = (bought("E1", 1200, 100), bought("TP1", 300, 110, seq=2), bought("TP1", 150, 110, seq=3))
    first, *rest = targets(840, 240, 120)

    made = plan(replace(first, filled=Decimal(450)), *rest, fills=fills, size=750)

    assert told(*made.shares) == "70 20 10"


def test_what_was_in_flight_at_tp1_left_the_shares_as_they_were() -> None:
    """C7, B7: 100 filled after TP1's 850: the rest works 83, 83 and 84 of 250, by the strategy's own shares still."""
    fills = (*BOUGHT, bought("TP1", 850, 110, seq=3), bought("E2", 100, 98, MAKER, 4))

    made = plan(*targets(0, 83, 83, 84)[1:], fills=fills, size=250)

    assert told(*made.shares, *(level.price for level in made.levels)) == "85 5 5 5 110 120 130 140"


SOLD = (bought("E1", 1000, 100), bought("TP1", 850, 110, seq=2))
USERS = bought("", 5, 100, seq=4)


@pytest.mark.parametrize(
    ("orders", "fills", "size", "why"),
    [
        ((order("G2", 1, 99), order("G1", 1, 98), *LADDER), BOUGHT, 1000, "G1, G2: no ladder has such orders"),
        ((order("E1", 1000, 98, 90, BUY),), (), 0, "nothing is held yet"),
        (LADDER, (*BOUGHT, USERS), 1000, "1000 is held, and the executions that the venue still lists explain 1005"),
        (targets(0, 50)[1:], (*SOLD, bought("TP2", 150, 120, seq=3), USERS), 5, "5 is held"),
        (targets(0, 70)[1:], SOLD, 150, "its take-profits work 70 of 150, and some are missing"),
        ((), tuple(replace(each, side=each.side.opposite) for each in SOLD), -150, "its take-profits work 0 of 150"),
    ],
)
def test_what_leaves_more_than_one_trade_possible_is_left_to_a_person(
    orders: tuple[Working, ...], fills: tuple[Filled, ...], size: int, why: str
) -> None:
    """C7: nothing is guessed: odd orders, nothing held, too much or nothing of ours, a ladder with holes."""
    refusal = rebuilt(*orders, fills=fills, size=size)
    assert isinstance(refusal, Refusal)

    assert refusal.reasons[0].startswith(f"m2 {SYMBOL}: {why}")


def test_one_lot_is_a_trade_too() -> None:
    """C7, B6: all of it is TP1's."""
    made = plan(*targets(1), fills=(bought("E1", 1, 100),), size=1)

    assert told(made.total, *made.shares) == "1 100"
