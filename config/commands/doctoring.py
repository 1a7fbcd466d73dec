"""doctor, clean-up: what is wrong here, what would mend it, and mending it by the service's own reconcile."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, cast

from config import doctor as looks
from config import doctor_venues
from config.commands.asking import told
from config.commands.printing import GOOD, WRONG, failing, print_json, say
from config.control_path import control_path
from config.doctor import Finding
from config.doctor_store import stored
from config.load import load
from config.models import Settings
from config.registry import Registry, registry
from core.engine.control import Answer, ask
from core.engine.probing import Probe
from core.engine.unwatched import ADOPT
from core.errors import ConfigError, Stopped, Unavailable

STATUS_WITHIN = 15
"""Seconds after which a service that says nothing counts as one that doesn't answer."""
LOG = "see the service's log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """What `doctor` was told: everything, by connections of its own too, and whether to mend."""

    check_all: bool
    probe: bool
    fix: bool


@failing
def doctor(config: Path, asked: Examination, *, as_json: bool) -> int:
    """Look at everything, mend what the service can, look again."""
    found = registry()
    try:
        settings = load(config, found, sample=True)
    except ConfigError as error:
        return _unconfigured(config, error, as_json=as_json)
    before = asyncio.run(_examine(settings, found, asked))
    after, fixed = before, []
    if asked.fix and any(not each.well for each in before):
        trouble = asyncio.run(_fix(settings))
        after = [*asyncio.run(_examine(settings, found, asked)), *trouble]
        fixed = [
            each for each in before if not each.well and each.check not in [one.check for one in after if not one.well]
        ]
    _show(after, fixed, as_json=as_json)
    return GOOD if all(each.well for each in after) else WRONG


def _unconfigured(config: Path, error: ConfigError, *, as_json: bool) -> int:
    """What a running service says of itself, though its file or its secrets are no good here; without one, *error*."""
    findings = asyncio.run(_service(control_path(config)))
    if findings is None:
        raise error
    mend = "export the secrets in this shell too, or mend the file: the service runs by what it read at its start"
    wrong = Finding("config", well=False, found="\n".join(error.problems), mend=mend)
    _show([wrong, *findings], [], as_json=as_json)
    return WRONG


async def _service(control: Path) -> list[Finding] | None:
    """The accounts and invariants of the service that listens there; None when none does."""
    try:
        status = await ask(control, "status", {}, within=STATUS_WITHIN)
    except (Unavailable, Stopped):
        return None
    if status is None or "data" not in status:
        return None
    return [*_accounts(cast("Any", status["data"])), *await _invariants(control)]


async def _examine(settings: Settings, found: Registry, asked: Examination) -> list[Finding]:
    status, astray = None, list[Finding]()
    try:
        status = await ask(Path(settings.top.control), "status", {}, within=STATUS_WITHIN)
    except Unavailable:
        pass  # the process that doesn't answer is found by its pid
    except Stopped as error:
        astray.append(Finding("control", well=False, found=str(error), mend="the service can't start either as it is"))
    running = status is not None
    findings = [*astray, *looks.machine(settings, found), looks.process(settings, answers=running)]
    findings += await stored(settings, whole=asked.check_all, running=running)
    if status is not None and "data" in status:
        findings += _accounts(cast("Any", status["data"]))
        findings += await _invariants(Path(settings.top.control))
    elif running:
        findings.append(Finding("accounts", well=False, found=f"not looked at: {_why(status)}", mend=LOG))
    if asked.check_all or asked.probe:
        findings += await _probed(settings) if running else await doctor_venues.venues(settings, found)
    return findings


def _accounts(status: Mapping[str, Any]) -> list[Finding]:
    findings = []
    for row in status["accounts"]:
        found = ", ".join(row["troubles"]) or "well"
        mend = "its entries wait, its exits go on; `tandem alerts` says more"
        findings.append(Finding(f"account {row['account']}", well=not row["troubles"], found=found, mend=mend))
    findings += [
        Finding(f"lost {row['account']}", well=False, found=why, mend=ADOPT)
        for row in status["accounts"]
        for why in row["lost"]
    ]
    bare = [row for row in status["monitors"] if row["protected"] is False]
    for row in bare:
        found = f"{row['symbol']} {row['trade']} is not proven to have its stop"
        findings.append(Finding(f"protection {row['account']}", well=False, found=found, mend="set a stop by hand now"))
    return findings


async def _invariants(control: Path) -> list[Finding]:
    answer = await ask(control, "verify", {})
    if answer is None or "data" not in answer:
        return [Finding("invariants", well=False, found=f"not looked at: {_why(answer)}", mend=LOG)]
    data = cast("Any", answer["data"])
    mend = "`tandem doctor --fix` lets the account look and reconcile now"
    findings = [
        Finding(f"{row['topic']} {row['account']}", well=False, found=row["detail"], mend=mend)
        for row in data["violations"]
    ]
    findings += [
        Finding(f"invariants {name}", well=False, found=f"not looked at: {why}", mend="try again when it is well")
        for name, why in data["not_looked_at"].items()
    ]
    return findings or [Finding("invariants", well=True, found="all hold on every account")]


async def _probed(settings: Settings) -> list[Finding]:
    """The venues as the running service reaches them."""
    answer = await ask(Path(settings.top.control), "probe", {})
    if answer is None or "data" not in answer:
        return [Finding("venues", well=False, found=f"not asked: {_why(answer)}", mend=LOG)]
    probes = [Probe(**{**row, "warnings": tuple(row["warnings"])}) for row in cast("Any", answer["data"])]
    return [finding for each in probes for finding in doctor_venues.probed(each)]


async def _fix(settings: Settings) -> list[Finding]:
    """Let every account look and reconcile; what could not is a finding of its own."""
    control = Path(settings.top.control)
    answer = await ask(control, "repair", {})
    if answer is None:
        mend = f"tandem run {settings.path}: it looks and reconciles by itself when it starts"
        return [Finding("fix", well=False, found="nothing was mended: only the running service can", mend=mend)]
    if "error" in answer:
        return [Finding("fix", well=False, found=_why(answer), mend=LOG)]
    left = cast("Any", answer["data"])["not_repaired"]
    trouble = [
        Finding(f"fix {name}", well=False, found=why, mend="try again when it is well") for name, why in left.items()
    ]
    handed = await ask(control, "hand_on", {})
    if handed is None or "error" in handed:
        trouble.append(Finding("fix outbox", well=False, found=_why(handed), mend=LOG))
    return trouble


def _why(answer: Answer | None) -> str:
    """What came instead of what was asked for, in the service's words."""
    if answer is None:
        return "the service has stopped meanwhile"
    return "; ".join(cast("Sequence[str]", answer["error"]))


def _show(findings: list[Finding], fixed: list[Finding], *, as_json: bool) -> None:
    if as_json:
        well = all(each.well for each in findings)
        print_json(
            {"well": well, "checks": [asdict(each) for each in findings], "fixed": [asdict(each) for each in fixed]}
        )
        return
    for each in fixed:
        say(f"mended  {each.check}: {each.found}")
    for each in findings:
        mark = "warning" if each.warning else "ok     " if each.well else "WRONG  "
        say(f"{mark} {each.check}: {each.found}")
        if not each.well:
            say(f"         -> {each.mend}")


@failing
def clean_up(config: Path, account: str | None, *, act: bool, as_json: bool) -> int:
    """List orders of ours without a live trade; with *act* have them cancelled."""
    answer = told(config, "clean_up", {"account": account, "dry_run": not act}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    if as_json:
        print_json(answer["data"])
        return int(str(answer["exit"]))
    data = cast("Any", answer["data"])
    rows = data["cancelled"] if act else data["would_cancel"]
    _orphans("cancelled" if act else "would cancel (say --yes to do it)", rows)
    _orphans("still there:", data.get("left", ()))
    for name, found in data["lost"].items():
        for why in found:
            say(f"{name}: left alone: {why} -> {ADOPT}")
    if not any((rows, data.get("left"), data["not_done"], data["lost"])):
        say("every order of ours at the venues serves a live trade")
    for name, why in data["not_done"].items():
        say(f"{name} {'was not cleaned up' if act else 'is not looked at'}: {why}")
    return int(str(answer["exit"]))


def _orphans(verb: str, rows: Sequence[Mapping[str, str]]) -> None:
    for row in rows:
        say(f"{row['account']}: {verb} {row['key']}: {row['side']} {row['quantity']} {row['symbol']}")
