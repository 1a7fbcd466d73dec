"""Closed trades for tests of statistics: a report with just the numbers that count."""

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal

from core.days import DAY
from core.money import text
from core.report import TargetReport, TradeReport
from ports.contract.samples import report

TARGET = Decimal("0.010")
HELD = 60_000


def trade(
    number: int,
    net: str,
    *,
    day: int = 0,
    reason: str = "stop",
    hits: Sequence[bool] = (),
    account: str = "main",
    symbol: str = "BTCUSDT",
) -> TradeReport:
    """Closed *number* seconds after the midnight of *day*, held a minute; gross is net and 2 of fees, 1 of funding."""
    closed = day * DAY + number * 1_000
    return replace(
        report(account, f"{number:010}", closed_at=closed, net=net),
        gross=Decimal(net) + 3,
        fees=Decimal(2),
        funding=Decimal(1),
        reason=reason,
        symbol=symbol,
        leader=None if account == "main" else "main",
        opened_at=closed - HELD,
        first_fill_at=closed - HELD,
        last_fill_at=closed,
        targets=tuple(
            TargetReport(n, Decimal(n), TARGET, TARGET if hit else Decimal(0), hit) for n, hit in enumerate(hits, 1)
        ),
    )


def told(*values: Decimal | int | None) -> str:
    """Numbers as they are written, "-" for what is not known."""
    return " ".join("-" if each is None else text(Decimal(each)) for each in values)
