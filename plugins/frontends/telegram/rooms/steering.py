"""Acts on live trades (B14, E6): maybe a typed value, then what would be done, then one button that does it once."""

from collections.abc import Mapping
from typing import Any

from core.identity import trade_and_role
from plugins.frontends.telegram.rooms.groups import Row
from plugins.frontends.telegram.rooms.leading import back, in_rows
from plugins.frontends.telegram.rooms.money import marked
from plugins.frontends.telegram.rooms.texts import (
    BAD,
    GOOD,
    block,
    bold,
    fitted,
    gain,
    number,
    pairs,
    plain,
    price,
    said,
    sentences,
    tag,
)
from plugins.frontends.telegram.rooms.typed import typed_number
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn

PATIENCE = 300_000
"""Milliseconds that a question waits for its answer (E2)."""
ASKED = {
    "move_stop": "Send the new stop price.",
    "move_target": "Send the new price of {role}.",
    "close": "Send how many percent of the position to close, 1 to 100.",
}
TITLES = {
    "move_stop": "Move the stop?",
    "move_target": "Move {role}?",
    "breakeven": "Move the stop to breakeven?",
    "cancel_entries": "Cancel the unfilled entries?",
    "protect_again": "Have stop and take-profits put back?",
    "close": "Close {percent} %?",
}
FOLLOWS = {
    "close": "A mirror closes with its leader unless its settings say otherwise.",
    "move_stop": "A mirror that copies its leader's stop moves too.",
    "breakeven": "A mirror that copies its leader's stop moves too.",
}


async def ask(turn: Turn) -> Screen:
    """The question for a price or a percentage."""
    return await _question(turn, turn.arguments)


async def _question(turn: Turn, arguments: Mapping[str, str], why: str = "") -> Screen:
    kind, trade = arguments.get("k", ""), arguments.get("t", "")
    asked = ASKED.get(kind)
    if asked is None:
        return Screen("There is nothing to ask about that.", back("Positions", "positions"))
    said_before = [f"{BAD} {said(why)}"] if why else []
    text = "\n".join([*said_before, asked.format(role=said(arguments.get("r", ""), 8)), *await _now(turn, arguments)])
    kept = {key: arguments[key] for key in ("t", "k", "r", "a") if key in arguments}
    return Screen(
        text,
        back("Trade", "position", t=trade),
        awaits=Goes("steer", kept),
        patience=PATIENCE,
        forgotten="No answer came; nothing was changed.",
    )


async def _now(turn: Turn, arguments: Mapping[str, str]) -> list[str]:
    """How the trade stands while somebody types: on each account what is to be moved or closed."""
    trade, account = arguments.get("t", ""), arguments.get("a", "")
    status = await turn.data("status")
    held = [each for each in status["trades"] if trade in (each["trade"], each["symbol"])]
    if not held:
        return [f"Trade {said(trade, 12)}"]
    rows = [("Last", price(held[0]["last"]))]
    for each in held:
        if account in ("", each["account"]):
            rows += [(f"{each['account']} {name}", shown) for name, shown in _asked_about(arguments, each)]
    head = f"{tag(each['environment'] for each in held)}{held[0]['symbol']} {str(held[0]['side']).upper()}"
    return [bold(head), block(pairs(rows))]


def _asked_about(arguments: Mapping[str, str], part: Row) -> list[tuple[str, str]]:
    if arguments.get("k") == "close":
        return [("holds", plain(part["position"])), ("open P&L", gain(part["open_pnl"]))]
    average = ("average", price(part["average_entry"]))
    target = next((each for each in part["targets"] if f"TP{each['number']}" == arguments.get("r")), None)
    if target is not None:
        return [(f"TP{target['number']} now", price(target["price"])), average]
    return [("stop now", price(part["stop"]["price"]) if part["stop"] else "NONE"), average]


async def steer(turn: Turn) -> Screen:
    """What the act would do on every account, and the button that does it."""
    arguments = dict(turn.arguments)
    kind, wanted = arguments.get("k", ""), "q" if arguments.get("k") == "close" else "p"
    if kind in ASKED and wanted not in arguments:
        found = typed_number(turn.text.strip().removesuffix("%"), "25" if kind == "close" else "59000.5")
        if found.why:
            return await _question(turn, arguments, found.why)
        arguments[wanted] = found.number
    answer = await turn.ask("act", **_asked(arguments), dry_run=True)
    if "error" in answer:
        reasons = "; ".join(map(str, answer["error"])) if isinstance(answer["error"], list) else str(answer["error"])
        if kind in ASKED and turn.text:
            return await _question(turn, turn.arguments, reasons)
        return Screen(f"<b>Not possible</b>\n{said(reasons, 900)}", back("Positions", "positions"))
    rows: Any = answer["data"]
    if kind in ASKED and turn.text and all(each["refused"] for each in rows):
        return await _question(turn, turn.arguments, "; ".join(str(why) for each in rows for why in each["refused"]))
    status = await turn.data("status")
    parts = {(each["account"], each["trade"]): each for each in status["trades"]}
    return _preview(arguments, rows, parts, str(answer.get("revision", "")))


def _asked(arguments: Mapping[str, str]) -> dict[str, str]:
    """The command's arguments, by the short names that a button carries."""
    names = {"t": "trade", "k": "kind", "a": "account", "r": "role", "p": "price", "q": "percent"}
    return {names[key]: value for key, value in arguments.items() if key in names}


def _preview(
    arguments: Mapping[str, str], rows: list[Row], parts: Mapping[tuple[str, str], Row], revision: str
) -> Screen:
    trade = arguments.get("t", "")
    cards = [_card(each, parts.get((each["account"], each["trade"]))) for each in rows]
    able = [each for each in rows if not each["refused"]]
    head = bold(_title(arguments)) + f"\n{said(rows[0]['symbol'])} {said(rows[0]['side']).upper()}"
    text = fitted([head, *cards, *_follow(arguments, parts), *([] if able else ["Nothing can be done."])])
    acts: list[tuple[Button, ...]] = []
    if able:
        label = "✅ Confirm" if len(able) < 2 else f"✅ Confirm on {len(able)} accounts"
        acts.append(row(Button(label, Goes("steered", dict(arguments)), once=True, revision=revision)))
    only: list[Button] = []
    if "a" not in arguments and len(rows) > 1:
        only = [go(f"Only {each['account']}", "steer", **{**arguments, "a": each["account"]}) for each in rows]
    return Screen(text, (*acts, *in_rows(only, 3), *back("Don't", "position", t=trade)))


def _follow(arguments: Mapping[str, str], parts: Mapping[tuple[str, str], Row]) -> list[str]:
    """What an act on a leader alone brings its mirrors (A4)."""
    kind, account, trade = arguments.get("k", ""), arguments.get("a"), arguments.get("t", "")
    led = account is not None and any(each["leader"] == account for (_, held), each in parts.items() if held == trade)
    part_only = kind == "close" and arguments.get("q") != "100"
    return [FOLLOWS[kind]] if led and kind in FOLLOWS and not part_only else []


def _title(arguments: Mapping[str, str]) -> str:
    if arguments.get("k") == "close" and arguments.get("q") == "100":
        return "Close all of it?"
    found = TITLES.get(arguments.get("k", ""), arguments.get("k", ""))
    return found.format(role=arguments.get("r", ""), percent=arguments.get("q", ""))


def _card(row: Row, part: Row | None) -> str:
    """What one account would do, or why it wouldn't."""
    head = bold(f"{marked(row)}{row['account']}")
    if row["refused"]:
        return f"{head}\n{BAD} would not:\n{sentences(row['refused'])}"
    shown = [("Position", plain(row["position"])), ("Last", price(row["last"] or (part and part["last"])))]
    match row["would"]:
        case "move_stop":
            shown += [("Stop now", price(row["stop"])), ("New stop", price(row["price"])), *_ends(row, part)]
        case "move_target":
            shown += [("Now", _target(row, part)), (f"New {row['role']}", price(row["price"]))]
        case "close":
            held = "all at market" if number(row["position"]) else "nothing is held"
            shown += [("Closes", held), ("Orders cancelled", str(len(row["orders"])))]
        case "reduce":
            shown += [("Closes at market", plain(row["quantity"])), ("Leaves", _left(row))]
        case "cancel_entries":
            entries = [key for key in row["orders"] if trade_and_role(str(key))[1].startswith("E")]
            shown += [("Entries cancelled", str(len(entries)))]
        case "protect_again":
            shown += [("Stop", price(row["stop"]))]
    return f"{head}\n{block(pairs(shown))}"


def _ends(row: Row, part: Row | None) -> list[tuple[str, str]]:
    """What the position would end with at the new stop, before fees."""
    average = number(part["average_entry"]) if part else None
    at, size = number(row["price"]), number(row["position"])
    if average is None or at is None or size is None:
        return []
    move = (at - average) * size
    return [("P&L there", gain(move if row["side"] == "long" else -move))]


def _target(row: Row, part: Row | None) -> str:
    found = next((each for each in part["targets"] if f"TP{each['number']}" == row["role"]), None) if part else None
    return price(found["price"] if found else None)


def _left(row: Row) -> str:
    position, taken = number(row["position"]), number(row["quantity"])
    return "-" if position is None or taken is None else price(position - taken)


async def steered(turn: Turn) -> Screen:
    """Do it, and say for each account whether it was taken on."""
    arguments = {key: value for key, value in turn.arguments.items() if key != "revision"}
    rows = await turn.data("act", **_asked(arguments), revision=turn.arguments.get("revision", ""))
    trade = arguments.get("t", "")
    lines = [
        f"{BAD} {bold(each['account'])} refused:\n{sentences(each['refused'])}"
        if each["refused"]
        else f"{GOOD} {bold(each['account'])} is doing it"
        for each in rows
    ]
    text = fitted([bold(_title(arguments).replace("?", "")), *lines, "The alerts say what came of it."])
    return Screen(text, back("Trade", "position", t=trade))
