"""What catches a defect: storms by their seeds, the crash sweep and the mishaps, and many more storms at last."""

import traceback
from collections.abc import Callable, Mapping

from config.simulation.mishaps import mishaps
from config.simulation.scenarios import HISTORIES, SCENARIOS
from config.simulation.storm import play
from config.simulation.story import Story
from config.simulation.sweep import Swept, sweep
from config.simulation.telling import tell

SOON = 1_500
"""Storms before everything that is not drawn; the other storms come after it, for what nothing else has caught."""


def hunt(first: int, last: int, before: str = "") -> dict[str, object] | None:
    """What was caught first, None when nothing was. An exception of the code under test is a catch.

    *before*: the seed or scenario that caught it the last time, which is tried first; "" when there is none.
    """
    soon = min(last, first + SOON)
    found = _where(before) or _in_storms(first, soon) or _in_scenarios(sweep, SCENARIOS)
    return found or _in_scenarios(mishaps, {**HISTORIES, **SCENARIOS}) or _in_storms(soon, last)


def _where(before: str) -> dict[str, object] | None:
    if before.isdecimal():
        return _in_storms(int(before), int(before) + 1)
    named = {name: story for name, story in {**HISTORIES, **SCENARIOS}.items() if name == before}
    return _in_scenarios(mishaps, named) or _in_scenarios(
        sweep, {name: named[name] for name in named if name in SCENARIOS}
    )


def _in_storms(first: int, last: int) -> dict[str, object] | None:
    for seed in range(first, last):
        try:
            ended = play(tell(seed))
        except (NameError, ImportError):
            raise  # the mutant itself is broken: that is no catch
        except Exception as error:  # noqa: BLE001 - whatever a defect raises is what shows it
            return {"seed": seed, "raised": "".join(traceback.format_exception_only(error)).strip()}
        if ended.breaches:
            found = ended.breaches[0]
            return {"seed": seed, "invariant": found.invariant, "detail": f"{found.account}: {found.detail}"}
    return None


def _in_scenarios(
    played: Callable[[Story], Swept], among: Mapping[str, Callable[[], Story]]
) -> dict[str, object] | None:
    for name, story in among.items():
        for plan, found in played(story()).breaches:
            return {
                "scenario": name,
                "faults": {str(number): kind.value for number, kind in plan.items()},
                "invariant": found.invariant,
                "detail": f"{found.account}: {found.detail}"[:300],
            }
    return None
