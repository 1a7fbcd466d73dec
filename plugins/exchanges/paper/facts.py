"""The venue's words as Tandem's: orders and executions as facts, a placement as an order. The one place of it."""

from decimal import Decimal

from core.commands import Place
from core.facts import Cause, Ended, EndReason, Filled, Funding, PositionIs, StopIs, Working
from core.words import OrderSide, Slot, TriggerBy
from plugins.exchanges.paper.venue.events import Executed, PositionUpdated
from plugins.exchanges.paper.venue.orders import ALL, NewOrder, Order
from plugins.exchanges.paper.venue.words import CancelType, CreateType, ExecType, OrderStatus

TRIGGERS = {TriggerBy.LAST: "LastPrice", TriggerBy.MARK: "MarkPrice"}
_SIDES = {"Buy": OrderSide.BUY, "Sell": OrderSide.SELL}
_BYBIT = {OrderSide.BUY: "Buy", OrderSide.SELL: "Sell"}
_CAUSES = {
    CreateType.BY_LIQUIDATION: Cause.LIQUIDATION,
    CreateType.BY_ADL: Cause.ADL,
    CreateType.BY_STOP_LOSS: Cause.STOP,
}


def new_order(place: Place) -> NewOrder:
    """A placement as the venue takes it."""
    return NewOrder(
        symbol=place.slot.symbol,
        side=_BYBIT[place.side],
        quantity=ALL if place.whole else place.quantity,
        price=place.price,
        index=place.slot.index,
        link=place.key,
        reduce_only=place.reduce_only,
        close_on_trigger=place.whole,
        stop=place.stop,
        trigger_by=TRIGGERS[place.trigger_by],
    )


def order_fact(order: Order) -> Working | Ended | None:
    """An order as a fact; None for the venue's own closing orders, which are told by their executions."""
    if order.create_type is not CreateType.BY_USER:
        return None
    if order.open:
        return working(order)
    if order.status is OrderStatus.TRIGGERED:
        return None
    return Ended(order.link or order.id, order.filled, _why(order), order.updated, _detail(order), order.quantity)


def working(order: Order) -> Working:
    """An open order; the user's own without a client id goes by the venue's."""
    return Working(
        order.link or order.id, Slot(order.symbol, order.index), _SIDES[order.side], order.quantity, order.price,
        order.filled, order.updated, order.stop, order.reduce_only, order.trigger,
    )  # fmt: skip


def execution_fact(event: Executed) -> Filled | Funding:
    """An execution; the key is None for what no client id caused, with the cause from who created the order."""
    slot = Slot(event.symbol, event.index)
    if event.exec_type is ExecType.FUNDING:
        return Funding(event.id, slot, event.fee, event.at)
    cause = _CAUSES.get(event.create_type)
    if cause is None:
        cause = Cause.ORDER if event.link else Cause.FOREIGN
    return Filled(
        event.id, slot, event.link or None, _SIDES[event.side], event.quantity, event.price, event.fee, cause,
        event.at, event.seq,
    )  # fmt: skip


def position_facts(event: PositionUpdated, leverage: Decimal) -> tuple[PositionIs, StopIs]:
    """What a slot holds, at its symbol's *leverage*, and the stop that covers it."""
    slot = Slot(event.symbol, event.index)
    position = PositionIs(slot, event.size, event.at, event.seq, leverage=leverage, mark=event.mark, last=event.last)
    return position, StopIs(slot, event.stop, event.at, event.seq)


def _why(order: Order) -> EndReason:
    match order.status:
        case OrderStatus.FILLED:
            return EndReason.FILLED
        case OrderStatus.REJECTED:
            return EndReason.REJECTED
        case _ if order.cancel_type is CancelType.BY_USER:
            return EndReason.CANCELLED
        case _:
            return EndReason.VENUE


def _detail(order: Order) -> str:
    return order.cancel_type.value if order.cancel_type is not CancelType.UNKNOWN else order.reject_reason
