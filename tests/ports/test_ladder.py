"""A ladder's settings as written, until they are the core's rules (B6 to B9, B15)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from core.plan import BREAKEVEN, KEEP, BreakevenRule, OnFailure, Rules, StopAfter, StopAfterKind, Unproven
from core.words import TriggerBy
from ports.ladder import LadderSettings, milliseconds, written

pytestmark = pytest.mark.unit


def settings(**values: object) -> LadderSettings:
    """Settings with these values, as they come from a file."""
    return LadderSettings.model_validate(values)


def test_unsaid_settings_are_the_cores() -> None:
    """Both sides of the border have the same defaults: 85/5/5/5, breakeven after TP1."""
    assert settings().rules() == Rules()


def test_every_setting_reaches_the_rules() -> None:
    """Each key in the core's words, none lost on the way."""
    made = settings(
        take_profit_shares=["60", "40"],
        cancel_limits_on_tp1=False,
        breakeven={"fees": "0.12", "margin": "0.05"},
        breakeven_failed="keep",
        stop_after={"tp1": "entry", "tp2": {"trail": "1.5"}, "tp4": "tp3"},
        unproven="alarm",
        protect_within="3s",
        entry_ttl="2h",
        time_limit="1d",
        cancel_if_missed=False,
        trigger_by="mark",
    )

    assert made.rules() == Rules(
        shares=(Decimal(60), Decimal(40)),
        cancel_limits_on_tp1=False,
        breakeven=BreakevenRule(Decimal("0.12"), Decimal("0.05")),
        breakeven_failed=OnFailure.KEEP,
        stop_after=(
            StopAfter(StopAfterKind.ENTRY),
            StopAfter(StopAfterKind.TRAIL, percent=Decimal("1.5")),
            KEEP,
            StopAfter(StopAfterKind.TARGET, level=3),
        ),
        unproven=Unproven.ALARM,
        protect_within=3_000,
        entry_ttl=7_200_000,
        time_limit=86_400_000,
        cancel_if_missed=False,
        trigger_by=TriggerBy.MARK,
    )


def test_a_table_that_skips_tp1_still_goes_to_breakeven_there() -> None:
    """Rows that aren't written keep their default (B15): TP1 breakeven, the others keep."""
    assert settings(stop_after={"tp3": "tp1"}).rules().stop_after == (
        BREAKEVEN,
        KEEP,
        StopAfter(StopAfterKind.TARGET, level=1),
    )


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"take_profit_shares": ["85", "5", "5"]}, "the shares sum to 95, not to 100"),
        ({"take_profit_shares": ["105", "-5"]}, "the shares must not be negative"),
        ({"take_profit_shares": []}, "at least 1 item"),
        ({"breakeven": {"fees": "NaN"}}, "finite"),
        ({"breakeven": {"margin": "-0.01"}}, "greater than or equal to 0"),
        ({"stop_after": {"tp0": "keep"}}, "take-profits are named tp1 to tp10"),
        ({"stop_after": {"tp1": "sideways"}}, "use keep, breakeven, entry, tpN or"),
        ({"stop_after": {"tp2": "tp2"}}, "moves the stop to tp2 when tp2 is hit; name an earlier take-profit"),
        ({"stop_after": {"tp1": "tp4"}}, "moves the stop to tp4 when tp1 is hit; name an earlier take-profit"),
        ({"stop_after": {"tp1": {"trail": "100"}}}, "less than 100"),
        ({"protect_within": "0"}, "must be longer than nothing"),
        ({"time_limit": "5 weeks"}, "is no duration; write 60s, 5m, 2h or 1d"),
        ({"take_profit": ["100"]}, "Extra inputs"),
    ],
)
def test_what_no_ladder_can_do_is_refused(values: dict[str, object], reason: str) -> None:
    """A rule that couldn't be kept is refused before any trade, not when its price comes."""
    with pytest.raises(ValidationError) as caught:
        settings(**values)

    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("60", 60_000), ("60s", 60_000), ("250ms", 250), ("5m", 300_000), ("2 h", 7_200_000), (" 1d ", 86_400_000)],
)
def test_durations_are_read_in_their_unit(text: str, expected: int) -> None:
    """A bare number is seconds; everything ends in milliseconds."""
    assert milliseconds(text) == expected


@pytest.mark.parametrize("text", ["", "s", "-5s", "1.5h", "5 weeks", "5M", "٣s", "9999999999s", "5s 3m"])
def test_other_words_are_no_durations(text: str) -> None:
    """Nothing is guessed: signs, fractions, other units, capitals and other digits are refused."""
    with pytest.raises(ValueError, match="is no duration"):
        milliseconds(text)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_a_duration_that_is_shown_reads_back(value: int) -> None:
    """Docs, schema and messages show what could be written in the file."""
    assert milliseconds(written(value)) == value
