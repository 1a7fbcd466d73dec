"""Statistics on a terminal: the figures of a period, then its parts."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from core.money_text import duration_text
from core.words import iso
from plugins.frontends.console.tables import money, shown, table

Row = Mapping[str, Any]
PARTS = (("by_account", "account"), ("mirrors", "mirror"), ("by_strategy", "strategy"), ("by_origin", "origin"),
         ("by_symbol", "symbol"))  # fmt: skip
"""The parts of the answer, and what each is called."""


def statistics(data: Row) -> RenderableType:
    """The whole answer of `stats`."""
    period = data["period"]
    since = iso(period["start"]) if period["start"] else "the first trade"
    until = iso(period["end"]) if period["end"] else "now"
    whose = data.get("account") or "leaders"
    parts: list[RenderableType] = [
        Text.assemble((f"period {period['label']}", "bold"), f" of {whose}, from {since} to {until}")
    ]
    if not data["trades"]:
        parts.append(Text("building history: no trade has closed in it yet"))
        return Group(*parts)
    parts.append(table(("figure", ">value"), _figures(data), ""))
    parts += [table((name, *_COLUMNS), _rows(data[key]), "") for key, name in PARTS if data.get(key)]
    return Group(*parts)


_COLUMNS = (">trades", ">won", ">win rate", ">net", ">profit factor", ">best", ">worst")


def _rows(groups: Row) -> Sequence[Sequence[object]]:
    return [
        (
            name or "not said", row["trades"], row["wins"], percent(row["win_rate"]), money(row["net"], sign=True),
            money(row["profit_factor"]), money(row["best"], sign=True), money(row["worst"], sign=True),
        )
        for name, row in groups.items()
    ]  # fmt: skip


def _figures(data: Row) -> list[tuple[object, object]]:
    return [
        ("trades", f"{data['trades']}: {data['wins']} won, {data['losses']} lost"),
        ("win rate", percent(data["win_rate"])),
        ("net", money(data["net"], sign=True)),
        ("gross, fees, funding", _amounts(data["gross"], data["fees"], data["funding"])),
        ("average win, loss", _amounts(data["average_win"], data["average_loss"])),
        ("best, worst", _amounts(data["best"], data["worst"])),
        ("profit factor", money(data["profit_factor"])),
        ("expectancy", money(data["expectancy"], sign=True)),
        ("streak now, longest won, lost", f"{data['streak']:+}, {data['longest_wins']}, {data['longest_losses']}"),
        ("equity", f"{_amounts(data['balance'])} -> {_amounts(data['equity'])}"),
        ("max drawdown", f"{_amounts(data['max_drawdown'])}, {percent(data['max_drawdown_percent'])}"),
        ("Sharpe, Sortino", _amounts(data["sharpe"], data["sortino"])),
        ("held on average, longest", f"{_time(data['holding'])}, {_time(data['longest_holding'])}"),
        *((f"TP{each['level']} hit", f"{each['hits']} of {each['planned']}") for each in data["targets"]),
        ("stops hit", data["stop_hits"]),
        ("ended by", ", ".join(f"{reason} {count}" for reason, count in data["reasons"].items())),
        ("never filled, given back", f"{data['unfilled']}, {data['given_back']}"),
    ]


def percent(value: object) -> str:
    """A percentage with two places."""
    return "-" if value is None else f"{money(value)} %"


def _amounts(*values: object) -> str:
    return ", ".join(str(money(value)) for value in values)


def _time(milliseconds: object) -> str:
    return shown(None) if milliseconds is None else duration_text(int(str(milliseconds)))
