"""`tandem setup`: answers become a private, good file; keys never do."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from config.load import load
from config.registry import Offer, Registry, registry
from config.setup import setup
from core.errors import ConfigError
from ports.hooks import Adapter
from ports.secret import Secret

pytestmark = pytest.mark.unit


class Talk:
    """A conversation: answers in order, and everything that was asked and said."""

    def __init__(self, *answers: str) -> None:
        self._answers: Iterator[str] = iter(answers)
        self.heard: list[str] = []

    def ask(self, question: str) -> str:
        """The next answer; the end of input when there is none."""
        self.heard.append(question)
        try:
            return next(self._answers)
        except StopIteration:
            raise EOFError from None

    def say(self, line: str) -> None:
        """Remember the line."""
        self.heard.append(line)


class KeyedSettings(BaseModel):
    """A venue that needs a key and a region."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    key: Secret
    region: str
    retries: int = 3


def keyed() -> Registry:
    """The built-in adapters and one exchange with keys."""
    found = registry(third_party=False)
    found.offers["exchanges", "keyed"] = Offer("exchanges", Adapter("keyed", KeyedSettings, dict), "tests")
    return found


def test_answers_become_a_private_good_file(tmp_path: Path) -> None:
    """Main, a mirror and a chat whose name would break YAML; only the owner can read the file."""
    target, talk = tmp_path / "made" / "tandem.yaml", Talk("", "1e4", "y", "3300.5", "it's, {mine}: #1", "")
    setup(talk.ask, talk.say, target, registry(third_party=False))
    settings = load(target, registry(third_party=False))

    assert target.stat().st_mode & 0o777 == 0o600
    assert settings.leaders == ["main"]
    assert [getattr(each.chosen.settings, "balance", None) for each in settings.accounts.values()] == [
        Decimal(10_000),
        Decimal("3300.5"),
    ]
    assert settings.top.alerts.default_chat == "it's, {mine}: #1"
    assert talk.heard[-1] == (
        f"{target} is written and good. Start it with: tandem run {target} (or make run CONFIG={target})"
    )


def test_wrong_answers_are_asked_again(tmp_path: Path) -> None:
    """An unknown exchange, a word and a debt for a balance: each is said, none ends the conversation."""
    target, talk = tmp_path / "t.yaml", Talk("binanse", "paper", "much", "-5", "0", "", "", "")
    setup(talk.ask, talk.say, target, registry(third_party=False))

    assert "there is no 'binanse'" in talk.heard
    assert "'much' is not a number" in talk.heard
    assert talk.heard.count("an amount above zero is needed") == 2


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    """Setup asks nothing and changes nothing when the file is there."""
    target, talk = tmp_path / "t.yaml", Talk()
    target.write_text("mine", "utf-8")

    with pytest.raises(ConfigError, match="exists; move it away"):
        setup(talk.ask, talk.say, target, registry(third_party=False))
    assert (target.read_text("utf-8"), talk.heard) == ("mine", [])


def test_half_a_conversation_writes_nothing(tmp_path: Path) -> None:
    """The end of input is an error in words, and leaves no file that would stop the next try."""
    target, talk = tmp_path / "t.yaml", Talk("paper")

    with pytest.raises(ConfigError, match="the answers ended before the questions"):
        setup(talk.ask, talk.say, target, registry(third_party=False))
    assert not target.exists()


def test_a_key_given_as_an_answer_is_neither_shown_nor_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the name of a variable is taken; the file is good once that variable is set (S7)."""
    monkeypatch.setenv("TANDEM_TEST_KEY", "hunter2")
    target = tmp_path / "t.yaml"
    talk = Talk("keyed", "xK9aPastedKey77", "TANDEM_TEST_KEY", "eu", "n", "")
    setup(talk.ask, talk.say, target, keyed())

    assert "main: {use: keyed, key: !env TANDEM_TEST_KEY, region: 'eu'}" in target.read_text("utf-8")
    assert "xK9aPastedKey77" not in target.read_text("utf-8") + "".join(talk.heard)
    assert "hunter2" not in target.read_text("utf-8") + "".join(talk.heard)


def test_a_variable_still_to_be_set_is_told_and_the_file_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys are often exported later: the answers aren't lost, and what is missing is named."""
    monkeypatch.delenv("TANDEM_TEST_KEY", raising=False)
    target, talk = tmp_path / "t.yaml", Talk("keyed", "TANDEM_TEST_KEY", "eu", "", "")

    with pytest.raises(ConfigError, match="the environment variable TANDEM_TEST_KEY is not set"):
        setup(talk.ask, talk.say, target, keyed())
    assert target.exists()
    assert "needs what follows" in talk.heard[-1]


@pytest.mark.parametrize(
    ("answers", "users", "chats"),
    [
        (("42", "TOKEN", ""), {"42": "trader"}, []),
        (("-100", "1:Pasted", "TOKEN", "7, 8"), {"7": "trader", "8": "trader"}, [-100]),
    ],
)
def test_a_bot_and_who_may_steer_it(
    answers: tuple[str, ...], users: object, chats: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """E1, S5: a private chat's number is its person's; in a group people are named. A pasted token is never written."""
    monkeypatch.setenv("TOKEN", "1:x")
    target, talk = tmp_path / "t.yaml", Talk("paper", "", "n", *answers)
    setup(talk.ask, talk.say, target, registry(third_party=False))
    (found,) = [each.settings.model_dump(mode="json") for each in load(target, registry()).frontends]

    assert (found["users"], found["chats"]) == (users, chats)
    assert "Pasted" not in target.read_text("utf-8") + "".join(talk.heard)
