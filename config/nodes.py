"""Strict YAML: nodes with their places, every scalar as text, secrets by tag, and nothing that surprises.

Duplicate keys, merge keys, anchors, unknown tags and several documents are problems, not features. Scalars stay the
text that was written, so 0.1 never passes through a float and `on` is no boolean; the models give them their types.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from config.saying import shown
from config.secrets import VARIABLE, from_environment, from_file
from ports.secret import Secret

Plain = dict[str, "Plain"] | list["Plain"] | str | None | Secret
Where = tuple[str | int, ...]

DEEPEST = 40
LARGEST = 1 << 18
WIDEST = 120
_NULLS = ("", "~", "null")
_STANDARD = tuple(
    f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "timestamp", "merge", "value")
)
_COLLECTIONS = ("tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


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
    concealed: set[int] = field(default_factory=set)

    def conceal(self, where: Where) -> None:
        """Never show the line that *where* stands on: it may hold a secret."""
        self.concealed.add(self._mark(where)[0])

    def complain(self, where: Where, message: str) -> None:
        """Add a problem at the nearest place that *where* has."""
        self.problems.append(Problem(*self._mark(where), where, message))

    def complain_first(self, where: Where, message: str) -> None:
        """Add a problem unless its place has one already, from which this only follows."""
        if all(problem.where != where for problem in self.problems):
            self.complain(where, message)

    def _mark(self, where: Where) -> tuple[int, int]:
        at = where
        while at and at not in self.marks:
            at = at[:-1]
        return self.marks.get(at, (1, 1))

    def rendered(self) -> tuple[str, ...]:
        """Every problem as `file:line:column: path: message`, with its line and a caret under the place."""
        lines = _LINE.split(self.text)
        ordered = sorted(self.problems, key=lambda problem: (problem.line, problem.column))
        return tuple(_rendered(self, lines, problem) for problem in ordered)


# Where YAML ends a line; str.splitlines knows more places, and would count the lines differently.
_LINE = re.compile("\r\n|[\r\n\x85\u2028\u2029]")


def _rendered(document: Document, lines: list[str], problem: Problem) -> str:
    path = ".".join(_part(part) for part in problem.where)
    place = f":{problem.line}:{problem.column}" if problem.line else ""
    head = f"{document.name}{place}: {path + ': ' if path else ''}{problem.message}"
    if not 0 < problem.line <= len(lines):
        return head
    if problem.line in document.concealed:
        return f"{head}\n    (the line is not shown: it may hold a secret)"
    column = problem.column - 1
    start = max(0, column - WIDEST // 2) if column >= WIDEST else 0
    source = "".join(each if each.isprintable() else " " for each in lines[problem.line - 1][start : start + WIDEST])
    return f"{head}\n    {source}\n    {' ' * (column - start)}^"


def _part(part: str | int) -> str:
    """A key as it stands in a path; quoted when it is long or a terminal would obey it."""
    text = str(part)
    return text if text.isprintable() and 0 < len(text) <= WIDEST // 2 else shown(text)


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
    if len(text) > LARGEST:
        document.problems.append(Problem(0, 0, (), f"is {len(text)} characters long; at most {LARGEST} are read"))
        return document
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
        document.problems.append(Problem(line, column, (), f"is no YAML: {_reason(error)}"))
        return document
    except (yaml.YAMLError, RecursionError) as error:
        document.problems.append(Problem(1, 1, (), f"is no YAML: {str(error).splitlines()[0]}"))
        return document
    if node is not None:
        document.value = _value(document, node, (), base or Path())
    return document


def _reason(error: yaml.MarkedYAMLError) -> str:
    """PyYAML's words, with what would mend it where we know."""
    problem = error.problem or error.context or ""
    if "\\t" in problem:
        return f"{problem}; indent by spaces, not by tabs"
    if "another document" in problem:
        return f"{problem}; one file has one document, without ---"
    return problem


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
    if isinstance(node, yaml.ScalarNode):
        return _scalar(document, node, where, base)
    if node.tag not in _COLLECTIONS:
        document.complain(where, f"has the tag {shown(node.tag)}, which is not read on keys and lists")
        return None
    if isinstance(node, yaml.MappingNode):
        return _mapping(document, node, where, base)
    return [_value(document, each, (*where, number), base) for number, each in enumerate(node.value)]


def _mapping(document: Document, node: yaml.MappingNode, where: Where, base: Path) -> Plain:
    found: dict[str, Plain] = {}
    for key_node, value_node in node.value:
        mark = (key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode) or key_node.tag not in _STANDARD:
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
    text = str(node.value)
    if node.tag == "!env":
        if not VARIABLE.fullmatch(text):
            document.conceal(where)  # somebody may have put the key itself here
        return _named(document, from_environment(text), where)
    if node.tag == "!file":
        return _named(document, from_file(text, base), where)
    if node.tag not in _STANDARD:
        document.complain(where, f"has the unknown tag {shown(node.tag)}; there are !env NAME and !file PATH")
        return None
    if any("\ud800" <= each <= "\udfff" for each in text):
        document.complain(where, f"{shown(text)} holds half a character, which can't be stored")
        return None
    if "\0" in text:
        document.complain(where, f"{shown(text)} holds a NUL character, which no name or text can have")
        return None
    return None if node.style is None and text.lower() in _NULLS else text


def _named(document: Document, found: Secret | str, where: Where) -> Plain:
    """A secret as it was found, or the problem that there is none."""
    if isinstance(found, Secret):
        return found
    document.complain(where, found)
    return None
