"""The user's own hand on an account of the embedded venue, and what the exchange may do to it.

What is done here comes back as facts like anything else; nothing of it is Tandem's. For tests and demonstrations (A11,
rel:F34 to F38). Everything that the venue refuses raises VenueError.
"""

from decimal import Decimal

from core.words import OrderSide
from plugins.exchanges.paper.venue.engine import Venue
from plugins.exchanges.paper.venue.orders import NewOrder


class Hand:
    """Acts on one account as its owner in the exchange's app, or as fate."""

    def __init__(self, venue: Venue, account: str) -> None:
        """*account* must exist at the venue."""
        self._venue = venue
        self._account = account

    def place(
        self,
        symbol: str,
        side: OrderSide,
        quantity: Decimal,
        price: Decimal | None = None,
        *,
        index: int = 0,
        reduce_only: bool = False,
    ) -> str:
        """Place the user's own order, without a client id; returns the venue's order id."""
        order = NewOrder(
            symbol=symbol,
            side="Buy" if side is OrderSide.BUY else "Sell",
            quantity=quantity,
            price=price,
            index=index,
            reduce_only=reduce_only,
        )
        return self._venue.place(self._account, order).id

    def close(self, symbol: str, index: int = 0) -> None:
        """Close a position at market; what covers it is cancelled first, or the venue would refuse that (110017)."""
        account = self._venue.state.accounts[self._account]
        for order in tuple(account.reducing(symbol, index)):
            self._venue.cancel(self._account, order.id)
        held = account.position(symbol, index).size
        side = OrderSide.SELL if held > 0 else OrderSide.BUY
        self.place(symbol, side, abs(held), index=index, reduce_only=True)

    def cancel(self, key: str) -> None:
        """Cancel an order, ours (by client id) or theirs (by the venue's)."""
        self._venue.cancel(self._account, key)

    def amend(self, key: str, quantity: Decimal | None = None, price: Decimal | None = None) -> None:
        """Change an order; *quantity* is its new total."""
        self._venue.amend(self._account, key, quantity, price)

    def move_stop(self, symbol: str, price: Decimal | None, index: int = 0) -> None:
        """Move the position's stop, or with None take it away."""
        self._venue.set_stop(self._account, symbol, index, price)

    def switch_mode(self, symbol: str, *, hedge: bool) -> None:
        """Switch a flat symbol between one-way and hedge mode."""
        self._venue.switch_mode(self._account, symbol, hedge=hedge)

    def set_leverage(self, symbol: str, leverage: Decimal) -> None:
        """Set a symbol's leverage, with or without a position."""
        self._venue.set_leverage(self._account, symbol, leverage)

    def liquidate(self, symbol: str) -> None:
        """Let the venue liquidate a symbol now, whatever its margin."""
        self._venue.liquidate(self._account, symbol)

    def deleverage(self, symbol: str, quantity: Decimal, index: int = 0) -> None:
        """Let the venue take *quantity* of a position (ADL)."""
        self._venue.deleverage(self._account, symbol, quantity, index)

    def fund(self, symbol: str, rate: Decimal) -> None:
        """Let funding at *rate* (a fraction) be paid now by everybody who holds the symbol."""
        self._venue.fund(symbol, rate)
