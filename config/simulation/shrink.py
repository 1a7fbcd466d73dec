"""A failing storm made small: the fewest faults, happenings and prices that still break it (rel:4.7)."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from decimal import Decimal
from typing import TypeVar

from config.simulation.cases import Case, broken
from config.simulation.fates import Fates
from config.simulation.storm import follow
from config.simulation.story import Story
from config.simulation.telling import tell
from config.simulation.world import World
from core.money import ZERO
from core.plan import Rules
from plugins.exchanges.paper.venue.policies import Policies

T = TypeVar("T")
Fails = Callable[[Case], bool]

ROUNDS = 3
"""What is left out of one part lets more of another go; rarely after so many rounds."""


def shrunk(seed: int, accounts: int = 2) -> Case | None:
    """The smallest case found that breaks what the seed's storm breaks; None when it breaks nothing."""
    whole = whole_case(tell(seed, accounts=accounts))
    wanted = set(broken(whole))
    return smallest(whole, lambda case: bool(wanted & set(broken(case)))) if wanted else None


def whole_case(story: Story) -> Case:
    """The storm itself as a case: every fault that struck it, by decision, so that nothing is left to draw."""
    world = World(story, Fates(story.seed, story.chances))
    with suppress(Exception):  # it raises again when the case is played
        follow(world)
    return Case(story=replace(story, chances={}), faults=tuple(world.fates.struck.items()))


def smallest(case: Case, fails: Fails) -> Case:
    """The case without all that it fails without."""
    for _ in range(ROUNDS):
        before, case = case, _plainer(_fewer(case, fails), fails)
        if case == before:
            break
    return case


def _fewer(case: Case, fails: Fails) -> Case:
    """The case with as few faults, happenings and prices as still fail; the first price is where it begins."""

    def told(**changes: object) -> Case:
        return replace(case, story=replace(case.story, **changes))  # type: ignore[arg-type]

    case = replace(case, faults=fewest(case.faults, lambda some: fails(replace(case, faults=some))))
    case = told(happenings=fewest(case.story.happenings, lambda some: fails(told(happenings=some))))
    first, *rest = case.story.prices
    return told(prices=(first, *fewest(tuple(rest), lambda some: fails(told(prices=(first, *some))))))


def _plainer(case: Case, fails: Fails) -> Case:
    """The case with every trait that it needn't have left away, one after the other."""
    for number in range(len(tuple(_traits(case.story)))):
        plain = replace(case, story=tuple(_traits(case.story))[number])
        if plain != case and fails(plain):
            case = plain
    return case


def _traits(story: Story) -> Iterator[Story]:
    """The story without each of its traits: always as many, whatever was left away before."""
    alone = tuple(each for each in story.happenings if each.account == story.accounts[0][0])
    yield replace(story, accounts=story.accounts[:1], happenings=alone)
    for name in Rules.__dataclass_fields__:
        yield replace(story, rules=replace(story.rules, **{name: getattr(Rules(), name)}))
    for name in Policies.__dataclass_fields__:
        yield replace(story, policies=replace(story.policies, **{name: getattr(Policies(), name)}))
    for name, least in (("road", 5), ("stream", 5), ("store", 1)):
        yield replace(story, pace=replace(story.pace, **{name: least}))
    for name, usual in (("hedge", False), ("slippage", ZERO), ("audit", 60_000), ("down", (400,)), ("apart", ())):
        yield replace(story, **{name: usual})  # type: ignore[arg-type]
    yield replace(story, request=replace(story.request, entries=story.request.entries[:1]))
    yield replace(story, request=replace(story.request, valid_for=600_000))
    yield replace(story, prices=tuple((at, round(price * 2) / Decimal(2), jumps) for at, price, jumps in story.prices))


def fewest(items: tuple[T, ...], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...]:
    """A subset that still fails and of which nothing alone can be left out."""
    if fails(()):
        return ()
    parts = 2
    while len(items) > 1:
        size = -(-len(items) // parts)
        rests = [(*items[:at], *items[at + size :]) for at in range(0, len(items), size)]
        found = _first(rests, fails)
        if found is not None:
            items, parts = found, max(parts - 1, 2)
        elif size == 1:
            break
        else:
            parts = min(parts * 2, len(items))
    return items


def _first(candidates: Sequence[tuple[T, ...]], fails: Callable[[tuple[T, ...]], bool]) -> tuple[T, ...] | None:
    return next((each for each in candidates if fails(each)), None)
