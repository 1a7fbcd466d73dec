"""Ended trades as CSV: a row for each trade and account, exact numbers, and no cell that a spreadsheet would run."""

import csv
import io
from decimal import Decimal

from core.money import text
from core.report import TradeReport
from core.stats import ended_at
from core.words import iso

COLUMNS = (
    *("trade", "account", "leader", "strategy", "origin", "symbol", "side", "reason", "opened_at", "first_fill_at"),
    *("last_fill_at", "closed_at", "entered", "average_entry", "gross", "fees", "funding", "net", "leverage", "margin"),
    *("targets_hit", "targets", "entries_filled", "entries", "stop", "note"),
)
_RUNS = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that a spreadsheet takes for a formula."""


class Table:
    """Rows that become one text."""

    def __init__(self) -> None:
        """The head."""
        self._out = io.StringIO()
        self._writer = csv.writer(self._out)
        self._writer.writerow(COLUMNS)
        self.rows = 0

    def add(self, report: TradeReport) -> None:
        """One more trade."""
        self._writer.writerow(_cells(report))
        self.rows += 1

    @property
    def text(self) -> str:
        """The whole table."""
        return self._out.getvalue()


def _cells(report: TradeReport) -> list[object]:
    words = (report.id, report.account, report.leader or "", report.strategy, report.origin, report.symbol)
    amounts = (report.gross, report.fees, report.funding, report.net, report.leverage, report.margin)
    return [
        *(harmless(each) for each in (*words, report.side.value, report.reason or "")),
        *(_time(at) for at in (report.opened_at, report.first_fill_at, report.last_fill_at, ended_at(report))),
        text(report.entered),
        _number(report.average_entry),
        *(text(each) for each in amounts),
        sum(1 for row in report.targets if row.hit),
        len(report.targets),
        sum(1 for row in report.entries if row.filled >= row.planned > 0),
        len(report.entries),
        _number(report.stop.price if report.stop is not None else None),
        harmless(report.note),
    ]


def harmless(word: str) -> str:
    """A text that no spreadsheet takes for a formula.

    >>> harmless("BTCUSDT"), harmless("=HYPERLINK(1)")
    ('BTCUSDT', "'=HYPERLINK(1)")
    """
    return f"'{word}" if word.lstrip(" ").startswith(_RUNS) else word


def _time(at: int | None) -> str:
    return "" if at is None else iso(at)


def _number(value: Decimal | None) -> str:
    return "" if value is None else text(value)
