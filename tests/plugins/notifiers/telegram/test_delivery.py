"""D2 with Telegram itself: the outbox, the notifier and the strict fake together, in floods and outages."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from core.alerts import ActionFailed, Alert, CloseFailed
from core.engine.memory_store import MemoryStore
from core.engine.outbox import Outbox
from plugins.notifiers.telegram import build
from plugins.notifiers.telegram.settings import TelegramSettings
from ports.clock import Clock
from ports.contract.samples import AT, told
from ports.persistence import Batch
from ports.secret import Secret
from tests.botapi.clock import Clock as TelegramsClock
from tests.botapi.floods import NO_LIMITS, Limits, Pace
from tests.botapi.server import BotApi, bot_api
from tests.botapi.trouble import FOR_EVER, Breaks, SilentAfter
from tests.core.engine.outboxes import HandClock

ALICE = 7
NUMBERED = re.compile(r"A(\d+)-(\d+)")


def numbered(trade: int, number: int, *, chat: int = ALICE, critical: bool = False) -> Alert:
    """An alert whose words say which one it is."""
    name = f"A{trade}-{number}"
    body = CloseFailed(Decimal(1), name) if critical else ActionFailed(f"place {name}", "no", "it waits")
    return replace(told(name, trade=str(trade)), body=body, chat=str(chat))


@dataclass(slots=True)
class Scene:
    """A store, Telegram, and the pump between them."""

    api: BotApi
    store: MemoryStore
    outbox: Outbox

    def read(self, chat: int = ALICE) -> list[tuple[int, int]]:
        """Every alert that somebody sees, in order: trade and number."""
        found = [NUMBERED.findall(message.text) for message in self.api.person(chat).sees]
        return [(int(trade), int(number)) for message in found for trade, number in message]


class Shared(TelegramsClock):
    """Telegram's clock is the outbox's: however long a request is really under way, it arrives when it left."""

    def __init__(self, clock: Clock) -> None:
        """As *clock* says."""
        super().__init__()
        self._clock = clock

    def now(self) -> float:
        """Seconds."""
        return self._clock.monotonic() / 1_000


@asynccontextmanager
async def scene(
    clock: Clock, *, limits: Limits = NO_LIMITS, pace: str = "1s", people: int = 1, patience: str = "25s"
) -> AsyncIterator[Scene]:
    """With so many people, of whom Alice is the first. Only *patience* is by the machine's clock."""
    async with bot_api(limits=limits, clock=Shared(clock)) as api:
        for number in range(people):
            api.person(ALICE + number)
        settings = TelegramSettings(
            token=Secret(api.token), base_url=api.base_url, chat=str(ALICE), chat_interval=pace, timeout=patience
        )
        notifier = build(settings, name="telegram")
        await notifier.start()
        store = MemoryStore(("telegram",), now=clock.now)
        try:
            yield Scene(api, store, Outbox(store, clock, {"telegram": notifier}, lambda alert: alert.cause))
        finally:
            await notifier.close()


async def test_telegram_down_for_an_hour() -> None:
    """All delivered afterwards, in order, marked late; none twice, and none marked as if it were (E7)."""
    clock = HandClock()
    async with scene(clock) as found:
        await found.api.close()
        found.store.write(Batch(alerts=tuple(numbered(trade, number) for trade in range(3) for number in range(2))))
        while clock.time < AT + 3_600_000:
            clock.time += await found.outbox.deliver_due("telegram")
        await found.api.start()
        while await found.store.due("telegram", clock.time):
            clock.time += await found.outbox.deliver_due("telegram")

        assert sorted(found.read()) == [(trade, number) for trade in range(3) for number in range(2)]
        texts = [message.text for message in found.api.person(ALICE).sees]
        assert all("late by 1h" in text and "repeat" not in text for text in texts)
        assert len(texts) == 3, "what waited so long is put together, a message a trade"


async def test_answers_that_get_lost_leave_marked_repeats() -> None:
    """Shown, but nobody said so: what comes twice is marked the second time (D2, rel:I8)."""
    clock = HandClock()
    async with scene(clock, patience="1s") as found:
        found.api.trouble.add(SilentAfter(), "sendMessage", after=1)
        found.api.trouble.add(Breaks(502), "sendMessage")
        found.store.write(Batch(alerts=tuple(numbered(1, number) for number in range(3))))
        for _ in range(9):
            clock.time += await found.outbox.deliver_due("telegram")
        seen = [(each.text.count("repeat"), NUMBERED.findall(each.text)) for each in found.api.person(ALICE).sees]

    assert seen == [(1, [("1", "0")]), (1, [("1", "0"), ("1", "1"), ("1", "2")])]


@pytest.mark.parametrize(("every", "granted"), [(0.1, True), (0.2, False)])
async def test_flood_against_telegrams_limits(every: float, granted: bool) -> None:
    """Critical ones overtake, nothing is lost, each trade keeps its order, nobody comes too early (rel:F51).

    A pace that Telegram grants is never refused; where it grants less its word is heeded.
    """
    limits, clock = Limits(chat=Pace(1, every), overall=Pace(30, 1.0)), HandClock()
    async with scene(clock, limits=limits, pace="100ms", people=4) as found:
        some = [(trade, number) for number in range(10) for trade in range(20)]
        pressing = {(trade, 5) for trade in range(12, 20)}
        for trade, number in some:
            alert = numbered(trade, number, chat=ALICE + trade % 4, critical=(trade, number) in pressing)
            found.store.write(Batch(alerts=(alert,)))
        while await found.store.due("telegram", clock.time, 1):
            clock.time += await found.outbox.deliver_due("telegram")
        read = [found.read(ALICE + person) for person in range(4)]

    assert sorted(one for each in read for one in each) == sorted(some)
    for each in read:
        for trade in {trade for trade, _ in each}:
            assert [number for one, number in each if one == trade] == list(range(10))
        last_critical = max(place for place, one in enumerate(each) if one in pressing)
        assert all((trade, 5) in pressing and number <= 5 for trade, number in each[:last_critical])
    assert (found.api.floods.impatient, not found.api.floods.refused) == ([], granted)


async def test_chat_that_closes_its_door() -> None:
    """Five refusals, then the default chat (D2): Telegram's own words for a blocked bot."""
    clock = HandClock()
    async with scene(clock, people=2) as found:
        found.api.person(ALICE).block()
        found.outbox.change_fallback(str(ALICE + 1))
        found.store.write(Batch(alerts=(numbered(1, 1),)))
        while await found.store.due("telegram", clock.time + 60_000):
            clock.time += await found.outbox.deliver_due("telegram")

        asked = [call.chat for call in found.api.calls_of("sendMessage")]
        assert found.read(ALICE + 1) == [(1, 1)]
        assert set(asked[:-1]) == {ALICE}
        assert clock.time - AT >= 15_000, "1, 2, 4 and 8 seconds between the five"


async def test_flood_of_429_uses_nothing_up() -> None:
    """However often Telegram asks for silence, the chat is kept and nothing is marked (D2)."""
    clock = HandClock()
    async with scene(clock) as found:
        rule = found.api.trouble.too_many(3, "sendMessage", times=FOR_EVER)
        found.store.write(Batch(alerts=(numbered(1, 1),)))
        for _ in range(20):
            clock.time += await found.outbox.deliver_due("telegram")
        found.api.trouble.rules.remove(rule)
        await found.outbox.deliver_due("telegram")
        (seen,) = found.api.person(ALICE).sees

    assert "repeat" not in seen.text
    assert "late by 1m" in seen.text
