"""Which tests guard which row of the reliability catalogue: `python -m tests.guards > docs/guards.md`.

A test guards the rows that its docstring cites: `rel:F17`, lists of one letter (`rel:I1, I2`) and ranges (`rel:F01 to
F24`). A storm that cites a range is listed, but a row is guarded only by a test that names it. Files are read, never
imported; a module's docstring speaks for the whole file.
"""

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from tests.guarded_rows import LATER, ROWS

ROOT = Path(__file__).resolve().parent.parent
PLACES = ("tests", "ports/contract")
CITED = re.compile(r"\brel:(?P<first>[FIDR]\d+b?)(?P<rest>(?:(?:,| to| and)\s+[FIDR]\d+b?\b)*)")
MORE = re.compile(r"(?P<how>,| to| and)\s+(?P<row>[FIDR]\d+b?)")
EXPLAINED = {"F": "Faults", "I": "Invariants", "D": "Defects of the reference bots", "R": "Rules a prototype paid for"}
HEAD = """# What guards what

Made by `python -m tests.guards > docs/guards.md` from the docstrings of the tests. Every fault, invariant, inherited
defect and rule that Tandem is built against, and the tests that fail when it is broken. Tests in *italics* are storms:
they cover a range of rows at once and name none.
"""
FOOT = """## Not built yet

These rows belong to parts that come later, and have no test before.

| row | comes with |
|---|---|"""


@dataclass(frozen=True, slots=True)
class Guard:
    """A test that cites a row; not *named* when only a range that it cites holds the row."""

    row: str
    test: str
    named: bool


def cited(text: str) -> Iterator[tuple[str, bool]]:
    """Each row that *text* cites, and whether it is named; a list or range goes on only with the same letter.

    >>> list(cited("B5, rel:I1, I2, D3; rel:F13b and F14: one each"))
    [('I1', True), ('I2', True), ('F13b', True), ('F14', True)]
    >>> list(cited("rel:F08 to F10"))
    [('F08', False), ('F09', False), ('F10', False)]
    """
    for found in CITED.finditer(" ".join(text.split())):
        last, named = found["first"], {found["first"]: True}
        for more in MORE.finditer(found["rest"]):
            row = more["row"]
            if row[0] != last[0]:
                break
            if more["how"] == " to":
                named.update(dict.fromkeys(_between(last, row), False))
            else:
                named[row] = True
            last = row
        yield from named.items()


def _between(first: str, last: str) -> Iterator[str]:
    names = list(ROWS)
    for name in names[names.index(first) : names.index(last) + 1]:
        if name[0] == first[0]:
            yield name


def guards(root: Path = ROOT) -> list[Guard]:
    """Every citation, in the order of files and lines."""
    files = chain.from_iterable(sorted((root / place).rglob("*.py")) for place in PLACES)
    return list(chain.from_iterable(_in_file(path, path.relative_to(root).as_posix()) for path in files))


def _in_file(path: Path, name: str) -> Iterator[Guard]:
    if not path.name.startswith("test_") and "contract" not in path.parts:
        return
    tree = ast.parse(path.read_text("utf-8"))
    for place, text in chain([(name, ast.get_docstring(tree) or "")], _tests(tree, name)):
        for row, named in cited(text):
            yield Guard(row, place, named)


def _tests(node: ast.AST, where: str) -> Iterator[tuple[str, str]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.ClassDef):
            yield from _tests(child, f"{where}::{child.name}")
        elif isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) and child.name.startswith("test_"):
            yield f"{where}::{child.name}", ast.get_docstring(child) or ""


def unguarded(found: Iterable[Guard]) -> list[str]:
    """Rows that no test names, and that no later issue brings."""
    named = {guard.row for guard in found if guard.named}
    return [row for row in ROWS if row not in named and row not in LATER]


def page(found: Iterable[Guard]) -> str:
    """The page of the docs."""
    lines = [HEAD]
    known = list(found)
    for letter, title in EXPLAINED.items():
        lines += [f"## {title}", "", "| row | what must hold | guarded by |", "|---|---|---|"]
        lines += [_line(row, known) for row in ROWS if row[0] == letter and row not in LATER]
        lines.append("")
    lines[-1] = FOOT
    lines += [f"| {row}: {ROWS[row]} | {issue} |" for row, issue in LATER.items()]
    return "\n".join(lines) + "\n"


def _line(row: str, known: Iterable[Guard]) -> str:
    tests = {guard.test: guard.named for guard in known if guard.row == row}
    files = {test.partition("::")[0] for test in tests if "::" in test}
    tests = {test: named for test, named in tests.items() if test not in files}  # its tests say it better
    shown = [f"`{test}`" if named else f"*`{test}`*" for test, named in tests.items()]
    return f"| {row} | {ROWS[row]} | {'<br>'.join(shown)} |"


if __name__ == "__main__":
    sys.stdout.write(page(guards()))
