"""What the user may switch in the exchange's app: the position mode while flat, the leverage at any time (rel:F34).

The venue refuses a mode with a position or orders, so it is switched where ours are late, refused or over. One storm in
eight takes such a turn, whatever other turns it has.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace

from config.simulation.dice import Die
from config.simulation.retelling import mirrored, names_of, some, with_more
from config.simulation.story import OPENED, Does, Happening, Story

Row = Callable[[random.Random, Story, str], Iterator[Happening]]


def _switched(draw: random.Random, story: Story) -> Story:
    """Somebody switches something, on one account or on all; the trade may be over soon, for another one to follow."""
    story = _short(draw, story) if draw.random() < 0.5 else story
    row = draw.choice(_ROWS)
    return with_more(story, [each for name in some(draw, names_of(story)) for each in row(draw, story, name)])


def _while_waiting(draw: random.Random, _: Story, name: str) -> Iterator[Happening]:
    """The mode, while entries wait for a venue that is busy or gone; now and then there and back."""
    away = draw.choice((1_500, 4_000, 9_000))
    at = max(OPENED - draw.choice((0, 100, 1_000)), 0)
    yield Happening(at, draw.choice((Does.BUSY, Does.BUSY, Does.OFFLINE, Does.STREAM_DOWN)), name, away)
    for _again in range(draw.randint(1, 2)):
        yield Happening(draw.randint(OPENED - 500, OPENED + away), Does.USER_MODE, name, draw.randint(500, 30_000))


def _between_trades(draw: random.Random, story: Story, name: str) -> Iterator[Happening]:
    """The mode, after a trade was closed and before the next one is asked for."""
    closed = OPENED + draw.randint(1_500, 6_000)
    leader = story.accounts[0][0]
    for each in sorted({leader, name}):
        yield Happening(closed, Does.OPERATOR, each, 500)
    yield Happening(closed + draw.randint(500, 9_000), Does.USER_MODE, name, draw.randint(500, 30_000))
    yield Happening(closed + draw.randint(3_000, 15_000), Does.MERGE, leader, draw.randint(500, 30_000))


def _after_cancelling(draw: random.Random, _: Story, name: str) -> Iterator[Happening]:
    """The mode, after the user took every order away."""
    at = OPENED + draw.randint(500, 5_000)
    for _again in range(3):
        yield Happening(at, Does.USER_CANCEL, name, 2 * draw.randint(250, 15_000) + 1)
        at += draw.choice((50, 300))
    for _again in range(draw.randint(1, 3)):
        at += draw.choice((1, 100, 2_000))
        yield Happening(at, Does.USER_MODE, name, draw.randint(500, 30_000))


def _leverage(draw: random.Random, story: Story, name: str) -> Iterator[Happening]:
    """The leverage, before the trade, in it and after it; another trade follows."""
    at = OPENED + draw.randint(500, 5_000)
    yield Happening(at, Does.USER_LEVERAGE, name, draw.randint(500, 30_000))
    leader = story.accounts[0][0]
    if draw.random() < 0.5:
        at += draw.randint(100, 4_000)
        for each in sorted({leader, name}):
            yield Happening(at, Does.OPERATOR, each, 500)
    if draw.random() < 0.4:
        yield Happening(draw.randint(200, story.ends), Does.USER_LEVERAGE, name, draw.randint(500, 30_000))
    yield Happening(at + draw.randint(1_000, 20_000), Does.MERGE, leader, draw.choice((539, 501, 506, 519)))


_ROWS: tuple[Row, ...] = (_while_waiting, _between_trades, _after_cancelling, _leverage, _leverage)


def _short(draw: random.Random, story: Story) -> Story:
    """The story with a price that ends its trade soon, and stays where another one can follow."""
    at, path = OPENED + draw.randint(2_000, 6_000), [story.prices[0]]
    for level in draw.choice(((101, 89, 92), (99, 89, 90, 95), (104, 108, 111, 114, 101), (100, 101, 100))):
        path.append((at, mirrored(story, level), False))
        at += draw.choice((700, 2_000, 6_000))
    path += [(at + number * 4_000, path[-1][1], False) for number in range(5)]
    return replace(story, prices=tuple(path))


DIE = Die("switch", ((0.125, _switched),))
