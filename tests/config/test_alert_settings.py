"""What the configuration says about alerts: a chat, and preferences by kind (D3)."""

import pytest

from config.load import load_text
from config.registry import registry
from core.errors import ConfigError
from core.preferences import Setting

BASE = "accounts: {main: {use: paper}}\n"


def test_preferences_by_kind() -> None:
    """`off` is a word here, as everywhere in our YAML."""
    text = BASE + "alerts: {preferences: {limit_filled: silent, late_close: off, stop_hit: on}}\n"
    alerts = load_text(text, "t.yaml", registry(third_party=False)).top.alerts

    assert alerts.preferences == {
        "limit_filled": Setting.SILENT,
        "late_close": Setting.OFF,
        "stop_hit": Setting.ON,
    }


@pytest.mark.parametrize(
    ("preferences", "said"),
    [
        ("{limitfilled: on}", "there is no kind of alert 'limitfilled'"),
        ("{stop_hit: off}", "stop_hit is critical and can't be switched off"),
        ("{late_close: loud}", "loud"),
    ],
)
def test_what_can_not_be_preferred_is_a_problem_with_its_place(preferences: str, said: str) -> None:
    """Nobody finds out at night that a kind was misspelt (rel:F57)."""
    with pytest.raises(ConfigError) as caught:
        load_text(BASE + f"alerts:\n  preferences: {preferences}\n", "t.yaml", registry(third_party=False))

    (problem,) = caught.value.problems
    assert problem.startswith("t.yaml:3:")
    assert said in problem


WRONG = ["chat: Alice", "chat: '12 34'", "base_url: 'http://api.telegram.org/bot'", "timeout: 60s"]


@pytest.mark.parametrize("text", WRONG)
def test_a_telegram_notifier_is_checked(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A chat is a number or a channel's name, the address is protected, an answer comes within the deadline."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "7:x")
    given = f"notifiers: [{{use: telegram, token: !env TELEGRAM_TOKEN, {text}}}]\n"
    with pytest.raises(ConfigError) as caught:
        load_text(BASE + given, "t.yaml", registry(third_party=False))

    (problem,) = caught.value.problems
    assert problem.startswith("t.yaml:2:")
