"""A trade's report in the two forms it leaves in: the object of ``--json`` and the view that is drawn."""

from decimal import Decimal

from core.desired import Phase
from core.money import ZERO, text
from core.report import EntryReport, StopReport, TargetReport, TradeReport
from core.view import EntryStatus, Mark, StopStatus, TargetStatus, TradeStatus
from core.words import Environment

AT_MARKET = "market"
"""How a leg without a price of its own is written, as in a request: null would read as "not known"."""

NO_FILL = "0"
"""The average entry of a trade that never filled: the object has zeros then, not nulls."""


def report_json(report: TradeReport) -> dict[str, object]:
    """The trade object of ``demo --json`` and ``replay --json``: quantities, prices and amounts as exact text.

    One row per planned leg and level, in plan order. A leg's price is the planned one, "market" for a market leg.
    ``close_reason`` is null while the trade is open, ``stop`` null for a plan that has none.
    """
    return {
        "id": report.id,
        "symbol": report.symbol,
        "side": report.side.value,
        "phase": report.phase.value,
        "close_reason": report.reason,
        "entry_qty": text(report.entered),
        "average_entry": text(report.average_entry) if report.average_entry is not None else NO_FILL,
        "realised_pnl_gross": text(report.gross),
        "fees": text(report.fees),
        "funding": text(report.funding),
        "realised_pnl_net": text(report.net),
        "entries": [_entry(row) for row in report.entries],
        "tps": [_target(row) for row in report.targets],
        "stop": _stop(report.stop) if report.stop is not None else None,
    }


def _entry(row: EntryReport) -> dict[str, object]:
    return {
        "leg": row.leg,
        "price": text(row.price) if row.price is not None else AT_MARKET,
        "planned_qty": text(row.planned),
        "filled_qty": text(row.filled),
    }


def _target(row: TargetReport) -> dict[str, object]:
    return {
        "level": row.level,
        "price": text(row.price),
        "target_qty": text(row.target),
        "filled_qty": text(row.filled),
    }


def _stop(row: StopReport) -> dict[str, object]:
    return {"price": text(row.price), "kind": row.kind.value}


def trade_status(report: TradeReport, environment: Environment) -> TradeStatus:
    """A stored report as a view: what is known of a trade without its machine."""
    over = report.phase is Phase.CLOSED
    return TradeStatus(
        trade=report.id,
        account=report.account,
        environment=environment,
        strategy=report.strategy,
        symbol=report.symbol,
        side=report.side,
        phase=report.phase,
        position=report.position,
        entered=report.entered,
        average_entry=report.average_entry,
        entries=tuple(
            EntryStatus(leg.leg, leg.price, leg.planned, leg.filled, _mark(leg.filled, leg.planned, over=over))
            for leg in report.entries
        ),
        targets=tuple(
            TargetStatus(
                row.level,
                row.price,
                row.target,
                row.filled,
                Mark.FILLED if row.hit else _mark(row.filled, row.target, over=over),
            )
            for row in report.targets
        ),
        stop=StopStatus(report.stop.price, report.stop.kind) if report.stop is not None else None,
        leverage=report.leverage,
        margin=report.margin,
        gross=report.gross,
        fees=report.fees,
        funding=report.funding,
        net=report.net,
        opened_at=report.opened_at,
        origin=report.origin,
        leader=report.leader,
        reason=report.reason,
        closed_at=report.closed_at,
        note=report.note,
    )


def _mark(filled: Decimal, planned: Decimal, *, over: bool) -> Mark:
    if filled >= planned > ZERO:
        return Mark.FILLED
    if over:
        return Mark.CANCELLED
    return Mark.PARTIAL if filled else Mark.WORKING
