"""How well Tandem is (J3): what is wrong with advice first, then the figures."""

from collections.abc import Iterator, Mapping
from typing import Any

from core.money_text import duration_text
from plugins.frontends.telegram.rooms.leading import acting, home
from plugins.frontends.telegram.rooms.money import account, environments
from plugins.frontends.telegram.rooms.texts import BAD, GOOD, block, bold, fitted, pairs, plain, said
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn

MEBIBYTE = 1024 * 1024
LONG = 1_800
"""Seconds after which memory's slope says something."""
CALLS = 4
"""So many kinds of calls are listed for each account, the slowest first."""


async def status(turn: Turn) -> Screen:
    """Red lines with advice, accounts, and the figures of the last minutes."""
    now = await turn.data("status", fresh=True)
    among = environments(now)
    up = now["at"] - now["started_at"] if now["started_at"] else None
    parts = [
        f"<b>Status</b> Tandem {said(now['version'])}" + (f" · up {duration_text(up)}" if up is not None else ""),
        *await _health(turn),
        *(account(each, among, short=True) for each in now["accounts"]),
    ]
    rows = (
        row(go("🔄 Refresh", "status"), go("Alerts", "alerts"), go("Settings", "settings")),
        *acting(turn, row(go("🩺 Doctor", "doctor"))),
        *home(),
    )
    return Screen(fitted(parts), rows)


async def _health(turn: Turn) -> list[str]:
    answer = await turn.ask("health")
    if "error" in answer:
        return [f"{BAD} Health is not known: {said(answer['error'])}"]
    data: Any = answer["data"]
    red = [f"{BAD} {bold(each['found'])}\n→ {said(each['advice'])}" for each in data["advice"]]
    return [*(red or [f"{GOOD} All is well."]), block(pairs(_process(data))), *_accounts(data["accounts"])]


def _process(data: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    process = data["process"]
    slope = process["memory_slope"] if process["seconds"] >= LONG else None
    yield "Looked back over", f"{plain(data['minutes'])} min"
    yield "CPU", _with(process["cpu_percent"], " %")
    yield "Memory", f"{process['memory'] // MEBIBYTE} MiB"
    yield "Memory grows a day", "-" if slope is None else f"{slope // MEBIBYTE:+d} MiB"
    yield "Threads", plain(process["threads"])
    yield "Disk free", f"{process['disk_free'] // MEBIBYTE} MiB"
    yield "Late at worst", f"{process['loop_lag']} ms"
    for name, age in data["outbox_age"].items():
        yield f"Alerts wait: {plain(name, 14)}", duration_text(age) if age else "none"


def _accounts(accounts: Mapping[str, Any]) -> Iterator[str]:
    for name, each in accounts.items():
        rows = [
            ("Stream heard", _ago(each["stream_age"])),
            ("Audited", _ago(each["audit_age"])),
            ("Now without a stop", duration_text(each["protection_gap"]) if each["protection_gap"] else "none"),
            ("Orders on their way", plain(each["in_flight"])),
        ]
        slow = sorted(each["endpoints"], key=lambda one: -(one["p99"] or 0))[:CALLS]
        rows += [(plain(one["endpoint"], 18), f"{_with(one['p50'])}/{_with(one['p99'])} ms") for one in slow]
        failed = [one for one in each["endpoints"] if one["errors"] or one["timeouts"]]
        rows += [(plain(one["endpoint"], 18), f"{one['errors']} err {one['timeouts']} lost") for one in failed]
        yield f"{bold(name)} · calls: usual/slowest 1 %\n{block(pairs(rows))}"


def _with(value: object, unit: str = "") -> str:
    return "-" if value is None else f"{value}{unit}"


def _ago(age: int | None) -> str:
    return "-" if age is None else f"{duration_text(max(age, 0))} ago"
