"""What one seed tells: its storm, drawn from dice that are its own."""

import random
from collections.abc import Iterator
from decimal import Decimal

from config.simulation import (
    both_turns,
    held_turns,
    idle_turns,
    late_turns,
    rules_turns,
    skew_turns,
    stop_turns,
    switch_turns,
    turns,
    unseen_turns,
)
from config.simulation.dice import first_of
from config.simulation.fates import slow, swarm
from config.simulation.merges import times
from config.simulation.story import OPENED, START, SYMBOL, WINDOWS, Does, Happening, Pace, Story
from core.instrument import Instrument
from core.money import ZERO
from core.plan import BREAKEVEN, KEEP, OnFailure, Rules, StopAfter, StopAfterKind
from core.request import EntrySpec, FixedQuantity, MarginPercent, Request, Size
from core.words import Side
from plugins.exchanges.paper.venue.policies import Oversize, Passed, Policies, Shrink

_TRAIL = (StopAfter(StopAfterKind.ENTRY), StopAfter(StopAfterKind.TARGET, level=1))


def tell(seed: int, *, accounts: int = 2, calm: bool = False) -> Story:
    """The story of a seed. *calm* leaves people, faults and slowness out."""
    draw = random.Random(f"story:{seed}")
    side = draw.choice(list(Side))
    sign = 1 if side is Side.LONG else -1
    rules = _rules(draw)
    request = _request(draw, side, sign)
    pace = Pace(20, 30, 5, 1_000, 5_000) if calm else _pace(draw)
    prices = _prices(draw, sign, pace.price)
    names = ("main", "mirror", "mirror2")[:accounts]
    story = Story(
        seed=seed,
        accounts=tuple((name, _balance(draw, name)) for name in names),
        instrument=_instrument(draw),
        policies=_policies(draw, seed),
        hedge=draw.random() < 0.25,
        rules=rules,
        request=request,
        prices=prices,
        happenings=() if calm else _happenings(draw, names, prices[-1][0], seed),
        chances={} if calm else {**swarm(draw).chances, **slow(seed)},
        pace=pace,
        slippage=Decimal(draw.choice((0, 0, 0, 5))),
        audit=60_000 if calm else draw.choice((60_000, 60_000, 60_000, 1_500)),
    )
    if calm:
        return story
    told = first_of((turns.DIE, held_turns.DIE, unseen_turns.DIE), story)
    for die in (
        late_turns.DIE,
        switch_turns.DIE,
        both_turns.DIE,
        rules_turns.DIE,
        skew_turns.DIE,
        idle_turns.DIE,
        stop_turns.DIE,
    ):
        told = die.told(told)
    return told


def _balance(draw: random.Random, name: str) -> Decimal:
    return Decimal(10_000 if name == "main" else draw.choice((30, 1_500, 3_300, 10_000)))


def _rules(draw: random.Random) -> Rules:
    return Rules(
        cancel_limits_on_tp1=draw.random() < 0.7,
        entry_ttl=draw.choice((None, None, 20_000)),
        time_limit=draw.choice((None, None, None, 40_000)),
        stop_after=draw.choice(((BREAKEVEN,), (BREAKEVEN,), (KEEP,), _TRAIL)),
        breakeven_failed=draw.choice(list(OnFailure)),
    )


def _instrument(draw: random.Random) -> Instrument:
    step = Decimal(draw.choice(("1", "0.1", "0.01", "5")))
    return Instrument(
        symbol=SYMBOL,
        tick=Decimal("0.01"),
        step=step,
        min_quantity=step,
        min_notional=Decimal(5),
        max_leverage=Decimal(100),
    )


def _policies(draw: random.Random, seed: int) -> Policies:
    return Policies(
        shrink=draw.choice(list(Shrink)),
        oversize=draw.choice(list(Oversize)),
        attached_stop_resets=draw.random() < 0.7,
        passed=random.Random(f"passed:{seed}").choice(list(Passed)),
    )


def _pace(draw: random.Random) -> Pace:
    return Pace(
        road=draw.choice((5, 40, 300)),
        stream=draw.choice((5, 50, 400, 3_000)),
        store=draw.choice((1, 10, 60)),
        price=draw.choice((50, 250, 1_000)),
        answer=draw.choice((2_000, 5_000)),
    )


def _request(draw: random.Random, side: Side, sign: int) -> Request:
    entries = draw.choice((("market",), ("market", 98, 95), (99, 97, 95), ("market", 97)))
    size: Size = draw.choice((MarginPercent(Decimal(5)), FixedQuantity(Decimal(draw.randint(5, 80) * 5))))
    return Request(
        id=f"s{draw.randrange(10**6)}",
        strategy="conservative",
        symbol=SYMBOL,
        side=side,
        entries=tuple(EntrySpec(None if each == "market" else _price(int(each), sign)) for each in entries),
        take_profits=tuple(_price(each, sign) for each in (104, 107, 110, 113)),
        stop=_price(90, sign),
        leverage=Decimal(5),
        size=size,
        at=START + OPENED,
        valid_for=600_000,
        confirmed=True,
        origin="simulation",
    )


def _price(level: int, sign: int) -> Decimal:
    """A level of a long from 100, mirrored for a short."""
    return Decimal(100 + (level - 100) * sign)


_LEVELS = (89, 90, 94, 96, 98, 100, 103, 104, 106, 107, 110, 113, 114)


def _prices(draw: random.Random, sign: int, step: int) -> tuple[tuple[int, Decimal, bool], ...]:
    """A path in one of five moods (rel:4.4); it begins at 100 and lasts 20 to 120 steps."""
    mood = draw.choice(("trend", "walk", "gap", "whipsaw", "script"))
    drift = draw.choice((-1, 1)) * Decimal(draw.choice(("0.1", "0.3")))
    price = Decimal(100)
    at = OPENED
    path = [(0, Decimal(100), True)]
    for _ in range(draw.randint(20, 120)):
        at += draw.randint(step // 2, step * 2)
        jumps = mood == "gap" and draw.random() < 0.15
        match mood:
            case "whipsaw" | "script":
                price = _price(draw.choice(_LEVELS), sign) if draw.random() < 0.4 else price
            case _ if jumps:
                price += Decimal(draw.randint(-9, 9))
            case _:
                price += Decimal(draw.randint(-60, 60)) / 100 + (drift if mood == "trend" else ZERO)
        price = min(max(price, Decimal(80)), Decimal(120))
        path.append((at, price, jumps))
    return tuple(path)


_DEEDS = (
    Does.OPERATOR, Does.OPERATOR, Does.OPERATOR, Does.USER_ORDER, Does.USER_CANCEL, Does.USER_CANCEL, Does.USER_CLOSE,
    Does.USER_STOP, Does.LIQUIDATE, Does.DELEVERAGE, Does.FUNDING, Does.FUNDING,
)  # fmt: skip


def _happenings(draw: random.Random, names: tuple[str, ...], end: int, seed: int) -> tuple[Happening, ...]:
    found = [Happening(at, Does.MERGE, names[0], number) for at, number in times(seed, end)]
    found += _hands(seed, names, end)
    for kinds, most in ((WINDOWS, 3), (_DEEDS, 3)):
        for _ in range(draw.randint(0, most)):
            at = draw.randint(0, end)
            found.append(Happening(at, draw.choice(kinds), draw.choice(names), draw.randint(500, 30_000)))
    return tuple(sorted(found, key=lambda each: each.at))


_HANDS = ((Does.RELEASE,), (Does.RELEASE, Does.ADOPT), (Does.ADOPT,), (Does.EMERGENCY,), (Does.EMERGENCY, Does.ADOPT))


def _hands(seed: int, names: tuple[str, ...], end: int) -> Iterator[Happening]:
    """What operators give back, take over and empty, one storm in five: with a die of its own (see `merges.times`)."""
    draw = random.Random(f"hands:{seed}")
    kinds = draw.choice(_HANDS) if draw.random() < 0.2 else ()
    at = draw.randint(0, end)
    for kind in kinds:
        yield Happening(at, kind, draw.choice(names), draw.randint(500, 30_000))
        at = draw.randint(at, end)
