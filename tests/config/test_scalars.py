"""Texts by declared type: nothing is read that nobody meant."""

from decimal import Decimal
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from config.checking import checked
from config.nodes import Document, read_text
from config.scalars import Short
from ports.ladder import Duration
from ports.secret import Secret

pytestmark = pytest.mark.unit


class Strict(BaseModel):
    """What every model of these tests has in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Inner(Strict):
    """Something inside."""

    price: Literal["market"] | Decimal
    share: Decimal | None = None


class Outer(Strict):
    """One field of each kind."""

    flag: bool = True
    count: int = 0
    amount: Decimal = Decimal(0)
    ratio: float = 0
    word: str = ""
    after: Duration = 0
    choice: bool | Literal["always"] = True
    rows: tuple[Annotated[Inner, Short("price")], ...] = ()
    by_name: dict[str, Inner] = Field(default_factory=dict)
    key: Secret | None = None


def read(text: str) -> tuple[Outer | None, Document]:
    """A text as the model, and the document with its problems."""
    document = read_text(text, "t.yaml")
    return checked(document, document.value, (), Outer), document


@pytest.mark.parametrize("text", ["yes", "no", "on", "off", "TRUE", "True", "1", "0", "t", "y", "''", "2"])
def test_only_true_and_false_are_booleans(text: str) -> None:
    """YAML 1.1's other words for booleans, and pydantic's, are refused and shown."""
    settings, document = read(f"flag: {text}")

    assert settings is None
    assert document.rendered()[0].startswith(f"t.yaml:1:1: flag: must be true or false, not '{text.strip(chr(39))}'")


@pytest.mark.parametrize(
    "text", ["1_000", "010", "1e3", "1E999999999", "0x10", "0o7", "12:30", ".5", "5.", "+5", "\u0663", "\uff11"]
)
@pytest.mark.parametrize("field", ["count", "amount", "ratio"])
def test_only_plain_digits_are_numbers(field: str, text: str) -> None:
    """What Python or YAML 1.1 would also read as a number is refused, so that a typo can't become an amount."""
    settings, document = read(f"{field}: {text}")

    assert settings is None
    assert "in plain digits, not" in document.rendered()[0]


@pytest.mark.parametrize("text", [".nan", "NaN", "nan", "Infinity", "-inf", ".inf"])
def test_numbers_are_finite(text: str) -> None:
    """No amount is NaN or infinite."""
    settings, _ = read(f"amount: {text}")

    assert settings is None


def test_decimals_come_from_text() -> None:
    """0.1 is exactly 0.1, quoted or not, and keeps more digits than a float has."""
    settings, _ = read("amount: 0.1\nby_name: {a: {price: '12345678901.123456789012345678'}}")

    assert settings is not None
    assert settings.amount == Decimal("0.1")
    assert settings.by_name["a"].price == Decimal("12345678901.123456789012345678")


@pytest.mark.parametrize("text", ["no", "on", "010", "1e3", "null "])
def test_words_stay_words(text: str) -> None:
    """A text field takes what looks like a boolean or a number exactly as it was written."""
    settings, _ = read(f"word: '{text}'")

    assert settings is not None
    assert settings.word == text


def test_a_unions_members_are_named_together() -> None:
    """A boolean or a word: one problem says both, and both are read."""
    _, document = read("choice: sometimes")

    assert "choice: must be true or false or 'always', not 'sometimes'" in document.rendered()[0]
    assert [settings.choice for text in ("false", "always") if (settings := read(f"choice: {text}")[0])] == [
        False,
        "always",
    ]


def test_a_short_form_is_the_long_one() -> None:
    """59000 stands for {price: 59000}, and its place in the file stays its own."""
    settings, _ = read("rows: [market, 59000, {price: 58000, share: 5}]")
    _, document = read("rows: [market, 59k]")

    assert settings is not None
    assert [row.price for row in settings.rows] == ["market", Decimal(59000), Decimal(58000)]
    assert document.rendered()[0].splitlines() == [
        "t.yaml:1:16: rows.1.price: must be 'market' or a number in plain digits, not '59k'",
        "    rows: [market, 59k]",
        "                   ^",
    ]


def test_a_price_left_empty_is_no_market_order() -> None:
    """An entry whose price was forgotten is a problem, never an order at market."""
    settings, document = read("rows: [{price: , share: 50}]")

    assert settings is None
    assert "rows.0.price: must be 'market' or a number" in document.rendered()[0]


def test_durations_are_left_to_their_own_reader() -> None:
    """A field with its own validator reads 5m itself."""
    settings, _ = read("after: 5m")

    assert settings is not None
    assert settings.after == 300_000


def test_unknown_keys_are_met_with_the_nearest_one() -> None:
    """A slip inside a row inside a mapping still finds its key."""
    _, document = read("by_name: {a: {prise: 1}}\ncuont: 1\n")

    assert [line.splitlines()[0] for line in document.rendered()] == [
        "t.yaml:1:11: by_name.a.price: is missing",
        "t.yaml:1:15: by_name.a.prise: unknown key; did you mean 'price'?",
        "t.yaml:2:1: cuont: unknown key; did you mean 'count'?",
    ]


@pytest.mark.parametrize(
    "text", ["key: hunter2", "kye: hunter2", "key: [hunter2]", "key: {hunter2: 1}", "key: !env hunter-2"]
)
def test_a_secret_written_out_is_never_repeated(text: str) -> None:
    """Whoever writes a key into the file is told how to name it; the key is not shown again (S7)."""
    _, document = read(text)

    assert document.problems
    assert "hunter" not in "".join(document.rendered())


def test_a_secret_for_a_plain_field_is_refused_unseen(monkeypatch: pytest.MonkeyPatch) -> None:
    """A secret can't slip into a field that is shown."""
    monkeypatch.setenv("TANDEM_TEST_KEY", "hunter2")
    settings, document = read("word: !env TANDEM_TEST_KEY\namount: !env TANDEM_TEST_KEY")

    assert settings is None
    assert "word: is a secret" in document.rendered()[0]
    assert "hunter2" not in "".join(document.rendered())


def test_a_secret_setting_dumps_as_stars(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither repr nor JSON of the settings shows what they hold; the schema says how to name it."""
    monkeypatch.setenv("TANDEM_TEST_KEY", "hunter2")
    settings, _ = read("key: !env TANDEM_TEST_KEY")

    assert settings is not None
    assert settings.key is not None
    assert settings.key.reveal() == "hunter2"
    assert "hunter2" not in f"{settings!r}{settings}{settings.model_dump()}{settings.model_dump_json()}"
    assert "!env NAME or !file PATH" in str(Outer.model_json_schema())
