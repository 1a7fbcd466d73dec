"""What people may ask to be told of: each kind with its sentence and unit, and what is wrong with a wish (D1)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal
from types import MappingProxyType

from core.money import HUNDRED, ONE, ZERO, text
from core.user_alerts import ACCOUNTS, PRICES, Watched

MOST = 100
"""Rules that one owner may have."""
LONGEST_NOTE = 200


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of rule: its *group* on screens, what it means, the unit of its value, and the largest one."""

    group: str
    about: str
    unit: str
    largest: Decimal | None = None


KINDS = MappingProxyType(
    {
        Watched.PRICE_ABOVE: Kind("price", "the price is at this or above", "price"),
        Watched.PRICE_BELOW: Kind("price", "the price is at this or below", "price"),
        Watched.PRICE_CROSS: Kind("price", "the price passes this, up or down", "price"),
        Watched.PRICE_CHANGE: Kind("price", "the price moves so much within an hour", "%", Decimal(1_000)),
        Watched.PROFIT: Kind("position", "a position is so much in profit", "USDT"),
        Watched.LOSS: Kind("position", "a position is so much in loss", "USDT"),
        Watched.PROFIT_PERCENT: Kind("position", "the price is so far past a position's entry", "%", Decimal(1_000)),
        Watched.LOSS_PERCENT: Kind("position", "the price is so far against a position's entry", "%", HUNDRED),
        Watched.NEAR_TARGET: Kind("position", "the price is so close to the next take-profit", "%", HUNDRED),
        Watched.NEAR_STOP: Kind("position", "the price is so close to the stop", "%", HUNDRED),
        Watched.BREAKEVEN: Kind("position", "the price is back within so much of a position's entry", "%", HUNDRED),
        Watched.LEVERAGE: Kind("risk", "a position has this leverage or more", "x", Decimal(1_000)),
        Watched.POSITION_SIZE: Kind("risk", "a position is worth so much of the equity", "%", Decimal(100_000)),
        Watched.DRAWDOWN: Kind("risk", "an account's equity fell so far from its peak", "%", HUNDRED),
        Watched.CORRELATED: Kind("risk", "so many positions of an account are on the same side", "positions"),
    }
)


def problems(watched: Watched, value: Decimal, symbol: str, account: str, accounts: Collection[str]) -> Iterator[str]:
    """Everything that speaks against such a rule."""
    kind = KINDS[watched]
    if value <= ZERO:
        yield f"{text(value)} is no {kind.unit} to watch for: give a number above 0"
    if kind.largest is not None and value > kind.largest:
        yield f"{text(value)} {kind.unit} is more than can be: give at most {text(kind.largest)}"
    if watched is Watched.CORRELATED and value != value.to_integral_value():
        yield f"{text(value)} is no number of positions: give a whole one"
    if watched is Watched.CORRELATED and value == ONE:
        yield "one position is on the same side as itself: give 2 or more"
    if watched in PRICES and not symbol:
        yield "name a symbol, such as BTCUSDT"
    if watched in PRICES and account:
        yield "a price is the same for every account: leave the account out"
    if watched in ACCOUNTS and symbol:
        yield "this is about whole accounts: leave the symbol out"
    if account and account not in accounts:
        yield f"there is no account {account!r}; there are {', '.join(accounts)}"
