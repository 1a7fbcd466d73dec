"""What open trades would still bring if their take-profits or their stops were hit (E4), before fees.

Pure arithmetic on what is shown of trades: nothing is guessed, and what can't be known is None.
"""

from collections.abc import Iterable
from decimal import Decimal

from core.money import ZERO
from core.view import Mark, PotentialStatus, TradeStatus
from core.words import Side

_MAY_FILL = (Mark.WAITING, Mark.WORKING, Mark.PARTIAL)


def potential(trades: Iterable[TradeStatus]) -> PotentialStatus:
    """The sums over *trades*; what isn't known of one of them isn't known of all."""
    found = tuple(trades)
    return PotentialStatus(
        tp1=_sum(_rewards(trade, first=True) for trade in found),
        targets=_sum(_rewards(trade, first=False) for trade in found),
        stops=_sum(_stopped(trade) for trade in found),
        stops_filled=_sum(_stopped_filled(trade) for trade in found),
    )


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    total = ZERO
    for amount in amounts:
        if amount is None:
            return None
        total += amount
    return total


def _gain(trade: TradeStatus, entry: Decimal, exit_price: Decimal, quantity: Decimal) -> Decimal:
    move = (exit_price - entry) * quantity
    return move if trade.side is Side.LONG else -move


def _rewards(trade: TradeStatus, *, first: bool) -> Decimal | None:
    """What the take-profits that are not filled yet make of the position: all of them, or only the *first*."""
    if not trade.position:
        return ZERO
    if trade.average_entry is None:
        return None
    total = ZERO
    for target in trade.targets[:1] if first else trade.targets:
        left = max(target.total - target.filled, ZERO)
        total += _gain(trade, trade.average_entry, target.price, left)
    return total


def _stopped(trade: TradeStatus) -> Decimal | None:
    """What the stop makes of the position as it is."""
    if not trade.position:
        return ZERO
    if trade.stop is None or trade.average_entry is None:
        return None
    return _gain(trade, trade.average_entry, trade.stop.price, trade.position)


def _stopped_filled(trade: TradeStatus) -> Decimal | None:
    """As `_stopped`, when every entry that may still fill does so before: resting ones lie on the way to the stop."""
    total = _stopped(trade)
    for entry in trade.entries:
        left = entry.planned - entry.filled
        if entry.mark not in _MAY_FILL or left <= 0:
            continue
        price = entry.price if entry.price is not None else trade.last
        if total is None or price is None or trade.stop is None:
            return None
        total += _gain(trade, price, trade.stop.price, left)
    return total
