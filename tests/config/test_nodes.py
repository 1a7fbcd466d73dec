"""Strict YAML: what is refused, where the problem is shown, and that nothing hostile gets past as a traceback."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.nodes import LARGEST, read_file, read_text
from ports.secret import Secret

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("a: 1\nb: 2\na: 3\n", "t:3:1: a: stands twice; the first one is on line 1"),
        ("a: {b: 1, b: 2}", "t:1:11: a.b: stands twice; the first one is on line 1"),
        ("a: {<<: {b: 1}}", "t:1:5: a: merge keys (<<) are not read; write the values out"),
        ("a: &x 1", "t:1:4: anchors and aliases are not read (x)"),
        ("a: *x", "t:1:4: anchors and aliases are not read (x)"),
        ("a: !secret x", "t:1:1: a: has the unknown tag '!secret'; there are !env NAME and !file PATH"),
        ("a: !!binary aGk=", "t:1:1: a: has the unknown tag 'tag:yaml.org,2002:binary'"),
        ("a: !!python/name:os.system x", "t:1:1: a: has the unknown tag 'tag:yaml.org,2002:python/name:os.system'"),
        ("a: !env {b: 1}", "t:1:1: a: has the tag '!env', which is not read on keys and lists"),
        ("a: 1\n---\nb: 1", "t:2:1: is no YAML: but found another document; one file has one document"),
        ("a:\n\tb: 1", "t:2:1: is no YAML: found character '\\t' that cannot start any token; indent by spaces"),
        ("? [a]\n: 1", "t:1:3: a key must be a plain word"),
        ("a: 'x\0'", "t:1:1: is no YAML: unacceptable character #x0000"),
        ('a: "\\ud800"', "t:1:1: a: '\\ud800' holds half a character"),
        ("[" * 50, "t:1:41: is nested too deeply"),
        ("a" * (LARGEST + 1), f"t: is {LARGEST + 1} characters long; at most {LARGEST} are read"),
    ],
)
def test_what_is_refused(text: str, problem: str) -> None:
    """Each surprise that YAML has is one problem, at its place, with what would mend it."""
    document = read_text(text, "t")

    assert document.rendered()[0].startswith(problem)


def test_scalars_stay_text() -> None:
    """Nothing is resolved: words that YAML 1.1 turns into booleans, numbers or times stay as written."""
    document = read_text("a: [on, 010, 12:30, 1e3, 1_000, 0.10, 2026-01-01, !!int 5, '~']\nb: ~\nc:\n", "t")

    assert document.problems == []
    assert document.value == {
        "a": ["on", "010", "12:30", "1e3", "1_000", "0.10", "2026-01-01", "5", "~"],
        "b": None,
        "c": None,
    }


def test_the_caret_stands_under_the_place() -> None:
    """A long line is cut to a window around the place, and the caret moves with it."""
    document = read_text("{" + "x" * 300 + ": 1, bad: !x 1}", "t")
    _, line, caret = document.rendered()[0].splitlines()

    assert line[caret.index("^") :] == "bad: !x 1}"
    assert len(line) < 130


def test_lines_are_counted_as_yaml_counts_them() -> None:
    """Separators that only Python takes for a line's end don't shift the quoted line."""
    document = read_text("a: 'x\u2028  y'\nb: !x 1\n", "t")

    assert document.rendered()[0].splitlines()[1].strip() == "b: !x 1"


def test_what_a_terminal_would_obey_is_not_printed() -> None:
    """Escape sequences in keys arrive quoted."""
    document = read_text('"\\e[31mred": !x 1', "t")

    assert "\x1b" not in document.rendered()[0]


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", b"a: \xe4\n"])
def test_no_text_is_a_problem(tmp_path: Path, content: bytes) -> None:
    """Binary files are named with the first byte that is none of UTF-8."""
    path = tmp_path / "t.yaml"
    path.write_bytes(content)

    assert "is no UTF-8 text (byte" in read_file(path).rendered()[0]


def test_a_byte_order_mark_is_skipped(tmp_path: Path) -> None:
    """An editor's mark at the beginning is no part of the first key."""
    path = tmp_path / "t.yaml"
    path.write_bytes(b"\xef\xbb\xbfa: 1\n")

    assert read_file(path).value == {"a": "1"}


@pytest.mark.parametrize("name", ["missing.yaml", "."])
def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path, name: str) -> None:
    """No file, or a folder: the path and the reason."""
    assert "can't be read: " in read_file(tmp_path / name).rendered()[0]


def test_env_gives_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    """The value is held, not shown; its source may be."""
    monkeypatch.setenv("TANDEM_TEST_KEY", "hunter2")
    value = read_text("!env TANDEM_TEST_KEY", "t").value

    assert isinstance(value, Secret)
    assert (value.reveal(), value.source) == ("hunter2", "!env TANDEM_TEST_KEY")
    assert "hunter2" not in f"{value}{value!r}{value:>20}"


@pytest.mark.parametrize("value", [None, "", "  "])
def test_an_unset_variable_is_named(monkeypatch: pytest.MonkeyPatch, value: str | None) -> None:
    """Unset and empty are the same problem, at the key."""
    monkeypatch.delenv("TANDEM_TEST_KEY", raising=False)
    if value is not None:
        monkeypatch.setenv("TANDEM_TEST_KEY", value)

    assert (
        "k: the environment variable TANDEM_TEST_KEY is not set"
        in read_text("k: !env TANDEM_TEST_KEY", "t").rendered()[0]
    )


def test_a_key_in_place_of_a_variable_is_not_repeated() -> None:
    """Who writes the key itself after !env doesn't find it in the log."""
    document = read_text("k: !env sk-live-hunter2", "t")

    assert "takes the name of an environment variable" in document.rendered()[0]
    assert "hunter2" not in document.rendered()[0]


def test_file_gives_a_secret_from_beside_the_configuration(tmp_path: Path) -> None:
    """The path starts at the file that names it; the line's end is no part of the secret."""
    (tmp_path / "key").write_text("hunter2\n")
    (tmp_path / "key").chmod(0o600)
    (tmp_path / "t.yaml").write_text("!file key")
    value = read_file(tmp_path / "t.yaml").value

    assert isinstance(value, Secret)
    assert value.reveal() == "hunter2"


@pytest.mark.parametrize(
    ("content", "mode", "reason"),
    [
        ("hunter2", 0o644, "can be read by others; chmod 600 it"),
        ("hunter2", 0o640, "can be read by others; chmod 600 it"),
        (" \n", 0o600, "is empty"),
        ("h" * 70_000, 0o600, "has 70000 bytes"),
        (None, 0o600, "can't be read: No such file"),
    ],
)
def test_a_secret_file_that_is_not_private_or_not_there(
    tmp_path: Path, content: str | None, mode: int, reason: str
) -> None:
    """The file is named, never what it holds (S7)."""
    path = tmp_path / "key"
    if content is not None:
        path.write_text(content)
        path.chmod(mode)
    shown = read_text("k: !file key", "t", tmp_path).rendered()[0]

    assert reason in shown
    assert "hunter2" not in shown


def test_a_device_is_no_secret_file() -> None:
    """A file that never ends is refused before it is read."""
    assert "is no regular file" in read_text("k: !file /dev/zero", "t").rendered()[0]


@given(st.text(alphabet=st.sampled_from("ab:{}[],-?!&*|>'\"%@`# \n\t\r\0~<.0\x85\u2028\ud800\U0001f600"), max_size=60))
def test_any_text_is_a_value_or_a_problem(text: str) -> None:
    """Hostile input gives problems that can be printed, never an exception."""
    document = read_text(text, "t")

    assert all(line.startswith("t:") for line in document.rendered())
