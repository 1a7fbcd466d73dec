"""What the venue tells, in venue order. Executions and positions share `seq` per symbol; order updates have none."""

from dataclasses import dataclass
from decimal import Decimal

from plugins.exchanges.paper.venue.orders import Order
from plugins.exchanges.paper.venue.words import CreateType, ExecType


@dataclass(frozen=True, slots=True)
class OrderUpdated:
    """An order as it is now: a copy that stays as it is."""

    account: str
    order: Order


@dataclass(frozen=True, slots=True)
class Executed:
    """One execution. *fee* positive = paid; *closed* is the part that reduced the position, *pnl* what that realised.

    For FUNDING *value* is the position's value and *fee* the payment, quantity zero.
    """

    account: str
    id: str
    symbol: str
    index: int
    order_id: str
    link: str
    side: str
    price: Decimal
    quantity: Decimal
    value: Decimal
    fee: Decimal
    maker: bool
    exec_type: ExecType
    create_type: CreateType
    closed: Decimal
    pnl: Decimal
    leaves: Decimal
    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class PositionUpdated:
    """A position as it is now. *size* is signed; side "" when flat is left to whoever renders it.

    *last* and *mark* are the symbol's prices at the time.
    """

    account: str
    symbol: str
    index: int
    size: Decimal
    entry: Decimal
    stop: Decimal | None
    take_profit: Decimal | None
    last: Decimal
    mark: Decimal
    at: int
    seq: int


@dataclass(frozen=True, slots=True)
class LeverageSet:
    """A symbol's leverage is now this."""

    account: str
    symbol: str
    leverage: Decimal
    at: int


Event = OrderUpdated | Executed | PositionUpdated | LeverageSet
