"""What can only be checked once accounts are built: who may follow whom by the kind of money they hold."""

from pathlib import Path

import pytest

from config.commands.checking import check
from config.container import Container, live_mirrors_of_paper
from config.load import load_text
from config.registry import registry
from core.words import Environment

pytestmark = pytest.mark.unit

GROUP = "accounts: {main: {use: paper}, mirror: {use: paper, follows: main}}"


def test_a_live_mirror_of_a_paper_leader_is_refused() -> None:
    """Play money must not lead real money; the problem names both accounts (A10)."""
    settings = load_text(GROUP, "t.yaml", registry(third_party=False))

    assert live_mirrors_of_paper(settings, {"main": Environment.PAPER, "mirror": Environment.LIVE}) == (
        "t.yaml: accounts.mirror.follows: mirror is live and main is on paper; let a live account follow a live one",
    )


@pytest.mark.parametrize(
    ("leader", "mirror"),
    [("live", "live"), ("paper", "paper"), ("live", "paper"), ("demo", "live"), ("paper", "demo")],
)
def test_other_environments_may_follow_each_other(leader: str, mirror: str) -> None:
    """Only live behind paper is refused (A10)."""
    settings = load_text(GROUP, "t.yaml", registry(third_party=False))

    assert live_mirrors_of_paper(settings, {"main": Environment(leader), "mirror": Environment(mirror)}) == ()


def test_accounts_are_built_once_and_share_one_venue() -> None:
    """The composition hands out the same exchanges each time, one for every account."""
    found = registry(third_party=False)
    settings = load_text(GROUP + "\nvenue: {state: ':memory:'}", "t.yaml", found)
    container = Container(settings=settings, registry=found)

    assert list(container.exchanges()) == ["main", "mirror"]
    assert container.exchanges() is container.exchanges()
    assert {exchange.environment for exchange in container.exchanges().values()} == {Environment.PAPER}


def test_check_finds_who_may_not_follow_whom(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A10: what would stop the start is told by `tandem check`."""
    monkeypatch.setenv("SOME_KEY", "k")
    keys = "key: !env SOME_KEY, secret: !env SOME_KEY"
    live = f"{{use: bybit, environment: live, {keys}, follows: main}}"
    (tmp_path / "t.yaml").write_text(f"accounts: {{main: {{use: paper}}, mirror: {live}}}", "utf-8")

    assert check(tmp_path / "t.yaml", as_json=False) == 2
    assert "mirror is live and main is on paper" in capsys.readouterr().err
