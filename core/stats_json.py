"""Statistics as plain JSON values: sums as exact text, quotients with eight places, undefined as null (G1)."""

from collections.abc import Mapping
from dataclasses import fields
from decimal import ROUND_HALF_EVEN, Context, Decimal

from core.days import day_text
from core.stats import Figures
from core.stats_book import Part, Period, Statistics
from core.view import as_json

_PLACES = Decimal("1E-8")
_WIDE = Context(prec=64, rounding=ROUND_HALF_EVEN)
_QUOTIENTS = {
    *("win_rate", "average_win", "average_loss", "profit_factor", "expectancy"),
    *("max_drawdown_percent", "sharpe", "sortino", "rate"),
}
"""What a division made: more digits than these say nothing."""


def statistics_json(found: Statistics) -> dict[str, object]:
    """The object of `tandem stats --json`: the leaders' figures at its top, then the parts."""
    return {
        "period": period_json(found.period),
        **_part(found.total),
        "by_account": {name: _part(part) for name, part in found.accounts.items()},
        "mirrors": {name: _part(part) for name, part in found.mirrors.items()},
        "by_strategy": _groups(found.by_strategy),
        "by_origin": _groups(found.by_origin),
        "by_symbol": _groups(found.by_symbol),
        "by_day": [{"day": day_text(row.day), "net": as_json(row.net), "trades": row.trades} for row in found.days],
        "curve": [{"at": at, "net": as_json(net)} for at, net in found.curve],
    }


def period_json(period: Period) -> dict[str, object]:
    """A period for lists; *start* null = from the first trade on."""
    return {
        "number": period.number,
        "label": period.label,
        "start": period.start or None,
        "end": period.end,
        "balances": as_json(period.balances),
        "by": period.by,
    }


def _part(part: Part) -> dict[str, object]:
    return {**_plain(part.figures), **_plain(part.risk)}


def _groups(groups: Mapping[str, Figures]) -> dict[str, object]:
    return {name: _plain(figures) for name, figures in groups.items()}


def _plain(row: object) -> dict[str, object]:
    made: dict[str, object] = {}
    for each in fields(row):  # type: ignore[arg-type]  # figures and risks are dataclasses
        value = getattr(row, each.name)
        match each.name, value:
            case "targets", tuple():
                made["targets"] = [_plain(rate) for rate in value]
            case "reasons", tuple():
                made["reasons"] = dict(value)
            case name, Decimal() if name in _QUOTIENTS:
                made[name] = as_json(value.quantize(_PLACES, context=_WIDE))
            case name, _:
                made[name] = as_json(value)
    return made
