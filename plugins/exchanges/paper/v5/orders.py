"""Order entry: create, amend, cancel, cancel-all (V5 order pages). Batches are in `batches`."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from plugins.exchanges.paper.v5 import params as of
from plugins.exchanges.paper.v5.calls import Call
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.orders import NewOrder, Order
from plugins.exchanges.paper.venue.words import OrderStatus, TimeInForce, VenueError

Answer = dict[str, Any]
LINK_LENGTH = 36
_LINK_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")
_SIDES = ("Buy", "Sell")
_FILTERS = {"": None, "Order": False, "StopOrder": True, "OpenOrder": False}
"""Whether each of cancel-all's filters takes orders that wait for their trigger; None = all."""


def create(call: Call) -> Answer:
    """order/create: taken means acknowledged; what becomes of it is told by the streams."""
    of.linear(call.params)
    account = call.signer.account
    new = _new_order(call)
    made: list[Order] = []
    call.world.act(lambda venue: made.append(venue.place(account, new)))
    return {"orderId": made[0].id, "orderLinkId": made[0].link}


def amend(call: Call) -> Answer:
    """order/amend: by order id, or by client id."""
    of.linear(call.params)
    params, account = call.params, call.signer.account
    reference = _reference(call)
    levels = {name: of.number_or_none(params, name) for name in ("qty", "price", "stopLoss", "triggerPrice")}
    profit = of.number_or_none(params, "takeProfit")
    changed: list[Order] = []
    call.world.act(
        lambda venue: changed.append(
            venue.amend(
                account, reference, levels["qty"], levels["price"], levels["stopLoss"], levels["triggerPrice"], profit
            )
        )
    )
    return {"orderId": changed[0].id, "orderLinkId": changed[0].link}


def cancel(call: Call) -> Answer:
    """order/cancel."""
    of.linear(call.params)
    reference, account = _reference(call), call.signer.account
    gone: list[Order] = []
    call.world.act(lambda venue: gone.append(venue.cancel(account, reference)))
    return {"orderId": gone[0].id, "orderLinkId": gone[0].link}


def cancel_all(call: Call) -> Answer:
    """order/cancel-all: of a symbol, a base coin, or all that settle in USDT; by kind when told."""
    of.linear(call.params)
    chosen = _chosen(call)
    account = call.signer.account
    gone: list[Order] = []

    def act(venue: Venue) -> None:
        doomed = [each.id for each in venue.state.accounts[account].orders.values() if chosen(each)]
        gone.extend(venue.cancel(account, identity) for identity in doomed)

    call.world.act(act)
    return {"list": [{"orderId": each.id, "orderLinkId": each.link} for each in gone], "success": "1"}


def is_conditional(call: Call) -> bool:
    """Whether the order that the call names still waits for its trigger; triggered, it is like any other."""
    found = call.account.find(_reference(call))
    return found is not None and found.status is OrderStatus.UNTRIGGERED


def _chosen(call: Call) -> Callable[[Order], bool]:
    """What cancel-all means; *stopOrderType* Stop spares what belongs to a position (V5 cancel-all page)."""
    symbol, base = of.optional(call.params, "symbol"), of.optional(call.params, "baseCoin")
    if not symbol and not base and not of.optional(call.params, "settleCoin"):
        raise VenueError(10001, "params error: symbol or settleCoin or baseCoin is required")
    if symbol and symbol not in call.world.venue.state.instruments:
        raise VenueError(10001, f"params error: symbol invalid {symbol}")
    kind, spare = of.optional(call.params, "orderFilter"), of.optional(call.params, "stopOrderType") == "Stop"
    if kind not in _FILTERS:
        raise VenueError(10001, "params error: orderFilter invalid")
    waiting = _FILTERS[kind]

    def chosen(order: Order) -> bool:
        named = order.symbol == symbol if symbol else not base or order.symbol == f"{base}USDT"
        untriggered = order.status is OrderStatus.UNTRIGGERED
        return named and waiting in (None, untriggered) and not (spare and order.stop_order_type)

    return chosen


def _reference(call: Call) -> str:
    """The order that is meant: its id wins when both are given (V5 amend page)."""
    identity, link = of.optional(call.params, "orderId"), of.optional(call.params, "orderLinkId")
    if not identity and not link:
        raise VenueError(10001, "params error: orderId or orderLinkId is required")
    if identity:
        return identity
    return call.account.links.get(link, link)


def _new_order(call: Call) -> NewOrder:
    params = call.params
    side, kind = of.text(params, "side"), of.text(params, "orderType")
    if side not in _SIDES:
        raise VenueError(10001, "params error: side invalid")
    if kind not in ("Market", "Limit"):
        raise VenueError(10001, "params error: orderType invalid")
    trigger = of.level(params, "triggerPrice")
    stop, profit = of.level(params, "stopLoss"), of.level(params, "takeProfit")
    reduce_only = of.flag(params, "reduceOnly")
    if reduce_only and (stop or profit):
        raise VenueError(10001, "reduce-only orders can not carry TP/SL")
    return NewOrder(
        symbol=of.text(params, "symbol"),
        side=side,
        quantity=of.number(params, "qty"),
        price=of.number(params, "price") if kind == "Limit" else None,
        index=of.whole(params, "positionIdx", 0, 0, 2),
        link=_link(params),
        tif=_time_in_force(params),
        reduce_only=reduce_only,
        close_on_trigger=of.flag(params, "closeOnTrigger"),
        trigger=trigger,
        direction=of.whole(params, "triggerDirection", 0, 0, 9) if trigger is not None else 0,
        stop=stop,
        take_profit=profit,
        trigger_by=_trigger_by(params, trigger),
        tpsl_mode=of.optional(params, "tpslMode") or "Full",
    )


def _trigger_by(params: of.Params, trigger: Decimal | None) -> str:
    given = of.optional(params, "triggerBy") if trigger is not None else of.optional(params, "slTriggerBy")
    return given or "LastPrice"


def _time_in_force(params: of.Params) -> TimeInForce:
    given = of.optional(params, "timeInForce")
    if not given:
        return TimeInForce.GTC
    try:
        return TimeInForce(given)
    except ValueError:
        raise VenueError(10001, "params error: timeInForce invalid") from None


def _link(params: of.Params) -> str:
    link = of.optional(params, "orderLinkId")
    if len(link) > LINK_LENGTH:
        raise VenueError(10001, f"order link id can not be longer than {LINK_LENGTH}")
    if not _LINK_LETTERS.issuperset(link):
        raise VenueError(10001, "params error: orderLinkId invalid")
    return link
