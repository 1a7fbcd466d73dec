"""A key whose rights change while an account trades: people are told, through whichever adapter it goes."""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable, Mapping
from types import SimpleNamespace
from typing import Any

import ccxt
import pytest

from core.errors import ConfigError
from core.facts import Notice, VenueFact
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.budget import Budget
from plugins.exchanges.bybit.hosts import hosts
from plugins.exchanges.bybit.lanes import Lanes
from plugins.exchanges.bybit.looks import Looks
from plugins.exchanges.bybit.replies import Answered, Reply
from plugins.exchanges.ccxt.checks import Checks
from ports import bybit_key

pytestmark = pytest.mark.integration

Info = Mapping[str, Any]
Put = Callable[[Iterable[VenueFact]], None]
TRADES = {"ContractTrade": ["Order", "Position"]}
GOOD: Info = {"userID": 7, "uta": 1, "permissions": TRADES, "ips": ["203.0.113.7"]}
DRAWS: Info = {**GOOD, "permissions": {**TRADES, "Wallet": ["Withdraw"]}}
READS: Info = {**GOOD, "permissions": {"ContractTrade": ["Position"]}}
LOOSE: Info = {**GOOD, "ips": ["*"]}


def told(facts: Iterable[VenueFact]) -> list[str]:
    """The notices' words."""
    return [each.detail for each in facts if isinstance(each, Notice)]


async def looked(*infos: Info) -> tuple[list[str], bybit_key.KeyLook]:
    """What was told by the looks after the first."""
    facts: list[VenueFact] = []
    look = bybit_key.KeyLook("main", "testnet", facts.extend, lambda: 1)
    look.took(infos[0])

    async def ask(info: Info) -> None:
        look.took(info)

    for info in infos[1:]:
        await look.again(ask(info))
    return told(facts), look


@pytest.mark.parametrize(
    ("infos", "words"),
    [
        ((GOOD, GOOD), []),
        ((GOOD, DRAWS, DRAWS), ["may move money (Withdraw)"]),
        ((GOOD, READS), ["lacks ContractTrade Order"]),
        ((GOOD, LOOSE, LOOSE), ["not bound to an address"]),
        ((LOOSE, LOOSE), []),
        ((GOOD, DRAWS, GOOD, DRAWS), ["may move money (Withdraw)"] * 2),
        ((GOOD, {**GOOD, "expiredAt": "1969-01-01T00:00:00Z"}), []),
    ],
)
async def test_what_a_look_finds_wrong_is_told_once(infos: tuple[Info, ...], words: list[str]) -> None:
    """rel:F41, S4: it stood in the log only: a key that may withdraw by now, may not trade any more, or is unbound."""
    said, _ = await looked(*infos)

    assert len(said) == len(words)
    assert all(word in each for each, word in zip(said, words, strict=True))


async def test_a_key_that_is_wrong_by_now_is_shown_until_it_is_right() -> None:
    """rel:F41: among the warnings that `tandem status --health` shows."""
    (_, wrong), (_, right) = await looked(GOOD, DRAWS), await looked(GOOD, DRAWS, GOOD)

    assert len(wrong.warnings) == 1
    assert right.warnings == ()


class Calls:
    """A venue that says this of the key, then that, then refuses it."""

    offset = 0

    def __init__(self) -> None:
        """Nobody asked."""
        self.answers = [Answered(0, "OK", GOOD), Answered(0, "OK", DRAWS), Answered(33004, "your api key has expired")]

    def call(self, _: str, __: Mapping[str, Any]) -> Reply:
        """The next answer; the last one again and again."""
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def close(self) -> None:
        """Nothing is open."""


def through_pybit(put: Put) -> Coroutine[Any, Any, None]:
    """The daily look of an account through pybit."""
    calls = Calls()
    api = Api("main", calls, Lanes(3, Budget(500), lambda: time.monotonic_ns() // 1_000_000), lambda _: None)
    parts: Any = SimpleNamespace(api=api, now=lambda: 1)
    clock, key, rules = Looks(parts, hosts("testnet"), put, {}).again()
    clock.close()
    rules.close()
    return key


def through_ccxt(put: Put) -> Coroutine[Any, Any, None]:
    """The daily look of an account through ccxt."""
    calls = Calls()

    async def ask() -> dict[str, Any]:
        reply = calls.call("", {})
        assert isinstance(reply, Answered)
        if reply.code:
            raise ccxt.AuthenticationError(reply.message)
        return {"result": reply.result}

    venue = SimpleNamespace(options={}, privateGetV5UserQueryApi=ask)
    return Checks("main", "testnet", venue, put, lambda: 1).again()


@pytest.mark.parametrize("adapter", [through_pybit, through_ccxt])
async def test_the_daily_look_tells(adapter: Callable[[Put], Coroutine[Any, Any, None]], monkeypatch: Any) -> None:
    """rel:F41: of a right that came, and of a key that the venue takes no more."""
    monkeypatch.setattr(bybit_key, "KEY_EVERY", 0)
    facts: list[VenueFact] = []
    enough = asyncio.Event()

    def put(news: Iterable[VenueFact]) -> None:
        facts.extend(news)
        enough.set() if len(told(facts)) == 2 else None

    running = asyncio.create_task(adapter(put))
    async with asyncio.timeout(10):
        await enough.wait()
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)

    assert "may move money" in told(facts)[0]
    assert "expired" in told(facts)[1]


async def test_a_key_that_must_not_be_used_is_refused_at_the_first_look() -> None:
    """rel:F41, S4: before the account trades."""
    with pytest.raises(ConfigError, match="may move money"):
        await looked(DRAWS)
