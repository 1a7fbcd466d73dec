"""Alerts that people define themselves (D1): on a price, a position or the risk; judged by a pure function.

A rule is looked at again and again. It fires when what it watches for holds, and is then quiet for its cooldown; one
that isn't to repeat is switched off by firing. What isn't known fires nothing.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from enum import StrEnum

from core.money import HUNDRED, ZERO
from core.view import AccountStatus, TradeStatus
from core.words import Side

COOLDOWN = 1_800_000


class Watched(StrEnum):
    """What a rule watches for."""

    PRICE_ABOVE = "price_above"
    PRICE_BELOW = "price_below"
    PRICE_CROSS = "price_cross"
    PRICE_CHANGE = "price_change"
    PROFIT = "profit"
    LOSS = "loss"
    PROFIT_PERCENT = "profit_percent"
    LOSS_PERCENT = "loss_percent"
    NEAR_TARGET = "near_target"
    NEAR_STOP = "near_stop"
    BREAKEVEN = "breakeven"
    LEVERAGE = "leverage"
    POSITION_SIZE = "position_size"
    DRAWDOWN = "drawdown"
    CORRELATED = "correlated"


PRICES = frozenset({Watched.PRICE_ABOVE, Watched.PRICE_BELOW, Watched.PRICE_CROSS, Watched.PRICE_CHANGE})
"""These need a symbol; all the others may name one, or mean every position."""
ACCOUNTS = frozenset({Watched.DRAWDOWN, Watched.CORRELATED})
"""These are about whole accounts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule. *symbol* and *account* "" = any; *value* is a price, USDT, percent or a number, by what it watches.

    *above* is on which side of a cross's price the market was seen last. *fired* counts, *fired_at* is the last time.
    """

    id: str
    watched: Watched
    value: Decimal
    symbol: str = ""
    account: str = ""
    owner: str = ""
    chat: str = ""
    note: str = ""
    repeat: bool = True
    enabled: bool = True
    made_at: int = 0
    above: bool | None = None
    fired: int = 0
    fired_at: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What is seen at one moment. *ranges* are each symbol's lowest and highest price of the last hour.

    *peaks* are the highest equities since somebody watches for a drawdown.
    """

    trades: tuple[TradeStatus, ...] = ()
    accounts: tuple[AccountStatus, ...] = ()
    prices: Mapping[str, Decimal] = field(default_factory=dict)
    ranges: Mapping[str, tuple[Decimal, Decimal]] = field(default_factory=dict)
    peaks: Mapping[str, Decimal] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Hit:
    """What a rule found: the figure that met its value, and where. *last* is the price then, if one is meant."""

    figure: Decimal
    account: str = ""
    symbol: str = ""
    side: Side | None = None
    trade: str = ""
    last: Decimal | None = None


def look(rules: tuple[Rule, ...], sight: Sight, now: int) -> tuple[tuple[tuple[Rule, Hit], ...], tuple[Rule, ...]]:
    """What fires, as (rule before, what it found), and all rules as they are then. The rules' order is kept."""
    fired, kept = [], []
    for rule in rules:
        hit = next(hits(rule, sight), None) if awake(rule, now) else None
        after = _sided(rule, sight)
        if hit is not None:
            fired.append((rule, hit))
            after = replace(after, fired=rule.fired + 1, fired_at=now, enabled=rule.repeat)
        kept.append(after)
    return tuple(fired), tuple(kept)


def awake(rule: Rule, now: int) -> bool:
    """Whether the rule may fire: switched on and not cooling down."""
    return rule.enabled and (rule.fired_at is None or now - rule.fired_at >= COOLDOWN)


def _sided(rule: Rule, sight: Sight) -> Rule:
    """A cross remembers its side; while it cools down too, so that it never fires for what passed long ago."""
    last = sight.prices.get(rule.symbol)
    if rule.watched is not Watched.PRICE_CROSS or last is None or last == rule.value:
        return rule
    return replace(rule, above=last > rule.value)


def hits(rule: Rule, sight: Sight) -> Iterator[Hit]:
    """All that meets the rule now, worst first where there are several."""
    if rule.watched in PRICES:
        yield from _price(rule, sight)
    elif rule.watched in ACCOUNTS:
        yield from _account(rule, sight)
    else:
        found = [hit for hit in _positions(rule, sight) if met(rule, hit.figure)]
        near = rule.watched in (Watched.NEAR_TARGET, Watched.NEAR_STOP, Watched.BREAKEVEN)
        yield from sorted(found, key=lambda hit: hit.figure if near else -hit.figure)


def _price(rule: Rule, sight: Sight) -> Iterator[Hit]:
    last = sight.prices.get(rule.symbol)
    if last is None:
        return
    hit = Hit(last, symbol=rule.symbol, last=last)
    match rule.watched:
        case Watched.PRICE_ABOVE if last >= rule.value:
            yield hit
        case Watched.PRICE_BELOW if last <= rule.value:
            yield hit
        case Watched.PRICE_CROSS if rule.above is not None and last != rule.value and (last > rule.value) != rule.above:
            yield hit
        case Watched.PRICE_CHANGE:
            change = _change(sight.ranges.get(rule.symbol), last)
            if change is not None and abs(change) >= rule.value:
                yield replace(hit, figure=change)


def _change(hour: tuple[Decimal, Decimal] | None, last: Decimal) -> Decimal | None:
    """How far the price is from the hour's lowest or highest, whichever is further: percent of that price."""
    if hour is None:
        return None
    low, high = hour
    up, down = (last - low) * HUNDRED / low, (last - high) * HUNDRED / high
    return up if up >= -down else down


def _account(rule: Rule, sight: Sight) -> Iterator[Hit]:
    for account in sight.accounts:
        if rule.account not in ("", account.account):
            continue
        if rule.watched is Watched.CORRELATED:
            yield from _correlated(rule, sight, account.account)
            continue
        peak = sight.peaks.get(account.account)
        if peak is not None and peak > 0 and account.equity is not None:
            fallen = (peak - account.equity) * HUNDRED / peak
            if fallen >= rule.value:
                yield Hit(fallen, account=account.account)


def _correlated(rule: Rule, sight: Sight, account: str) -> Iterator[Hit]:
    for side in Side:
        count = sum(1 for each in sight.trades if each.account == account and each.side is side and each.position)
        if count >= rule.value:
            yield Hit(Decimal(count), account=account, side=side)


def _positions(rule: Rule, sight: Sight) -> Iterator[Hit]:
    equities = {each.account: each.equity for each in sight.accounts}
    for trade in sight.trades:
        meant = rule.account in ("", trade.account) and rule.symbol in ("", trade.symbol)
        figure = _figure(rule.watched, trade, equities.get(trade.account)) if meant and trade.position else None
        if figure is not None:
            yield Hit(figure, trade.account, trade.symbol, trade.side, trade.trade, trade.last)


def _figure(watched: Watched, trade: TradeStatus, equity: Decimal | None) -> Decimal | None:
    match watched:
        case Watched.LEVERAGE:
            return trade.leverage
        case Watched.POSITION_SIZE:
            price = trade.last or trade.average_entry
            return trade.position * price * HUNDRED / equity if price is not None and equity else None
        case Watched.PROFIT | Watched.LOSS:
            return _signed(watched, trade.open_pnl)
        case Watched.PROFIT_PERCENT | Watched.LOSS_PERCENT:
            return _signed(watched, moved(trade))
        case Watched.NEAR_TARGET:
            coming = [each.price for each in trade.targets if each.total > each.filled]
            gaps = [gap for price in coming if (gap := _gap(trade, price, trade.side)) is not None]
            return min(gaps, default=None)
        case Watched.NEAR_STOP:
            return _gap(trade, trade.stop.price, trade.side.opposite) if trade.stop is not None else None
        case Watched.BREAKEVEN:
            move = moved(trade)
            return None if move is None else abs(move)
        case _:
            return None


def _signed(watched: Watched, gain: Decimal | None) -> Decimal | None:
    losing = watched in (Watched.LOSS, Watched.LOSS_PERCENT)
    return None if gain is None else (-gain if losing else gain)


def moved(trade: TradeStatus) -> Decimal | None:
    """How far the price is from the average entry in the trade's favour, percent of the entry."""
    if trade.last is None or not trade.average_entry:
        return None
    move = (trade.last - trade.average_entry) * HUNDRED / trade.average_entry
    return move if trade.side is Side.LONG else -move


def _gap(trade: TradeStatus, price: Decimal, way: Side) -> Decimal | None:
    """How far the market must still go to *price*, which lies up for LONG and down for SHORT; 0 when it is there."""
    if not trade.last:
        return None
    gap = (price - trade.last) * HUNDRED / trade.last
    return max(gap if way is Side.LONG else -gap, ZERO)


def met(rule: Rule, figure: Decimal) -> bool:
    """Whether a position's figure meets the rule's value."""
    if rule.watched in (Watched.NEAR_TARGET, Watched.NEAR_STOP, Watched.BREAKEVEN):
        return figure <= rule.value
    return figure >= rule.value
