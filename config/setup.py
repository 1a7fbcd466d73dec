"""`tandem setup`: a few questions, a private configuration file, and what is still missing before it can start."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from config.load import load
from config.registry import Registry
from core.errors import ConfigError
from core.money import decimal, text
from ports.secret import Secret

Ask = Callable[[str], str]
Say = Callable[[str], None]

# Capitals only: an API key put here by mistake has small letters too, and must not end up in the file.
ALONE = "notifiers: [{use: console}, {use: file, path: var/alerts.jsonl}]"
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,99}")


def setup(ask: Ask, say: Say, target: Path, registry: Registry) -> None:
    """Ask, write *target* (mode 0600), check it and say how to go on. An existing file is never overwritten.

    Keys are never asked for: only the names of the environment variables that will hold them. Raises ConfigError with
    what is wrong or still missing, an unset variable for example; the file is written all the same.
    """
    if target.exists():
        raise ConfigError((f"{target} exists; move it away or name another file",))
    try:
        lines = list(_lines(ask, say, registry))
    except EOFError:
        raise ConfigError((f"the answers ended before the questions; {target} was not written",)) from None
    write_private(target, "\n".join(lines) + "\n")
    try:
        load(target, registry, sample=True)
    except ConfigError:
        say(f"{target} is written and needs what follows; then try: tandem check {target}")
        raise
    say(f"{target} is written and good. Start it with: tandem run {target} (or make run CONFIG={target})")


def _lines(ask: Ask, say: Say, registry: Registry) -> Iterator[str]:
    use = _chosen(ask, say, "Exchange", registry.names("exchanges"), "paper")
    yield "accounts:"
    yield f"  main: {{{_account(ask, say, registry, use, 'main')}}}"
    if _yes(ask, "Add a mirror account?"):
        yield f"  mirror: {{{_account(ask, say, registry, use, 'mirror')}, follows: main}}"
    chat = ask("Chat for alerts, its number (empty for none): ").strip()
    yield from _telegram(ask, say, chat) if chat else (ALONE,)
    if chat:
        yield f"alerts: {{default_chat: {_quoted(chat)}}}"


def _telegram(ask: Ask, say: Say, chat: str) -> Iterator[str]:
    """The bot, and who may steer it: whose private chat it is, unless others are named."""
    variable = _variable(
        ask, say, "Environment variable with your Telegram bot's token, its name only (empty for none)"
    )
    if not variable:
        yield ALONE
        return
    yield f"{ALONE[:-1]}, {{use: telegram, token: !env {variable}}}]"
    person = chat if chat.isdigit() else ""
    who = ask(f"Numeric Telegram ids of who may trade, with commas [{person or 'nobody'}]: ").strip() or person
    users = [each.strip() for each in who.split(",") if each.strip().isdigit()]
    if users:
        named = ", ".join(f"{each}: trader" for each in users)
        chats = f", chats: [{chat}]" if chat.startswith("-") else ""
        yield f"frontends: [{{use: telegram, users: {{{named}}}{chats}}}]"


def _variable(ask: Ask, say: Say, question: str) -> str:
    while True:
        answer = ask(f"{question}: ").strip()
        if not answer or _VARIABLE.fullmatch(answer):
            return answer
        # What was answered may be the token itself: it isn't shown again.
        say("a variable's name has capital letters, digits and _, for example TELEGRAM_TOKEN")


def _account(ask: Ask, say: Say, registry: Registry, use: str, name: str) -> str:
    if use == "paper":
        return f"use: paper, balance: {_amount(ask, say, f'Balance of {name} in USDT', '10000')}"
    adapter = registry.find("exchanges", use)
    fields = {} if adapter is None else _needed(adapter.settings)
    return ", ".join(
        [f"use: {use}", *(f"{key}: {_answer(ask, say, name, key, field)}" for key, field in fields.items())]
    )


def _needed(model: type[BaseModel]) -> dict[str, FieldInfo]:
    return {key: field for key, field in model.model_fields.items() if field.is_required()}


def _answer(ask: Ask, say: Say, name: str, key: str, field: FieldInfo) -> str:
    if field.annotation is not Secret:
        return _quoted(ask(f"{key} of {name} ({field.description or 'as text'}): ").strip())
    while True:
        variable = ask(f"Environment variable with the {key} of {name}, its name only: ").strip()
        if _VARIABLE.fullmatch(variable):
            return f"!env {variable}"
        # What was answered may be the key itself: it isn't shown again.
        say(f"a variable's name has capital letters, digits and _, for example {name.upper()}_{key.upper()}")


def _amount(ask: Ask, say: Say, question: str, default: str) -> str:
    while True:
        answer = ask(f"{question} [{default}]: ").strip() or default
        try:
            amount = decimal(answer)
        except ValueError as error:
            say(str(error))
            continue
        if amount > 0:
            return text(amount)
        say("an amount above zero is needed")


def _chosen(ask: Ask, say: Say, question: str, choices: list[str], default: str) -> str:
    while True:
        answer = ask(f"{question} ({', '.join(choices)}) [{default}]: ").strip() or default
        if answer in choices:
            return answer
        say(f"there is no {answer!r}")


def _yes(ask: Ask, question: str) -> bool:
    return ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")


def _quoted(answer: str) -> str:
    """An answer as one YAML word, whatever is in it."""
    plain = "".join(each for each in answer if each.isprintable())
    return "'" + plain.replace("'", "''") + "'"


def write_private(target: Path, content: str) -> None:
    """Create the file, readable by its owner only from the first byte on; an existing one is never overwritten."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise ConfigError((f"{target} can't be written: {error.strerror}; name another file",)) from error
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
