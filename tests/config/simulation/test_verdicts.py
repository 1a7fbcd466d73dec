"""The checks of a storm that is over: each says what was put wrong by hand, and excuses what it should."""

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import partial

import pytest

from config.simulation.fates import Fates
from config.simulation.process import LEADER
from config.simulation.storm import conclude
from config.simulation.story import START, Does, Happening
from config.simulation.telling import tell
from config.simulation.verdict import at_rest, over
from config.simulation.world import World
from core.account.effects import Journaled
from core.account.explaining import NETTED
from core.alerts import EntryFilled, PositionClosed, TargetHit
from core.desired import Phase
from core.facts import Act, ActKind
from tests.config.simulation import tampering
from tests.config.simulation.quiet import CLOSED, box, ended, quiet, said, state
from tests.config.simulation.tampering import MIRROR

Breaks = Callable[[World], object]
MANY = Decimal(10_000)

WRONG: dict[str, tuple[str, str, Breaks]] = {
    "died": ("I12", "", lambda world: world.process.died()),
    "unwell": ("I12", LEADER, lambda world: state(world).troubles.update(stream=1)),
    "in doubt": ("I12", LEADER, tampering.doubted),
    "in flight": ("I12", LEADER, tampering.flying),
    "closing": ("I12", LEADER, tampering.closes),
    "not emptied": ("I12", LEADER, tampering.emptied),
    "all forgotten": ("I9", LEADER, lambda world: world.disk.journal[LEADER].clear()),
    "a fill forgotten": ("I9", LEADER, tampering.forget_a_fill),
    "decided otherwise": ("I9", LEADER, tampering.decides_otherwise),
    "books": ("I18", LEADER, tampering.pay),
    "began too late": ("A9", MIRROR, lambda world: world.process.profits.update({box(world).id: 0})),
    "the user's": ("I6", LEADER, tampering.foreign),
    "believed": ("I6", LEADER, tampering.believe),
    "paid before": ("I10", LEADER, tampering.paid_before),
    "not copied": ("A4", MIRROR, tampering.leads),
    "copied twice": ("A4", MIRROR, lambda world: tampering.moved(world, MIRROR, LEADER)),
    "never told": ("A9", LEADER, partial(tampering.late, times=0)),
    "told twice": ("A9", LEADER, partial(tampering.late, times=2)),
    "fails again": ("C5", LEADER, tampering.fails_again),
    "a stranger": ("B11", LEADER, tampering.strangers),
    "outlives": ("I14", MIRROR, tampering.outlive),
    "followed nobody": ("A4", MIRROR, tampering.follows_nobody),
}  # fmt: skip


@pytest.mark.parametrize(("invariant", "name", "breaks"), WRONG.values(), ids=list(WRONG))
def test_what_is_wrong_at_rest_is_said(invariant: str, name: str, breaks: Breaks) -> None:
    """rel:I6, rel:I9, rel:I10, rel:I12, rel:I14, rel:I18, A4, A9, B11, C5: a check that never fires proves nothing."""
    world = quiet()
    assert said(world, at_rest) == set()

    breaks(world)

    assert (invariant, name) in said(world, at_rest)


def _meddled(name: str, breaks: Breaks) -> Breaks:
    def both(world: World) -> None:
        world.watch.meddled.add(name)
        breaks(world)

    return both


EXCUSED: dict[str, tuple[str, Breaks]] = {
    "a hand in what is the user's": ("I6", _meddled(LEADER, tampering.foreign)),
    "netted": ("I6", partial(tampering.foreign, execution=f"{NETTED}x")),
    "the leader's own end": ("I14", partial(tampering.outlive, reason="liquidation")),
    "told once": ("A9", partial(tampering.late, times=1)),
    "told to have failed": ("A9", partial(tampering.late, times=1, failed=True)),
    "cancelled before it was late": ("A9", partial(tampering.late, times=0, entries_cancelled="operator")),
    "cancelled before a merge": ("A9", partial(tampering.late, times=0, withdrawn=1)),
    "its trade closes": ("A9", partial(tampering.late, times=0, phase=Phase.CLOSING)),
    "a hand in the mirror": ("I14", _meddled(MIRROR, tampering.outlive)),
    "an act nobody took": ("I12", partial(tampering.emptied, stored=False)),
    "a hand in what was emptied": ("I12", _meddled(LEADER, tampering.emptied)),
}


@pytest.mark.parametrize(("invariant", "breaks"), EXCUSED.values(), ids=list(EXCUSED))
def test_what_is_excused_is_not_said(invariant: str, breaks: Breaks) -> None:
    """A9, rel:I6, rel:I12, rel:I14: a check that fires at what a user did finds nothing but users."""
    world = quiet()
    breaks(world)

    assert invariant not in {each for each, _ in said(world, at_rest)}


WRONG_AT_THE_END: dict[str, tuple[str, Breaks]] = {
    "money": ("I10", partial(tampering.report_otherwise, net=MANY)),
    "entered": ("I13", partial(tampering.tell_otherwise, kind=PositionClosed, entered=MANY)),
    "filled": ("I13", partial(tampering.tell_otherwise, kind=EntryFilled, filled_total=MANY)),
    "hit": ("I13", partial(tampering.tell_otherwise, kind=TargetHit, quantity=MANY)),
    "left": ("I13", partial(tampering.tell_otherwise, kind=TargetHit, remaining=MANY)),
    "nobody was told": ("I13", partial(tampering.unsay, kind=PositionClosed)),
    "closed early": ("I13", tampering.closed_early),
    "never filled": ("B7", tampering.never_filled),
    "works on": ("I4", tampering.works_on),
    "worked when it was over": ("C8", tampering.worked_on),
}


@pytest.mark.parametrize(("invariant", "breaks"), WRONG_AT_THE_END.values(), ids=list(WRONG_AT_THE_END))
def test_what_is_wrong_at_the_end_is_said(invariant: str, breaks: Breaks) -> None:
    """rel:I4, rel:I10, rel:I13, B7: of a trade that is over."""
    world = ended()
    breaks(world)

    assert (invariant, LEADER) in said(world, over)


def _moves(world: World, times: int) -> None:
    trade = next(trade for name, trade in world.disk.reports if name == LEADER)
    act = Journaled(trade, Act(trade, ActKind.MOVE_STOP, 1, 1))
    world.disk.journal[LEADER] += [act] * times


def _cancels(world: World, what: Does = Does.USER_CANCEL) -> None:
    world.watch.story = replace(world.story, happenings=(Happening(1, what, LEADER, 1),))
    world.story = world.watch.story


def _haunted(world: World) -> None:
    world.watch.haunted.add(LEADER)
    tampering.met(world)


def _grew_and_died(world: World) -> None:
    _cancels(world)
    world.crashes = 1


@pytest.mark.parametrize(
    ("said_of_it", "excuse"),
    [
        (True, _cancels),
        (True, lambda world: setattr(world, "crashes", 1)),
        (True, _grew_and_died),
        (False, lambda world: world.watch.meddled.add(LEADER)),
        (False, lambda world: world.venue.forget_closed()),
    ],
    ids=["a user who cancels", "a crash", "both", "a hand", "forgotten"],
)
def test_what_was_told_as_hit_and_never_filled_has_few_excuses(said_of_it: bool, excuse: Breaks) -> None:
    """B7: where the process died and a user cancelled too, the order's end tells how large it was."""
    world = ended()
    tampering.never_filled(world)
    excuse(world)

    assert (("B7", LEADER) in said(world, over)) is said_of_it


OUTSIDE: dict[str, tuple[bool, Breaks]] = {
    "nobody": (True, lambda world: world.watch.haunted.add(MIRROR)),
    "a ghost that met nothing": (True, lambda world: world.watch.haunted.add(LEADER)),
    "what met by itself": (True, tampering.met),
    "a ghost that met something": (False, _haunted),
    "one move": (True, partial(_moves, times=1)),
    "two moves": (False, partial(_moves, times=2)),
    "funding": (True, partial(_cancels, what=Does.FUNDING)),
    "a user who cancels": (False, _cancels),
    "a hand": (False, lambda world: world.watch.meddled.add(LEADER)),
    "what died with a full disk": (False, lambda world: world.disk.forgotten.update(world.disk.reports)),
}


@pytest.mark.parametrize(("said_so", "excuses"), OUTSIDE.values(), ids=list(OUTSIDE))
def test_nobody_from_outside_closed_what_no_hand_was_in(said_so: bool, excuses: Breaks) -> None:
    """G2: each excuse is one, and what only resembles it is none."""
    world = ended()
    tampering.report_otherwise(world, reason="external")
    excuses(world)

    assert (("G2", LEADER) in said(world, over)) is said_so


def test_what_goes_on_long_after_its_end_is_said() -> None:
    """rel:I12: all is well with a trade that is on, but for its being on; what a hand was in may be."""
    assert said(quiet(), over) == {("I12", LEADER), ("I12", MIRROR)}

    world = quiet()
    world.watch.meddled.add(LEADER)
    assert ("I12", LEADER) not in said(world, over)


def test_in_the_calm_accounts_look_as_rarely_as_in_production() -> None:
    """4.4: every 1.5 s while the price walks (36 s), once a minute in the quiet minutes before and after that."""
    world = World(replace(tell(CLOSED, calm=True), audit=1_500), Fates(CLOSED, {}, {}))
    world.begin()
    world.timeline.run(START + world.story.ends)
    before = state(world).cuts.done
    conclude(world)

    assert 15 <= state(world).cuts.done - before <= 60
