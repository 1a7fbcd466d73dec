"""Where a trade costs nothing any more (B9): from the average of all its entries. Funding isn't counted."""

from decimal import Decimal

from core.instrument import Instrument
from core.money import HUNDRED, ONE
from core.plan import BreakevenRule
from core.words import Side


def breakeven_price(
    average: Decimal, fee_per_unit: Decimal, taker: Decimal, rule: BreakevenRule, side: Side, instrument: Instrument
) -> Decimal:
    """The stop price at which the trade ends even, rounded to the tick away from loss.

    *average* is the average entry, *fee_per_unit* what the entries paid per unit filled (quote units), *taker* the fee
    rate of the stop as a fraction. With fixed fees both are left out of it and the rule's percentage stands for them.

    >>> dollar = Instrument(symbol="X", tick=Decimal("0.01"), step=Decimal(1), min_quantity=Decimal(1),
    ...                     min_notional=Decimal(0), max_leverage=Decimal(1))
    >>> taker = Decimal("0.00055")
    >>> breakeven_price(Decimal(100), Decimal("0.055"), taker, BreakevenRule(), Side.LONG, dollar)
    Decimal('100.14')
    >>> fixed = BreakevenRule(fees=Decimal("0.06"))
    >>> breakeven_price(Decimal(100), Decimal("0.055"), taker, fixed, Side.LONG, dollar)
    Decimal('100.08')
    """
    return breakeven_of(ONE, average, fee_per_unit, taker, rule, side, instrument)


def breakeven_of(
    entered: Decimal,
    cost: Decimal,
    fees: Decimal,
    taker: Decimal,
    rule: BreakevenRule,
    side: Side,
    instrument: Instrument,
) -> Decimal:
    """As `breakeven_price`, from the entries' totals: there is one division, so no average is ever rounded on the way.

    An average that doesn't end (7 / 3) would otherwise lift a price that lies just on a tick to the next one.
    """
    sign = ONE if side is Side.LONG else -ONE
    if rule.fees is None:
        above = (cost + sign * fees) * (HUNDRED + sign * rule.margin)
        below = entered * (ONE - sign * taker) * HUNDRED
    else:
        above = cost * (HUNDRED + sign * (rule.fees + rule.margin))
        below = entered * HUNDRED
    return quotient_away_from_loss(above, below, side, instrument)


def quotient_away_from_loss(above: Decimal, below: Decimal, side: Side, instrument: Instrument) -> Decimal:
    """*above* / *below* as a stop price: on the tick, up for a long and down for a short, rounded once."""
    ticks, left = divmod(above, below * instrument.tick)
    return (ticks + ONE if left and side is Side.LONG else ticks) * instrument.tick
