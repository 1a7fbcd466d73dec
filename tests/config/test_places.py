"""Where a chat stands in a configuration, for the person who has to write another number there."""

from pathlib import Path

from config.load import load
from config.places import chat_places
from config.registry import registry


def test_every_place_of_a_chat_is_named(tmp_path: Path) -> None:
    """D2, E1: by the names of the sections; a number that only begins alike is another chat's."""
    file = tmp_path / "t.yaml"
    token = tmp_path / "token"
    token.touch(mode=0o600)
    token.write_text(f"110201543:{'a' * 35}")
    file.write_text(
        "accounts: {main: {use: paper}}\nstrategies: {conservative: {use: conservative}}\n"
        "alerts: {default_chat: '-100'}\n"
        "notifiers: [{use: file, path: alerts.jsonl}, {use: telegram, token: !file token, chat: '-100'}]\n"
        "frontends: [{use: telegram, users: {7: trader}, chats: [-1001, -100]}]\n"
    )
    settings = load(file, registry())

    assert chat_places(settings, "-100") == ("alerts.default_chat", "notifiers.telegram.chat",
                                             "frontends.telegram.chats")  # fmt: skip
    assert chat_places(settings, "-1001") == ("frontends.telegram.chats",)
