"""Turns that a storm may take on top of everything else: what belongs together is drawn together (rel:4.4).

Reading the machine found defects that 100,000 storms had not: each needed three or four things of one kind in a row,
which independent dice hardly ever throw. A turn is such a row: one storm in three has one, by a die of its own.
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from decimal import Decimal

from config.simulation.story import OPENED, Does, Happening, Story
from core.plan import BREAKEVEN, KEEP, ManualChanges, StopAfter, StopAfterKind
from core.request import EntrySpec
from core.words import Side

OFTEN = 0.35

Turn = Callable[[random.Random, Story], Story]

_ENTRY = StopAfter(StopAfterKind.ENTRY)
_TARGETS = (StopAfter(StopAfterKind.TARGET, level=1), StopAfter(StopAfterKind.TARGET, level=2))


def _trail(percent: str) -> StopAfter:
    return StopAfter(StopAfterKind.TRAIL, percent=Decimal(percent))


_TABLES = (
    (BREAKEVEN, _trail("1.5")), (_trail("2"),), (KEEP, BREAKEVEN), (KEEP, _trail("1"), _ENTRY), (BREAKEVEN, *_TARGETS),
    (_ENTRY, KEEP, _trail("0.5")), (BREAKEVEN,), (_ENTRY,),
)  # fmt: skip
"""Stop tables (B15): rows of every kind, the later ones too."""


def turned(story: Story) -> Story:
    """The story with the turn that its seed takes, if it takes one."""
    draw = random.Random(f"beta:{story.seed}")
    return draw.choice(_TURNS)(draw, story) if draw.random() < OFTEN else story


def _tables(draw: random.Random, story: Story) -> Story:
    """Any stop table, and a price that goes from take-profit to take-profit and back."""
    story = _ruled(story, stop_after=draw.choice(_TABLES), time_limit=None)
    levels = draw.choice(((104, 103, 107, 105, 110), (97, 104, 107, 105, 106), (104, 108, 107.5, 108, 106)))
    return _pathed(draw, story, levels)


def _parts(draw: random.Random, story: Story) -> Story:
    """Partial closes, some off the step, of all sizes, in quiet times."""
    story = _pathed(draw, _ruled(story, stop_after=draw.choice(_TABLES), time_limit=None), (101, 102, 101))
    names, at = _names(story), OPENED + draw.randint(3_000, 8_000)
    return _with(story, [Happening(at, Does.REDUCE, name, draw.randint(500, 30_000)) for name in _some(draw, names)])


def _bit_by_bit(draw: random.Random, story: Story) -> Story:
    """TP1 executes in part for want of volume, most of the rest is closed by hand, and the price goes on to TP2."""
    story = _ruled(story, stop_after=draw.choice(_TABLES), time_limit=None, cancel_limits_on_tp1=True)
    story = _pathed(draw, story, (101, 104.5, 102, 102, 107.5, 106))
    far = [at for at, price, _ in story.prices if abs(price - 100) > 4]
    back = next(at for at, price, _ in story.prices if at > far[0] and abs(price - 100) < 3)
    thin = [
        Happening(at, Does.THIN, _names(story)[0], 50 * draw.randint(4, 8) + draw.randint(1, 9))
        for at in range(far[0] - 100, back, 150)
    ]
    closed = [Happening(back + 700, Does.REDUCE, name, 90 * 11 + draw.randint(60, 84)) for name in _names(story)]
    return _with(story, [*thin, *closed])


def _moves(draw: random.Random, story: Story) -> Story:
    """Stops moved many times, on the leader and on mirrors, near the market and far; the process may die between."""
    names, found = _names(story), []
    at = OPENED + draw.randint(500, 5_000)
    for _ in range(draw.randint(2, 6)):
        what = Does.KILL if draw.random() < 0.2 else Does.MOVE_STOP
        name = names[0] if draw.random() < 0.6 else draw.choice(names)
        found.append(Happening(at, what, name, draw.randint(500, 30_000)))
        at += draw.choice((100, 700, 3_000, 9_000))
    if draw.random() < 0.4:
        found.append(Happening(found[0].at - 50, Does.BUSY, draw.choice(names), draw.randint(2_000, 20_000)))
    story = _ruled(story, time_limit=draw.choice((None, None, 40_000)))
    if draw.random() < 0.6:
        story = replace(story, request=replace(story.request, entries=(EntrySpec(None),)))
    return _with(_pathed(draw, story, (101, 100, 99, 100, 101, 102, 100)), found)


def _late(draw: random.Random, story: Story) -> Story:
    """A mirror that can't open when its leader does, and hears meanwhile that the stop moved, or that TP1 was hit."""
    names = _names(story)
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
        story, paths = _limited(story), ((98.5, 101, 101, 101, 101, 101, 104.5, 104.5),)
    return _with(_pathed(draw, story, draw.choice(paths)), found)


def _unsent(draw: random.Random, story: Story) -> Story:
    """Requests that live for seconds and meet a venue that is busy or gone, and another one merged into them."""
    valid = draw.choice((2_500, 6_000, 15_000))
    story = replace(story, request=replace(story.request, valid_for=valid))
    names, found = _names(story), []
    merged = OPENED + valid * draw.randint(40, 95) // 100
    for name in _some(draw, names):
        what = draw.choice((Does.BUSY, Does.BUSY, Does.OFFLINE, Does.STREAM_DOWN))
        at = max(OPENED + draw.choice((-300, 100, valid - 1_500)), 0)
        found.append(Happening(at, what, name, draw.choice((valid // 2, valid, valid * 3 // 2))))
    if draw.random() < 0.7:
        found.append(Happening(merged, Does.MERGE, names[0], draw.randint(500, 30_000)))
    return _with(_pathed(draw, story, draw.choice(((99, 101, 98), (101, 99, 95), (100, 104, 99)))), found)


def _unlisted(draw: random.Random, story: Story) -> Story:
    """Executions that neither the stream nor the lists tell for a while, though positions show them (rel:F20)."""
    story = _pathed(
        draw, story, draw.choice(((98, 95, 101), (104, 101, 99), (98, 89, 88), (104, 107, 100), (99, 104, 88)))
    )
    names = _names(story)
    found = [
        Happening(at, Does.UNLISTED, name, draw.choice((15_000, 25_000, 40_000)))
        for at in _times(draw, story, 1)
        for name in _some(draw, names)
    ]
    if draw.random() < 0.5:
        found.append(Happening(story.ends - 1_000, Does.MERGE, names[0], draw.randint(500, 30_000)))
    return _with(story, found)


def _restored(draw: random.Random, story: Story) -> Story:
    """Somebody moves a take-profit in the app again and again until it is left alone; then the trade ends (A11)."""
    changes = draw.choice((ManualChanges.RESTORE, ManualChanges.RESTORE, ManualChanges.KEEP))
    limit = draw.choice((None, 30_000, 45_000, 60_000))
    story = _ruled(story, manual_changes=changes, time_limit=limit)
    name, found = draw.choice(_names(story)), []
    at, gap = OPENED + draw.randint(2_000, 6_000), draw.choice((1_500, 3_000, 6_000))
    for _ in range(draw.randint(3, 7)):
        found.append(Happening(at, Does.USER_TARGET, name, draw.randint(500, 30_000)))
        at += gap
    return _with(
        _pathed(draw, story, draw.choice(((101, 100, 101) * 4, (*(101, 100) * 5, 89), (*(101,) * 8, 107, 114)))), found
    )


def _before(draw: random.Random, story: Story) -> Story:
    """The user held something there himself until a moment ago, and paid funding for it."""
    name, size = draw.choice(_names(story)), draw.randint(500, 30_000)
    found = [
        Happening(100, Does.USER_ORDER, name, size),
        Happening(draw.randint(300, 900), Does.FUNDING, name, size | 1),
        Happening(draw.randint(1_000, 1_500), Does.USER_CLOSE, name, size),
    ]
    return _with(story, found)


_TURNS: tuple[Turn, ...] = (
    _tables, _parts, _bit_by_bit, _moves, _moves, _late, _unsent, _unlisted, _restored, _before,
)  # fmt: skip


def _limited(story: Story) -> Story:
    """The story with no entry at market."""
    return _asked(story, (99, 97, 95))


def _asked(story: Story, entries: Iterable[int | None]) -> Story:
    """The story with these entries of a long from 100; None is one at market."""
    specs = tuple(EntrySpec(None if each is None else _level(story, each)) for each in entries)
    return replace(story, request=replace(story.request, entries=specs))


def _level(story: Story, level: float) -> Decimal:
    """A price of a long from 100, mirrored for a short."""
    sign = 1 if story.request.side is Side.LONG else -1
    return Decimal(100) + (Decimal(str(level)) - 100) * sign


def _names(story: Story) -> tuple[str, ...]:
    return tuple(name for name, _ in story.accounts)


def _some(draw: random.Random, names: tuple[str, ...]) -> tuple[str, ...]:
    """One account, or all."""
    return names if draw.random() < 0.4 else (draw.choice(names),)


def _times(draw: random.Random, story: Story, count: int) -> list[int]:
    return sorted(draw.randint(OPENED, max(story.ends - 2_000, OPENED)) for _ in range(count))


def _ruled(story: Story, **changes: object) -> Story:
    return replace(story, rules=replace(story.rules, **changes))  # type: ignore[arg-type]


def _with(story: Story, more: Iterable[Happening]) -> Story:
    return replace(story, happenings=tuple(sorted((*story.happenings, *more), key=lambda each: each.at)))


def _pathed(draw: random.Random, story: Story, levels: tuple[float, ...]) -> Story:
    """The story with a price that goes from level to level of a long from 100, mirrored for a short, and dwells."""
    at, path = OPENED + draw.randint(500, 4_000), [story.prices[0]]
    for level in levels:
        price = _level(story, level)
        for _ in range(draw.randint(1, 3)):
            path.append((at, price + Decimal(draw.randint(-20, 20)) / 100, False))
            at += draw.choice((200, 1_000, 5_000))
    return replace(story, prices=tuple(path))
