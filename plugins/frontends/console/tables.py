"""Lists as tables: accounts, positions, orders, trades, monitors, alerts, adapters."""

import json
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from rich import box
from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from core.words import iso

Row = Mapping[str, Any]
CENT = Decimal("0.01")
DIGITS = 8
UNSAID = ("origin", "by", "principal", "dry_run")
"""Arguments of an act that only repeat who asked for it; what was only tried is not among the acts."""
OUTCOMES = {0: "done", 1: "not all of it", 2: "refused"}


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> RenderableType:
    """A plain table; *empty* is said instead of an empty one. A column named `>x` is right-aligned."""
    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for column in columns:
        # Folded where it is too narrow, never cut: an id is there to be copied.
        made.add_column(column.lstrip(">"), justify="right" if column.startswith(">") else "left", overflow="fold")
    count = 0
    for row in rows:
        count += 1
        made.add_row(*(cell if isinstance(cell, Text) else Text(shown(cell)) for cell in row))
    return made if count else Text(empty)


def shown(value: object) -> str:
    """A value for a cell; unknown is a dash, never zero."""
    return "-" if value is None or value == "" else str(value)


def money(value: object, *, sign: bool = False) -> Text:
    """An amount with two places, coloured by its sign when *sign* is shown."""
    if value is None:
        return Text("-")
    amount = Decimal(str(value)).quantize(CENT)
    style = "" if not sign or not amount else ("green" if amount > 0 else "red")
    return Text(f"{amount:+f}" if sign else f"{amount:f}", style)


def accounts(rows: Sequence[Row], *, watched: bool = True) -> RenderableType:
    """Money and health of each account; nobody knows the health of one that isn't *watched* over."""
    return table(
        ("account", ">equity", ">available", ">open P&L", ">trades", "health"),
        (
            (
                f"{row['account']} [{str(row['environment']).upper()}]",
                money(row["equity"]),
                money(row["available"]),
                money(row["open_pnl"], sign=True),
                row["live_trades"],
                health(row) if watched else Text("not watched over", "yellow"),
            )
            for row in rows
        ),
        "no accounts",
    )


def health(row: Row) -> Text:
    """One word when all is well, else what isn't."""
    wrong = [*row["troubles"], *row["held"], *row["lost"]]
    return Text(", ".join(wrong), "yellow") if wrong else Text("well", "green")


def whose(row: Row, rows: Sequence[Row]) -> str:
    """The account, its kind of money before it unless all of them hold real money (A10)."""
    kinds = {str(each.get("environment") or "") for each in rows}
    kind = str(row.get("environment") or "")
    return str(row["account"]) if not kind or kinds == {"live"} else f"[{kind.upper()}] {row['account']}"


def positions(rows: Sequence[Row]) -> RenderableType:
    """Open positions."""
    return table(
        ("account", "symbol", "side", ">size", ">ours", ">average", ">last", ">stop", ">open P&L"),
        (
            (
                whose(row, rows), row["symbol"], row["side"], row["size"], row["ours"], average(row["average_entry"]),
                row["last"], row["stop"], money(row["open_pnl"], sign=True),
            )
            for row in rows
        ),
        "no open position",
    )  # fmt: skip


def price(value: object) -> str:
    """A price as it is."""
    return "-" if value is None else format(Decimal(str(value)).normalize(), "f")


def average(value: object) -> str:
    """An average, which may never end, cut to eight digits and two places at least."""
    if value is None:
        return "-"
    exact = Decimal(str(value))
    places = max(DIGITS - 1 - exact.adjusted(), 2)
    return format(round(exact, places).normalize(), "f")


def orders(rows: Sequence[Row]) -> RenderableType:
    """Working orders of ours."""
    return table(
        ("account", "symbol", "role", "side", ">quantity", ">filled", ">price", ">stop", "id"),
        (
            (
                whose(row, rows), row["symbol"], row["role"], row["side"], row["quantity"], row["filled"],
                row["price"] or "market", row["stop"], row["key"],
            )
            for row in rows
        ),
        "no working order",
    )  # fmt: skip


def trades(rows: Sequence[Row]) -> RenderableType:
    """Live trades, a line each."""
    return table(
        ("trade", "account", "symbol", "side", "phase", ">position", ">average", ">stop", "TPs", ">net"),
        (
            (
                row["trade"], whose(row, rows), row["symbol"], row["side"], row["phase"], row["position"],
                average(row["average_entry"]), row["stop"]["price"] if row["stop"] else None, _hits(row),
                money(row["net"], sign=True),
            )
            for row in rows
        ),
        "no live trade",
    )  # fmt: skip


def _hits(row: Row) -> str:
    targets = row["targets"]
    return f"{sum(1 for target in targets if target['mark'] == 'filled')}/{len(targets)}"


def closed(rows: Sequence[Row]) -> RenderableType:
    """Ended trades, newest first."""
    return table(
        ("trade", "account", "symbol", "side", "reason", ">entered", ">average", ">net"),
        (
            (
                row["id"], whose(row, rows), row["symbol"], row["side"], row["close_reason"], row["entry_qty"],
                average(row["average_entry"]), money(row["realised_pnl_net"], sign=True),
            )
            for row in rows
        ),
        "no trade has ended yet",
    )  # fmt: skip


def monitors(rows: Sequence[Row]) -> RenderableType:
    """Each live trade's supervision."""
    return table(
        ("trade", "account", "symbol", "phase", "protected", "last fact", "difference"),
        (
            (
                row["trade"], whose(row, rows), row["symbol"], row["phase"], _protected(row["protected"]),
                row["last_fact"], "; ".join(row["differences"]) or "none",
            )
            for row in rows
        ),
        "no live trade to watch over",
    )  # fmt: skip


def endpoints(accounts: Mapping[str, Row]) -> RenderableType:
    """How each account's venue answered, by what was asked."""
    rows = ((name, each) for name, account in accounts.items() for each in account["endpoints"])
    return table(
        ("account", "call", ">calls", ">p50 ms", ">p99 ms", ">errors", ">time-outs"),
        (
            (name, each["endpoint"], each["calls"], each["p50"], each["p99"], each["errors"], each["timeouts"])
            for name, each in rows
        ),
        "no call to a venue yet",
    )


def ages(accounts: Mapping[str, Row], outbox: Mapping[str, int]) -> RenderableType:
    """How old what is known is: streams, audits, gaps in protection, waiting alerts; and what may still be asked."""
    rows: list[tuple[object, ...]] = [
        (
            name,
            ", ".join(each["breaker"]) or "closed",
            seconds(each["stream_age"]),
            seconds(each["audit_age"]),
            seconds(each["protection_gap"]),
            _least(each["budgets"]),
        )
        for name, each in accounts.items()
    ]
    rows += [(f"alerts to {name}", "", "", "", seconds(age), "") for name, age in outbox.items()]
    return table(("of", "breaker", ">stream", ">audit", ">gap or wait", "scarcest budget"), rows, "")


def seconds(milliseconds: object) -> str:
    """A time span to a tenth of a second."""
    return "-" if milliseconds is None else f"{Decimal(str(milliseconds)) / 1000:.1f} s"


def _least(budgets: Mapping[str, Sequence[int]]) -> str:
    if not budgets:
        return "-"
    name, (left, cap) = min(budgets.items(), key=lambda pair: (pair[1][0], pair[0]))
    return f"{name} {left} of {cap}"


def mirrors(rows: Sequence[Row]) -> RenderableType:
    """Each leader's trade beside its mirrors'."""
    return table(
        ("trade", "leader", ">entered", "mirror", ">entered", ">expected", ">open", "verdict"),
        (
            (
                row["trade"], row["leader"], row["leader_entered"], row["mirror"], row["mirror_entered"],
                price(row["expected"]), row["mirror_position"], _verdict(row),
            )
            for row in rows
        ),
        "no leader with mirrors has a live trade",
    )  # fmt: skip


def _verdict(row: Row) -> Text:
    if not row["explained"]:
        return Text(f"DIFFERS: {row['note']}", "bold red")
    return Text(row["note"] or "as expected", "" if row["note"] else "green")


def _protected(value: object) -> Text:
    if value is None:
        return Text("-")
    return Text("yes", "green") if value else Text("NOT PROVEN", "bold red")


def alerts(rows: Sequence[Row]) -> RenderableType:
    """The latest alerts, newest first."""
    return table(
        ("at", "alert"),
        ((iso(row["at"]), Text(row["title"], "bold red" if row["critical"] else "")) for row in rows),
        "no alert yet",
    )


def audited(rows: Sequence[Row]) -> RenderableType:
    """Who did what, newest first."""
    return table(
        ("at", "who", "did", "with", "came of it"),
        (
            (iso(row["at"]), row["by"], row["command"], _asked(row), row["detail"] or OUTCOMES[row["exit"]])
            for row in rows
        ),
        "nobody did anything yet",
    )


def _asked(row: Row) -> str:
    """What an act was told, in words: who asked has a column of its own, and what wasn't said says nothing."""
    try:
        told = json.loads(row["arguments"])
    except ValueError:
        return str(row["arguments"])
    said = {name: value for name, value in told.items() if name not in UNSAID and value not in (None, "", [])}
    return ", ".join(f"{name} {' '.join(_plain(value).split())}" for name, value in said.items())


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def adapters(rows: Sequence[Row], broken: Mapping[str, str]) -> RenderableType:
    """What `use:` can choose."""
    lines = [(row["kind"], row["name"], row["from"], ", ".join(sorted(row["settings"])) or "none") for row in rows]
    lines += [("broken", name, reason, "") for name, reason in broken.items()]
    return table(("kind", "use", "from", "settings"), lines, "no adapter")
