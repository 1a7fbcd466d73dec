"""Orders and executions as Bybit's rows, every documented key present (V5 order and execution pages and topics)."""

from decimal import Decimal

from plugins.exchanges.paper.v5.numbers import or_empty, plain
from plugins.exchanges.paper.venue.events import Executed
from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.words import CreateType, ExecType, OrderStatus

Row = dict[str, object]
_DONE = frozenset({OrderStatus.FILLED, OrderStatus.CANCELLED, OrderStatus.REJECTED, OrderStatus.DEACTIVATED})
_NEVER_SET: Row = {
    "blockTradeId": "",
    "tpLimitPrice": "",
    "slLimitPrice": "",
    "ocoTriggerBy": "",
    "smpType": "None",
    "smpGroup": 0,
    "smpOrderId": "",
    "slippageToleranceType": "UNKNOWN",
    "slippageTolerance": "",
    "isLeverage": "",
    "placeType": "",
    "orderIv": "",
    "marketUnit": "",
    "feeCurrency": "",
    "brokerOrderPrice": "",
    "rpiTakerAccess": False,
    "rpiMatchedQty": "0",
    "extraFees": "",
}
"""Of an order's row: what this venue's orders don't have."""
_OF_POSITION = {CreateType.BY_STOP_LOSS: "StopLoss", CreateType.BY_TAKE_PROFIT: "TakeProfit"}


def stop_order_type(order: Order) -> str:
    """Stop for a conditional order, StopLoss or TakeProfit for the position's own, else ""."""
    if order.stop_order_type:
        return order.stop_order_type
    if order.trigger is not None:
        return "Stop"
    return _OF_POSITION.get(order.create_type, "")


def order_row(order: Order) -> Row:
    """One order as the order topic and the order lists show it."""
    return {
        "category": "linear",
        "symbol": order.symbol,
        "orderId": order.id,
        "orderLinkId": order.link,
        "parentOrderLinkId": order.parent_link,
        "side": order.side,
        "positionIdx": order.index,
        "timeInForce": order.tif.value,
        "orderType": order.type.value,
        "reduceOnly": order.reduce_only,
        "closeOnTrigger": order.close_on_trigger,
        "createdTime": str(order.created),
        "updatedTime": str(order.updated),
        **_state(order),
        **_amounts(order),
        **_trigger(order),
        **_levels(order),
        **_NEVER_SET,
    }


def _state(order: Order) -> Row:
    """How far it has come, and why."""
    return {
        "orderStatus": order.status.value,
        "createType": order.create_type.value,
        "cancelType": order.cancel_type.value,
        "rejectReason": order.reject_reason,
        "stopOrderType": stop_order_type(order),
    }


def _amounts(order: Order) -> Row:
    """What is asked for, what is left, what was executed for how much."""
    price = order.price
    leaves = Decimal(0) if order.status in _DONE else order.leaves
    return {
        "price": "0" if price is None else plain(price),
        "qty": plain(order.quantity),
        "leavesQty": plain(leaves),
        "leavesValue": plain(leaves * price) if price is not None else "0",
        "cumExecQty": plain(order.filled),
        "cumExecValue": plain(order.value),
        "avgPrice": plain(order.value / order.filled) if order.filled else "",
        "cumExecFee": plain(order.fee),
        "cumFeeDetail": {"USDT": plain(order.fee)} if order.fee else {},
        "closedPnl": plain(order.closed_pnl),
    }


def _trigger(order: Order) -> Row:
    """The price that a conditional order waits for."""
    return {
        "triggerPrice": or_empty(order.trigger),
        "triggerDirection": order.direction,
        "triggerBy": order.trigger_by if order.trigger is not None else "",
        "lastPriceOnCreated": or_empty(order.last_on_created),
    }


def _levels(order: Order) -> Row:
    """The stop and the take-profit that the position gets with its fill."""
    has_levels = order.stop is not None or order.take_profit is not None
    return {
        "takeProfit": or_empty(order.take_profit),
        "stopLoss": or_empty(order.stop),
        "tpslMode": order.tpsl_mode or ("Full" if has_levels else ""),
        "tpTriggerBy": order.trigger_by if order.take_profit is not None else "",
        "slTriggerBy": order.trigger_by if order.stop is not None else "",
    }


def execution_row(event: Executed, order: Order | None, taker: Decimal, maker: Decimal) -> Row:
    """One execution as its topic and list show it; *order* is what it executed, None when it is forgotten."""
    funding = event.exec_type is ExecType.FUNDING
    return {
        "category": "linear",
        "symbol": event.symbol,
        "orderId": event.order_id,
        "orderLinkId": event.link,
        "side": event.side,
        "orderPrice": "0" if order is None or order.price is None else plain(order.price),
        "orderQty": "0" if order is None else plain(order.quantity),
        "leavesQty": plain(event.leaves),
        "createType": event.create_type.value,
        "orderType": "UNKNOWN" if funding or order is None else order.type.value,
        "stopOrderType": "UNKNOWN" if order is None else stop_order_type(order) or "UNKNOWN",
        "execFee": plain(event.fee),
        "execFeeV2": "",
        "execId": event.id,
        "execPrice": plain(event.price),
        "execQty": plain(event.value / event.price if funding and event.price else event.quantity),
        "execType": event.exec_type.value,
        "execValue": plain(event.value),
        "execTime": str(event.at),
        "execPnl": plain(event.pnl),
        "feeCurrency": "USDT",
        "feeRate": plain(maker if event.maker else taker),
        "isMaker": event.maker,
        "closedSize": plain(event.closed),
        "tradeIv": "",
        "markIv": "",
        "markPrice": plain(event.price),
        "indexPrice": "",
        "underlyingPrice": "",
        "blockTradeId": "",
        "isLeverage": "0",
        "marketUnit": "",
        "extraFees": "",
        "seq": event.seq,
    }


def fast_execution_row(event: Executed) -> Row:
    """One trade as execution.fast shows it: no fee, and for a maker no client id (V5 fast execution)."""
    return {
        "category": "linear",
        "symbol": event.symbol,
        "execId": event.id,
        "execPrice": plain(event.price),
        "execQty": plain(event.quantity),
        "orderId": event.order_id,
        "isMaker": event.maker,
        "orderLinkId": "" if event.maker else event.link,
        "side": event.side,
        "execTime": str(event.at),
        "seq": event.seq,
    }
