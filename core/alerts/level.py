"""A price with its quantity: what several alerts list."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class LevelLine:
    """One price with its quantity, as listed in alerts. *price* None = at market."""

    role: str
    price: Decimal | None
    quantity: Decimal
