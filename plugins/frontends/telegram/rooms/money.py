"""An account's money and health, as the dashboard and the status show it."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from core.alert_text.health import ACCOUNT_TROUBLES
from core.money import ZERO
from core.money_text import UNKNOWN
from plugins.frontends.telegram.rooms.texts import (
    BAD,
    GOOD,
    HELD,
    amount,
    block,
    bold,
    gain,
    number,
    pairs,
    said,
    share,
)

Row = Mapping[str, Any]
CENT = Decimal("0.01")
LARGEST = Decimal(1_000_000)
"""A reward so many times the risk says nothing but that the risk is next to none."""


def environments(status: Row) -> frozenset[str]:
    """The environments of all accounts."""
    return frozenset(str(each["environment"]) for each in status["accounts"])


def marked(row: Row, among: Iterable[str] = ()) -> str:
    """The environment in brackets before whatever it is of, unless *among* says that all money here is live (A10).

    >>> marked({"environment": "paper"}), marked({"environment": "live"}, ["live"])
    ('[PAPER] ', '')
    """
    environment = str(row.get("environment") or "")
    return "" if not environment or set(among) == {"live"} else f"[{environment.upper()}] "


def account(row: Row, among: Iterable[str], *, short: bool = False) -> str:
    """One account: money, what it would still bring, and each trouble by its name."""
    sign = BAD if row["troubles"] or row["lost"] else HELD if row["held"] else GOOD
    follows = f" · mirror of {said(row['follows'])}" if row["follows"] else ""
    head = f"{sign} {bold(marked(row, among) + row['account'])}{follows}"
    rows = [
        ("Equity", amount(row["equity"])),
        ("Available", amount(row["available"])),
        ("Margin in use", _margin(row)),
        ("Open P&L", gain(row["open_pnl"])),
    ]
    return "\n".join((head, block(pairs([*rows, *potential(row.get("potential"), row, short=short)])), *troubles(row)))


def _margin(row: Row) -> str:
    """What positions and orders bind at the exchange: all that isn't available."""
    equity, available = number(row["equity"]), number(row["available"])
    if equity is None or available is None:
        return UNKNOWN
    used = max(equity - available, ZERO)
    return f"{amount(used)} {share(used, equity)}"


def potential(found: Row | None, row: Row, *, short: bool = False) -> list[tuple[str, str]]:
    """What open trades would still bring (E4); nothing to say while there is none."""
    if found is None or not row["live_trades"]:
        return []
    if short:
        return [("All TPs", gain(found["targets"])), ("All stops", gain(found["stops"]))]
    rows = [("If all TPs fill", gain(found["targets"])), ("If all stops fire", gain(found["stops"]))]
    if number(found["tp1"]):  # nothing is left of a TP1 that was hit
        rows.insert(0, ("If TP1 fills", gain(found["tp1"])))
    if found["stops_filled"] != found["stops"]:
        rows.append((" with all entries", gain(found["stops_filled"])))
    return [*rows, ("Reward : risk", _reward(found))]


def _reward(found: Row) -> str:
    made, lost = number(found["targets"]), number(found["stops"])
    if made is None or lost is None or lost >= 0 or made <= 0 or made > -lost * LARGEST:
        return "-"
    return f"{(made / -lost).quantize(CENT):f} : 1"


def troubles(row: Row) -> list[str]:
    """A line for each thing that is wrong, and for each reason why new entries wait."""
    lines = []
    for what in row["troubles"]:
        name, state, check = ACCOUNT_TROUBLES.get(what, (what, "not as it should be", "/status"))
        lines.append(f"{BAD} {said(name)} {said(state)}. Check: {said(check)}")
    lines += [f"{BAD} {said(reason)}" for reason in row["lost"]]
    return [*lines, *(f"{HELD} {said(reason)}" for reason in row["held"])]
