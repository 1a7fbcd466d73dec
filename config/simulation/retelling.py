"""A story told otherwise: what all turns are made of. Levels are those of a long from 100, mirrored for a short."""

import random
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from config.simulation.story import OPENED, Happening, Story
from core.plan import BREAKEVEN, KEEP, StopAfter, StopAfterKind
from core.request import EntrySpec
from core.words import Side

_ENTRY = StopAfter(StopAfterKind.ENTRY)
_TARGETS = (StopAfter(StopAfterKind.TARGET, level=1), StopAfter(StopAfterKind.TARGET, level=2))


def _trail(percent: str) -> StopAfter:
    return StopAfter(StopAfterKind.TRAIL, percent=Decimal(percent))


STOP_TABLES = (
    (BREAKEVEN, _trail("1.5")), (_trail("2"),), (KEEP, BREAKEVEN), (KEEP, _trail("1"), _ENTRY), (BREAKEVEN, *_TARGETS),
    (_ENTRY, KEEP, _trail("0.5")), (BREAKEVEN,), (_ENTRY,),
)  # fmt: skip
"""Rows of every kind (B15), the later ones too."""


def names_of(story: Story) -> tuple[str, ...]:
    """Its accounts, the leader first."""
    return tuple(name for name, _ in story.accounts)


def some(draw: random.Random, names: tuple[str, ...]) -> tuple[str, ...]:
    """One account, or all."""
    return names if draw.random() < 0.4 else (draw.choice(names),)


def mirrored(story: Story, level: float | Decimal) -> Decimal:
    """The price that this level is for the story's side."""
    sign = 1 if story.request.side is Side.LONG else -1
    return Decimal(100) + (Decimal(str(level)) - 100) * sign


def with_more(story: Story, more: Iterable[Happening]) -> Story:
    """The story with these happenings too, each at its time."""
    return replace(story, happenings=tuple(sorted((*story.happenings, *more), key=lambda each: each.at)))


def ruled(story: Story, **changes: object) -> Story:
    """The story with these rules changed."""
    return replace(story, rules=replace(story.rules, **changes))  # type: ignore[arg-type]


def asked(story: Story, entries: Iterable[int | None]) -> Story:
    """The story with entries at these levels; None is one at market."""
    specs = tuple(EntrySpec(None if each is None else mirrored(story, each)) for each in entries)
    return replace(story, request=replace(story.request, entries=specs))


def limited(story: Story) -> Story:
    """The story with no entry at market."""
    return asked(story, (99, 97, 95))


def timed(story: Story, moves: Iterable[tuple[int, float]]) -> Story:
    """The story with a price that goes to these levels, each at its time."""
    return replace(story, prices=(story.prices[0], *((at, mirrored(story, level), False) for at, level in moves)))


def pathed(draw: random.Random, story: Story, levels: tuple[float, ...]) -> Story:
    """The story with a price that goes from level to level, and dwells."""
    at, path = OPENED + draw.randint(500, 4_000), [story.prices[0]]
    for level in levels:
        price = mirrored(story, level)
        for _ in range(draw.randint(1, 3)):
            path.append((at, price + Decimal(draw.randint(-20, 20)) / 100, False))
            at += draw.choice((200, 1_000, 5_000))
    return replace(story, prices=tuple(path))
