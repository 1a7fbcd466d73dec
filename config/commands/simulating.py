"""simulate: storms by seed, named scenarios, crash sweeps and mishaps, and the mutants that all of it must kill."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from config.commands.printing import GOOD, WRONG, failing, print_json, say
from config.simulation.campaign import Found, Plan, Ring, cores, run
from config.simulation.cases import broken, case_of, saved
from config.simulation.fates import Fates, Kind
from config.simulation.mishaps import mishaps
from config.simulation.mutants import MUTANTS
from config.simulation.scenarios import HISTORIES, SCENARIOS, scenario
from config.simulation.shrink import shrunk
from config.simulation.sights import never
from config.simulation.storm import follow
from config.simulation.story import START, Story
from config.simulation.sweep import Swept, sweep
from config.simulation.world import World
from core.errors import ConfigError

DEFAULT_SEEDS = "0:200"
"""For storms; `--fresh N` takes N seeds that follow from the commit instead, so that each commit draws new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storms:
    """What simulate was asked for."""

    seeds: str = DEFAULT_SEEDS
    scenario: str | None = None
    crash: bool = False
    mishaps: bool = False
    double: int = 0
    case: Path | None = None
    mutant: str | None = None
    accounts: int = 2
    jobs: int = 1
    shrink: Path | None = None
    demand: bool = False
    fresh: int | None = None
    ring: str = "a"


@failing
def simulate(asked: Storms, *, as_json: bool) -> int:
    """Run what was asked for and print it; 1 when anything was violated, or a mutant survived."""
    ring = _ring(asked)
    _one_way(asked)
    if asked.mutant is not None:
        return _mutant(asked, as_json=as_json)
    if asked.case is not None:
        return _case(asked.case, as_json=as_json)
    if asked.crash:
        return _swept(asked, lambda story: sweep(story, double=asked.double), as_json=as_json)
    if asked.mishaps:
        return _swept(asked, mishaps, as_json=as_json)
    if asked.scenario is not None:
        return _scenario(_known(asked.scenario), asked.scenario, as_json=as_json)
    first, last = _range(asked.seeds) if asked.fresh is None else _fresh(asked.fresh)
    plan = Plan(first, last, asked.accounts, ring)
    found = run(plan, asked.jobs or cores(), _nothing if as_json else _progress(plan))
    _keep_shrunk(asked, found)
    return _tell(found, asked, as_json=as_json)


def _ring(asked: Storms) -> Ring:
    if asked.ring not in tuple(Ring):
        raise ConfigError((f"there is no ring {asked.ring!r}: a plays the machines, b the whole service",))
    alone = {
        "--scenario": asked.scenario,
        "--crash": asked.crash,
        "--mishaps": asked.mishaps,
        "--case": asked.case,
        "--mutant": asked.mutant,
        "--shrink": asked.shrink,
    }
    given = [name for name, value in alone.items() if value]
    if asked.ring == Ring.B and given:
        raise ConfigError((f"ring b plays seeds only: leave {', '.join(given)} away, or play ring a",))
    return Ring(asked.ring)


def _one_way(asked: Storms) -> None:
    """Refuse what would be left out in silence, or played on scenarios that are not made for it."""
    if asked.crash and asked.mishaps:
        raise ConfigError(("--crash and --mishaps are two ways to play the scenarios: one at a time",))
    if asked.double and not asked.crash:
        raise ConfigError(("--double takes pairs of points of --crash: add that, or leave it away",))


def _range(text: str) -> tuple[int, int]:
    first, colon, last = text.partition(":")
    if not colon or not first.isdecimal() or not last.isdecimal() or int(first) >= int(last):
        raise ConfigError((f"seeds {text!r}: give a half-open range such as 0:1000",))
    return int(first), int(last)


def _fresh(count: int) -> tuple[int, int]:
    """So many seeds that nobody has played before: they follow from the commit (reliability.md 4.6)."""
    root = Path(__file__).resolve().parents[2]
    told = subprocess.run(["git", "rev-parse", "HEAD"], capture_output=True, text=True, check=False, cwd=root)  # noqa: S607
    commit = told.stdout.strip()
    if not commit:
        raise ConfigError(("fresh seeds follow from the commit, and there is no git checkout here: name --seeds A:B",))
    first = int(commit[:9], 16)
    sys.stderr.write(f"seeds {first}:{first + count} (commit {commit[:12]})\n")
    return first, first + count


def _known(name: str) -> Story:
    if name not in {**SCENARIOS, **HISTORIES}:
        raise ConfigError((f"there is no scenario {name!r}; there are {', '.join((*SCENARIOS, *HISTORIES))}",))
    return scenario(name)


def _tell(found: Found, asked: Storms, *, as_json: bool) -> int:
    missing = never(found.sometimes) if asked.demand else ()
    figures = found.json()
    if as_json:
        print_json({**figures, "never": list(missing)} if asked.demand else figures)
    else:
        for key, value in figures.items():
            say(f"{key:<22} {value}" if not isinstance(value, list | dict) else f"{key:<22} {json.dumps(value)}")
        for each in missing:
            say(f"never met: {each}")
    return WRONG if found.violations or missing else GOOD


def _nothing(_: Found) -> None:
    return


def _progress(plan: Plan) -> Callable[[Found], None]:
    """Tell of every violation as it is found, and every thousand storms how far it is."""
    shown: list[object] = []

    def told(found: Found) -> None:
        for violation in found.violations[len(shown) :]:
            shown.append(violation)
            sys.stderr.write(json.dumps(violation) + "\n")
        if found.seeds % 1_000 == 0 or found.seeds == plan.last - plan.first:
            sys.stderr.write(f"{found.seeds} seeds, {len(found.violations)} violations, {found.crashes} crashes\n")

    return told


def _keep_shrunk(asked: Storms, found: Found) -> None:
    """Save the smallest form of each failing seed, to be played for ever."""
    if asked.shrink is None:
        return
    for seed in dict.fromkeys(int(str(each["seed"])) for each in found.violations):
        case = shrunk(seed, asked.accounts)
        if case is not None:
            path = saved(case, asked.shrink)
            sys.stderr.write(f"{path}: {len(case.faults)} faults, {len(case.story.happenings)} happenings\n")


def _case(path: Path, *, as_json: bool) -> int:
    """Play what --shrink has saved."""
    try:
        case = case_of(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError((f"{path} is no saved case: {error}",)) from error
    breaks = broken(case)
    answer = {"case": str(path), "seed": case.story.seed, "guards": case.guards, "violations": list(breaks)}
    print_json(answer) if as_json else say(json.dumps(answer))
    return WRONG if breaks else GOOD


def _scenario(story: Story, name: str, *, as_json: bool) -> int:
    world = World(story, Fates(story.seed, {}))
    follow(world)
    breaches = [
        {
            "scenario": name,
            "invariant": each.invariant,
            "at": each.at - START,
            "detail": f"{each.account}: {each.detail}",
        }
        for each in world.watch.breaches
    ]
    reports = {account: report.reason for (account, _), report in world.disk.reports.items()}
    answer = {"scenario": name, "ended": reports, "violations": breaches, "journal_hash": world.disk.digest}
    print_json(answer) if as_json else say(json.dumps(answer))
    return WRONG if breaches else GOOD


def _swept(asked: Storms, played: Callable[[Story], Swept], *, as_json: bool) -> int:
    known = (*SCENARIOS, *HISTORIES) if asked.mishaps else SCENARIOS  # ends of histories are not compared
    names = [asked.scenario] if asked.scenario is not None else list(known)
    rows: list[dict[str, object]] = []
    for name in names:
        swept = played(_known(name))
        violations = [
            {
                "crashes": _by_number(plan),
                "invariant": each.invariant,
                "detail": each.detail,
            }
            for plan, each in swept.breaches
        ]
        rows.append({"scenario": name, "points": swept.points, "runs": swept.runs, "violations": violations})
        if not as_json:
            say(f"{name:<22} {swept.points:>4} points {swept.runs:>6} runs {len(violations):>4} violations")
    wrong = sum(len(row["violations"]) for row in rows if isinstance(row["violations"], list))
    if as_json:
        print_json({"scenarios": rows, "runs": sum(int(str(row["runs"])) for row in rows), "violations": wrong})
    return WRONG if wrong else GOOD


def _by_number(plan: Mapping[int, Kind]) -> dict[str, str]:
    return {str(number): kind.value for number, kind in plan.items()}


def _mutant(asked: Storms, *, as_json: bool) -> int:
    """Apply one defect in a process of its own: 0 when it is caught."""
    if asked.mutant is None or asked.mutant not in MUTANTS:
        raise ConfigError((f"there is no mutant {asked.mutant!r}; there are {', '.join(MUTANTS)}",))
    played = list(map(str, _range(asked.seeds))) if asked.case is None else [str(asked.case.resolve())]
    kept = [str(asked.shrink.resolve())] if asked.shrink is not None and asked.case is None else []
    command = [sys.executable, "-m", "config.simulation.mutated", asked.mutant, *played, *kept]
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=root)  # noqa: S603 - our own module
    if done.returncode not in (GOOD, WRONG) or not done.stdout.strip():  # a traceback exits with 1 too
        raise ConfigError((f"the mutant could not be run: {done.stderr.strip()[-400:]}",))
    answer = json.loads(done.stdout)
    print_json(answer) if as_json else say(json.dumps(answer))
    return done.returncode
