"""An account's money as Bybit shows it, for every adapter of Bybit (V5 wallet balance page)."""

from decimal import Decimal

from core.facts import Wallet
from core.money import ZERO
from ports.bybit_rows import Row, number, number_or_none


def wallet(row: Row, at: int) -> Wallet:
    """The account's money, where its row lists every coin: one that isn't there is none. Raises Malformed."""
    return changed_wallet(row, at) or Wallet(ZERO, ZERO, at)


def changed_wallet(row: Row, at: int) -> Wallet | None:
    """The account's money; an isolated account has no totals, then its USDT counts. Raises Malformed.

    None where the row has neither: the stream names only the coins that changed.
    """
    available, equity = row.get("totalAvailableBalance"), row.get("totalEquity")
    if available and equity:
        return Wallet(number(row, "totalAvailableBalance"), number(row, "totalEquity"), at)
    coin = next((each for each in row.get("coin") or () if each.get("coin") == "USDT"), None)
    if coin is None:
        return None
    held = number(coin, "walletBalance")
    bound = sum((number_or_none(coin, name) or ZERO for name in ("totalOrderIM", "totalPositionIM")), ZERO)
    return Wallet(max(held - bound, ZERO), number(coin, "equity"), at)


def maintenance(row: Row) -> Decimal:
    """The maintenance margin that the account's positions bind; an isolated account names none."""
    return number_or_none(row, "totalMaintenanceMargin") or ZERO
