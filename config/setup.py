"""`tandem setup`: a few questions, then a configuration file that is checked before it counts."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

from config.load import load_text
from config.registry import Registry
from core.errors import ConfigError
from core.money import decimal

Ask = Callable[[str], str]
Say = Callable[[str], None]


def setup(ask: Ask, say: Say, target: Path, registry: Registry) -> None:
    """Ask, write *target* (mode 0600), say how to go on. Raises ConfigError; an existing file is never overwritten.

    Keys are never asked for: only the names of the environment variables that will hold them.
    """
    if target.exists():
        raise ConfigError((f"{target} exists; move it away or name another file",))
    use = _chosen(ask, say, "Exchange", registry.names("exchanges"), "paper")
    lines = ["accounts:", f"  main: {{{_account(ask, say, use, 'main')}}}"]
    if _yes(ask, "Add a mirror account?"):
        lines.append(f"  mirror: {{{_account(ask, say, use, 'mirror')}, follows: main}}")
    chat = ask("Chat for alerts (empty for none): ").strip()
    lines += ["notifiers: [{use: console}, {use: file, path: var/alerts.jsonl}]"]
    if chat:
        lines.append(f"alerts: {{default_chat: '{chat}'}}")
    text = "\n".join(lines) + "\n"
    load_text(text, str(target), registry)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    target.touch(mode=0o600)
    target.write_text(text, "utf-8")
    say(f"{target} is written and good. Start it with: tandem run {target}")


def _account(ask: Ask, say: Say, use: str, name: str) -> str:
    if use == "paper":
        return f"use: paper, balance: {_amount(ask, say, f'Balance of {name} in USDT', Decimal(10_000))}"
    key = ask(f"Environment variable with the API key of {name}: ").strip()
    secret = ask(f"Environment variable with the secret of {name}: ").strip()
    return f"use: {use}, key: !env {key}, secret: !env {secret}"


def _amount(ask: Ask, say: Say, question: str, default: Decimal) -> Decimal:
    while True:
        answer = ask(f"{question} [{default}]: ").strip()
        if not answer:
            return default
        try:
            amount = decimal(answer)
        except ValueError as error:
            say(str(error))
            continue
        if amount > 0:
            return amount
        say("an amount above zero is needed")


def _chosen(ask: Ask, say: Say, question: str, choices: list[str], default: str) -> str:
    while True:
        answer = ask(f"{question} ({', '.join(choices)}) [{default}]: ").strip() or default
        if answer in choices:
            return answer
        say(f"there is no {answer!r}")


def _yes(ask: Ask, question: str) -> bool:
    return ask(f"{question} [y/N] ").strip().lower() in ("y", "yes")
