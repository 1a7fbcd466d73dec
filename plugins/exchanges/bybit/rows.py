"""Bybit's rows as facts: orders, executions, positions; from the streams and from REST alike.

What is needed must be there and must be a number: else Malformed, and the whole row is left to a cut. What is not
needed may come and go (rel:F24).
"""

from core.facts import Cause, Ended, EndReason, Filled, Funding, PositionIs, StopIs, Working
from core.identity import parse_key
from core.words import OrderSide, Slot
from ports.bybit_rows import Malformed, Row, UnknownKind, number, number_or_none, whole

_SIDES = {"Buy": OrderSide.BUY, "Sell": OrderSide.SELL}
_OPEN = frozenset({"New", "PartiallyFilled", "Untriggered"})
_PASSING = frozenset({"Triggered", "Created", "Active"})
"""An order shows these only on its way to another status."""
_CLOSED = frozenset({"Filled", "Cancelled", "Rejected", "Deactivated", "PartiallyFilledCanceled"})
_POSITIONS_OWN = frozenset(
    {"StopLoss", "TakeProfit", "TrailingStop", "PartialStopLoss", "PartialTakeProfit", "MmRateClose"}
)
"""Orders that Bybit keeps for a position (V5 enum page, stopOrderType): told by the position and its executions."""
_TRADES = frozenset(
    {"Trade", "AdlTrade", "BustTrade", "Delivery", "Settle", "BlockTrade", "MovePosition", "FutureSpread"}
)
_CASH = frozenset({"Funding", "SessionSettlePnL"})
_STOPS = frozenset({"StopLoss", "TrailingStop"})
"""Those of the whole position. One of a part is the user's own: we never set any (rel:F14)."""


def order(row: Row) -> Working | Ended | None:
    """An order; None for those that Bybit keeps for a position, and for steps on the way to another status."""
    if row.get("stopOrderType") in _POSITIONS_OWN or _venues_own(row):
        return None
    status = _text(row, "orderStatus")
    link = str(row.get("orderLinkId") or "")
    key = link if parse_key(link) is not None else _text(row, "orderId")  # somebody else's goes by the venue's
    if status in _PASSING:
        return None
    if status in _CLOSED:
        filled, total = number(row, "cumExecQty"), number_or_none(row, "qty")
        return Ended(key, filled, _why(status, row), whole(row, "updatedTime"), _detail(row), total)
    if status not in _OPEN:
        raise UnknownKind(f"an order of the unknown status {status!r}")
    return Working(
        key,
        slot(row),
        _side(row),
        number(row, "qty"),
        number_or_none(row, "price"),
        number(row, "cumExecQty"),
        whole(row, "updatedTime"),
        number_or_none(row, "stopLoss"),
        row.get("reduceOnly") is True,
        number_or_none(row, "triggerPrice"),
    )


def execution(row: Row, *, hedge: bool) -> Filled | Funding | None:
    """An execution; None when it neither trades nor pays anything we know (rel:F22). *hedge* is the symbol's mode.

    Rows name no position index: in hedge mode an execution either opens or closes, and `closedSize` says which.
    """
    kind = _text(row, "execType")
    slot = Slot(_text(row, "symbol"), _index(row) if hedge else 0)
    if kind in _CASH:
        return Funding(_text(row, "execId"), slot, number(row, "execFee"), whole(row, "execTime"))
    if kind not in _TRADES:
        raise UnknownKind(f"an execution of the unknown kind {kind!r}")
    link = str(row.get("orderLinkId") or "")
    return Filled(
        _text(row, "execId"),
        slot,
        link or None,
        _side(row),
        number(row, "execQty"),
        number(row, "execPrice"),
        number(row, "execFee"),
        _cause(kind, row, link),
        whole(row, "execTime"),
        whole(row, "seq", 0),
    )


def position(row: Row, at: int) -> tuple[PositionIs, StopIs]:
    """What a slot holds and the stop that covers it; an empty row has side "" and size 0 (rel:D6)."""
    where = slot(row)
    size = number(row, "size")
    if size and row.get("side") == "Sell":
        size = -size
    elif size and row.get("side") != "Buy":
        raise Malformed(f"a position of {size} without a side")
    seq = whole(row, "seq", -1)
    liquidation, leverage = number_or_none(row, "liqPrice"), number_or_none(row, "leverage")
    held = PositionIs(where, size, at, seq, liquidation, leverage, number_or_none(row, "markPrice"))
    return held, StopIs(where, number_or_none(row, "stopLoss"), at, seq)


def slot(row: Row) -> Slot:
    """Where an order works, or a position is held; in hedge mode the symbol alone does not say it."""
    return Slot(_text(row, "symbol"), whole(row, "positionIdx"))


def _text(row: Row, name: str) -> str:
    value = row.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(f"{name} is {value!r}, not a text")
    return value


def _side(row: Row) -> OrderSide:
    side = _SIDES.get(str(row.get("side")))
    if side is None:
        raise Malformed(f"side is {row.get('side')!r}")
    return side


def _venues_own(row: Row) -> bool:
    """Whether Bybit itself made the order (liquidation, ADL, settlement): told by its executions."""
    made = str(row.get("createType") or "")
    return not row.get("orderLinkId") and made.startswith(
        ("CreateByLiq", "CreateByAdl", "CreateByTakeOver", "CreateBySettle")
    )


def _index(row: Row) -> int:
    closes = number_or_none(row, "closedSize") is not None
    buys = _side(row) is OrderSide.BUY
    return 1 if buys != closes else 2


def _cause(kind: str, row: Row, link: str) -> Cause:
    if kind == "BustTrade" or str(row.get("createType") or "").startswith("CreateByLiq"):
        return Cause.LIQUIDATION
    if kind == "AdlTrade":
        return Cause.ADL
    if row.get("stopOrderType") in _STOPS and not link:
        return Cause.STOP
    return Cause.ORDER if link and kind == "Trade" else Cause.FOREIGN


def _why(status: str, row: Row) -> EndReason:
    match status:
        case "Filled":
            return EndReason.FILLED
        case "Rejected":
            return EndReason.REJECTED
        case _ if row.get("cancelType") == "CancelByUser":
            return EndReason.CANCELLED
        case _:
            return EndReason.VENUE


def _detail(row: Row) -> str:
    cancelled, rejected = str(row.get("cancelType") or ""), str(row.get("rejectReason") or "")
    if cancelled not in ("", "UNKNOWN"):
        return cancelled
    return "" if rejected == "EC_NoError" else rejected
