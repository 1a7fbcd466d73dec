"""What must always hold: for each invariant an account that keeps it, and the least change that breaks it (rel:I1)."""

from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from core.account.inputs import Operate
from core.desired import Phase
from core.facts import ActKind, Cut, EndReason, PositionIs, StopIs
from core.invariants import Violation, violations
from core.plan import BREAKEVEN, KEEP, OnFailure, Rules, StopAfter, StopAfterKind
from core.request import FixedQuantity, Request
from core.words import OrderSide, Side
from tests.driving import SLOT, Driven, driven
from tests.staging import number, request

TWO_LEGS = request(("market", 98), size=FixedQuantity(Decimal(2000)))
SHORT = request((101, 103), side=Side.SHORT, targets=(90, 80, 70, 60), stop=110, size=FixedQuantity(Decimal(2000)))
ROLES = ("TP1", "TP2", "TP3", "TP4", "E2")


@dataclass
class Seen:
    """An account and a look at its venue."""

    run: Driven
    cut: Cut

    def wrong(self) -> list[str]:
        """The invariants that are broken, by number."""
        return [each.invariant for each in violations(self.run.machine.state, self.cut)]

    def details(self) -> list[str]:
        """What is said of each, the trade's id as T."""
        found = violations(self.run.machine.state, self.cut)
        return [each.detail.replace(self.run.trade_id(TWO_LEGS), "T") for each in found]

    def only(self) -> str:
        """What the only violation says, the trade's id as T."""
        (one,) = violations(self.run.machine.state, self.cut)
        assert one == Violation("main", one.invariant, one.detail)
        return f"{one.invariant} {one.detail}".replace(self.run.trade_id(TWO_LEGS), "T")


def at_rest(asked: Request = TWO_LEGS, rules: Rules | None = None) -> Seen:
    """E1 filled 1,000, E2 rests, the ladder works 850/50/50/50, the stop is shown."""
    run = driven(rules=rules)
    run.accept(run.open(asked))
    long = asked.side is Side.LONG
    filled = replace(run.fill("E1", 1000, 100 if long else 101), side=asked.side.opening)
    run.accept(run.know(filled, run.ended("E1", 1000), run.stop_is(90 if long else 110)))
    sizes = dict(zip(ROLES, (850, 50, 50, 50, 1000), strict=True))
    orders = [run.working(role, size) for role, size in sizes.items()]
    return Seen(run, run.cut(orders=orders, size=1000 if long else -1000))


def without(seen: Seen, *roles: str) -> Seen:
    """The same, these orders not open at the venue."""
    keys = {seen.run.key(role) for role in roles}
    return Seen(seen.run, replace(seen.cut, orders=tuple(each for each in seen.cut.orders if each.key not in keys)))


def sized(seen: Seen, **sizes: int) -> Seen:
    """The same, these orders open with other totals."""
    named = {seen.run.key(role): Decimal(size) for role, size in sizes.items()}
    orders = tuple(replace(each, quantity=named.get(each.key, each.quantity)) for each in seen.cut.orders)
    return Seen(seen.run, replace(seen.cut, orders=orders))


def stopped_at(seen: Seen, price: object | None) -> Seen:
    """The same, the venue showing this stop."""
    shown = StopIs(SLOT, None if price is None else number(price), seen.run.now, seen.run.seq)
    return Seen(seen.run, replace(seen.cut, stops=(shown,)))


def after_tp1(rules: Rules | None = None, stop: object = "100.14") -> Seen:
    """TP1 was hit and E2 taken back: 150 are left."""
    run = at_rest(rules=rules).run
    run.answer(run.know(run.fill("TP1", 850, 110), run.ended("TP1", 850)))
    run.know(run.ended("E2", 0, EndReason.CANCELLED), run.stop_is(stop))
    return Seen(run, run.cut(orders=[run.working(role, 50) for role in ("TP2", "TP3", "TP4")], size=150))


@pytest.mark.parametrize("asked", [TWO_LEGS, SHORT], ids=["long", "short"])
def test_an_account_at_rest_breaks_nothing(asked: Request) -> None:
    """rel:I1, I2, I4, I6: long and short, before and after TP1."""
    assert at_rest(asked).wrong() == []
    assert after_tp1().wrong() == []


def test_an_order_without_its_trade() -> None:
    """rel:I4: ours by its key and no trade's, or an earlier revision than the trade knows; others' are none of it."""
    seen = at_rest()
    stray = replace(seen.run.working("E2", 1), key="t1-main-0123456789-E1-00")
    older = replace(stray, key=seen.run.key("TP1", 1))
    more = (*seen.cut.orders, replace(stray, key="theirs"), replace(stray, key="t1-other-0123456789-E1-00"))

    assert Seen(seen.run, replace(seen.cut, orders=more)).wrong() == []
    found = Seen(seen.run, replace(seen.cut, orders=(*seen.cut.orders, stray))).only()
    assert found == "I4 t1-main-0123456789-E1-00 works without a live trade"
    found = Seen(seen.run, replace(seen.cut, orders=(*seen.cut.orders, older))).only()
    assert (
        found == f"I4 {older.key.replace(seen.run.box.id, 'T')} works, and is not the order that its trade has as TP1"
    )


def ended() -> Driven:
    """A trade that was closed; nothing is left of it."""
    run = at_rest().run
    run.answer(run.step(Operate(run.box.id, ActKind.CLOSE, "me")))
    run.know(*(run.ended(role, 0, EndReason.CANCELLED) for role in ROLES))
    run.know(
        run.fill("X", 1000, 100), run.ended("X", 1000), run.stop_is(None), PositionIs(SLOT, Decimal(0), run.now, 9)
    )
    assert not run.machine.state.boxes
    return run


def test_a_position_without_its_trade() -> None:
    """rel:I4, A6: where a trade of ours was; never where only the user traded."""
    run = ended()
    assert Seen(run, run.cut(size=0)).wrong() == []
    assert Seen(run, run.cut(size=-3)).only() == "I4 TESTUSDT: -3 is held without a live trade"
    assert Seen(driven(), driven().cut(size=3)).wrong() == []

    run.machine.state.users.add(SLOT)
    assert Seen(run, run.cut(size=3)).wrong() == []


@pytest.mark.parametrize(("asked", "size"), [(TWO_LEGS, 999), (TWO_LEGS, 1001), (SHORT, 1000)])
def test_the_venue_holds_what_the_ledger_says(asked: Request, size: int) -> None:
    """rel:I6: signed: one lot less, one lot more, the other side."""
    seen = at_rest(asked)
    held = replace(seen.cut, positions=(PositionIs(SLOT, Decimal(size), seen.run.now, 1),))
    shown = size if asked is TWO_LEGS else -size

    assert Seen(seen.run, held).only() == f"I6 T: the venue holds {shown}, the ledger 1000"


def test_a_slot_that_is_not_shown_holds_nothing() -> None:
    """rel:I6: no row is a row of zero, so a position that is missing from a full look is a difference."""
    seen = at_rest()

    assert Seen(seen.run, replace(seen.cut, positions=())).only() == "I6 T: the venue holds 0, the ledger 1000"


def test_take_profits_work_the_whole_position() -> None:
    """rel:I2: no more and no less, their unfilled parts; nothing at all only under the venue's minimum."""
    assert after_tp1().wrong() == []
    assert without(after_tp1(), "TP4").only() == "I2 T: take-profits work 100 of 150"
    assert sized(after_tp1(), TP4=51).only() == "I2 T: take-profits work 151 of 150"
    assert without(after_tp1(), "TP2", "TP3", "TP4").only() == "I2 T: take-profits work 0 of 150"


def test_less_than_the_minimum_may_stand_without_a_target() -> None:
    """rel:I2, B6: what can't be placed is no fault; exactly the minimum could be."""
    seen = without(after_tp1(), "TP2", "TP3", "TP4")
    box = seen.run.box
    for minimum, wrong in (("151", []), ("150", ["I2"])):
        lots = replace(box.trade.plan.instrument, min_quantity=Decimal(minimum))
        box.trade = replace(box.trade, plan=replace(box.trade.plan, instrument=lots))
        assert seen.wrong() == wrong


def test_each_take_profit_works_its_share_before_tp1() -> None:
    """rel:I2b, B5: 849 and 51 sum up as well as 850 and 50, and are not the shares."""
    found = sized(at_rest(), TP1=849, TP2=51).details()

    assert found == ["T: TP1 works 849, its share is 850", "T: TP2 works 51, its share is 50"]
    assert without(at_rest(), "TP1").wrong() == ["I2", "I2b"]


def test_shares_too_small_to_place_are_not_compared() -> None:
    """B6: with lots of 50 a share of 50 might be carried by a level before it: only the sum is looked at."""
    seen = sized(at_rest(), TP1=849, TP2=51)
    box = seen.run.box
    for minimum, wrong in (("50", []), ("49", ["I2b", "I2b"])):
        lots = replace(box.trade.plan.instrument, min_quantity=Decimal(minimum))
        box.trade = replace(box.trade, plan=replace(box.trade.plan, instrument=lots))
        assert seen.wrong() == wrong


def test_no_entry_executes_more_than_planned() -> None:
    """rel:I5: one lot beyond the plan is named with its leg."""
    seen = at_rest()
    seen.run.know(seen.run.fill("E1", 1, 100))

    assert "I5" in seen.wrong()
    assert "T: E1 executed 1001 of 1000 planned" in seen.details()


def test_no_entry_works_after_tp1_or_when_closing() -> None:
    """rel:I4, B7, B10: unless TP1 leaves the entries alone by rule."""
    seen = after_tp1()
    seen.cut = replace(seen.cut, orders=(*seen.cut.orders, seen.run.working("E2", 1000)))
    assert seen.only() == "I4 T: E2 still works after TP1"

    closing(seen)
    assert seen.only() == "I4 T: E2 still works after the close began"

    kept = at_rest(rules=Rules(cancel_limits_on_tp1=False))
    kept.run.box.phase = Phase.PROFIT_TAKING
    assert kept.wrong() == []


def test_a_position_has_its_stop() -> None:
    """rel:I1: none is named with what is held; without a position, or in a plan without a stop, none is missed."""
    assert stopped_at(at_rest(), None).only() == "I1 T: 1000 is held without a stop"
    assert Seen(at_rest().run, replace(at_rest().cut, stops=())).only() == "I1 T: 1000 is held without a stop"

    bare = stopped_at(at_rest(), None)
    bare.run.box.trade = replace(bare.run.box.trade, plan=replace(bare.run.box.trade.plan, stop=None))
    assert bare.wrong() == []


@pytest.mark.parametrize(
    ("asked", "stop", "wrong"),
    [
        (TWO_LEGS, "90", []),
        (TWO_LEGS, "89.99", ["I1"]),
        (TWO_LEGS, "95", []),
        (SHORT, "110", []),
        (SHORT, "110.01", ["I1"]),
        (SHORT, "105", []),
    ],
)
def test_a_stop_never_lies_further_away_than_planned(asked: Request, stop: str, wrong: list[str]) -> None:
    """rel:I1: better is allowed, a tick worse is not."""
    assert stopped_at(at_rest(asked), stop).wrong() == wrong


def test_a_stop_that_somebody_moved_stands_where_he_put_it() -> None:
    """A11, B14: the operator's price counts, and where the user trades too nothing is said of it."""
    moved = stopped_at(at_rest(), "85")
    assert moved.only() == "I1 T: the stop at 85 lies further away than the plan's 90"

    moved.run.step(Operate(moved.run.box.id, ActKind.MOVE_STOP, "me", price=Decimal(85)))
    assert moved.wrong() == []

    users = stopped_at(at_rest(), "85")
    users.run.machine.state.users.add(SLOT)
    assert users.wrong() == []


ENTRY = Rules(stop_after=(StopAfter(StopAfterKind.ENTRY),))


@pytest.mark.parametrize(
    ("rules", "stop", "wrong"),
    [
        (None, "100", []),
        (None, "99.99", ["I1"]),
        (ENTRY, "99.99", ["I1"]),
        (Rules(stop_after=(KEEP,)), "99.99", []),
        (Rules(stop_after=()), "99.99", []),
        (Rules(stop_after=(KEEP, BREAKEVEN)), "99.99", []),
        (Rules(breakeven_failed=OnFailure.KEEP), "99.99", []),
    ],
)
def test_after_tp1_the_stop_is_no_worse_than_the_entry(rules: Rules | None, stop: str, wrong: list[str]) -> None:
    """rel:I1, B7, B15: where the table says so for TP1, and a failed breakeven would have closed."""
    seen = stopped_at(after_tp1(rules, stop="100.14" if rules is None else "100"), stop)

    assert seen.wrong() == wrong


def test_the_words_for_a_stop_that_stayed_behind() -> None:
    """rel:I1: where it stands, and what happened."""
    assert (
        stopped_at(after_tp1(), 95).only()
        == "I1 T: a take-profit was hit, and the stop stands at 95, worse than the entry"
    )


def closing(seen: Seen) -> None:
    """Let the trade be closing, and wish for it."""
    box = seen.run.box
    assert box.desired is not None
    box.phase, box.desired = Phase.CLOSING, box.desired._replace(phase=Phase.CLOSING)


def test_what_is_closing_wishes_to_close() -> None:
    """rel:I19: a trade that only says so trades on, and refuses every act of an operator's."""
    seen = at_rest()
    seen.run.box.phase = Phase.CLOSING

    assert "I19 T: is CLOSING, and wishes for BUILDING" in [f"I19 {each}" for each in seen.details()]


def fired(seen: Seen) -> None:
    """Let the ledger say that the stop took a lot."""
    box = seen.run.box
    box.trade = replace(box.trade, ledger=box.trade.ledger._replace(stopped=Decimal(1)))


def test_nothing_is_held_after_the_stop_fired() -> None:
    """rel:I19: at rest a stop leaves nothing of ours."""
    seen = after_tp1()
    fired(seen)

    assert seen.only() == "I19 T: 150 is still held after the stop fired"


def test_what_is_closing_owes_no_ladder_and_no_tier() -> None:
    """B10: while closing goes on only its stop is asked for."""
    seen = stopped_at(without(after_tp1(), "TP2"), 80)
    closing(seen)
    assert seen.wrong() == []

    assert stopped_at(seen, None).wrong() == ["I1"]
    assert seen.run.box.trade.plan.opening is OrderSide.BUY
