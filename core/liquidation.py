"""Where a position would be liquidated, as far as an account's terms tell (B2). The venue's own figure is better."""

from decimal import Decimal

from core.money import ONE
from core.terms import Terms
from core.words import MarginMode, Side


def liquidation_price(
    side: Side, average: Decimal, notional: Decimal, leverage: Decimal, terms: Terms
) -> Decimal | None:
    """The price that uses up the margin of a position of *notional* entered at *average*; None when no price does.

    Isolated, the margin is notional / leverage; cross, it is the equity less the maintenance margin of what else the
    account holds. Fees and funding aren't counted; unrounded.
    """
    if terms.margin_mode is MarginMode.ISOLATED:
        cushion = ONE / leverage - terms.instrument.maintenance
    else:
        cushion = (terms.equity - terms.maintenance_held) / notional - terms.instrument.maintenance
    price = average * (ONE - cushion if side is Side.LONG else ONE + cushion)
    return price if price > 0 else None
