"""Protections and the audit as written, until they reach the account (I1)."""

import pytest

from config.container import Container
from config.load import load_text
from config.models import LimitsSettings
from config.registry import registry
from core.errors import ConfigError
from core.gate import Limits

pytestmark = pytest.mark.unit

REGISTRY = registry(third_party=False)


def limits(text: str) -> LimitsSettings:
    """The section with these keys."""
    return load_text(f"accounts: {{main: {{use: paper}}}}\nlimits: {{{text}}}", "t", REGISTRY).top.limits


def test_unsaid_protections_are_the_cores() -> None:
    """Both sides of the border have the same defaults."""
    assert limits("").limits() == Limits()


@pytest.mark.parametrize(("text", "expected"), [("90", 90_000), ("90s", 90_000), ("1h", 3_600_000), ("0", 0)])
def test_a_pause_after_a_stop_is_a_duration(text: str, expected: int) -> None:
    """A bare number is seconds, as everywhere."""
    assert limits(f"cooldown_after_stop: {text}").limits().cooldown_after_stop == expected


@pytest.mark.parametrize("text", ["4s", "0", "11m", "4999ms"])
def test_an_audit_is_neither_a_storm_nor_never(text: str) -> None:
    """Out of range, the problem speaks in units that people write."""
    with pytest.raises(ConfigError, match=r"limits\.audit: must be 5s to 10m, not \d+(ms|s|m)\n"):
        limits(f"audit: {text}")


def test_the_audit_reaches_every_account() -> None:
    """What the file says is what the account machines go by."""
    settings = load_text(
        "accounts: {main: {use: paper}, m: {use: paper, follows: main}}\n"
        "limits: {audit: 2m, max_trades: 3}\nvenue: {state: ':memory:'}\nstore: {use: sqlite, path: ':memory:'}",
        "t",
        REGISTRY,
    )
    states = Container(settings=settings, registry=REGISTRY).states()

    assert [(state.timings.audit, state.limits.max_trades) for state in states.values()] == [(120_000, 3)] * 2


def test_the_zone_reaches_every_account() -> None:
    """I1: where a day of `max_daily_loss_percent` begins: two hours before UTC's in Berlin in summer."""
    settings = load_text(
        "accounts: {main: {use: paper}}\ntimezone: Europe/Berlin\n"
        "venue: {state: ':memory:'}\nstore: {use: sqlite, path: ':memory:'}",
        "t",
        REGISTRY,
    )
    state = Container(settings=settings, registry=REGISTRY).states()["main"]

    assert state.offset(1_782_000_000_000) == 2 * 3_600_000
