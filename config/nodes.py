"""Strict YAML: nodes with their places, every scalar as text, secrets by tag, and nothing that surprises.

Duplicate keys, merge keys, anchors, unknown tags and several documents are problems, not features. Scalars stay the text
that was written, so 0.1 never passes through a float and `on` is no boolean; the models give them their types.
"""

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from ports.secret import Secret

Plain = dict[str, "Plain"] | list["Plain"] | str | None | Secret
Where = tuple[str | int, ...]

DEEPEST = 40
LARGEST = 1 << 20
_NULLS = ("", "~", "null")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at a place. *line* and *column* count from 1; 0 = no place."""

    line: int
    column: int
    where: Where
    message: str


@dataclass(slots=True)
class Document:
    """A YAML text as plain values, with the place of every path, and what was wrong with it."""

    name: str
    text: str
    value: Plain = None
    marks: dict[Where, tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def complain(self, where: Where, message: str) -> None:
        """Add a problem at the nearest place that *where* has."""
        at = where
        while at and at not in self.marks:
            at = at[:-1]
        line, column = self.marks.get(at, (1, 1))
        self.problems.append(Problem(line, column, where, message))

    def rendered(self) -> tuple[str, ...]:
        """Every problem as `file:line:column: path: message`, with its line and a caret under the place."""
        lines = self.text.splitlines()
        ordered = sorted(self.problems, key=lambda problem: (problem.line, problem.column))
        return tuple(_rendered(self.name, lines, problem) for problem in ordered)


def _rendered(name: str, lines: list[str], problem: Problem) -> str:
    path = ".".join(str(part) for part in problem.where)
    head = f"{name}:{problem.line}:{problem.column}: {path + ': ' if path else ''}{problem.message}"
    if not 0 < problem.line <= len(lines):
        return head
    source = lines[problem.line - 1].replace("\t", " ")[:160]
    return f"{head}\n    {source}\n    {' ' * (problem.column - 1)}^"


def read_file(path: Path) -> Document:
    """Read a YAML file; whatever is wrong with it is a problem in the document."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _broken(str(path), f"can't be read: {error.strerror}")
    if len(raw) > LARGEST:
        return _broken(str(path), f"is {len(raw)} bytes long; a configuration has at most {LARGEST}")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return _broken(str(path), f"is no UTF-8 text (byte {error.start})")
    return read_text(text, str(path), path.parent)


def _broken(name: str, message: str) -> Document:
    document = Document(name, "")
    document.problems.append(Problem(0, 0, (), message))
    return document


def read_text(text: str, name: str, base: Path | None = None) -> Document:
    """Read YAML text. *base* is where `!file` paths start."""
    document = Document(name, text)
    try:
        loader = yaml.SafeLoader(text)
        try:
            if not _only_plain_events(document, text):
                return document
            node = loader.get_single_node()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
        document.problems.append(Problem(line, column, (), f"is no YAML: {error.problem or error.context}"))
        return document
    except (yaml.YAMLError, RecursionError) as error:
        document.problems.append(Problem(1, 1, (), f"is no YAML: {str(error).splitlines()[0]}"))
        return document
    if node is not None:
        document.value = _value(document, node, (), base or Path())
    return document


def _only_plain_events(document: Document, text: str) -> bool:
    """Whether the text has neither anchors nor depth that would trip a reader up."""
    depth = 0
    for event in yaml.parse(text, yaml.SafeLoader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        anchor = getattr(event, "anchor", None)
        if anchor is not None or depth > DEEPEST:
            mark = event.start_mark
            what = f"anchors and aliases are not read ({anchor})" if anchor is not None else "is nested too deeply"
            line, column = (mark.line + 1, mark.column + 1) if mark is not None else (1, 1)
            document.problems.append(Problem(line, column, (), what))
            return False
    return True


def _value(document: Document, node: yaml.Node, where: Where, base: Path) -> Plain:
    document.marks.setdefault(where, (node.start_mark.line + 1, node.start_mark.column + 1))
    match node:
        case yaml.MappingNode():
            return _mapping(document, node, where, base)
        case yaml.SequenceNode():
            return [_value(document, each, (*where, number), base) for number, each in enumerate(node.value)]
        case yaml.ScalarNode():
            return _scalar(document, node, where, base)
        case _:
            document.complain(where, "is of a kind that is not read here")
            return None


def _mapping(document: Document, node: yaml.MappingNode, where: Where, base: Path) -> Plain:
    found: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            document.problems.append(Problem(*mark, where, "a key must be a plain word"))
            continue
        key = key_node.value
        inside = (*where, key)
        if key == "<<":
            document.problems.append(Problem(*mark, where, "merge keys (<<) are not read; write the values out"))
            continue
        if key in found:
            first = document.marks[inside][0]
            document.problems.append(Problem(*mark, inside, f"stands twice; the first one is on line {first}"))
            continue
        document.marks[inside] = mark
        found[key] = _value(document, value_node, inside, base)
    return found


def _scalar(document: Document, node: yaml.ScalarNode, where: Where, base: Path) -> Plain:
    readers: dict[str, Callable[[], Plain]] = {
        "!env": lambda: _from_environment(document, node.value, where),
        "!file": lambda: _from_file(document, base / node.value, where),
    }
    if node.tag in readers:
        return readers[node.tag]()
    if not node.tag.startswith("tag:yaml.org,2002:"):
        document.complain(where, f"has the unknown tag {node.tag}; there are !env NAME and !file PATH")
        return None
    if node.style is None and node.value.lower() in _NULLS:
        return None
    return str(node.value)


def _from_environment(document: Document, name: str, where: Where) -> Plain:
    value = os.environ.get(name)
    if not value:
        document.complain(where, f"the environment variable {name} is not set; export it before starting")
        return None
    return Secret(value, f"!env {name}")


def _from_file(document: Document, path: Path, where: Where) -> Plain:
    try:
        mode = path.stat().st_mode
        value = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "no text"
        document.complain(where, f"the secret file {path} can't be read: {reason}")
        return None
    if mode & (stat.S_IRGRP | stat.S_IROTH):
        document.complain(where, f"the secret file {path} can be read by others; chmod 600 it")
        return None
    if not value:
        document.complain(where, f"the secret file {path} is empty")
        return None
    return Secret(value, f"!file {path}")
