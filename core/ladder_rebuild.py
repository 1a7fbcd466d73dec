"""A ladder trade that the store has forgotten, made again of what the venue shows of it (C7). Nothing is invented.

Its orders and executions name trade and role by their ids; prices, quantities and the stop are the venue's, the rules
are the strategy's of today. Whatever can't be told from that is a reason to leave it to a person.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from typing import NamedTuple

from core.facts import Filled
from core.identity import parse_key
from core.ledger import Ledger, book, empty
from core.money import HUNDRED, ONE, ZERO, ceil_to, text
from core.plan import ENTRY_PREFIX, TARGET_PREFIX, Leg, Level, Plan, Refusal, Rules, target_role
from core.remains import REBUILT, Remains
from core.request import EntrySpec, FixedQuantity, Request
from core.targets import merge_shares, split
from core.terms import Terms
from core.words import OrderSide, Side

_ROLES = re.compile(r"(E|TP|R)[1-9][0-9]*|X")
_FINE = Decimal("1E-12")
"""To so much of a percent shares are found; a lot is far coarser."""


class _Target(NamedTuple):
    """A take-profit as far as it is known. *total* is everything that it shall have executed."""

    price: Decimal
    total: Decimal
    executed: Decimal
    open: bool


def rebuild_ladder(remains: Remains, terms: Terms, rules: Rules, strategy: str) -> Plan | Refusal:
    """The plan that what is left of the trade speaks for, or every reason why a person must decide."""
    side = _side(remains)
    ledger = ledger_of(remains, side.opening)
    targets = _targets(remains)
    stop = remains.stop if remains.stop is not None else _carried(remains, side)
    shares = _shares(targets, ledger, _waiting(remains), rules, terms)
    found = shares.reasons if isinstance(shares, Refusal) else ()
    against = [*_doubts(remains, side, ledger, targets, stop), *found]
    if against or isinstance(shares, Refusal) or remains.leverage is None:
        return Refusal(tuple(f"{remains.account} {remains.slot.symbol}: {each}" for each in against))
    return _plan(remains, terms, replace(rules, shares=shares), strategy, side, ledger, targets, stop)


def _side(remains: Remains) -> Side:
    for order in remains.orders:
        entry = _role(order.key).startswith(ENTRY_PREFIX)
        return Side.LONG if (order.side is OrderSide.BUY) is entry else Side.SHORT
    return Side.LONG if remains.size > 0 else Side.SHORT


def _role(key: str) -> str:
    parts = parse_key(key)
    return "" if parts is None else parts.role


def ledger_of(remains: Remains, opening: OrderSide) -> Ledger:
    """The ledger that the known executions make."""
    ledger = empty(opening)
    for fill in sorted((each for each in remains.executions if isinstance(each, Filled)), key=lambda each: each.seq):
        ledger = book(ledger, fill, None if fill.key is None else _role(fill.key) or None)
    return ledger


def _doubts(
    remains: Remains, side: Side, ledger: Ledger, targets: dict[int, _Target], stop: Decimal | None
) -> Iterator[str]:
    """What leaves more than one trade possible, or none that could be gone on with."""
    odd = sorted({_role(order.key) for order in remains.orders if not _ROLES.fullmatch(_role(order.key))})
    if odd:
        yield f"{', '.join(odd)}: no ladder has such orders"
    held = side.opening.signed(remains.size)
    if held <= 0:
        yield "nothing is held yet: its entries carry their stop, but no take-profit of it was ever at the venue"
        return
    if ledger.held != held or ledger.position <= 0:
        yield f"{text(held)} is held, and the executions that the venue still lists explain {text(ledger.held)} of it"
    if stop is None:
        yield "the position shows no stop, and no entry carries one"
    if not targets:
        yield "no take-profit of it is at the venue, so their prices are not known"
    if remains.leverage is None:
        yield "the venue does not say the leverage"


def _targets(remains: Remains) -> dict[int, _Target]:
    """Every take-profit that an order or an execution shows, by its number."""
    found: dict[int, _Target] = {}
    for fill in remains.executions:
        number = _number(_role(fill.key or "")) if isinstance(fill, Filled) else None
        if isinstance(fill, Filled) and number is not None:
            done = (found[number].executed if number in found else ZERO) + fill.quantity
            found[number] = _Target(fill.price, done, done, open=False)
    for order in remains.orders:
        number = _number(_role(order.key))
        if number is not None and order.price is not None:
            done = found[number].executed if number in found else ZERO
            found[number] = _Target(order.price, done + order.quantity - order.filled, done, open=True)
    return dict(sorted(found.items()))


def _number(role: str) -> int | None:
    digits = role.removeprefix(TARGET_PREFIX)
    return int(digits) if role.startswith(TARGET_PREFIX) and digits.isdigit() else None


def _waiting(remains: Remains) -> Decimal:
    """What the entries that still work may yet fill."""
    entries = [order for order in remains.orders if _role(order.key).startswith(ENTRY_PREFIX)]
    return sum((order.quantity - order.filled for order in entries), ZERO)


def _carried(remains: Remains, side: Side) -> Decimal | None:
    """The stop that the waiting entries carry, the one with less loss where they differ."""
    stops = [order.stop for order in remains.orders if order.stop is not None]
    return (max if side is Side.LONG else min)(stops) if stops else None


def _shares(
    targets: dict[int, _Target], ledger: Ledger, waiting: Decimal, rules: Rules, terms: Terms
) -> tuple[Decimal, ...] | Refusal:
    """The shares of levels 1 to the last one known.

    Where the orders work just what is held they say the shares themselves; where some had yet to be resized, or is
    missing, the strategy's shares count, if every level's price is known.
    """
    if not targets:
        return ()
    count = max(targets)
    totals = tuple(targets[number].total if number in targets else ZERO for number in range(1, count + 1))
    executed = tuple(targets[number].executed if number in targets else ZERO for number in range(1, count + 1))
    closed = tuple(number in targets and not targets[number].open for number in range(1, count + 1))
    base = ledger.position + sum(executed, ZERO)
    instrument = terms.for_exits(each.price for each in targets.values())
    usual = merge_shares(rules.shares, base + waiting, instrument) if len(rules.shares) == count else None
    if usual is not None and split(usual, base, executed, closed, instrument) == totals:
        return usual
    if sum(totals, ZERO) == base:
        return _as_shown(totals, base)
    if usual is not None and len(targets) == count:
        return usual
    works = text(sum(totals, ZERO) - sum(executed, ZERO))
    return Refusal((f"its take-profits work {works} of {text(ledger.position)}, and some are missing",))


def _as_shown(totals: tuple[Decimal, ...], base: Decimal) -> tuple[Decimal, ...]:
    """Shares whose cumulative floor gives just these totals: each sum is the least one that reaches its lot."""
    shares, summed, before = [], ZERO, ZERO
    for total in totals[:-1]:
        summed += total
        upto = ceil_to(summed * HUNDRED / base, _FINE)
        shares.append(upto - before)
        before = upto
    return (*shares, HUNDRED - before)


def _plan(
    remains: Remains,
    terms: Terms,
    rules: Rules,
    strategy: str,
    side: Side,
    ledger: Ledger,
    targets: dict[int, _Target],
    stop: Decimal | None,
) -> Plan:
    legs = _legs(remains, terms)
    average = ledger.average_entry or terms.last
    leverage = remains.leverage or ONE
    levels = tuple(
        Level(target_role(number), _price(targets, number), share) for number, share in enumerate(rules.shares, 1)
    )
    return Plan(
        trade=remains.trade,
        account=remains.account,
        environment=terms.environment,
        request=_request(remains, strategy, side, legs, levels, stop, leverage),
        slot=remains.slot,
        instrument=terms.for_exits(level.price for level in levels),
        legs=legs,
        levels=levels,
        stop=stop,
        leverage=leverage,
        margin=sum(((leg.price or average) * leg.quantity for leg in legs), ZERO) / leverage,
        market=average,
        taker=terms.taker,
        maker=terms.maker,
        at=began(remains),
        rules=rules,
        leader=remains.leader,
    )


def began(remains: Remains) -> int:
    """The earliest that is known of the trade."""
    return min(each.at for each in (*remains.executions, *remains.orders))


def _price(targets: dict[int, _Target], number: int) -> Decimal:
    """A level's price. One without a share has no order ever: it stands where the next one does."""
    return targets[min(each for each in targets if each >= number)].price


def _legs(remains: Remains, terms: Terms) -> tuple[Leg, ...]:
    """The entries by their numbers: those that wait as they do, those that are gone by what they executed.

    One that paid the taker's fee was at market, as far as anybody can tell; a maker's price is the order's own.
    """
    legs: dict[int, Leg] = {}
    for fill in (each for each in remains.executions if isinstance(each, Filled)):
        role = _role(fill.key or "")
        if not role.startswith(ENTRY_PREFIX):
            continue
        done = legs[int(role[1:])].quantity if int(role[1:]) in legs else ZERO
        maker = fill.fee * 2 < (terms.maker + terms.taker) * fill.quantity * fill.price
        legs[int(role[1:])] = Leg(role, fill.price if maker else None, done + fill.quantity, ONE)
    for order in remains.orders:
        role = _role(order.key)
        if role.startswith(ENTRY_PREFIX):
            legs[int(role[1:])] = Leg(role, order.price, order.quantity, ONE)
    return tuple(leg for _, leg in sorted(legs.items()))


def _request(
    remains: Remains,
    strategy: str,
    side: Side,
    legs: tuple[Leg, ...],
    levels: tuple[Level, ...],
    stop: Decimal | None,
    leverage: Decimal,
) -> Request:
    return Request(
        id=f"{REBUILT}-{remains.trade}",
        strategy=strategy,
        symbol=remains.slot.symbol,
        side=side,
        entries=tuple(EntrySpec(leg.price) for leg in legs),
        take_profits=tuple(level.price for level in levels),
        stop=stop,
        leverage=leverage,
        size=FixedQuantity(sum((leg.quantity for leg in legs), ZERO)),
        at=began(remains),
        origin=REBUILT,
        note="made again of what the venue showed, after the store had lost it",
    )
