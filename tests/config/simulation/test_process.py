"""The process of a storm: who gets no answer asks again when it is back."""

import subprocess
import sys
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from config.simulation.campaign import Plan, Ring, run
from config.simulation.process import LEADER
from core.account.inputs import Operate
from core.facts import Act, ActKind
from tests.config.simulation.quiet import box, quiet

SECOND = 5_000
ROOT = Path(__file__).resolve().parents[3]


def test_who_moves_a_stop_again_while_the_process_dies_is_heard() -> None:
    """B14, rel:F43: the first move is stored, and that looked like the second one: it was never asked for again."""
    world = quiet()
    process, stop = world.process, box(world).trade.plan.stop
    assert stop is not None
    act = Operate(box(world).id, ActKind.MOVE_STOP, "ann", box(world).trade.plan.market, price=stop + Decimal("0.1"))
    process.operate(LEADER, act)
    world.timeline.run(world.timeline.now + SECOND)

    process.operate(LEADER, replace(act, price=stop + Decimal("0.2")))
    process.died()
    process.boot()
    world.timeline.run(world.timeline.now + SECOND)

    stored = [each.what for each in process.disk.journal[LEADER] if isinstance(each.what, Act)]
    assert [each.price for each in stored if each.kind is ActKind.MOVE_STOP][-1] == stop + Decimal("0.2")


@pytest.mark.integration
def test_the_service_too_is_asked_for_each_move() -> None:
    """B14 (ring B, seed 26116440769): an operator's second move of a stop was taken for the first and never played."""
    assert run(Plan(26116440769, 26116440770, ring=Ring.B)).violations == []


@pytest.mark.integration
def test_who_is_killed_leaves_no_storms_behind() -> None:
    """Its workers waited for more of them for ever, each with its memory; what they write to is closed when they go."""
    code = (
        "from config.simulation.campaign import Plan, run;"
        "run(Plan(0, 100_000), 2, lambda found: print(found.seeds, flush=True))"
    )
    asked = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, cwd=ROOT)
    assert asked.stdout is not None
    asked.stdout.readline()
    asked.kill()

    asked.communicate(timeout=30)
