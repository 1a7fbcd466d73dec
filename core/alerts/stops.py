"""The stop: moved, hit, not proven, proven again, not to be had at breakeven."""

from dataclasses import dataclass
from decimal import Decimal

from core.desired import StopKind
from core.money import ZERO


@dataclass(frozen=True, slots=True)
class StopMoved:
    """The stop moved. *kind* BREAKEVEN is the move after a take-profit; *by* names who.

    *covers* is zero while nothing is filled: the entries that work bring it.
    """

    old: Decimal | None
    new: Decimal
    kind: StopKind
    covers: Decimal
    by: str


@dataclass(frozen=True, slots=True)
class StopHit:
    """The stop fired. *profit* quote units by average entry before fees (negative = loss); None as for TargetHit.

    It is told at its first execution; *left* of ours were held after that, and go by the same order.
    """

    price: Decimal
    quantity: Decimal
    kind: StopKind
    profit: Decimal | None
    left: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class ProtectionMissing:
    """A position is not proven to have a stop. *wanted* is the stop that should be there, *doing* what happens now.

    *passed*: the stop is there, the market is past it, and it has not fired.
    """

    position: Decimal
    wanted: Decimal
    seen: Decimal | None
    doing: str
    passed: bool = False


@dataclass(frozen=True, slots=True)
class ProtectionRestored:
    """The stop is proven again."""

    stop: Decimal
    position: Decimal


@dataclass(frozen=True, slots=True)
class BreakevenFailed:
    """A better stop could not be set: breakeven, or a *kind* like it (B9). *doing*: what is done about it now."""

    wanted: Decimal
    in_force: Decimal | None
    reason: str
    doing: str
    kind: StopKind = StopKind.BREAKEVEN
