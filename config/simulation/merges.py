"""Second requests of a storm (B13): when they come, and what they ask for."""

import random
from dataclasses import replace
from decimal import Decimal

from core.money import ZERO, floor_to
from core.request import EntrySpec, FixedQuantity, MarginPercent, Merge, Request, Size
from core.words import Side

OFTEN = 0.4
"""How often a storm has any."""

_ENTRIES = (("market",), (-2,), ("market", -3), (-1, -4))
_LADDERS = ((104, 107, 110, 113), (105, 108, 111, 114), (103, 109), (106, 107, 108, 109, 110))


def times(seed: int, end: int) -> tuple[tuple[int, int], ...]:
    """(time, number) of each: drawn by a die of its own, so that the rest of the seed's story stays as it was."""
    draw = random.Random(f"merge:{seed}")
    if draw.random() >= OFTEN:
        return ()
    return tuple((draw.randint(0, end), draw.randint(500, 30_000)) for _ in range(draw.randint(1, 2)))


def second(first: Request, number: int, last: Decimal, tick: Decimal, now: int) -> Request:
    """What somebody asks for at *now*; *number* chooses among the variants."""
    draw = random.Random(f"second:{number}")
    sign = 1 if first.side is Side.LONG else -1
    entries = draw.choice(_ENTRIES)
    targets = draw.choice(_LADDERS)
    size: Size = draw.choice((MarginPercent(Decimal(2)), FixedQuantity(Decimal(draw.randint(1, 40) * 5))))
    return Request(
        id=f"{first.id}+{number}",
        strategy=first.strategy,
        symbol=first.symbol,
        side=first.side,
        entries=tuple(EntrySpec(_entry(each, last, sign, tick)) for each in entries),
        take_profits=tuple(Decimal(100 + (each - 100) * sign) for each in targets),
        stop=Decimal(100 + draw.choice((-8, -10, -12)) * sign),
        leverage=first.leverage,
        size=size,
        at=now,
        shares=_shares(len(targets)),
        valid_for=first.valid_for,
        confirmed=True,
        origin=first.origin,
        merge=draw.choice((Merge.KEEP, Merge.REPLACE, Merge.REPLACE, None)),
    )


def opposite(first: Request, number: int, last: Decimal, tick: Decimal, now: int) -> Request:
    """What somebody asks for who turns round: a trade of its own, the other way (A8)."""
    side = Side.SHORT if first.side is Side.LONG else Side.LONG
    return replace(second(replace(first, side=side), number, last, tick, now), id=f"{first.id}~{number}", merge=None)


def _entry(away: object, last: Decimal, sign: int, tick: Decimal) -> Decimal | None:
    return None if away == "market" else floor_to(last, tick) + Decimal(str(away)) * sign


def _shares(levels: int) -> tuple[Decimal, ...]:
    rest = tuple(Decimal(5) for _ in range(levels - 1))
    return (Decimal(100) - sum(rest, ZERO), *rest)
