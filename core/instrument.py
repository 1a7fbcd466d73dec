"""What a venue allows for one symbol: its grids, minimums and maximums."""

from dataclasses import dataclass
from decimal import Decimal

from core.money import ceil_to, floor_to, on_grid
from core.words import Side

_BINDING = ("tick", "step", "min_quantity", "max_quantity", "max_market_quantity")
"""What an open trade's orders go by; all else is for opening one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """The trading rules of one linear perpetual.

    *tick* is the price grid, *step* the quantity grid; *min_notional* binds entries only (B6), zero when the venue has
    none; *maintenance* is the maintenance margin rate of the lowest risk tier as a fraction (0.005 = 0.5 %).
    """

    symbol: str
    tick: Decimal
    step: Decimal
    min_quantity: Decimal
    min_notional: Decimal
    max_leverage: Decimal
    maintenance: Decimal = Decimal("0.005")
    max_quantity: Decimal = Decimal("1E9")
    max_market_quantity: Decimal = Decimal("1E9")
    trading: bool = True
    """False when the venue takes no new positions (pre-listing, delisting, settling)."""

    def __post_init__(self) -> None:
        """Refuse grids that are not positive."""
        for name in ("tick", "step", "min_quantity", "max_leverage"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{self.symbol}: {name} must be positive")

    def differences(self, other: "Instrument") -> tuple[tuple[str, Decimal, Decimal], ...]:
        """What binds the orders of a trade that is open and is another in *other*: field, here, there."""
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in _BINDING)
        return tuple(pair for pair in pairs if pair[1] != pair[2])

    def floor_quantity(self, quantity: Decimal) -> Decimal:
        """Round a quantity down to the step."""
        return floor_to(quantity, self.step)

    def on_tick(self, price: Decimal) -> bool:
        """Whether a price lies on the tick."""
        return on_grid(price, self.tick)

    def no_worse(self, price: Decimal, side: Side) -> Decimal:
        """Round an order's price to the tick: an entry no worse than asked, a take-profit toward the entry (B2).

        Both lie that way: down for a long, up for a short.
        """
        return floor_to(price, self.tick) if side is Side.LONG else ceil_to(price, self.tick)

    def away_from_loss(self, price: Decimal, side: Side) -> Decimal:
        """Round a stop price to the tick toward less loss: up for a long, down for a short (B9)."""
        return ceil_to(price, self.tick) if side is Side.LONG else floor_to(price, self.tick)
