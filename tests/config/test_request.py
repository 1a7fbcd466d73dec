"""Requests as people write them: every form, exact numbers, and all that is wrong at once."""

from decimal import Decimal
from pathlib import Path

import pytest

from config.request import read_request, request_from_text
from core.errors import ConfigError
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent, Size
from core.words import Side, TriggerBy

pytestmark = pytest.mark.unit

WRITTEN = """symbol: BTCUSDT
side: long
entries: [market, 59000]
take_profits: [62000, 63000]
stop: 56000
leverage: 10
margin_percent: 2
"""


def read(old: str = "", new: str = "") -> Request:
    """The request above with a piece of it replaced, or with *new* added."""
    return request_from_text(WRITTEN.replace(old, new) if old else WRITTEN + new, identity="given", at=7)


def problems(old: str, new: str) -> list[str]:
    """The first line of every problem."""
    with pytest.raises(ConfigError) as caught:
        read(old, new)
    return [problem.splitlines()[0].removeprefix("request:") for problem in caught.value.problems]


def test_a_request_in_the_cores_words() -> None:
    """What isn't said is the strategy's, or the usual."""
    assert read() == Request(
        id="given",
        strategy="conservative",
        symbol="BTCUSDT",
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(Decimal(59_000))),
        take_profits=(Decimal(62_000), Decimal(63_000)),
        stop=Decimal(56_000),
        leverage=Decimal(10),
        size=MarginPercent(Decimal(2)),
        at=7,
    )


def test_the_rarer_keys() -> None:
    """Shares, durations and flags reach the core too; an id of its own stands above the given one (A9)."""
    text = (
        "symbol: X\nside: short\nleverage: '3'\nquantity: 0.1\nid: mine\nvalid_for: 5m\nconfirmed: true\n"
        "entries: [{price: market, share: 60}, {price: 2.5, share: 40}]\n"
        "take_profits: [{price: 1.5, share: 99.9}, {price: 1, share: 0.1}]\n"
        "entry_ttl: 2h\ntime_limit: 1d\ncancel_if_missed: false\ntrigger_by: mark\norigin: desk\nnote: 0123\n"
    )
    request = request_from_text(text, identity="given", at=0)

    assert request.entries == (EntrySpec(None, Decimal(60)), EntrySpec(Decimal("2.5"), Decimal(40)))
    assert (request.shares, request.stop) == ((Decimal("99.9"), Decimal("0.1")), None)
    assert (request.id, request.valid_for, request.entry_ttl, request.time_limit) == (
        "mine",
        300_000,
        7_200_000,
        86_400_000,
    )
    assert (request.confirmed, request.cancel_if_missed, request.trigger_by) == (True, False, TriggerBy.MARK)
    assert (request.origin, request.note) == ("desk", "0123")


@pytest.mark.parametrize(
    ("key", "size"),
    [
        ("margin_percent", MarginPercent(Decimal("0.1"))),
        ("margin_usdt", MarginUsdt(Decimal("0.1"))),
        ("risk_percent", RiskPercent(Decimal("0.1"))),
        ("quantity", FixedQuantity(Decimal("0.1"))),
    ],
)
def test_each_way_to_give_a_size_stays_exact(key: str, size: Size) -> None:
    """0.1 is Decimal("0.1"), quoted or not, in whatever measure."""
    assert read("margin_percent: 2", f"{key}: 0.1").size == size
    assert read("margin_percent: 2", f"{key}: '0.1'").size == size


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("", "margin_usdt: 5", "1:1: give the size by just one of"),
        ("margin_percent: 2", "note: x", "1:1: give the size by just one of"),
        ("[market, 59000]", "[{price: market, share: 50}, 59000]", "3:1: entries: give every one a share, or none"),
        (
            "[market, 59000]",
            "[{price: 1, share: 50.1}, {price: 2, share: 50}]",
            "3:1: entries: the shares sum to 100.1",
        ),
        ("[market, 59000]", "[]", "3:1: entries: must not be empty"),
        ("[market, 59000]", "[-1]", "3:11: entries.0.price: must be 'market' or greater than 0, not '-1'"),
        ("[market, 59000]", "[Market]", "3:11: entries.0.price: must be 'market' or a number in plain digits, not 'M"),
        ("[62000, 63000]", "[62000, market]", "4:23: take_profits.1.price: must be a number in plain digits, not 'ma"),
        ("56000", "56_000", "5:1: stop: must be a number in plain digits, not '56_000'"),
        ("56000", "0", "5:1: stop: must be greater than 0, not '0'"),
        ("long", "lng", "2:1: side: must be 'long' or 'short', not 'lng'; did you mean 'long'?"),
        ("BTCUSDT", "''", "1:1: symbol: must not be empty"),
        ("percent: 2", "percent: 0", "7:1: margin_percent: must be greater than 0, not '0'"),
        ("", "valid_for: 0s", "8:1: valid_for: must be longer than nothing"),
        ("", "entry_tll: 5m", "8:1: entry_tll: unknown key; did you mean 'entry_ttl'?"),
        ("leverage: 10\n", "", "1:1: leverage: is missing"),
    ],
)
def test_one_mistake_is_one_problem_at_its_place(old: str, new: str, expected: str) -> None:
    """Whatever is wrong with a request is said once, with what was found and what would do."""
    (found,) = problems(old, new)

    assert found.startswith(expected)


def test_everything_wrong_is_said_at_once() -> None:
    """Nobody mends a request one refusal at a time."""
    text = "side: up\nentries: [x, 1]\ntake_profits: []\nstop: 1e3\nlevrage: 10\nmargin_percent: -2\n"
    with pytest.raises(ConfigError) as caught:
        request_from_text(text, identity="r", at=0)

    assert [problem.split(" ")[1] for problem in caught.value.problems] == [
        "symbol:",
        "side:",
        "leverage:",
        "entries.0.price:",
        "take_profits:",
        "stop:",
        "levrage:",
        "margin_percent:",
    ]


def test_a_file_is_named_in_its_problems(tmp_path: Path) -> None:
    """Place, source line and caret, for a person or an editor to go to."""
    path = tmp_path / "trade.yaml"
    path.write_text(WRITTEN.replace("leverage: 10", "leverage: ten"), "utf-8")
    with pytest.raises(ConfigError) as caught:
        read_request(path, identity="r", at=0)

    assert caught.value.problems == (
        f"{path}:6:1: leverage: must be a number in plain digits, not 'ten'\n    leverage: ten\n    ^",
    )
