"""Commands as Bybit's parameters (V5 order pages). Numbers are plain text; what is not said is not sent."""

from decimal import Decimal
from typing import Any, assert_never

from core.commands import Amend, Cancel, Command, Place, Query, SetLeverage, SetStop
from core.words import OrderSide, PositionMode, Slot, TriggerBy
from plugins.exchanges.bybit.lanes import Lane

LINEAR = "linear"
SETTLED_IN = "USDT"
NONE = "0"
"""Clears a stop or take-profit."""

ALL = "0"
"""With reduceOnly and closeOnTrigger: all that is held (V5 create page)."""

Params = dict[str, Any]
SIDES = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
_TRIGGERS = {TriggerBy.LAST: "LastPrice", TriggerBy.MARK: "MarkPrice"}


def written(number: Decimal) -> str:
    """A number as Bybit takes it: no exponent."""
    return format(number, "f")


def place(command: Place) -> Params:
    """One order; an entry carries its position-wide stop (tpslMode Full)."""
    params: Params = {
        "symbol": command.slot.symbol,
        "side": SIDES[command.side],
        "orderType": "Market" if command.price is None else "Limit",
        "qty": ALL if command.whole else written(command.quantity),
        "positionIdx": command.slot.index,
        "orderLinkId": command.key,
    }
    if command.price is not None:
        params |= {"price": written(command.price), "timeInForce": "GTC"}
    if command.reduce_only:
        params["reduceOnly"] = True
    if command.whole:
        params["closeOnTrigger"] = True
    if command.stop is not None:
        params |= {
            "stopLoss": written(command.stop),
            "slTriggerBy": _TRIGGERS[command.trigger_by],
            "tpslMode": "Full",
            "slOrderType": "Market",
        }
    return params


def amend(command: Amend) -> Params:
    """A change of an open order; the quantity is its new total."""
    params: Params = {"symbol": command.slot.symbol, "orderLinkId": command.key}
    if command.quantity is not None:
        params["qty"] = written(command.quantity)
    if command.price is not None:
        params["price"] = written(command.price)
    if command.stop is not None:
        params["stopLoss"] = written(command.stop)
    return params


def cancel(command: Cancel, *, by_link: bool) -> Params:
    """A cancellation, by our id or by the venue's."""
    return {"symbol": command.slot.symbol, "orderLinkId" if by_link else "orderId": command.key}


def set_stop(command: SetStop) -> Params:
    """The position-wide stop, absolute (V5 trading-stop, Full)."""
    params: Params = {
        "category": LINEAR,
        "symbol": command.slot.symbol,
        "positionIdx": command.slot.index,
        "tpslMode": "Full",
        "stopLoss": NONE if command.price is None else written(command.price),
    }
    if command.price is not None:
        params["slTriggerBy"] = _TRIGGERS[command.trigger_by]
    return params


def set_leverage(command: SetLeverage) -> Params:
    """Both sides alike (they may differ only in isolated hedge mode)."""
    value = written(command.leverage.normalize())
    return {"category": LINEAR, "symbol": command.symbol, "buyLeverage": value, "sellLeverage": value}


def switch_mode(symbol: str, mode: PositionMode) -> Params:
    """One symbol's position mode (V5 switch-mode: 0 one-way, 3 hedge)."""
    return {"category": LINEAR, "symbol": symbol, "mode": 3 if mode is PositionMode.HEDGE else 0}


def lane(command: Command) -> Lane:
    """Who goes first, by risk: stop and flattening, cancels, take-profits, entries, questions."""
    match command:
        case SetStop():
            return Lane.STOP
        case Place(price=None, reduce_only=True):
            return Lane.STOP
        case Cancel():
            return Lane.CANCEL
        case Place(reduce_only=True) | Amend():
            return Lane.TAKE_PROFIT
        case Place() | SetLeverage():
            return Lane.ENTRY
        case Query():
            return Lane.QUERY
        case _:
            assert_never(command)


def slot_of(command: Command) -> Slot | None:
    """The slot that a command is about."""
    return None if isinstance(command, SetLeverage) else command.slot
