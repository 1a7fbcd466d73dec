"""Whole screens: the live console, one trade's ladder as a picture, and the preview before a trade is opened."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich.console import Group, RenderableType
from rich.text import Text

from core.words import iso
from plugins.frontends.console import tables

Row = Mapping[str, Any]
LATEST = 5
MEBIBYTE = 1024 * 1024
OF_A_LADDER, AROUND = 5, 6
"""Lines of a ladder besides entries and targets, and of a status besides ladders, accounts and alerts."""
TELLING = 1_800
"""Seconds of looking after which the growth of memory says something about a day."""


def status(data: Row, room: int | None = None) -> RenderableType:
    """Everything at once: accounts, live trades as ladders, the latest alerts.

    With *room* for so many lines only, trades are a line each where their ladders would push the alerts off the screen.
    """
    head = "running" if data["running"] else "not running; this is what the store remembers"
    named = " ".join(each for each in (data["version"], data["profile"]) if each)
    parts: list[RenderableType] = [
        Text.assemble(("Tandem", "bold"), f" {named} · {head} · {iso(data['at'])}"),
        *(Text(trouble, "bold red") for trouble in data["troubles"]),
        tables.accounts(data["accounts"], watched=data["running"]),
    ]
    if room is not None and _height(data) > room:
        parts += [Text(""), tables.trades(data["trades"])]
    else:
        parts += [part for trade in data["trades"] for part in (Text(""), ladder(trade))]
    if not data["trades"]:
        parts += [Text(""), Text("no live trade")]
    if data["alerts"]:
        parts += [Text(""), tables.alerts(data["alerts"][:LATEST])]
    return Group(*parts)


def _height(data: Row) -> int:
    """The lines that a status takes with every trade as a ladder."""
    ladders = sum(len(trade["targets"]) + len(trade["entries"]) + OF_A_LADDER for trade in data["trades"])
    return ladders + len(data["troubles"]) + len(data["accounts"]) + min(len(data["alerts"]), LATEST) + AROUND


def health(data: Row) -> RenderableType:
    """How well the service is: red lines with advice first, then the figures."""
    parts: list[RenderableType] = []
    for red in data["advice"]:
        parts += [Text(red["found"], "bold red"), Text(f"  -> {red['advice']}")]
    if not data["advice"]:
        parts.append(Text("all is well", "green"))
    process = data["process"]
    slope = process["memory_slope"]
    grows = (
        "too early to say how it grows"
        if slope is None or process["seconds"] < TELLING
        else f"{slope / MEBIBYTE:+.1f} MiB a day"
    )
    parts.append(
        Text(
            f"last {data['minutes']} min: CPU {tables.shown(process['cpu_percent'])} %, "
            f"memory {process['memory'] // MEBIBYTE} MiB ({grows}), {process['threads']} threads, "
            f"{process['disk_free'] // MEBIBYTE} MiB free, loop late by {process['loop_lag']} ms at most"
        )
    )
    parts += [tables.endpoints(data["accounts"]), tables.ages(data["accounts"], data["outbox_age"])]
    return Group(*parts)


def ladder(trade: Row) -> RenderableType:
    """A trade as a ladder of prices, the highest on top, with what is filled and where the market is."""
    environment = "" if trade["environment"] == "live" else f"[{str(trade['environment']).upper()}] "
    title = Text.assemble(
        (f"{environment}{trade['account']} {trade['symbol']} {str(trade['side']).upper()}", "bold"),
        f"  {trade['phase']}  position {trade['position']}  open ",
        tables.money(trade["open_pnl"], sign=True),
        "  realised ",
        tables.money(trade["net"], sign=True),
        f"  {trade['trade']}",
    )
    rungs = sorted(_rungs(trade), key=lambda rung: -rung[0])
    return Group(title, *(rung[1] for rung in rungs))


def _rungs(trade: Row) -> list[tuple[Decimal, Text]]:
    rungs = []
    for target in trade["targets"]:
        quantity = f"{target['filled']} of {target['total']}"
        rungs.append(_rung(target["price"], f"TP{target['number']}", quantity, target["mark"], "green"))
    for entry in trade["entries"]:
        quantity = f"{entry['filled']} of {entry['planned']}"
        at = entry["price"] or entry["average"] or trade["average_entry"]
        if at is not None:
            shown = tables.price(at) if entry["price"] else tables.average(at)
            name = f"E{entry['number']}" + ("" if entry["price"] else " market")
            rungs.append(_rung(shown, name, quantity, entry["mark"], "cyan"))
    if trade["stop"] is not None:
        unknown = "as last known" if trade["position"] != "0" else "carried by the entries"
        proven = {True: "at the venue", False: "NOT PROVEN", None: unknown}[trade["stop"]["proven"]]
        rungs.append(_rung(trade["stop"]["price"], "stop", trade["stop"]["kind"], proven, "red"))
    if trade["average_entry"] is not None:
        rungs.append(_rung(tables.average(trade["average_entry"]), "average", "", "", "yellow"))
    if trade["last"] is not None:
        rungs.append(_rung(trade["last"], "> last", "", "", "bold"))
    return rungs


def _rung(price: object, name: str, quantity: str, mark: str, style: str) -> tuple[Decimal, Text]:
    line = Text(f"  {price!s:>12}  ")
    line.append(f"{name:<10}", style)
    line.append(f"{quantity:<22}{mark}")
    return Decimal(str(price)), line


def preview(rows: Sequence[Row]) -> RenderableType:
    """What each account would do, order by order (E3)."""
    return Group(*(_preview(row) for row in rows))


def _preview(row: Row) -> RenderableType:
    if row["refused"]:
        how = f" would not add, prices {row['merge']['prices']}:" if "merge" in row else " would not open:"
        lines = [Text.assemble((row["account"], "bold"), (how, "red"))]
        lines += [Text(f"  - {reason}") for reason in row["refused"]]
        if set(row["refused"]) <= set(row.get("ask", ())):
            lines.append(
                Text("  (it may be opened all the same: `tandem open --yes-really`, or `confirmed: true` in it)")
            )
        return Group(*lines, Text(""))
    plan = row["plan"]
    head = Text.assemble(
        (f"[{plan['environment'].upper()}] {row['account']} {plan['symbol']} {plan['side'].upper()}", "bold"),
        f" x{plan['leverage']}, margin {plan['margin']} USDT",
        f" ({plan['margin_percent']} %)" if plan["margin_percent"] else "",
    )
    entries = tables.table(
        ("entry", ">price", ">quantity", ">stop"),
        ((each["role"], each["price"], each["quantity"], each["stop"]) for each in plan["entries"]),
        "",
    )
    targets = tables.table(
        ("take-profit", ">price", ">share %", ">quantity", ">reward"),
        (
            (each["role"], each["price"], each["share"], each["quantity"], each["reward"])
            for each in plan["take_profits"]
        ),
        "",
    )
    foot = Text(
        f"average {plan['average_entry']}, value {plan['notional']}, most lost {plan['max_loss']} USDT, "
        f"reward:risk {plan['risk_reward'] or '-'}, liquidation {plan['liquidation'] or '-'}"
    )
    return Group(*_merge(row), head, entries, targets, foot, Text(""))


def _merge(row: Row) -> list[RenderableType]:
    """What a merge changes (B13), before the whole that comes of it."""
    merge = row.get("merge")
    if merge is None:
        return []
    stop, added = merge["stop"], ", ".join(merge["added"])
    kept = f"stop stays at {stop['new']}" if stop["old"] == stop["new"] else f"stop {stop['old']} -> {stop['new']}"
    changed = [
        each
        for each in merge["take_profits"]
        if (each["old_price"], each["old_share"]) != (each["price"], each["share"])
    ]
    lines = [
        Text(
            f"{row['account']}: --merge {merge['prices']} adds to {merge['into']}, position {merge['position']}", "bold"
        ),
        Text(f"  new: {added}, margin {merge['margin_added']} USDT more, {merge['limits']} limits in all; {kept}"),
    ]
    lines += [Text(f"  {_level(each)}") for each in changed]
    return [*lines, Text("  the whole trade then:")]


def _level(each: Row) -> str:
    old = "none" if each["old_price"] is None else f"{each['old_price']} ({each['old_share']} %)"
    new = "none" if each["price"] is None else f"{each['price']} ({each['share']} %)"
    return f"{each['role']} {old} -> {new}"
