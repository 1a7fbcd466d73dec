"""An order at the venue, with the fields that Bybit's order topic shows."""

from dataclasses import dataclass
from decimal import Decimal

from plugins.exchanges.paper.venue.words import (
    OPEN,
    CancelType,
    CreateType,
    OrderStatus,
    OrderType,
    TimeInForce,
)

ZERO = Decimal(0)
ALL = ZERO
"""The quantity of an order that reduces and closes on its trigger: all that is held (V5 create page)."""
RISE, FALL = 1, 2
"""Which way a conditional order's trigger is passed (triggerDirection)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a caller asks for. *direction* 1 = triggers on a rise, 2 = on a fall. *index* as Bybit's positionIdx."""

    symbol: str
    side: str
    quantity: Decimal
    price: Decimal | None = None
    index: int = 0
    link: str = ""
    tif: TimeInForce = TimeInForce.GTC
    reduce_only: bool = False
    close_on_trigger: bool = False
    trigger: Decimal | None = None
    direction: int = 0
    stop: Decimal | None = None
    take_profit: Decimal | None = None
    trigger_by: str = "LastPrice"
    tpsl_mode: str = "Full"


@dataclass(slots=True)
class Order:
    """One order. Mutable inside the venue; events carry copies.

    *closed_pnl* is what its executions realised. *stop_order_type* names the orders that the venue keeps for a position
    (StopLoss, PartialTakeProfit ...), *parent_link* the client id of the order that brought such a one.
    """

    account: str
    number: int
    id: str
    link: str
    symbol: str
    index: int
    side: str
    type: OrderType
    tif: TimeInForce
    quantity: Decimal
    price: Decimal | None
    reduce_only: bool
    close_on_trigger: bool
    trigger: Decimal | None
    direction: int
    stop: Decimal | None
    take_profit: Decimal | None
    trigger_by: str
    create_type: CreateType
    created: int
    updated: int
    status: OrderStatus = OrderStatus.NEW
    filled: Decimal = ZERO
    value: Decimal = ZERO
    fee: Decimal = ZERO
    cancel_type: CancelType = CancelType.UNKNOWN
    reject_reason: str = "EC_NoError"
    closed_pnl: Decimal = ZERO
    last_on_created: Decimal | None = None
    stop_order_type: str = ""
    tpsl_mode: str = ""
    parent_link: str = ""

    @property
    def leaves(self) -> Decimal:
        """What is left to execute."""
        return self.quantity - self.filled

    @property
    def open(self) -> bool:
        """Whether it works."""
        return self.status in OPEN

    @property
    def resting(self) -> bool:
        """Whether it stands in the book (an untriggered conditional doesn't)."""
        return self.status is OrderStatus.NEW or self.status is OrderStatus.PARTIALLY_FILLED

    def copy(self) -> "Order":
        """The order as it is now."""
        return Order(
            self.account, self.number, self.id, self.link, self.symbol, self.index, self.side, self.type, self.tif,
            self.quantity, self.price, self.reduce_only, self.close_on_trigger, self.trigger, self.direction, self.stop,
            self.take_profit, self.trigger_by, self.create_type, self.created, self.updated, self.status, self.filled,
            self.value, self.fee, self.cancel_type, self.reject_reason, self.closed_pnl, self.last_on_created,
            self.stop_order_type, self.tpsl_mode, self.parent_link,
        )  # fmt: skip
