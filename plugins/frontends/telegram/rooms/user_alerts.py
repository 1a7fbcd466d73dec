"""People's own alerts (D1): a list, a new one by its group and kind with a typed "SYMBOL VALUE", on, off, away."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from plugins.frontends.telegram.rooms.leading import Rows, acting, back, in_rows, page_of, turning
from plugins.frontends.telegram.rooms.texts import BAD, GOOD, bold, code, fitted, plain, said, sentences, zoned
from plugins.frontends.telegram.rooms.typed import is_symbol, typed_number
from plugins.frontends.telegram.screen import Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn

PAGE = 8
PATIENCE = 300_000
FORGOTTEN = "No answer came; nothing was changed."
GROUPS = {"price": "On a price", "position": "On a position", "risk": "On risk"}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: *symbol* "" = any; or *why* it can't be read."""

    symbol: str = ""
    value: str = ""
    why: str = ""


async def user_alerts(turn: Turn) -> Screen:
    """All that there are, a page at a time."""
    rules = (await turn.data("user_alerts"))["rules"]
    page, shown = page_of(turn.arguments, rules, PAGE)
    first = page * PAGE + 1
    lines = [f"{number}. {_short(each)}" for number, each in enumerate(shown, first)]
    buttons = [go(str(number), "user_alert", id=str(each["id"])) for number, each in enumerate(shown, first)]
    rows = (
        *in_rows(buttons, 8),
        *turning(page, len(rules), PAGE, "user_alerts"),
        *acting(turn, row(go("🆕 New alert", "user_alert_new"))),
        *back("Alerts", "alerts"),
    )
    return Screen(fitted(["<b>My alerts</b>", *(lines or ["None yet."])]), rows)


def _short(rule: Mapping[str, Any]) -> str:
    sign = GOOD if rule["enabled"] else "⚪"
    where = " ".join(each for each in (plain(rule["symbol"]), plain(rule["account"])) if each)
    return f"{sign} {said(where)}{': ' if where else ''}{said(rule['about'])}: {said(_value(rule))}"


def _value(rule: Mapping[str, Any]) -> str:
    unit = "" if rule["unit"] == "price" else f" {rule['unit']}"
    return f"{rule['value']}{unit}"


async def new(turn: Turn) -> Screen:
    """Which kind, group by group."""
    group = turn.arguments.get("g", "")
    if group not in GROUPS:
        buttons = [go(title, "user_alert_new", g=name) for name, title in GROUPS.items()]
        return Screen("<b>New alert</b>\nOn what?", (*in_rows(buttons, 2), *back("My alerts", "user_alerts")))
    kinds = [each for each in (await turn.data("user_alerts"))["kinds"] if each["group"] == group]
    lines = [f"{number}. {said(each['about'])} ({said(each['unit'])})" for number, each in enumerate(kinds, 1)]
    buttons = [go(str(number), "user_alert_ask", k=str(each["kind"])) for number, each in enumerate(kinds, 1)]
    text = fitted([f"<b>New alert</b> {GROUPS[group].lower()}: tell me when", *lines])
    return Screen(text, (*in_rows(buttons, 5), *back("New alert", "user_alert_new")))


async def ask(turn: Turn) -> Screen:
    """What to watch, and which value."""
    kind = await _kind(turn, turn.arguments.get("k", ""))
    return _no_kind() if kind is None else _question(kind)


async def _kind(turn: Turn, wanted: str) -> dict[str, Any] | None:
    kinds = (await turn.data("user_alerts"))["kinds"]
    return next((each for each in kinds if each["kind"] == wanted), None)


def _no_kind() -> Screen:
    return Screen("There is no such alert.", back("New alert", "user_alert_new"))


def _question(kind: Mapping[str, Any], *against: object) -> Screen:
    if kind["needs_symbol"]:
        how = "Send SYMBOL VALUE, like <code>BTCUSDT 2</code>" if kind["unit"] == "%" else (
            "Send SYMBOL VALUE, like <code>BTCUSDT 62000</code>")  # fmt: skip
    else:
        how = "Send the value alone, or SYMBOL VALUE for one symbol only"
    before = [f"{BAD} Not yet:", sentences(against)] if against else []
    text = "\n".join([*before, f"Tell me when {said(kind['about'])} ({said(kind['unit'])}).", f"{how}."])
    return Screen(
        text,
        back("New alert", "user_alert_new"),
        awaits=Goes("user_alert_add", {"k": str(kind["kind"])}),
        patience=PATIENCE,
        forgotten=FORGOTTEN,
    )


def wished(text: str, *, needs_symbol: bool) -> Wish:
    """What somebody typed.

    >>> wished("btcusdt 62000", needs_symbol=True), wished("2%", needs_symbol=False).value
    (Wish(symbol='BTCUSDT', value='62000', why=''), '2')
    """
    words = text.split()
    if len(words) > 2 or (needs_symbol and len(words) != 2) or not words:
        return Wish(why="send a symbol and a value, like BTCUSDT 62000" if needs_symbol else "send a value, like 5")
    symbol = words[0].upper() if len(words) == 2 else ""
    if symbol and not is_symbol(symbol):
        return Wish(why=f"{plain(words[0], 40)} is no symbol; write it like BTCUSDT")
    found = typed_number(words[-1].removesuffix("%"), "62000.5")
    return Wish(why=found.why) if found.why else Wish(symbol, found.number)


async def add(turn: Turn) -> Screen:
    """Make it of what was typed, or say everything against it and ask again."""
    kind = await _kind(turn, turn.arguments.get("k", ""))
    if kind is None:
        return _no_kind()
    wish = wished(turn.text, needs_symbol=bool(kind["needs_symbol"]))
    if wish.why:
        return _question(kind, wish.why)
    answer = await turn.ask("user_alert_add", kind=kind["kind"], symbol=wish.symbol, value=wish.value)
    if "error" in answer:
        reasons = answer["error"]
        return _question(kind, *(reasons if isinstance(reasons, list) else [reasons]))
    return Screen(f"{GOOD} I watch for that.\n{_short(_rule(answer['data']))}", _after())


def _rule(found: Any) -> Mapping[str, Any]:
    rule: Mapping[str, Any] = found
    return rule


def _after() -> Rows:
    return (row(go("🆕 Another", "user_alert_new")), *back("My alerts", "user_alerts"))


async def user_alert(turn: Turn) -> Screen:
    """One in full, with what can be done with it."""
    wanted = turn.arguments.get("id", "")
    rules = (await turn.data("user_alerts"))["rules"]
    rule = next((each for each in rules if each["id"] == wanted), None)
    if rule is None:
        return Screen("That alert is gone.", back("My alerts", "user_alerts"))
    fired = (
        f"told {rule['fired']} times, last {zoned(rule['fired_at'], turn.zone)}" if rule["fired"] else "not told yet"
    )
    text = "\n".join(
        [
            _short(rule),
            f"{'on' if rule['enabled'] else 'off'} · {'again and again' if rule['repeat'] else 'once'} · {fired}",
            f"by {said(rule['owner'])} {code(rule['id'])}",
            *([said(rule["note"])] if rule["note"] else []),
        ]
    )
    switch = go("Switch off", "user_alert_set", id=wanted, e="0") if rule["enabled"] else (
        go("Switch on", "user_alert_set", id=wanted, e="1"))  # fmt: skip
    often = go("Only once", "user_alert_set", id=wanted, r="0") if rule["repeat"] else (
        go("Again and again", "user_alert_set", id=wanted, r="1"))  # fmt: skip
    acts = (row(switch, often), row(go("Another value", "user_alert_value", id=wanted),
            go("🗑 Remove", "user_alert_remove", id=wanted)))  # fmt: skip
    return Screen(text, (*acting(turn, *acts), *back("My alerts", "user_alerts")))


async def set_(turn: Turn) -> Screen:
    """Switch it, or let it repeat or not; each button names the state it leads to, so a second tap changes nothing."""
    names = {"e": "enabled", "r": "repeat"}
    wanted = {name: turn.arguments[short] == "1" for short, name in names.items() if short in turn.arguments}
    await turn.data("user_alert_change", id=turn.arguments.get("id", ""), **wanted)
    return await user_alert(turn)


async def value(turn: Turn) -> Screen:
    """Ask for another value, and take it."""
    identity = turn.arguments.get("id", "")
    found = typed_number(turn.text.strip().removesuffix("%"), "62000.5")
    reasons: list[object] = [found.why] if turn.text and found.why else []
    if turn.text and not reasons:
        answer = await turn.ask("user_alert_change", id=identity, value=found.number)
        if "error" not in answer:
            return await user_alert(turn)
        reasons = list(answer["error"]) if isinstance(answer["error"], list) else [answer["error"]]
    before = f"{BAD} Not yet:\n{sentences(reasons)}\n" if reasons else ""
    return Screen(
        f"{before}Send the new value of {code(identity)}.",
        back("Alert", "user_alert", id=identity),
        awaits=Goes("user_alert_value", {"id": identity}),
        patience=PATIENCE,
        forgotten=FORGOTTEN,
    )


async def remove(turn: Turn) -> Screen:
    """Forget it."""
    rule = await turn.data("user_alert_remove", id=turn.arguments.get("id", ""))
    return Screen(f"Removed: {bold(rule['id'])} {_short(rule)}", _after())
