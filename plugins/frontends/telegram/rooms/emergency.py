"""Emergency (E6): what it would touch, one button, and what is still open afterwards."""

from typing import Any

from core.money_text import duration_text
from plugins.frontends.telegram.rooms.leading import Rows, back, home, in_rows
from plugins.frontends.telegram.rooms.texts import (
    BAD,
    GOOD,
    HELD,
    block,
    bold,
    clock,
    fitted,
    plain,
    price,
    said,
    sides,
    tag,
)
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn
from ports.frontend import Role

COOLDOWN = 300_000
"""Milliseconds that an emergency rests once nothing is open any more, for everybody (E6)."""
ALL = "*"
LISTED = 12


async def emergency(turn: Turn) -> Screen:
    """Asks for which account."""
    if turn.who.role is not Role.TRADER:
        return Screen("An emergency is for traders; your role here is viewer.", home())
    status = await turn.data("status")
    names = [each["account"] for each in status["accounts"]]
    text = (
        "<b>🚨 Emergency</b>\nCancels every order of ours and closes every position of ours at market, then looks "
        "whether all is flat. What isn't ours is listed and left alone. Mirrors close with their leader.\n"
        "You see first what would be touched."
    )
    one = [go(f"🚨 {name}", "emergency_look", a=name) for name in names]
    every = (row(go("🚨 All accounts", "emergency_look", a=ALL)),) if names[1:] else ()
    return Screen(text, (*every, *in_rows(one, 3), *home()))


async def look(turn: Turn) -> Screen:
    """What would be touched, and the button."""
    account = turn.arguments.get("a", ALL)
    data = await turn.data("emergency", **_asked(account), dry_run=True)
    parts = [f"<b>{_tag(data)}🚨 Emergency on {_where(account)}?</b>", *_listed(data)]
    rows: Rows = back("Don't", "emergency")
    parts += _lately(turn, data)
    wait = _wait(turn, data) if _empty(data) else 0
    if _empty(data):
        parts.append("Nothing is open." + (f" The button is back in {duration_text(wait)}." if wait else ""))
    if not wait:
        rows = (row(Button("🚨 CLOSE ALL OF IT", Goes("emergency_do", {"a": account}), once=True)), *rows)
    return Screen(fitted(parts), (*rows, row(go("🔄 Look again", "emergency_look", a=account))))


def _empty(data: dict[str, Any]) -> bool:
    """Whether all was seen and nothing is open: while something is, or can't be seen, the button may be repeated."""
    return not data["touches"] and not data["not_reached"]


def _wait(turn: Turn, data: dict[str, Any]) -> int:
    """Milliseconds until the cooldown after the last one is over, whoever began that, wherever."""
    last = data["last"]
    return max(0, COOLDOWN - (turn.now - int(last["at"]))) if last is not None else 0


def _lately(turn: Turn, data: dict[str, Any]) -> list[str]:
    """Who began one a moment ago: somebody else may be at it."""
    if not _wait(turn, data):
        return []
    last = data["last"]
    return [f"{HELD} {said(last['by'])} began an emergency at {clock(last['at'], turn.zone)}."]


def _asked(account: str) -> dict[str, object]:
    return {"all_accounts": True} if account == ALL else {"account": account}


def _tag(data: dict[str, Any]) -> str:
    return tag(data.get("environments", ()))


def _where(account: str) -> str:
    return "all accounts" if account == ALL else said(account)


def _listed(data: dict[str, Any]) -> list[str]:
    touched, left = data["touches"], data["left_alone"]
    parts = [f"{HELD} {bold(name)} can't be seen: {said(why)}" for name, why in data["not_reached"].items()]
    parts += _differing(data)
    closes = [each for each in touched if each["act"] == "close"]
    cancels = [each for each in touched if each["act"] == "cancel"]
    parts.append(f"<b>Closes at market</b> {len(closes) or 'nothing'}")
    parts.append(_lines(closes))
    parts.append(f"<b>Cancels</b> {len(cancels) or 'nothing'}")
    parts.append(_lines(cancels))
    parts.append(f"<b>Not ours, left alone</b> {len(left) or 'nothing'}")
    parts.append(_lines(left, held=True))
    return [part for part in parts if part]


def _differing(data: dict[str, Any]) -> list[str]:
    """Trades that the exchange does not show as the journal has them."""
    return [f"{HELD} {said(each, 400)}" for each in data["differs"]]


def _lines(rows: list[dict[str, Any]], *, held: bool = False) -> str:
    """Orders and positions; *held*: positions as they are, not as they would be closed."""
    lines: list[str] = []
    for each in rows[:LISTED]:
        side = each["side"]
        if held and each["act"] == "close":
            side = "holds long" if side == "sell" else "holds short"
        at = f" @ {price(each['price'])}" if each.get("price") else ""
        lines += sides(f"{each['account']} {plain(each['symbol'])}", f"{side} {plain(each['quantity'])}{at}")
    more = len(rows) - LISTED
    return block([*lines, *([f"… and {more} more"] if more > 0 else [])])


async def do(turn: Turn) -> Screen:
    """Do it, and say what is still open."""
    account = turn.arguments.get("a", ALL)
    data = await turn.data("emergency", **_asked(account), dry_run=False)
    still, failed = data.get("still_open", []), data.get("failed", [])
    unseen = data["not_reached"]
    parts = [f"<b>{_tag(data)}🚨 Emergency on {_where(account)}</b>"]
    if not still and not failed and not unseen:
        parts.append(f"{GOOD} Flat: the exchange shows nothing of ours any more.")
    if still:
        parts += [f"{BAD} <b>Still open</b> {len(still)}", _lines(still)]
    parts += [f"{BAD} {said(reason, 400)}" for reason in failed]
    parts += [f"{BAD} {bold(name)} could not be looked at: {said(why)}" for name, why in unseen.items()]
    parts += _differing(data)
    if still or failed or unseen:
        parts.append("Tandem goes on trying. Look again, repeat it, or close in the exchange's app.")
    if data["left_alone"]:
        parts += [f"<b>Not ours, left alone</b> {len(data['left_alone'])}", _lines(data["left_alone"], held=True)]
    return Screen(fitted(parts), (row(go("🔄 Look again", "emergency_look", a=account)), *home()))
