"""What people want to be told: on, silent, off, and what can't be switched off (D3)."""

from dataclasses import replace
from decimal import Decimal

import pytest

from core.alerts import PositionClosed
from core.preferences import ABOUT, KINDS, Preferences, Setting, problems
from ports.contract.samples import critical, told


def closed(reason: str) -> PositionClosed:
    """A trade that ended so."""
    one = Decimal(1)
    return PositionClosed(reason, one, one, one, one, one, one, one, one, 1, 1, 1, 1, 1)


def test_everything_is_on_until_somebody_chooses() -> None:
    """What was chosen comes before the configuration."""
    configured = Preferences(defaults={"late_close": Setting.SILENT})

    assert Preferences().wish(told("x")) is Setting.ON
    assert configured.wish(told("x")) is Setting.SILENT
    assert configured.prefer("late_close", Setting.OFF).wish(told("x")) is Setting.OFF
    assert configured.prefer("late_close", Setting.ON).wish(told("x")) is Setting.ON


@pytest.mark.parametrize("setting", list(Setting))
def test_critical_ones_are_never_off(setting: Setting) -> None:
    """Silent is the least (D3), even where an old store says otherwise."""
    found = Preferences(chosen={"stop_hit": setting}).wish(critical("x"))

    assert found is (Setting.SILENT if setting is Setting.SILENT else Setting.ON)


FORCED = [("all_tps", Setting.OFF), ("liquidation", Setting.ON), ("adl", Setting.ON), ("emergency", Setting.ON)]


@pytest.mark.parametrize(("reason", "told_so"), FORCED)
def test_a_forced_end_is_told_aloud(reason: str, told_so: Setting) -> None:
    """A kind that is critical only sometimes may be off, its critical ones may not (D3)."""
    alert = replace(told("x"), body=closed(reason))

    assert Preferences().prefer("position_closed", Setting.OFF).wish(alert) is told_so


def test_what_is_wrong_is_said() -> None:
    """An unknown kind, and a critical one that would be off."""
    assert problems({"late_close": Setting.OFF, "stop_hit": Setting.SILENT}) == ()
    assert problems({"lateclose": Setting.ON}) == ("there is no kind of alert 'lateclose'",)
    assert problems({"stop_hit": Setting.OFF}) == ("stop_hit is critical and can't be switched off; on or silent",)


def test_every_kind_has_a_sentence() -> None:
    """Whoever chooses reads what it is."""
    assert set(KINDS) <= set(ABOUT)
    assert all(about[0].isupper() and not about.endswith(".") for about in ABOUT.values())
