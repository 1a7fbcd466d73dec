"""The stop table: B9 and B15."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.desired import StopKind
from core.facts import Cause, Filled
from core.instrument import Instrument
from core.ledger import Ledger, book, empty
from core.money import HUNDRED, ONE, ZERO
from core.plan import BREAKEVEN, KEEP, BreakevenRule, Level, Plan, Rules, StopAfter, StopAfterKind
from core.request import EntrySpec, MarginPercent, Request
from core.stops import better, stop_in_force, trails
from core.words import Environment, Side, Slot, TriggerBy

SLOT = Slot("XUSDT", 0)
INSTRUMENT = Instrument(
    symbol="XUSDT", tick=Decimal("0.01"), step=ONE, min_quantity=ONE, min_notional=ZERO, max_leverage=HUNDRED
)
ENTRY = StopAfter(StopAfterKind.ENTRY)
AT_TP1 = StopAfter(StopAfterKind.TARGET, level=1)
TRAIL = StopAfter(StopAfterKind.TRAIL, percent=Decimal(2))


def plan(*rows: StopAfter, side: Side = Side.LONG, stop: str | None = None) -> Plan:
    """A trade at 100 with take-profits at 110, 120, 130 (a short's: 90, 80, 70) and breakeven fixed at 0.08 %."""
    sign = 1 if side is Side.LONG else -1
    prices = tuple(HUNDRED + sign * Decimal(10 * level) for level in (1, 2, 3))
    request = Request(
        id="r1",
        strategy="conservative",
        symbol="XUSDT",
        side=side,
        entries=(EntrySpec(None),),
        take_profits=prices,
        stop=None,
        leverage=ONE,
        size=MarginPercent(ONE),
        at=0,
    )
    shares = (Decimal(80), Decimal(10), Decimal(10))
    return Plan(
        trade="7K3QX9A2MD",
        account="main",
        environment=Environment.PAPER,
        request=request,
        slot=SLOT,
        instrument=INSTRUMENT,
        legs=(),
        levels=tuple(
            Level(f"TP{n}", price, share) for n, (price, share) in enumerate(zip(prices, shares, strict=True), 1)
        ),
        stop=HUNDRED - sign * Decimal(5) if stop is None else Decimal(stop),
        leverage=ONE,
        margin=ZERO,
        market=HUNDRED,
        taker=Decimal("0.00055"),
        maker=ZERO,
        at=0,
        rules=Rules(stop_after=rows, breakeven=BreakevenRule(fees=Decimal("0.06")), trigger_by=TriggerBy.MARK),
    )


def filled(*fills: tuple[str, int, str], side: Side = Side.LONG) -> Ledger:
    """A ledger of (role, quantity, price) in venue order, without fees."""
    ledger = empty(side.opening)
    for seq, (role, quantity, price) in enumerate(fills):
        way = side.opening if role.startswith("E") else side.closing
        fill = Filled(f"x{seq}", SLOT, role, way, Decimal(quantity), Decimal(price), ZERO, Cause.ORDER, seq, seq)
        ledger = book(ledger, fill, role)
    return ledger


def stop_of(
    trade: Plan, ledger: Ledger, *hits: int, moved: tuple[Decimal, int] | None = None, best: str | None = None
) -> tuple[Decimal, StopKind]:
    """Price and kind in force, nothing waiting."""
    wanted = stop_in_force(trade, ledger, hits, moved, Decimal(best) if best else None, waiting=False)
    assert wanted is not None
    return wanted.price, wanted.kind


ONE_HIT = (("E1", 10, "100"), ("TP1", 8, "110"))


def test_stop_starts_where_the_plan_puts_it() -> None:
    """Nothing hit: the initial stop, in the plan's slot, fired by the price that the rules name."""
    wanted = stop_in_force(plan(BREAKEVEN), filled(("E1", 10, "100")), (), None, None, waiting=False)

    assert wanted is not None
    assert (wanted.slot, wanted.price, wanted.kind) == (SLOT, Decimal(95), StopKind.INITIAL)
    assert wanted.trigger_by is TriggerBy.MARK


@pytest.mark.parametrize(("side", "expected"), [(Side.LONG, "100.08"), (Side.SHORT, "99.92")])
def test_tp1_moves_the_stop_to_breakeven(side: Side, expected: str) -> None:
    """B9, B15: the default row, both sides."""
    assert stop_of(plan(BREAKEVEN, side=side), filled(*ONE_HIT, side=side), 1) == (
        Decimal(expected),
        StopKind.BREAKEVEN,
    )


@pytest.mark.parametrize(
    ("row", "price", "kind"),
    [
        (KEEP, "100.08", StopKind.BREAKEVEN),
        (AT_TP1, "110", StopKind.TRAILING),
        (ENTRY, "100.08", StopKind.BREAKEVEN),
        (TRAIL, "117.72", StopKind.TRAILING),
        (StopAfter(StopAfterKind.TARGET, level=9), "100.08", StopKind.BREAKEVEN),
    ],
)
def test_second_row_betters_or_keeps(row: StopAfter, price: str, kind: StopKind) -> None:
    """B15: each value of the table after breakeven; 2 % from the best price 120.12 is 117.7176, rounded up."""
    ledger = filled(*ONE_HIT, ("TP2", 1, "120"))

    assert stop_of(plan(BREAKEVEN, row), ledger, 1, 2, best="120.12") == (Decimal(price), kind)


def test_short_trail_rounds_down_and_follows_the_lowest_price() -> None:
    """B15 mirrored: 2 % above 80.01 is 81.6102."""
    ledger = filled(*ONE_HIT, side=Side.SHORT)

    assert stop_of(plan(TRAIL, side=Side.SHORT), ledger, 1, best="80.01") == (Decimal("81.61"), StopKind.TRAILING)


def test_trail_without_a_price_yet_keeps_the_stop() -> None:
    """Unknown is never a number."""
    assert stop_of(plan(TRAIL), filled(*ONE_HIT), 1) == (Decimal(95), StopKind.INITIAL)


def test_entry_row_is_the_average_rounded_away_from_loss() -> None:
    """B15: 7 units at 100 and 2 at 101 average 100.2222..., so 100.23 for a long."""
    ledger = filled(("E1", 7, "100"), ("E2", 2, "101"), ("TP1", 8, "110"))

    assert stop_of(plan(ENTRY), ledger, 1) == (Decimal("100.23"), StopKind.BREAKEVEN)


def test_entry_row_keeps_the_average_of_the_hit() -> None:
    """B9, B15: 100 stood when TP1 was hit; a later, lower entry does not take it back."""
    lower = filled(*ONE_HIT, ("E2", 10, "90"))

    assert stop_of(plan(ENTRY), lower, 1) == (HUNDRED, StopKind.BREAKEVEN)


def test_target_row_may_name_the_last_target() -> None:
    """B15: the third of three targets is one of them."""
    row = StopAfter(StopAfterKind.TARGET, level=3)

    assert stop_of(plan(row), filled(*ONE_HIT), 1) == (Decimal(130), StopKind.TRAILING)


def test_breakeven_is_never_worse_than_the_stop_in_force() -> None:
    """B9: an operator's stop beyond breakeven stays, and stays the operator's."""
    assert stop_of(plan(BREAKEVEN), filled(*ONE_HIT), 1, moved=(Decimal(104), 0)) == (Decimal(104), StopKind.MOVED)


def test_operator_may_loosen_what_came_before_but_not_what_comes() -> None:
    """B14: a move replaces the rows reached by then, the next row applies on top."""
    trade, ledger = plan(BREAKEVEN, AT_TP1), filled(*ONE_HIT, ("TP2", 1, "120"))

    assert stop_of(trade, ledger, 1, moved=(Decimal(90), 1)) == (Decimal(90), StopKind.MOVED)
    assert stop_of(trade, ledger, 1, 2, moved=(Decimal(90), 1)) == (Decimal(110), StopKind.TRAILING)


def test_late_entry_fill_only_betters_a_breakeven_stop() -> None:
    """B9: 100.08 stood when TP1 was hit; a later, lower entry does not take it back, a higher one lifts it."""
    lower = filled(*ONE_HIT, ("E2", 10, "90"))
    higher = filled(*ONE_HIT, ("E2", 10, "102"))

    assert stop_of(plan(BREAKEVEN), lower, 1)[0] == Decimal("100.08")
    assert stop_of(plan(BREAKEVEN), higher, 1)[0] == Decimal("101.09")


def test_leaders_tp1_gives_a_mirror_its_own_breakeven() -> None:
    """A4: TP1 counts as hit though this account's order has not filled: its entries so far decide."""
    assert stop_of(plan(BREAKEVEN), filled(("E1", 10, "101")), 1) == (Decimal("101.09"), StopKind.BREAKEVEN)


def test_nothing_filled_gives_no_breakeven() -> None:
    """A4: a leader's TP1 finds a mirror without a fill; there is no average to speak of."""
    assert stop_of(plan(BREAKEVEN), filled(), 1) == (Decimal(95), StopKind.INITIAL)


def test_waiting_keeps_the_tier_but_not_the_operators_word() -> None:
    """B7: with entries left alive no row applies yet; a stop moved by hand does."""
    trade, ledger = plan(BREAKEVEN), filled(*ONE_HIT)
    kept = stop_in_force(trade, ledger, (1,), None, None, waiting=True)
    moved = stop_in_force(trade, ledger, (1,), (Decimal(97), 0), None, waiting=True)

    assert kept is not None
    assert moved is not None
    assert (kept.price, moved.price) == (Decimal(95), Decimal(97))


def test_plan_without_a_stop_has_none_until_a_row_gives_one() -> None:
    """Where the plan has no stop, none is invented; a row that was reached still gives one."""
    trade = replace(plan(BREAKEVEN), stop=None)

    assert stop_in_force(trade, filled(("E1", 10, "100")), (), None, None, waiting=False) is None
    assert stop_of(trade, filled(*ONE_HIT), 1) == (Decimal("100.08"), StopKind.BREAKEVEN)


def test_better_is_the_one_with_less_loss() -> None:
    """Higher for a long, lower for a short; anything betters no stop."""
    assert better(ONE, HUNDRED, Side.LONG) == HUNDRED
    assert better(ONE, HUNDRED, Side.SHORT) == ONE
    assert better(None, ONE, Side.SHORT) == ONE


def test_trail_is_known_once_its_row_is_reached() -> None:
    """The strategy asks for prices only while a trail needs them; rows past the table keep."""
    trade = plan(BREAKEVEN, TRAIL)

    assert [trails(trade, hits) for hits in ((), (1,), (1, 2), (3,))] == [False, False, True, False]
