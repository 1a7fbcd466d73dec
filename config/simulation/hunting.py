"""What catches a defect: storms in order of their seeds until one breaks something, the crash sweep, the mishaps."""

import traceback
from collections.abc import Callable

from config.simulation.mishaps import mishaps
from config.simulation.scenarios import SCENARIOS
from config.simulation.storm import play
from config.simulation.story import Story
from config.simulation.sweep import Swept, sweep
from config.simulation.telling import tell


def hunt(first: int, last: int) -> dict[str, object] | None:
    """What was caught first, None when nothing was. An exception of the code under test is a catch."""
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
    return _in_scenarios(sweep) or _in_scenarios(mishaps)


def _in_scenarios(played: Callable[[Story], Swept]) -> dict[str, object] | None:
    for name, story in SCENARIOS.items():
        for plan, found in played(story()).breaches:
            return {
                "scenario": name,
                "faults": {str(number): kind.value for number, kind in plan.items()},
                "invariant": found.invariant,
                "detail": f"{found.account}: {found.detail}"[:300],
            }
    return None
