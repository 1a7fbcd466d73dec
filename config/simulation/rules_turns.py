"""The venue changes the symbol's trading rules (rel:F37), once or twice, while a trade is on or about to be.

Nothing tells of it but the list of instruments, and what is refused by the new rules. One storm in sixteen takes such
a turn, whatever other turns it has.
"""

import random
from dataclasses import replace
from decimal import Decimal

from config.simulation.dice import Die
from config.simulation.retelling import names_of, pathed, with_more
from config.simulation.story import OPENED, Does, Happening, Story
from core.instrument import Instrument
from core.money import ceil_to

_TICKS = tuple(map(Decimal, ("0.001", "0.01", "0.02", "0.05", "0.1", "0.25", "0.3", "1")))
_STEPS = tuple(map(Decimal, ("0.1", "0.5", "1", "2", "5", "10")))
_SMALLEST = (1, 1, 1, 2, 5)
_LARGEST = (None, None, Decimal(10), Decimal(40))
"""The largest market order from then on, in units: what is more is closed by several."""
_LEVELS = (
    (101, 104.5, 103),
    (98.5, 96.5, 101, 104.5),
    (104.5, 108, 105),
    (96, 101, 104.5),
    (98, 94, 101),
    (104.5, 100),
)
_WHEN = (OPENED - 500, OPENED + 20, OPENED + 300, OPENED + 4_000, OPENED + 9_000, OPENED + 20_000)


def changed(rules: Instrument, number: int) -> Instrument:
    """The rules that follow these; *number* chooses another tick, another step, or both.

    The largest limit order stays: a ladder that was sized by the old one could not be placed by a smaller.
    """
    draw = random.Random(f"new rules:{number}")
    tick = draw.choice(_TICKS) if number % 3 != 1 else rules.tick
    if number % 3 == 0:
        return replace(rules, tick=tick)
    step = rules.step * draw.choice(_STEPS)
    least, most = step * draw.choice(_SMALLEST), draw.choice(_LARGEST)
    return replace(
        rules,
        tick=tick,
        step=step,
        min_quantity=least,
        max_market_quantity=rules.max_market_quantity if most is None else ceil_to(max(most, least), step),
    )


def _new_rules(draw: random.Random, story: Story) -> Story:
    """They change at any time; half of the storms bring a price that goes past entries and targets.

    Where dead entries execute only the tick does: what two trades hold of a slot off a new step nobody closes whole.
    """
    story = pathed(draw, story, draw.choice(_LEVELS)) if draw.random() < 0.5 else story
    times = [draw.choice(_WHEN) if draw.random() < 0.5 else draw.randint(OPENED, max(story.ends - 1, OPENED + 1))]
    if draw.random() < 0.3:
        times.append(times[0] + draw.choice((50, 2_000, 15_000, 65_000)))
    name = names_of(story)[0]
    haunted = any(each.what is Does.GHOST for each in story.happenings)
    numbers = [draw.randint(500, 30_000) for _ in times]
    found = [
        Happening(at, Does.NEW_RULES, name, number // 3 * 3 if haunted else number)
        for at, number in zip(times, numbers, strict=True)
    ]
    if draw.random() < 0.3:
        found.append(Happening(times[0] + draw.choice((10, 500, 5_000)), Does.KILL, name, 500))
    return with_more(story, found)


DIE = Die("rules", ((0.0625, _new_rules),))
