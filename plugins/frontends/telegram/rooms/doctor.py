"""The doctor (J1): what is wrong by the invariants, what would be cleaned up, and a button that puts it right."""

from typing import Any

from plugins.frontends.telegram.rooms.leading import acting, home
from plugins.frontends.telegram.rooms.texts import BAD, GOOD, HELD, bold, fitted, plain, said
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn


async def doctor(turn: Turn) -> Screen:
    """Look, change nothing."""
    found = [*await _verified(turn), *await _health(turn), *await _orphans(turn)]
    again = row(go("🔄 Look again", "doctor"))
    if not found:
        return Screen(f"<b>Doctor</b>\n{GOOD} Nothing is wrong.", (again, *home()))
    fix = row(Button("🩺 Put it right", Goes("doctor_fix"), once=True))
    how = "Putting it right makes every account look at the exchange and reconcile; what isn't ours is left alone."
    return Screen(fitted(["<b>Doctor</b>", *found, how]), (*acting(turn, fix), again, *home()))


async def _verified(turn: Turn) -> list[str]:
    answer = await turn.ask("verify")
    if "error" in answer:
        return _failed("looking at the accounts", answer["error"])
    data: Any = answer["data"]
    wrong = [
        f"{BAD} {bold(each['account'])} {said(each['topic'])} ({said(each['invariant'])}): {said(each['detail'])}"
        for each in data["violations"]
    ]
    return [*wrong, *(f"{HELD} {bold(name)} not looked at: {said(why)}" for name, why in data["not_looked_at"].items())]


async def _health(turn: Turn) -> list[str]:
    answer = await turn.ask("health")
    if "error" in answer:
        return _failed("health", answer["error"])
    data: Any = answer["data"]
    return [f"{BAD} {said(each['found'])}\n→ {said(each['advice'])}" for each in data["advice"]]


async def _orphans(turn: Turn) -> list[str]:
    answer = await turn.ask("clean_up", dry_run=True)
    if "error" in answer:
        return _failed("looking for orphans", answer["error"])
    data: Any = answer["data"]
    unseen = [f"{HELD} {bold(name)} not looked at for orphans: {said(why)}" for name, why in data["not_done"].items()]
    return unseen + [
        f"{HELD} {bold(each['account'])} {said(each['symbol'])}: order without a trade, "
        f"{said(each['side'])} {said(each['quantity'])}"
        for each in data["would_cancel"]
    ]


def _failed(what: str, error: object) -> list[str]:
    reasons = error if isinstance(error, list) else [error]
    return [f"{BAD} {what} failed: {said('; '.join(map(str, reasons)), 600)}"]


async def fix(turn: Turn) -> Screen:
    """Have every account look and reconcile."""
    data = await turn.data("repair")
    wrong = [f"{BAD} {bold(name)}: {said(why)}" for name, why in data["not_repaired"].items()]
    kept = [f"Backup: {said(plain(data['backup']))}"] if data["backup"] else []
    lines = wrong or [f"{GOOD} Every account looked at the exchange and reconciled."]
    return Screen(fitted(["<b>Doctor</b>", *lines, *kept]), (row(go("🔄 Look again", "doctor")), *home()))
