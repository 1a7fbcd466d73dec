"""Bybit's words for orders and executions (V5 enum page), as far as the venue uses them."""

from enum import StrEnum


class OrderType(StrEnum):
    """Market or limit."""

    MARKET = "Market"
    LIMIT = "Limit"


class TimeInForce(StrEnum):
    """How long an order works."""

    GTC = "GTC"
    IOC = "IOC"
    FOK = "FOK"
    POST_ONLY = "PostOnly"


class OrderStatus(StrEnum):
    """The first three are open, the rest closed."""

    NEW = "New"
    PARTIALLY_FILLED = "PartiallyFilled"
    UNTRIGGERED = "Untriggered"
    FILLED = "Filled"
    CANCELLED = "Cancelled"
    REJECTED = "Rejected"
    TRIGGERED = "Triggered"
    DEACTIVATED = "Deactivated"


OPEN = frozenset({OrderStatus.NEW, OrderStatus.PARTIALLY_FILLED, OrderStatus.UNTRIGGERED})


class CancelType(StrEnum):
    """Why an order was cancelled."""

    UNKNOWN = "UNKNOWN"
    BY_USER = "CancelByUser"
    BY_REDUCE_ONLY = "CancelByReduceOnly"
    BY_TPSL_CLEAR = "CancelByTpSlTsClear"
    BY_LIQUIDATION = "CancelByPrepareLiq"
    BY_MARGIN = "CancelByCannotAffordOrderCost"
    BY_ADMIN = "CancelByAdmin"


class CreateType(StrEnum):
    """What created an order."""

    BY_USER = "CreateByUser"
    BY_STOP_ORDER = "CreateByStopOrder"
    BY_STOP_LOSS = "CreateByStopLoss"
    BY_TAKE_PROFIT = "CreateByTakeProfit"
    BY_PARTIAL_STOP_LOSS = "CreateByPartialStopLoss"
    BY_PARTIAL_TAKE_PROFIT = "CreateByPartialTakeProfit"
    BY_LIQUIDATION = "CreateByLiq"
    BY_ADL = "CreateByAdl_PassThrough"


class ExecType(StrEnum):
    """What an execution is."""

    TRADE = "Trade"
    FUNDING = "Funding"
    BUST = "BustTrade"
    ADL = "AdlTrade"


class VenueError(Exception):
    """A refusal with Bybit's code and message; nothing was changed."""

    def __init__(self, code: int, message: str) -> None:
        """Keep both."""
        self.code = code
        self.message = message
        super().__init__(f"{code}: {message}")
