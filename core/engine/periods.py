"""The periods of the statistics in the store (G1): each reset begins one, the ones before are kept."""

import json
from dataclasses import replace

from core.codec import Unreadable, codec
from core.errors import ConfigError, Stopped
from core.stats_book import FIRST, Period
from ports.persistence import Store

NAME = "statistics"
ALL = "all"
_CODEC = codec(tuple[Period, ...])


async def periods(store: Store) -> tuple[Period, ...]:
    """Every period, oldest first; the last one goes on. Raises Stopped where what is stored can't be read."""
    written = await store.recall(NAME)
    if written is None:
        return (FIRST,)
    try:
        found: tuple[Period, ...] = _CODEC.read(json.loads(written))
    except (Unreadable, ValueError) as error:
        raise Stopped(f"the statistic periods in the store can't be read: {error}; restore a backup") from None
    return found or (FIRST,)


async def keep(store: Store, all_of_them: tuple[Period, ...]) -> None:
    """Put them in the place of what was stored, durably."""
    if _CODEC.write is None:
        raise TypeError("periods have an exact text")
    await store.remember(NAME, json.dumps(_CODEC.write(all_of_them)))


def chosen(known: tuple[Period, ...], wanted: object) -> Period:
    """The period that somebody names by number or label, "all" for the whole history; the one that goes on for None."""
    if wanted is None:
        return known[-1]
    if str(wanted) == ALL:
        return replace(known[0], label=ALL, end=None)
    for each in reversed(known):
        if str(wanted) in (str(each.number), each.label):
            return each
    there = ", ".join(each.label for each in known)
    raise ConfigError((f"there is no statistic period {str(wanted)[:40]!r}; there are {there} and all",))


def begun(known: tuple[Period, ...], start: int, label: str) -> Period:
    """The period that a reset at *start* begins; its label is its number unless one is given."""
    number = known[-1].number + 1
    return Period(number=number, label=label or str(number), start=start)
