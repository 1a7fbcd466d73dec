"""Statistics (G1): the figures of a period, by strategy, origin, symbol and account; beginning a new period."""

from collections.abc import Mapping
from typing import Any

from core.money_text import duration_text
from plugins.frontends.telegram.rooms.dashboard import streak
from plugins.frontends.telegram.rooms.leading import acting, back, home, page_of, turning
from plugins.frontends.telegram.rooms.texts import (
    GOOD,
    amount,
    block,
    bold,
    fitted,
    gain,
    number,
    pairs,
    percent,
    plain,
    said,
    tag,
    zoned,
)
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn

PARTS = {
    "by_account": "By account",
    "mirrors": "Mirrors",
    "by_strategy": "By strategy",
    "by_origin": "By origin",
    "by_symbol": "By symbol",
    "by_day": "By day",
}
PAGE = 8


async def stats(turn: Turn) -> Screen:
    """The whole of the period; the leaders' trades."""
    data = await turn.data("stats")
    period = data["period"]
    since = f" since {zoned(period['start'], turn.zone)}" if period.get("start") else ""
    head = f"<b>{tag(data.get('environments', ()))}Statistics</b> period {said(period['label'])}{since}"
    rows = (
        row(go("📈 Equity", "equity"), go("Daily report", "report")),
        *_parts(data),
        *acting(turn, row(go("New period", "stats_reset"))),
        *home(),
    )
    if not data["trades"]:
        return Screen(f"{head}\nBuilding history: no trade has closed yet.", rows)
    return Screen(
        fitted([head, block(pairs(figures(data))), block(pairs(_risk(data))), block(pairs(_levels(data)))]), rows
    )


def _parts(data: Mapping[str, Any]) -> tuple[tuple[Button, ...], ...]:
    there = [go(title, "stats_by", by=key) for key, title in PARTS.items() if data.get(key)]
    return tuple(tuple(there[at : at + 3]) for at in range(0, len(there), 3))


def figures(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What closed trades came to."""
    return [
        ("Trades", plain(data["trades"])),
        ("Won, lost", f"{data['wins']}, {data['losses']}"),
        ("Win rate", percent(data["win_rate"])),
        ("Net", gain(data["net"])),
        ("Gross", gain(data["gross"])),
        ("Fees, funding", f"{amount(data['fees'])}, {amount(data['funding'])}"),
        ("Average win", gain(data["average_win"])),
        ("Average loss", gain(data["average_loss"])),
        ("Profit factor", amount(data["profit_factor"])),
        ("Expectancy", gain(data["expectancy"])),
        ("Best", gain(data["best"])),
        ("Worst", gain(data["worst"])),
    ]


def _risk(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [
        ("Max drawdown", amount(data.get("max_drawdown"))),
        ("Max drawdown %", percent(data.get("max_drawdown_percent"))),
        ("Drawdown now", amount(data.get("drawdown"))),
        ("Streak", streak(data["streak"])),
        ("Longest won, lost", f"{data['longest_wins']}, {data['longest_losses']}"),
        ("Sharpe", amount(data.get("sharpe"))),
        ("Sortino", amount(data.get("sortino"))),
        ("Held on average", _time(data["holding"])),
        ("Held longest", _time(data["longest_holding"])),
    ]


def _levels(data: Mapping[str, Any]) -> list[tuple[str, str]]:
    rows = [
        (f"TP{each['level']} hit", f"{each['hits']}/{each['planned']} {percent(each['rate'])}")
        for each in data["targets"]
    ]
    return [*rows, ("Stops hit", plain(data["stop_hits"])), ("Never filled", plain(data["unfilled"]))]


def _time(milliseconds: object) -> str:
    return "-" if milliseconds is None else duration_text(int(str(milliseconds)))


async def by(turn: Turn) -> Screen:
    """One division of the figures, a page at a time."""
    chosen = turn.arguments.get("by", "")
    if chosen not in PARTS:
        return Screen("Statistics are not divided like that.", back("Stats", "stats"))
    data = await turn.data("stats")
    found = data[chosen]
    if chosen == "by_day":
        return _days(turn, found)
    names = sorted(found, key=lambda name: -(number(found[name]["net"]) or 0))
    page, shown = page_of(turn.arguments, names, PAGE)
    parts = [f"<b>{PARTS[chosen]}</b>", *(_short(name, found[name]) for name in shown)]
    return Screen(fitted(parts), (*turning(page, len(names), PAGE, "stats_by", by=chosen), *back("Stats", "stats")))


def _short(name: str, row: Mapping[str, Any]) -> str:
    lines = [
        ("Trades, win rate", f"{row['trades']}, {percent(row['win_rate'])}"),
        ("Net", gain(row["net"])),
        ("Profit factor", amount(row["profit_factor"])),
    ]
    return f"{bold(name or 'not said')}\n{block(pairs(lines))}"


def _days(turn: Turn, days: list[Mapping[str, Any]]) -> Screen:
    newest = list(reversed(days))
    page, shown = page_of(turn.arguments, newest, 30)
    lines = pairs((f"{plain(each['day'])} {each['trades']}", gain(each["net"])) for each in shown)
    text = fitted([f"<b>By day</b> trades and net · {said(turn.zone)}", block(lines)])
    return Screen(text, (*turning(page, len(newest), 30, "stats_by", by="by_day"), *back("Stats", "stats")))


async def reset(turn: Turn) -> Screen:
    """What a new period would begin with, and the button."""
    data = await turn.data("stats_reset", dry_run=True)
    period = data["period"]
    lines = [(name, amount(balance)) for name, balance in period["balances"].items()]
    unknown = [f"{bold(name)}: balance not known: {said(why)}" for name, why in data["balance_unknown"].items()]
    text = fitted(
        [
            "<b>Begin a new period of statistics?</b>",
            f"Period {said(data['ends'])} ends and is kept. The new one counts from now, with these balances:",
            block(pairs(lines)),
            *unknown,
        ]
    )
    confirm = Button("✅ Confirm", Goes("stats_reset_do"), once=True, code=True)
    return Screen(text, (*acting(turn, row(confirm)), *back("Don't", "stats")))


async def reset_do(turn: Turn) -> Screen:
    """Do it."""
    data = await turn.data("stats_reset", dry_run=False)
    return Screen(f"{GOOD} Period {said(data['period']['label'])} begins now.", back("Stats", "stats"))
