"""ccxt's unified orders, trades and positions as facts; the raw row where ccxt loses what Tandem needs.

ccxt is told to keep numbers as text, so nothing passes through a float.
"""

from decimal import Decimal

from core.facts import Cause, Ended, EndReason, Filled, Funding, PositionIs, StopIs, Working
from core.identity import parse_key
from core.words import OrderSide, Slot
from ports.bybit_rows import Malformed, Row, UnknownKind, number, number_or_none, whole

_OPEN = "open"
_WHY = {"closed": EndReason.FILLED, "canceled": EndReason.CANCELLED, "rejected": EndReason.REJECTED}
_POSITIONS_OWN = frozenset(
    {"StopLoss", "TakeProfit", "TrailingStop", "PartialStopLoss", "PartialTakeProfit", "MmRateClose"}
)
_TRADES = frozenset(
    {"", "Trade", "AdlTrade", "BustTrade", "Delivery", "Settle", "BlockTrade", "MovePosition", "FutureSpread"}
)
_CASH = frozenset({"Funding", "SessionSettlePnL"})


def order(row: Row, symbol: str) -> Working | Ended | None:
    """An order; None for those that the venue keeps for a position."""
    raw: Row = row.get("info") or {}
    if raw.get("stopOrderType") in _POSITIONS_OWN:
        return None
    link = str(row.get("clientOrderId") or "")
    key = link if parse_key(link) is not None else str(row["id"])  # somebody else's goes by the venue's
    at = int(row.get("lastUpdateTimestamp") or row.get("timestamp") or raw.get("updatedTime") or 0)
    filled = number(row, "filled")
    if row.get("status") in _WHY:
        return Ended(key, filled, _why(row, raw), at, str(raw.get("cancelType") or ""), number_or_none(row, "amount"))
    if row.get("status") != _OPEN:
        raise UnknownKind(f"an order of the unknown status {row.get('status')!r}")
    return Working(
        key,
        Slot(symbol, whole(raw, "positionIdx")),
        OrderSide(str(row["side"])),
        number(row, "amount"),
        number_or_none(row, "price"),
        filled,
        at,
        number_or_none(raw, "stopLoss"),
        row.get("reduceOnly") is True,
        number_or_none(row, "triggerPrice"),
    )


def trade(row: Row, symbol: str, *, hedge: bool) -> Filled | Funding | None:
    """An execution; a payment is never a fill (rel:F22)."""
    raw: Row = row.get("info") or {}
    kind = str(raw.get("execType") or "")
    at = int(row["timestamp"])
    side = OrderSide(str(row["side"]))
    slot = Slot(symbol, _index(side, raw) if hedge else 0)
    if kind in _CASH:
        return Funding(str(row["id"]), slot, number(raw, "execFee"), at)
    if kind not in _TRADES:
        raise UnknownKind(f"an execution of the unknown kind {kind!r}")
    link = str(raw.get("orderLinkId") or "")
    return Filled(
        str(row["id"]),
        slot,
        link or None,
        side,
        number(row, "amount"),
        number(row, "price"),
        _fee(row),
        _cause(kind, raw, link),
        at,
        whole(raw, "seq", at),
    )


def position(row: Row, symbol: str, at: int) -> tuple[PositionIs, StopIs]:
    """What a slot holds and the stop that covers it."""
    raw: Row = row.get("info") or {}
    slot = Slot(symbol, whole(raw, "positionIdx"))
    size = number(row, "contracts")
    if size and row.get("side") == "short":
        size = -size
    elif size and row.get("side") != "long":
        raise Malformed(f"a position of {size} without a side")
    seq = whole(raw, "seq", -1)
    liquidation, leverage = number_or_none(row, "liquidationPrice"), number_or_none(row, "leverage")
    held = PositionIs(slot, size, at, seq, liquidation, leverage, number_or_none(row, "markPrice"))
    return held, StopIs(slot, _stop(row, raw), at, seq)


def _stop(row: Row, raw: Row) -> Decimal | None:
    return number_or_none(raw, "stopLoss") if "stopLoss" in raw else number_or_none(row, "stopLossPrice")


def _fee(row: Row) -> Decimal:
    fee = row.get("fee") or {}
    return number(fee, "cost") if fee.get("cost") not in (None, "") else Decimal(0)


def _index(side: OrderSide, raw: Row) -> int:
    closes = bool(number_or_none(raw, "closedSize"))
    return 1 if (side is OrderSide.BUY) != closes else 2


def _cause(kind: str, raw: Row, link: str) -> Cause:
    if kind == "BustTrade" or str(raw.get("createType") or "").startswith("CreateByLiq"):
        return Cause.LIQUIDATION
    if kind == "AdlTrade":
        return Cause.ADL
    if raw.get("stopOrderType") in ("StopLoss", "TrailingStop") and not link:  # of a part: the user's own (rel:F14)
        return Cause.STOP
    return Cause.ORDER if link and kind in ("", "Trade") else Cause.FOREIGN


def _why(row: Row, raw: Row) -> EndReason:
    found = _WHY[str(row["status"])]
    by = str(raw.get("cancelType") or "")
    if found is EndReason.CANCELLED and by not in ("", "UNKNOWN", "CancelByUser"):
        return EndReason.VENUE
    return found
