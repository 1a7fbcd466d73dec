"""How a ladder of take-profits divides what was filled (B5, B6, B7, B11): by cumulative floor of totals.

Nothing is relative to a size before, so the order in which fills arrived can't matter. A level's *total* is all that
its role shall ever have executed, over all revisions of its order.
"""

from collections.abc import Sequence
from decimal import Decimal

from core.instrument import Instrument
from core.money import ZERO

Amounts = tuple[Decimal, ...]
Flags = tuple[bool, ...]


def merge_shares(shares: Amounts, planned: Decimal, instrument: Instrument) -> Amounts:
    """The shares after B6, to be found once from the *planned* total and kept for the trade's life; the sum stays.

    TP1 takes the shares of the levels after it until it can be placed; any later level whose quantity is positive but
    under the minimum gives its share to the level before it. A level that rounds to zero keeps its share.

    >>> lots = Instrument(symbol="X", tick=Decimal(1), step=Decimal(1), min_quantity=Decimal(1),
    ...                   min_notional=Decimal(0), max_leverage=Decimal(1))
    >>> ladder = tuple(map(Decimal, (85, 5, 5, 5)))
    >>> [str(share) for share in merge_shares(ladder, Decimal(1), lots)]
    ['100', '0', '0', '0']
    >>> [str(share) for share in merge_shares(ladder, Decimal(5), lots)]
    ['85', '5', '5', '5']
    """
    merged = list(shares)
    least = instrument.min_quantity
    for later in range(1, len(merged)):
        if _planned(merged, planned, instrument)[0] >= least:
            break
        merged[0] += merged[later]
        merged[later] = ZERO
    for level in range(len(merged) - 1, 0, -1):
        if ZERO < _planned(merged, planned, instrument)[level] < least:
            merged[level - 1] += merged[level]
            merged[level] = ZERO
    return tuple(merged)


def split(
    shares: Amounts, base: Decimal, executed: Amounts, closed: Flags, instrument: Instrument, dead: Flags = ()
) -> Amounts:
    """Each level's total, executed part included, so that together they are exactly *base* (entered, less taken away).

    *executed* is what each level executed, *closed* whether an order of it was filled in full. While every closed level
    executed just its share, this is B5's cumulative floor and a hit resizes nothing. Otherwise (an entry fill was in
    flight when the level was hit, or the position shrank from outside since) the closed levels up to that one count as
    they are, and the levels left share the rest by their shares (B7, B11). Never less than a level executed. What fills
    after the last level was hit belongs to none: the sum is then less than *base*. So it is where *base*, or what was
    executed, lies off the step, because the venue changed that since (rel:F37): no order takes what is under a step. An
    order that is *dead* leaves its rest to a new one: then that has to be on the step, else the level's total.

    >>> step = Instrument(symbol="X", tick=Decimal(1), step=Decimal("0.1"), min_quantity=Decimal("0.1"),
    ...                   min_notional=Decimal(0), max_leverage=Decimal(1))
    >>> ladder, none = tuple(map(Decimal, (85, 5, 5, 5))), (ZERO,) * 4
    >>> [str(total) for total in split(ladder, Decimal("921.9"), none, (False,) * 4, step)]
    ['783.6', '46.1', '46.1', '46.1']
    >>> hit = (Decimal("850.0"), ZERO, ZERO, ZERO)  # 1000 were filled when TP1 was; 500 more were in flight
    >>> [str(total) for total in split(ladder, Decimal(1500), hit, (True, False, False, False), step)]
    ['850.0', '216.6', '216.7', '216.7']
    """
    if not any(closed) and not any(executed):
        return _planned(shares, base, instrument)
    totals = list(executed)
    levels = list(range(len(shares)))
    rest = base
    while levels:
        shared = _share_out(shares, rest, executed, closed, levels, instrument, dead)
        wrong = next((level for level in levels if closed[level] and shared[level] != executed[level]), None)
        if wrong is None:
            for level in levels:
                totals[level] = shared[level]
            break
        rest -= sum((executed[level] for level in levels if closed[level] and level <= wrong), ZERO)
        levels = [level for level in levels if level > wrong or not closed[level]]
    return tuple(totals)


def working(totals: Amounts, executed: Amounts, closed: Flags, instrument: Instrument, dead: Flags = ()) -> Amounts:
    """The totals that orders can be placed for: what is too small is carried by the nearest level before that can be.

    A remainder (total less executed) under the minimum quantity joins the level before it, and so on until together
    they can be placed; if none before can, the nearest after carries it. If nothing can be placed, nothing works: every
    total is what was executed. Closed levels carry nothing. The remainder of an order that is partly filled is no new
    order, so the minimum doesn't bind it, unless *dead* says that the level's order ended unfilled.
    """
    least = instrument.min_quantity
    for total, done in zip(totals, executed, strict=True):
        if ZERO < total - done < least:
            return _carried(totals, executed, closed, least, dead)
    return totals


def _planned(shares: Sequence[Decimal], base: Decimal, instrument: Instrument) -> Amounts:
    """Plain cumulative floor with nothing executed; the hot path (every entry fill before TP1)."""
    step = instrument.step
    divisor = sum(shares, ZERO) * step
    totals = []
    summed = before = ZERO
    for share in shares[:-1]:
        summed += share
        # Multiplied before divided, and `//` is exact, so no share is lost to rounding.
        upto = summed * base // divisor * step
        totals.append(upto - before)
        before = upto
    rest = base - before
    totals.append(rest if not rest % step else instrument.floor_quantity(rest))
    return tuple(totals)


def _share_out(
    shares: Amounts,
    rest: Decimal,
    executed: Amounts,
    closed: Flags,
    levels: list[int],
    instrument: Instrument,
    dead: Flags,
) -> dict[int, Decimal]:
    """*rest* divided over *levels*, no open level under what it executed, none taking what a later one executed."""
    step = instrument.step
    divisor = sum((shares[level] for level in levels), ZERO) * step
    later = sum((executed[level] for level in levels), ZERO)
    totals: dict[int, Decimal] = {}
    summed = before = ZERO
    for level in levels:
        summed += shares[level]
        later -= executed[level]
        if level == levels[-1] or not divisor:
            # Shares are all zero when B6 merged them into levels that were hit: the nearest one left takes the rest,
            # for that is where B6 would have moved it.
            upto = rest - later
        else:
            upto = min(summed * rest // divisor * step, rest - later)
        # A closed level shows its plain share here: that is how `split` sees that it executed something else.
        upto = max(upto, before if closed[level] else before + executed[level])
        total = upto - before
        gone = executed[level] if dead and dead[level] else ZERO
        if (total - gone) % step and not closed[level]:  # off a step that the venue changed: no order takes it
            total = max(gone + instrument.floor_quantity(total - gone), executed[level])
            upto = before + total
        totals[level] = total
        before = upto
    return totals


def _carried(totals: Amounts, executed: Amounts, closed: Flags, least: Decimal, dead: Flags) -> Amounts:
    placed = list(totals)
    first = None
    carry = ZERO
    for level in range(len(totals) - 1, -1, -1):
        if closed[level]:
            continue
        left = totals[level] - executed[level]
        partly = left > ZERO and executed[level] > ZERO and not (dead and dead[level])
        if partly or left + carry >= least:
            placed[level] = totals[level] + carry
            first, carry = level, ZERO
        else:
            placed[level] = executed[level]
            carry += left
    if carry and first is not None:
        placed[first] += carry
    return tuple(placed)
