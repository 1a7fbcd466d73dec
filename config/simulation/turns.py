"""Turns that one storm in three takes: rows of events that belong together, found by reading (see `dice`)."""

import random
from dataclasses import replace

from config.simulation.dice import Die, any_of
from config.simulation.retelling import STOP_TABLES, limited, names_of, pathed, ruled, some, with_more
from config.simulation.story import OPENED, Does, Happening, Story
from core.plan import ManualChanges
from core.request import EntrySpec


def _tables(draw: random.Random, story: Story) -> Story:
    """Any stop table, and a price that goes from take-profit to take-profit and back."""
    story = ruled(story, stop_after=draw.choice(STOP_TABLES), time_limit=None)
    levels = draw.choice(((104, 103, 107, 105, 110), (97, 104, 107, 105, 106), (104, 108, 107.5, 108, 106)))
    return pathed(draw, story, levels)


def _parts(draw: random.Random, story: Story) -> Story:
    """Partial closes, some off the step, of all sizes, in quiet times."""
    story = pathed(draw, ruled(story, stop_after=draw.choice(STOP_TABLES), time_limit=None), (101, 102, 101))
    names, at = names_of(story), OPENED + draw.randint(3_000, 8_000)
    return with_more(story, [Happening(at, Does.REDUCE, name, draw.randint(500, 30_000)) for name in some(draw, names)])


def _bit_by_bit(draw: random.Random, story: Story) -> Story:
    """TP1 executes in part for want of volume, most of the rest is closed by hand, and the price goes on to TP2."""
    story = ruled(story, stop_after=draw.choice(STOP_TABLES), time_limit=None, cancel_limits_on_tp1=True)
    story = pathed(draw, story, (101, 104.5, 102, 102, 107.5, 106))
    far = [at for at, price, _ in story.prices if abs(price - 100) > 4]
    back = next(at for at, price, _ in story.prices if at > far[0] and abs(price - 100) < 3)
    thin = [
        Happening(at, Does.THIN, names_of(story)[0], 50 * draw.randint(4, 8) + draw.randint(1, 9))
        for at in range(far[0] - 100, back, 150)
    ]
    closed = [Happening(back + 700, Does.REDUCE, name, 90 * 11 + draw.randint(60, 84)) for name in names_of(story)]
    return with_more(story, [*thin, *closed])


def _moves(draw: random.Random, story: Story) -> Story:
    """Stops moved many times, on the leader and on mirrors, near the market and far; the process may die between."""
    names, found = names_of(story), []
    at = OPENED + draw.randint(500, 5_000)
    for _ in range(draw.randint(2, 6)):
        what = Does.KILL if draw.random() < 0.2 else Does.MOVE_STOP
        name = names[0] if draw.random() < 0.6 else draw.choice(names)
        found.append(Happening(at, what, name, draw.randint(500, 30_000)))
        at += draw.choice((100, 700, 3_000, 9_000))
    if draw.random() < 0.4:
        found.append(Happening(found[0].at - 50, Does.BUSY, draw.choice(names), draw.randint(2_000, 20_000)))
    story = ruled(story, time_limit=draw.choice((None, None, 40_000)))
    if draw.random() < 0.6:
        story = replace(story, request=replace(story.request, entries=(EntrySpec(None),)))
    return with_more(pathed(draw, story, (101, 100, 99, 100, 101, 102, 100)), found)


def _late(draw: random.Random, story: Story) -> Story:
    """A mirror that can't open when its leader does, and hears meanwhile that the stop moved, or that TP1 was hit."""
    names = names_of(story)
    away = draw.choice((4_000, 8_000, 15_000, 28_000))
    window = draw.choice((Does.OFFLINE, Does.STREAM_DOWN, Does.STREAM_DOWN))
    found = [Happening(OPENED - draw.choice((100, 1_500)), window, name, away) for name in names[1:]]
    found += [
        Happening(OPENED + draw.randint(300, away), Does.MOVE_STOP, names[0], draw.randint(500, 30_000))
        for _ in range(draw.randint(0, 2))
    ]
    if draw.random() < 0.3:
        found.append(Happening(OPENED + draw.randint(300, away), Does.KILL, names[0], 500))
    paths: tuple[tuple[float, ...], ...] = ((101, 100, 98), (101, 104, 103), (104, 105, 101), (99, 101, 104))
    if draw.random() < 0.4:
        story, paths = limited(story), ((98.5, 101, 101, 101, 101, 101, 104.5, 104.5),)
    return with_more(pathed(draw, story, draw.choice(paths)), found)


def _unsent(draw: random.Random, story: Story) -> Story:
    """Requests that live for seconds and meet a venue that is busy or gone, and another one merged into them."""
    valid = draw.choice((2_500, 6_000, 15_000))
    story = replace(story, request=replace(story.request, valid_for=valid))
    names, found = names_of(story), []
    merged = OPENED + valid * draw.randint(40, 95) // 100
    for name in some(draw, names):
        what = draw.choice((Does.BUSY, Does.BUSY, Does.OFFLINE, Does.STREAM_DOWN))
        at = max(OPENED + draw.choice((-300, 100, valid - 1_500)), 0)
        found.append(Happening(at, what, name, draw.choice((valid // 2, valid, valid * 3 // 2))))
    if draw.random() < 0.7:
        found.append(Happening(merged, Does.MERGE, names[0], draw.randint(500, 30_000)))
    return with_more(pathed(draw, story, draw.choice(((99, 101, 98), (101, 99, 95), (100, 104, 99)))), found)


def _unlisted(draw: random.Random, story: Story) -> Story:
    """Executions that neither the stream nor the lists tell for a while, though positions show them (rel:F20)."""
    story = pathed(
        draw, story, draw.choice(((98, 95, 101), (104, 101, 99), (98, 89, 88), (104, 107, 100), (99, 104, 88)))
    )
    names, at = names_of(story), draw.randint(OPENED, max(story.ends - 2_000, OPENED))
    found = [Happening(at, Does.UNLISTED, name, draw.choice((15_000, 25_000, 40_000))) for name in some(draw, names)]
    if draw.random() < 0.5:
        found.append(Happening(story.ends - 1_000, Does.MERGE, names[0], draw.randint(500, 30_000)))
    return with_more(story, found)


def _restored(draw: random.Random, story: Story) -> Story:
    """Somebody moves a take-profit in the app again and again until it is left alone; then the trade ends (A11)."""
    changes = draw.choice((ManualChanges.RESTORE, ManualChanges.RESTORE, ManualChanges.KEEP))
    limit = draw.choice((None, 30_000, 45_000, 60_000))
    story = ruled(story, manual_changes=changes, time_limit=limit)
    name, found = draw.choice(names_of(story)), []
    at, gap = OPENED + draw.randint(2_000, 6_000), draw.choice((1_500, 3_000, 6_000))
    for _ in range(draw.randint(3, 7)):
        found.append(Happening(at, Does.USER_TARGET, name, draw.randint(500, 30_000)))
        at += gap
    return with_more(
        pathed(draw, story, draw.choice(((101, 100, 101) * 4, (*(101, 100) * 5, 89), (*(101,) * 8, 107, 114)))), found
    )


def _before(draw: random.Random, story: Story) -> Story:
    """The user held something there himself until a moment ago, and paid funding for it."""
    name, size = draw.choice(names_of(story)), draw.randint(500, 30_000)
    found = [
        Happening(100, Does.USER_ORDER, name, size),
        Happening(draw.randint(300, 900), Does.FUNDING, name, size | 1),
        Happening(draw.randint(1_000, 1_500), Does.USER_CLOSE, name, size),
    ]
    return with_more(story, found)


_ANY = any_of(_tables, _parts, _bit_by_bit, _moves, _moves, _late, _unsent, _unlisted, _restored, _before)
DIE = Die("beta", ((0.35, _ANY),))
