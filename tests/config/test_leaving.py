"""Whose chats are written to no more (E1)."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from config.container import Container
from config.leaving import left
from config.load import load_text
from config.registry import registry
from core.engine.carrying import Left
from ports.frontend import Listing, Role
from tests.config.test_service import Broken

WRITTEN = """
accounts: {main: {use: paper, balance: 10000}}
notifiers: [{use: console}, {use: telegram, token: !env TANDEM_TEST_TOKEN}]
frontends: [{use: telegram, users: {7: trader, 9: viewer}, chats: [-5]}]
store: {use: sqlite, path: ':memory:'}
venue: {state: ':memory:'}
"""


@pytest.fixture
def container(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Container:
    """A bot with its front end; nothing is opened."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TANDEM_TEST_TOKEN", "123456:a-token-that-nobody-may-see-0123456789")
    found = registry(third_party=False)
    return Container(settings=load_text(WRITTEN, "t.yaml", found), registry=found)


def gone(asked: Left, notifier: str) -> list[str]:
    """Which of these chats are somebody's who is served no more."""
    return [chat for chat in ("7", "8", "9", "-5", "-6", "@group") if asked(notifier, chat)]


def test_a_persons_own_chat_is_left_out_once_nobody_lists_the_person(container: Container) -> None:
    """E1: also right after a restart. Groups, and what other notifiers call a chat, stay as they are."""
    asked = left(container.frontends().values())

    assert (gone(asked, "telegram"), gone(asked, "console")) == (["8"], [])
    assert not left(())("telegram", "8")


def test_who_is_on_the_list_of_another_front_end_is_served() -> None:
    """E1: one front end may not know whom the other one serves."""

    class Other(Broken):
        def __init__(self, *users: str) -> None:
            self._users = users

        def private(self, notifier: str, chat: str) -> bool:
            return True

        def lists(self, chat: str) -> bool:
            return chat in self._users

    assert gone(left([Other("7"), Other("8")]), "any") == ["9", "-5", "-6", "@group"]


async def test_a_changed_list_counts_at_once(container: Container) -> None:
    """E1, J2: as soon as the configuration is read again."""
    front = container.frontends()["telegram"]
    assert isinstance(front, Listing)
    await front.serve_only({"8": Role.TRADER})

    assert gone(left([front]), "telegram") == ["7", "9"]


async def test_a_front_end_that_can_not_say_silences_nobody() -> None:
    """rel:F58, D2: the alert goes where it was meant to go."""

    class Confused(Broken):
        def private(self, notifier: str, chat: str) -> bool:
            raise ZeroDivisionError

        def lists(self, chat: str) -> bool:
            raise ZeroDivisionError

    with capture_logs():
        assert not left([Confused()])("any", "8")
