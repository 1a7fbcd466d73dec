"""From a request to a plan: an account's entries, take-profits and stop, or every reason why not (B1 to B6)."""

from dataclasses import replace
from decimal import Decimal

from core.instrument import Instrument
from core.plan import Leg, Level, Plan, Refusal, Rules, StopAfterKind, entry_role, target_role
from core.request import Request
from core.sizing import Sized, sized
from core.targets import merge_shares
from core.terms import Terms
from core.validation import blocking, questions, too_small
from core.words import slot_for


def open_ladder(request: Request, terms: Terms, rules: Rules, trade: str, leader: str | None = None) -> Plan | Refusal:
    """The plan of *trade* on the terms' account, or all that speaks against it.

    What the request says wins over *rules*; the plan carries both as they were found. Legs keep the request's order and
    are E1 to En. A limit that would fill at once is refused and asked about, unless the request is confirmed.
    """
    ruled = _rules_for(request, rules)
    asked = replace(request, shares=ruled.shares)
    against = blocking(asked, terms) + _table_problems(asked, terms, ruled)
    small = too_small(asked, terms)
    ask = () if request.confirmed else questions(asked, terms)
    if against or small or ask:
        return Refusal(against + small + ask, too_small=bool(small) and not (against or ask), ask=ask)
    lots = sized(asked, terms)
    if isinstance(lots, Refusal):
        return lots
    return _plan(request, terms, ruled, lots, trade, leader)


def _rules_for(request: Request, rules: Rules) -> Rules:
    """The rules with what the request says in their place, where it says something."""
    return replace(
        rules,
        shares=rules.shares if request.shares is None else request.shares,
        entry_ttl=rules.entry_ttl if request.entry_ttl is None else request.entry_ttl,
        time_limit=rules.time_limit if request.time_limit is None else request.time_limit,
        cancel_if_missed=rules.cancel_if_missed if request.cancel_if_missed is None else request.cancel_if_missed,
        trigger_by=rules.trigger_by if request.trigger_by is None else request.trigger_by,
    )


def _table_problems(request: Request, terms: Terms, rules: Rules) -> tuple[str, ...]:
    """Rows of the stop table that would put the stop at or past the price that has just been reached (B15)."""
    rows = rules.stop_after[: len(request.take_profits)]
    return tuple(
        f"{terms.account} {request.symbol}: stop_after tp{number} moves the stop to tp{row.level}, "
        f"which lies no nearer than tp{number} itself: name an earlier one"
        for number, row in enumerate(rows, 1)
        if row.kind is StopAfterKind.TARGET and not 1 <= row.level < number
    )


def _plan(request: Request, terms: Terms, rules: Rules, lots: Sized, trade: str, leader: str | None) -> Plan:
    instrument = terms.for_exits(request.take_profits)
    return Plan(
        trade=trade,
        account=terms.account,
        environment=terms.environment,
        request=request,
        slot=slot_for(request.symbol, request.side, terms.mode),
        instrument=instrument,
        legs=_legs(request, lots),
        levels=levels_of(request.take_profits, rules.shares, lots.total, instrument),
        stop=request.stop,
        leverage=request.leverage,
        margin=lots.margin,
        market=terms.last,
        taker=terms.taker,
        maker=terms.maker,
        at=terms.at,
        rules=rules,
        leader=leader,
    )


def _legs(request: Request, lots: Sized) -> tuple[Leg, ...]:
    return tuple(
        Leg(entry_role(number), entry.price, quantity, entry.weight)
        for number, (entry, quantity) in enumerate(zip(request.entries, lots.quantities, strict=True), 1)
    )


def levels_of(
    prices: tuple[Decimal, ...], shares: tuple[Decimal, ...], total: Decimal, instrument: Instrument
) -> tuple[Level, ...]:
    """The take-profits at *prices* with the shares that B6 leaves them of *total*."""
    merged = merge_shares(shares, total, instrument)
    return tuple(
        Level(target_role(number), price, share)
        for number, (price, share) in enumerate(zip(prices, merged, strict=True), 1)
    )
