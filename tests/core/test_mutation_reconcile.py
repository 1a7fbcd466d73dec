"""What is sent for each difference between wish and venue, parameter by parameter (B4, B5, B10, A7)."""

from decimal import Decimal

import pytest

from core.commands import Amend, Cancel, Command, Place, SetStop
from core.desired import Desired, Phase, StopKind, Want, WantedStop
from core.facts import Cause, Filled
from core.identity import MAX_REVISION, Key
from core.instrument import Instrument
from core.ledger import book, empty
from core.money import HUNDRED, ONE, ZERO
from core.plan import Plan, Rules
from core.reconcile import Diff, reconcile
from core.request import MarginPercent, Request
from core.slot_view import SlotView
from core.terms import Capabilities
from core.trade import Line, LineState, Trade
from core.words import Environment, OrderSide, Side, Slot, TriggerBy

SLOT = Slot("XUSDT", 0)
HALF = Decimal("0.5")
SELL, BUY = OrderSide.SELL, OrderSide.BUY
PLAN = Plan(
    trade="7K3QX9A2MD",
    account="main",
    environment=Environment.PAPER,
    request=Request(
        id="r1",
        strategy="conservative",
        symbol="XUSDT",
        side=Side.LONG,
        entries=(),
        take_profits=(),
        stop=Decimal(90),
        leverage=ONE,
        size=MarginPercent(ONE),
        at=0,
    ),
    slot=SLOT,
    instrument=Instrument(
        symbol="XUSDT", tick=ONE, step=ONE, min_quantity=ONE, min_notional=ZERO, max_leverage=HUNDRED
    ),
    legs=(),
    levels=(),
    stop=Decimal(90),
    leverage=ONE,
    margin=ZERO,
    market=HUNDRED,
    taker=ZERO,
    maker=ZERO,
    at=0,
    rules=Rules(trigger_by=TriggerBy.MARK),
)
IN_PLACE = Capabilities()


def key(role: str, revision: int = 0) -> str:
    """The client id of one of PLAN's orders."""
    return Key("main", PLAN.trade, role, revision).text


def works(role: str, quantity: str, price: str = "110", dead: str = "0") -> Line:
    """An exit that works."""
    return Line(
        role, 0, LineState.WORKING, Decimal(quantity), Decimal(price), dead=Decimal(dead), key=key(role),
        reduce_only=True,
    )  # fmt: skip


def exits(role: str, total: str, price: str = "110") -> Want:
    """An exit that is wished for."""
    return Want(role, SLOT, SELL, Decimal(total), Decimal(price), reduce_only=True)


def diff(
    *wants: Want,
    held: str = "10",
    lines: tuple[Line, ...] = (),
    busy: dict[str, Command | None] | None = None,
    capabilities: Capabilities = IN_PLACE,
    stops: tuple[WantedStop, ...] = (),
    view: SlotView | None = None,
) -> Diff:
    """What is sent for *wants* and *stops* while *held* is ours and *lines* are at the venue."""
    fill = Filled("x", SLOT, None, BUY, Decimal(held), HUNDRED, ZERO, Cause.ORDER, 0, 0)
    ledger = book(empty(BUY), fill, "E1") if fill.quantity else empty(BUY)
    trade = Trade(PLAN, ledger, {line.role: line for line in lines})
    wish = Desired(wants, stops, Phase.MONITORING)
    slots = {SLOT: view or SlotView(size=Decimal(held))}
    return reconcile(trade, wish, slots, busy or {}, (), capabilities)


def test_new_orders_say_all_there_is_to_say() -> None:
    """B4, B5: an entry carries its stop and what fires it; an exit doesn't."""
    entry = Want("E2", SLOT, BUY, ONE, HUNDRED, reduce_only=False, stop=Decimal(90), once=True)

    assert diff(entry, exits("TP1", "3")) == Diff(
        entries=(Place(key("E2"), SLOT, BUY, ONE, HUNDRED, False, Decimal(90), TriggerBy.MARK),),
        exits=(Place(key("TP1"), SLOT, SELL, Decimal(3), Decimal(110), True, None, TriggerBy.LAST),),
    )


@pytest.mark.parametrize(
    ("want", "line", "command"),
    [
        (exits("TP1", "3"), works("TP1", "3"), None),
        (exits("TP1", "2"), works("TP1", "3"), Amend(key("TP1"), SLOT, quantity=Decimal(2))),
        (exits("TP1", "3.5"), works("TP1", "3"), Amend(key("TP1"), SLOT, quantity=Decimal("3.5"))),
        (exits("TP1", "3", "111"), works("TP1", "3"), Amend(key("TP1"), SLOT, price=Decimal(111))),
        (exits("TP1", "5"), works("TP1", "3", dead="2"), None),
    ],
)
def test_working_order_is_amended_in_what_differs(want: Want, line: Line, command: Amend | None) -> None:
    """B5: the total less what dead revisions executed; nothing else of the order is named."""
    assert diff(want, lines=(line,)).commands == (() if command is None else (command,))


def test_order_of_which_nothing_is_left_is_cancelled() -> None:
    """B5: so is one that the venue can't amend, and one that nothing wishes for."""
    gone, plain = Cancel(key("TP1"), SLOT), Capabilities(amend_in_place=False)

    assert diff(exits("TP1", "0"), lines=(works("TP1", "3"),)).commands == (gone,)
    assert diff(exits("TP1", "2"), lines=(works("TP1", "3"),), capabilities=plain).commands == (gone,)
    assert diff(lines=(works("TP1", "3"),)).commands == (gone,)


@pytest.mark.parametrize(
    ("line", "once", "revision"),
    [
        (Line("E2", MAX_REVISION - 1, LineState.ENDED), False, MAX_REVISION),
        (Line("E2", MAX_REVISION, LineState.ENDED), False, None),
        (Line("E2", 0, LineState.ENDED), True, None),
        (Line("E2", 0, LineState.IDLE), True, 0),
        (Line("E2", 0, LineState.IDLE, given_up=True), False, None),
        (Line("E2", 0, LineState.ENDED, filled=ONE), False, None),
    ],
)
def test_dead_order_is_placed_anew_where_it_may_be(line: Line, once: bool, revision: int | None) -> None:
    """B4, R2: up to the last revision; not what was given up, wished for once, or isn't booked yet."""
    want = Want("E2", SLOT, BUY, Decimal(2), HUNDRED, reduce_only=False, once=once)
    placed = [each.key for each in diff(want, lines=(line,)).entries]

    assert placed == ([] if revision is None else [key("E2", revision)])


def test_exits_grow_only_inside_the_room() -> None:
    """B5: of ten, TP1 and TP2 claim seven and TP1's amend in flight two more; one more fits, and it may be half."""
    quota = Capabilities(reduce_only_quota=True)
    lines = (works("TP1", "4"), works("TP2", "3"))
    flying: dict[str, Command | None] = {key("TP1"): Amend(key("TP1"), SLOT, quantity=Decimal(6))}
    kept = (exits("TP1", "6"), exits("TP2", "3"))

    assert diff(*kept, exits("TP3", "1.5"), lines=lines, busy=flying, capabilities=quota).commands == ()
    (fits,) = diff(*kept, exits("TP3", "1"), lines=lines, busy=flying, capabilities=quota).exits
    assert fits.key == key("TP3")
    smaller = diff(exits("TP1", "2"), exits("TP2", "3.5"), lines=lines, capabilities=quota).exits
    assert [each.quantity for each in smaller] == [Decimal(2), Decimal("3.5")]


@pytest.mark.parametrize(
    ("held", "view", "is_set"),
    [
        ("0.5", SlotView(size=HALF), True),
        ("1", SlotView(size=ONE, stop=Decimal(89)), True),
        ("1", SlotView(size=ONE, stop=Decimal(90)), False),
        ("1", SlotView(size=ONE, stop_busy=True), False),
        ("1", SlotView(size=ZERO), False),
        ("0", SlotView(size=ONE), False),
        ("1", SlotView(size=-ONE), False),
    ],
)
def test_stop_is_set_where_something_of_ours_is_held(held: str, view: SlotView, is_set: bool) -> None:
    """A7, B4: with what fires it, once, and never for what is only the user's."""
    stop = WantedStop(SLOT, Decimal(90), StopKind.INITIAL, TriggerBy.MARK)
    found = diff(held=held, view=view, stops=(stop,)).stops

    assert found == ((SetStop(SLOT, Decimal(90), TriggerBy.MARK),) if is_set else ())
