"""Whatever is remembered reads back equal, digit by digit, and what can't be read is said with its place."""

import json
from collections.abc import Mapping
from decimal import Decimal
from enum import Enum
from functools import cache
from inspect import signature
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.alerts import Alert, Body, kind_of
from core.codec import Unreadable, _codec, codec
from core.facts import Cause, Cut, Ended, EndReason, Fact, Filled, Funding, Paused
from core.instrument import Instrument
from core.plan import Level, Plan
from core.record import KINDS, VERSION, decode, decode_what, encode, in_venue_order
from core.report import TradeReport
from core.words import OrderSide, Slot
from ports.contract.samples import plan, report

DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
SLOT = Slot("BTCUSDT", 0)
FILL = Filled("x1", SLOT, None, OrderSide.BUY, Decimal("0.100"), Decimal("6E+4"), Decimal("-0.00"), Cause.STOP, 7, 9)
ENDED: dict[str, Any] = {"is": "Ended", "as": 1, "key": "k", "filled": "1", "why": "venue", "at": 5}


@pytest.fixture(autouse=True)
def _codecs_made_anew() -> None:
    """Each test makes its own codecs, so that what making them gets wrong shows in the test that is about it."""
    _codec.cache_clear()


@cache
def values_of(hint: Any) -> st.SearchStrategy[Any]:
    """Any value of a type hint; plans and instruments keep what their constructors insist on."""
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is UnionType:
        return st.one_of([values_of(one) for one in arguments])
    if origin is tuple and arguments[-1] is Ellipsis:
        return st.lists(values_of(arguments[0]), max_size=2).map(tuple)
    if origin is tuple:
        return st.tuples(*[values_of(one) for one in arguments])
    if hint is NoneType:
        return st.none()
    if isinstance(hint, type) and issubclass(hint, Enum):
        return st.sampled_from(hint)
    simple = {str: st.text(max_size=9), int: st.integers(), bool: st.booleans(), Decimal: DECIMALS}
    return simple[hint] if hint in simple else built(hint)


def built(kind: Any) -> st.SearchStrategy[Any]:
    """A dataclass or named tuple with every field drawn that it doesn't find by itself."""
    positive = dict.fromkeys(("tick", "step", "min_quantity", "max_leverage"), st.decimals("0.001", 1000))
    ladder = st.just((Level("TP1", Decimal(60), Decimal("85.0")), Level("TP2", Decimal(70), Decimal(15))))
    special: dict[Any, dict[str, Any]] = {Instrument: positive, Plan: {"levels": ladder}}
    hints, given = get_type_hints(kind), special.get(kind, {})
    drawn = {name: values_of(hints[name]) for name in signature(kind).parameters if name not in given}
    return st.builds(kind, **drawn, **given)


@cache
def told(body: type) -> st.SearchStrategy[Alert]:
    """An alert with this body."""
    hints = {**get_type_hints(Alert), "body": body}
    return st.builds(Alert, **{name: values_of(hint) for name, hint in hints.items()})


def digits(value: object) -> str:
    """A value with every digit it has: Decimal("1.0") equals Decimal("1") but is not the same text."""
    return repr(value)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@settings(max_examples=12)
@given(data=st.data())
def test_everything_remembered_reads_back_as_it_was(kind: type, data: st.DataObject) -> None:
    """Through JSON text and back: the same value, the same digits (rel:P3)."""
    value = data.draw(values_of(kind))

    again: object = decode(kind, json.loads(json.dumps(encode(value))))

    assert again == value
    assert digits(again) == digits(value)


@pytest.mark.parametrize("body", get_args(Body), ids=kind_of)
@settings(max_examples=5)
@given(data=st.data())
def test_every_alert_body_reads_back(body: type, data: st.DataObject) -> None:
    """Each body of D1 comes back as its own class, drawn for itself so that none is missed."""
    alert = data.draw(told(body))

    assert digits(decode(Alert, json.loads(json.dumps(encode(alert))))) == digits(alert)


def test_every_fact_is_remembered() -> None:
    """A fact added to the union can be stored without another list being kept."""
    assert {one.__name__ for one in get_args(Fact)} | {"Plan", "Alert", "TradeReport"} == set(KINDS)


def test_fill_is_written_as_plain_text() -> None:
    """The form on disk: text for numbers, values for words, a list for a slot; changing it needs a new version."""
    assert encode(FILL) == {
        "is": "Filled",
        "as": VERSION,
        "execution": "x1",
        "slot": ["BTCUSDT", 0],
        "key": None,
        "side": "buy",
        "quantity": "0.100",
        "price": "6E+4",
        "fee": "-0.00",
        "cause": "stop",
        "at": 7,
        "seq": 9,
    }


def test_field_of_a_newer_version_is_passed_over() -> None:
    """An unknown field does not stop an older Tandem from reading its own trades."""
    assert decode_what({**ENDED, "mood": "calm"}) == Ended("k", Decimal(1), EndReason.VENUE, 5)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({**ENDED, "at": "5"}, r"Ended.at: expected int, found '5'"),
        ({**ENDED, "at": True}, r"Ended.at: expected int, found True"),
        ({**ENDED, "filled": 1}, r"Ended.filled: expected a number as text, found 1"),
        ({**ENDED, "filled": "NaN"}, r"Ended.filled: 'NaN' is not a finite number"),
        ({**ENDED, "filled": "one"}, r"Ended.filled: 'one' is not a number"),
        ({**ENDED, "why": "boredom"}, r"Ended.why: 'boredom' is no EndReason"),
        ({**ENDED, "why": []}, r"Ended.why: \[\] is no EndReason"),
        ({**ENDED, "as": VERSION + 1}, r"Ended was written in form 2"),
        ({"is": "Ended", "as": 1, "filled": "1", "why": "venue", "at": 5}, r"Ended.key: needed, but missing"),
        ({**encode(FILL), "slot": ["BTCUSDT"]}, r"Filled.slot: expected 2 values, found 1"),
        ({**encode(FILL), "slot": "BTCUSDT"}, r"Filled.slot: expected a list"),
        ({"is": "Gossip", "as": 1}, r"'Gossip' is none of"),
        (["Ended"], r"None is none of"),
    ],
)
def test_what_can_not_be_read_is_said_with_its_place(data: object, message: str) -> None:
    """Nothing needed is guessed: the message names class, field and what was found."""
    with pytest.raises(Unreadable, match=message):
        decode_what(data)


def test_place_inside_a_list_is_named() -> None:
    """A cut's second execution is where the reader must look."""
    whole = encode(Cut(1, 2, (), (FILL, FILL), (), ()))
    whole["executions"][1]["price"] = "dear"

    with pytest.raises(Unreadable, match=r"^Cut.executions\[1\].price: 'dear' is not a number"):
        decode(Cut, whole)


def test_kind_asked_for_is_the_kind_given() -> None:
    """An alert is no journal line, and a fact is no report."""
    with pytest.raises(Unreadable, match="expected TradeReport, found Paused"):
        decode(TradeReport, encode(Paused(paused=True, by="ann", at=1)))


@pytest.mark.parametrize("hint", [float, object, int | str, tuple[float, ...]])
def test_type_without_exact_text_is_refused(hint: Any) -> None:
    """A float, or a union that can't be told apart, is a mistake of ours that shows at once."""
    with pytest.raises(TypeError, match=r"exact text|told apart"):
        codec(hint)


def test_stranger_is_not_remembered() -> None:
    """Only plans, facts, alerts and reports are written."""
    with pytest.raises(TypeError, match="not something that is remembered"):
        encode(SLOT)  # type: ignore[arg-type]


def test_executions_come_in_venue_order() -> None:
    """By sequence within a symbol, even where times run backwards; funding stands by its time (DESIGN 8.4)."""
    late = Filled("b", SLOT, None, OrderSide.BUY, Decimal(1), Decimal(1), Decimal(0), Cause.ORDER, 10, 2)
    early = Filled("a", SLOT, None, OrderSide.BUY, Decimal(1), Decimal(1), Decimal(0), Cause.ORDER, 12, 1)
    paid = Funding("f", SLOT, Decimal(1), 20)
    other = Funding("o", Slot("AAAUSDT", 0), Decimal(1), 99)

    assert in_venue_order([paid, late, other, early]) == (other, early, late, paid)


def test_mapping_is_an_object_of_its_values() -> None:
    """Keys and values each in their own form, and a bad one is named by its key."""
    write, read = codec(Mapping[Cause, Decimal])
    assert write is not None

    assert write({Cause.STOP: Decimal("1.50")}) == {"stop": "1.50"}
    assert read({"stop": "1.50"}) == {Cause.STOP: Decimal("1.50")}
    with pytest.raises(Unreadable, match=r"^\.stop: 'x' is not a number"):
        read({"stop": "x"})
    with pytest.raises(Unreadable, match="expected an object"):
        read([])


def test_plan_that_can_not_be_is_not_read() -> None:
    """What a constructor refuses is refused on reading too, with its reason: shares changed on disk."""
    data = encode(plan())
    data["levels"][0]["share"] = "84"

    with pytest.raises(Unreadable, match="Plan: 7K3QX9A2MD: take-profit shares don't sum to 100"):
        decode(Plan, data)


def test_kind_that_is_no_journal_line_is_refused() -> None:
    """The journal holds plans and facts only."""
    with pytest.raises(Unreadable, match="expected a plan or a fact, found TradeReport"):
        decode_what(encode(report()))
