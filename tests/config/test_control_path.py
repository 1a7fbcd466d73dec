"""Where the service listens is read without its secrets: an operator's shell at night has none of them."""

from contextlib import nullcontext
from pathlib import Path

import pytest

from config.control_path import control_path
from core.errors import ConfigError
from tests.terminal import standing


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("accounts: {main: {use: bybit, environment: live, key: !env NOT_SET, secret: !env NOR_THIS}}\n", None),
        ("control: run/here.sock\naccounts: {main: {use: nonsense}}\n", "run/here.sock"),
    ],
)
def test_the_rest_of_the_configuration_is_not_looked_at(written: str, path: str | None, tmp_path: Path) -> None:
    """E6: `tandem emergency` works where the keys aren't exported."""
    (tmp_path / "t.yaml").write_text(written)

    assert control_path(tmp_path / "t.yaml") == Path(path or "var/tandem.sock")


@pytest.mark.parametrize("written", [None, "- a list\n", "{"])
def test_a_file_that_is_no_configuration_is_said_to_be_none(written: str | None, tmp_path: Path) -> None:
    """Exit 2, by name."""
    if written is not None:
        (tmp_path / "t.yaml").write_text(written)
    with pytest.raises(ConfigError, match=r"t\.yaml"):
        control_path(tmp_path / "t.yaml")


@pytest.mark.parametrize(
    ("more", "path"),
    [
        ("", "var/tandem.sock"),
        ("control: /run/here.sock\n", "/run/here.sock"),
        ("control: 'run/here.sock'   # ours\n", "run/here.sock"),
    ],
)
def test_a_slip_in_the_file_keeps_nobody_from_the_service(more: str, path: str, tmp_path: Path) -> None:
    """E6: with a bracket left open, `tandem emergency` did not reach the service that went on by what it had read."""
    (tmp_path / "t.yaml").write_text(f"{more}accounts:\n  main: {{use: paper\nlimits: {{max_trades: 3}}\n")

    assert control_path(tmp_path / "t.yaml") == Path(path)


@pytest.mark.parametrize(
    "more", ["control: [a.sock]\n", "control: a.sock\ncontrol: b.sock\n", "log: {path: a}   # control: a.sock\n"]
)
def test_which_service_is_meant_is_never_guessed(more: str, tmp_path: Path) -> None:
    """E6: another one's trades would be closed: what isn't plainly there is no path."""
    (tmp_path / "t.yaml").write_text(f"{more}accounts:\n  main: {{use: paper\nlimits: {{max_trades: 3}}\n")
    with pytest.raises(ConfigError, match="is no YAML"):
        control_path(tmp_path / "t.yaml")


@pytest.mark.parametrize(("asked", "same"), [("t.yaml", True), ("./t.yaml", True), ("other.yaml", False)])
def test_a_file_that_is_gone_keeps_nobody_from_the_service_started_by_it(
    asked: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, same: bool
) -> None:
    """E6: with the file moved away `tandem emergency` reached nobody; one that another file started is not meant."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var").mkdir()
    with standing("tandem", "run", "t.yaml") as pid:
        (tmp_path / "var" / "tandem.pid").write_text(f"{pid}\n")
        with nullcontext() if same else pytest.raises(ConfigError, match="can't be read"):
            assert control_path(Path(asked)) == Path("var/tandem.sock")
