"""Turns in which something is held up: entries past their time, mirrors past their leader's profit, TP1 half way.

For storms that take none of those in `turns`.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from config.simulation.dice import Die, any_of
from config.simulation.retelling import STOP_TABLES, asked, names_of, ruled, some, timed, with_more
from config.simulation.story import OPENED, Does, Happening, Story
from core.plan import KEEP, OnFailure
from core.request import FixedQuantity

_CANCEL = 504
"""The number by which an operator cancels the entries (`acts`)."""


def _rationed(draw: random.Random, story: Story) -> Story:
    """Some entries are held up until their request's time is nearly over, or past it; others work, or fill (A9).

    Meanwhile somebody adds to the trade, what leaves at last gets lost, or what works is taken away.
    """
    valid = draw.choice((6_000, 10_000, 20_000))
    entries = draw.choice(((None, 98, 95), (None, 98, 95), (99, 97, 95), (None, 97), (98, 96)))
    story = ruled(asked(story, entries), time_limit=None)
    story = replace(story, request=replace(story.request, valid_for=valid))
    names, over = names_of(story), OPENED + valid
    found = [each for name in some(draw, names) for each in _held_up(draw, name, valid)]
    if draw.random() < 0.4:
        at = over - draw.choice((300, 1_000, 3_000))
        found.append(Happening(at, Does.MERGE, names[0], draw.randint(500, 30_000)))
    if draw.random() < 0.3:
        found.append(Happening(over + draw.choice((1_000, 12_000)), Does.OPERATOR, draw.choice(names), _CANCEL))
    levels = draw.choice(((101, 101, 100), (101, 98.5, 101), (101, 104.5, 102), (98.5, 101, 104.5)))
    path = zip((OPENED + 2_000, over + 3_000, over + 30_000), levels, strict=True)
    return with_more(timed(story, path), found)


def _held_up(draw: random.Random, name: str, valid: int) -> Iterator[Happening]:
    held = valid * draw.choice((45, 70, 85, 95, 120, 140)) // 100 + draw.randint(-300, 300)
    yield Happening(OPENED, Does.RATIONED, name, held)
    for times in (1, 2):
        if draw.random() < 0.6:
            yield Happening(OPENED + held * times - 500, Does.LOST, name, draw.choice((1_500, 4_000)))


def _left_behind(draw: random.Random, story: Story) -> Story:
    """A mirror's entries don't rest yet when the price comes to its leader's, which then takes its profit (A4)."""
    entries = draw.choice(((98, 95), (99, 97, 95), (98,)))
    missed = draw.random() < 0.2
    story = ruled(asked(story, entries), time_limit=None, entry_ttl=None, cancel_if_missed=missed)
    names, away = names_of(story), draw.choice((3_000, 6_000, 12_000))
    kinds = (Does.BUSY, Does.RATIONED, Does.LOST, Does.STREAM_DOWN, Does.OFFLINE)
    found = [Happening(OPENED - 100, draw.choice(kinds), name, away) for name in names[1:]]
    back, hit = OPENED + away - 500, OPENED + away + draw.choice((2_000, 8_000, 20_000))
    path = ((back - 1_000, entries[0] - 0.5), (back, 100.5), (hit, 104.5), (hit + draw.choice((500, 5_000)), 103))
    return with_more(timed(story, path), found)


def _cut_short(draw: random.Random, story: Story) -> Story:
    """TP1 executes in good part for want of volume, most of the rest is closed by hand, the price passes on (B15)."""
    lots, step = draw.randint(40, 60), story.instrument.step
    size, shares = FixedQuantity(step * lots), tuple(map(Decimal, (60, 20, 10, 10)))
    story = replace(story, request=replace(story.request, size=size, shares=shares))
    tables = tuple(table for table in STOP_TABLES if table[0] != KEEP)
    story = ruled(asked(story, (None,)), stop_after=draw.choice(tables), breakeven_failed=OnFailure.CLOSE)
    story = ruled(story, time_limit=None, cancel_limits_on_tp1=True)
    hit = OPENED + draw.choice((8_000, 15_000))
    back, on = hit + draw.choice((300, 1_500)), hit + draw.choice((9_000, 20_000))
    found = [Happening(hit - 100, Does.THIN, names_of(story)[0], 50 * 60 + lots * draw.randint(30, 58) // 100)]
    found += [
        Happening(hit + 4_000, Does.REDUCE, name, 90 * 11 + 2 * draw.randint(22, 40) + 1) for name in names_of(story)
    ]
    levels = draw.choice(((104.5, 102, 107.5, 106), (104.5, 102, 107.5, 111), (104.2, 101, 110.5, 108)))
    return with_more(timed(story, zip((hit, back, on, on + 2_000), levels, strict=True)), found)


def _kept_waiting(draw: random.Random, story: Story) -> Story:
    """A mirror joins some seconds late; meanwhile its leader's stop was moved, and nothing else is told (A4)."""
    story = ruled(asked(story, draw.choice(((None,), (None, 95), (99, 97)))), time_limit=None, entry_ttl=None)
    names, away = names_of(story), draw.choice((3_000, 8_000, 15_000))
    window = draw.choice((Does.STREAM_DOWN, Does.STREAM_DOWN, Does.OFFLINE))
    found = [Happening(OPENED - draw.choice((100, 1_500)), window, name, away) for name in names[1:]]
    for _ in range(draw.randint(1, 2)):
        further = 7 * draw.randint(100, 3_000) + draw.randint(2, 6)
        found.append(Happening(OPENED + draw.randint(400, away), Does.MOVE_STOP, names[0], further))
    return with_more(timed(story, ((OPENED + 1_000, 100.5), (OPENED + away + 6_000, 101))), found)


DIE = Die("gamma", ((0.35, any_of(_rationed, _rationed, _left_behind, _cut_short, _kept_waiting)),))
