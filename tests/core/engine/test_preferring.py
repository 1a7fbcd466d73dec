"""Preferences asked for and chosen (D3), and the alert that says that alerts wait (D1)."""

from typing import Any, cast

import pytest

from core.engine.outbox import Waiting
from core.engine.overdue import Overdue
from core.engine.preferring import NAME, Preferring
from core.preferences import KINDS, Setting
from tests.core.engine.outboxes import Scene


async def settings(preferring: Preferring) -> dict[str, str]:
    """The list as a front end gets it, without what is on."""
    rows = cast("list[dict[str, Any]]", (await preferring.preferences({}))["data"])
    assert [row["kind"] for row in rows] == list(KINDS)
    return {row["kind"]: row["setting"] for row in rows if row["setting"] != "on"}


async def test_chosen_is_listed_kept_and_applied() -> None:
    """It holds at once and after a restart, over what the configuration says."""
    scene, defaults = Scene(), {"late_close": Setting.SILENT, "limit_filled": Setting.SILENT}
    before = Preferring(scene.store, scene.outbox, defaults)
    answer = await before.prefer({"kind": "limit_filled", "setting": "off", "by": "Alice"})
    applied = scene.outbox.preferences.of("limit_filled")
    after = Preferring(scene.store, scene.outbox, defaults)
    await after.recall()

    assert answer == {"exit": 0, "data": {"kind": "limit_filled", "setting": "off"}}
    assert applied is Setting.OFF
    assert await settings(after) == {"late_close": "silent", "limit_filled": "off"}


@pytest.mark.parametrize(
    ("kind", "setting", "said"),
    [
        ("stop_hit", "off", "can't be switched off"),
        ("stophit", "on", "no kind of alert 'stophit'"),
        ("late_close", "loud", "one of on, silent, off"),
    ],
)
async def test_what_can_not_be_chosen_is_said(kind: str, setting: str, said: str) -> None:
    """And nothing changes (D3)."""
    scene = Scene()
    preferring = Preferring(scene.store, scene.outbox, {})
    answer = await preferring.prefer({"kind": kind, "setting": setting})

    assert answer["exit"] == 2
    assert said in str(answer["error"])
    assert await scene.store.recall(NAME) is None


async def test_what_a_later_version_kept_is_left_out() -> None:
    """A kind or a setting that this one does not know."""
    scene = Scene()
    await scene.store.remember(NAME, '{"of_tomorrow": "off", "late_close": "loud", "stop_moved": "silent"}')
    preferring = Preferring(scene.store, scene.outbox, {})
    await preferring.recall()

    assert await settings(preferring) == {"stop_moved": "silent"}


async def test_waiting_alerts_are_told_of_once_and_their_end_too() -> None:
    """From a minute on, with the reason; the alert about it makes no other (D1)."""
    told: list[tuple[str, str]] = []
    now: list[Waiting] = []

    async def tell(what: str, detail: str) -> None:
        told.append((what, detail))

    overdue = Overdue(lambda: now, tell)
    for seen in (
        [Waiting("telegram", 60_000, "502")],
        [Waiting("telegram", 63_000, "502"), Waiting("file", 1_000, "")],
        [Waiting("telegram", 78_000, "502")],
        [Waiting("telegram", 99_000, "502"), Waiting("webhook", 61_000, "")],
        [Waiting("webhook", 76_000, "")],
        [],
        [],
    ):
        now[:] = seen
        await overdue.look()

    assert told == [
        ("outbox", "telegram has not delivered for 1m 03s: 502"),
        ("outbox", "webhook has not delivered for 1m 01s"),
        ("outbox", ""),
    ]
