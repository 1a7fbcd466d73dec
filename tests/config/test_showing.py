"""What is shown of a configuration: enough to know what runs, never a secret."""

from pathlib import Path

import pytest

from config.load import load
from config.registry import registry
from config.showing import Showing
from core.account.state import AccountState
from core.gate import Limits
from core.terms import Capabilities
from core.words import Environment

WRITTEN = """
accounts:
  main: {use: paper, balance: 10000}
  mirror: {use: paper, balance: 3300, follows: main}
strategies:
  conservative: {use: conservative}
notifiers: [{use: console}, {use: telegram, token: !env TANDEM_TEST_TOKEN, chat: '7'}]
frontends: [{use: telegram, users: {7: trader, 8: viewer}}]
store: {use: sqlite, path: var/tandem.db}
timezone: Europe/Berlin
"""
TOKEN = "123456:a-token-that-nobody-may-see-0123456789"


async def test_accounts_people_and_rules_are_shown_and_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """S5, I: names, adapters, who follows whom, who may act; the token is nowhere in it."""
    monkeypatch.setenv("TANDEM_TEST_TOKEN", TOKEN)
    (tmp_path / "tandem.yaml").write_text(WRITTEN, "utf-8")
    settings = load(tmp_path / "tandem.yaml", registry())
    states = {
        name: AccountState(name, Environment.PAPER, Capabilities(), {}, Limits(), choice.following)
        for name, choice in settings.accounts.items()
    }
    answer = await Showing(lambda: settings, states).settings({})
    shown = answer["data"]

    assert TOKEN not in str(answer)
    assert isinstance(shown, dict)
    assert shown["timezone"] == "Europe/Berlin"
    assert shown["accounts"][1] == {
        "account": "mirror", "use": "paper", "environment": "paper", "follows": "main",
    }  # fmt: skip
    assert shown["people"] == [
        {"front": "telegram", "user": "7", "role": "trader"},
        {"front": "telegram", "user": "8", "role": "viewer"},
    ]
