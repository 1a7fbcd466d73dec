"""A storm by hand, as it is kept under tests/regress: the whole story, written out, and exactly these faults.

Nothing of it is drawn again, so a saved case stays what it is whatever seeds tell in a later version. What the machine
does may still move its faults to other decisions: `mutant` names the defect that it must break with.
"""

import json
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from config.simulation.fates import Kind
from config.simulation.storm import play
from config.simulation.story import Story
from core.codec import codec


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A story with these faults, by decision. *mutant*: the defect that it breaks with; *guards*: what it is about."""

    story: Story
    faults: tuple[tuple[int, Kind], ...]
    mutant: str = ""
    guards: str = ""

    def text(self) -> str:
        """As it is saved: a line for each price, happening and fault."""
        data = codec(Case).write
        assert data is not None  # noqa: S101 - a dataclass always has a writer
        return _laid_out(data(replace(self, story=replace(self.story, chances={}))))


def case_of(text: str) -> Case:
    """A saved case; raises ValueError for anything else."""
    case: Case = codec(Case).read(json.loads(text))
    return case


def broken(case: Case) -> tuple[str, ...]:
    """What a case breaks: invariants, or what the machine raised."""
    try:
        ended = play(case.story, dict(case.faults))
    except (NameError, ImportError):
        raise  # a mutant that is broken itself
    except Exception as error:  # noqa: BLE001 - whatever a storm makes it raise is what the case is about
        return (f"raised {type(error).__name__}",)
    return tuple(sorted({each.invariant for each in ended.breaches}))


def saved(case: Case, folder: Path) -> Path:
    """Write a case down under its seed, in a folder that is made if need be."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{case.mutant or 'seed'}_{case.story.seed}.json"
    path.write_text(case.text(), encoding="utf-8")
    return path


def _laid_out(value: Any, indent: int = 0) -> str:
    """JSON whose objects and lists open up as long as they hold others: whatever is flat stays on its line."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    if not any(isinstance(each, dict | list) for each in inner):
        return json.dumps(value) + ("" if indent else "\n")
    edge, (opens, closes) = " " * (indent + 1), "{}" if isinstance(value, dict) else "[]"
    parts = (
        [f"{json.dumps(name)}: {_laid_out(each, indent + 1)}" for name, each in value.items()]
        if isinstance(value, dict)
        else [_laid_out(each, indent + 1) for each in value]
    )
    body = ",\n".join(edge + part for part in parts)
    return f"{opens}\n{body}\n{' ' * indent}{closes}" + ("" if indent else "\n")
