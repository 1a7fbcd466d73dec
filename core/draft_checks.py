"""What speaks against one part of a draft, as soon as it is said (E2): B2's rules, on what is known so far.

A part is judged with those that are asked for before it, never with those after: so a ladder can be moved part by part,
in their order. Whether the whole can be opened is for `core.validation` to say, when everything is there.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import assert_never

from core.draft import Draft, Part, as_request, missing
from core.money import ZERO
from core.price_order import Prices, crossing, no_prices, off_tick, out_of_order, repeated
from core.request import RiskPercent
from core.terms import Terms
from core.validation import leverage_reasons, lot_reasons, share_reasons, size_reasons

Shares = tuple[Decimal, ...]


def against(draft: Draft, part: Part, terms: Terms, shares: Shares | None = None) -> tuple[str, ...]:
    """Every reason why *part* can't stay as it is said; () when it isn't said.

    *shares* are the strategy's for the take-profits, None when it has none or they aren't known.
    """
    if missing(draft, part):
        return ()
    match part:
        case Part.ENTRIES:
            return (*_priced(draft, part, terms), *repeated(_known(draft, part)))
        case Part.TARGETS:
            shared = draft.shares or shares
            found = share_reasons(shared, len(draft.take_profits)) if shared else ()
            return (*found, *_priced(draft, part, terms))
        case Part.STOP:
            return _priced(draft, part, terms)
        case Part.LEVERAGE:
            return tuple(leverage_reasons(draft.leverage or ZERO, terms.instrument))
        case Part.SIZE:
            return tuple(_size(draft, terms))
        case Part.SYMBOL:
            return tuple(_symbol(terms))
        case Part.ACCOUNT | Part.SIDE | Part.STRATEGY | Part.MERGE | Part.NOTE:
            return ()
        case _:
            assert_never(part)


def remarks(draft: Draft, terms: Terms) -> tuple[str, ...]:
    """What a person will be asked to confirm: limits that would fill at once."""
    return tuple(crossing(_known(draft, Part.STOP), terms.last)) if terms.last > 0 else ()


def _symbol(terms: Terms) -> Iterator[str]:
    if not terms.instrument.trading:
        yield "the venue opens no positions in it now: choose another symbol or wait until it trades"
    if terms.last <= 0:
        yield "no last price is known: try again when the market trades"


def _known(draft: Draft, part: Part) -> Prices:
    """The prices that are said up to *part*."""
    side = draft.side
    if side is None:
        raise ValueError("prices without a side")
    return Prices(
        side,
        draft.entries,
        draft.take_profits if part is not Part.ENTRIES else (),
        draft.stop if part is Part.STOP else None,
    )


def _priced(draft: Draft, part: Part, terms: Terms) -> tuple[str, ...]:
    """What is wrong with the prices up to *part* and wasn't before it: that much is the part's own."""
    found = _wrong(_known(draft, part), terms)
    before = {Part.TARGETS: Part.ENTRIES, Part.STOP: Part.TARGETS}.get(part)
    known = _wrong(_known(draft, before), terms) if before is not None else ()
    return tuple(reason for reason in found if reason not in known)


def _wrong(known: Prices, terms: Terms) -> tuple[str, ...]:
    wrong = tuple(no_prices(known))
    if wrong or terms.last <= 0:
        return wrong
    return (*off_tick(known, terms.instrument), *out_of_order(known, terms.last))


def _size(draft: Draft, terms: Terms) -> Iterator[str]:
    """Lots are counted once there is all that they depend on; unknown shares of targets don't matter to them."""
    if draft.size is None:
        return
    yield from size_reasons(draft.size)
    needed = [Part.SIDE, Part.ENTRIES, Part.LEVERAGE]
    if isinstance(draft.size, RiskPercent):
        needed.append(Part.STOP)
    if any(missing(draft, part) or against(draft, part, terms) for part in needed):
        return
    yield from lot_reasons(as_request(draft), terms)
