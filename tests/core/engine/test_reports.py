"""The daily report: once a local day, late on the same day, never twice, never for what nobody watched (D1)."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from core.alerts import DailyReport
from core.days import DAY
from core.engine.memory_store import MemoryStore
from core.engine.reports import NAME, Reports
from core.engine.service import Service
from ports.persistence import Batch
from tests.core.ledgers import trade
from tests.serving import HastyClock, House, house
from tests.staging import request

HOUR = 3_600_000
EIGHT = 8 * HOUR


class Told(HastyClock):
    """A clock whose day and hour are said."""

    def __init__(self, at: int) -> None:
        """It stands."""
        self.at = at

    def now(self) -> int:
        """What was said."""
        return self.at


def part(service: Service, at: int, hour: int | None = EIGHT, zone: str = "UTC") -> Reports:
    """The reports of a service whose clock shows *at*; the machines go on by their own."""
    service.clock = Told(at)
    return Reports(service, lambda: hour, zone)


async def sent(at: House) -> list[DailyReport]:
    """The reports that are stored, oldest first."""
    await at.service.writer.flush()
    return [each.body for each in reversed(await at.store.alerts(100)) if isinstance(each.body, DailyReport)]


async def test_it_leaves_once_a_day_at_its_hour() -> None:
    """D1: not before eight, then once, then the next day; a restart in between changes nothing."""
    async with house() as at:
        for moment in (7 * HOUR, EIGHT - 1, EIGHT, EIGHT + 60_000, 23 * HOUR, DAY + 7 * HOUR, DAY + EIGHT):
            await part(at.service, moment).send()
        found = await sent(at)

    assert [each.until for each in found] == ["1970-01-01 08:00 UTC", "1970-01-02 08:00 UTC"]


async def test_a_missed_hour_is_made_up_for_on_the_same_day() -> None:
    """D1: down from seven to noon: sent at noon, for the 24 hours to eight; down over midnight, that day has none."""
    async with house() as at:
        await part(at.service, 7 * HOUR).send()
        await at.store.append(Batch(closed=(trade(3_600, "5"), trade(9 * 3_600, "-99"))))
        await part(at.service, 12 * HOUR).send()
        await part(at.service, 3 * DAY + 9 * HOUR).send()
        found = await sent(at)

    assert [(each.until, each.closed, str(each.net)) for each in found] == [
        ("1970-01-01 08:00 UTC", 1, "5"),
        ("1970-01-04 08:00 UTC", 0, "0"),
    ]


async def test_what_ended_while_nobody_looked_is_in_the_next_report() -> None:
    """D1, G1: its stop fired at seven, which was known at noon: that of eight o'clock had left, and none had it."""
    async with house() as at:
        await part(at.service, 7 * HOUR).send()
        await part(at.service, EIGHT).send()
        await at.store.append(Batch(closed=(replace(trade(7 * 3_600, "-9"), known_at=12 * HOUR),)))
        for day in (1, 2):
            await part(at.service, day * DAY + EIGHT).send()
        found = await sent(at)

    assert [each.closed for each in found] == [0, 1, 0]


async def test_who_begins_in_the_afternoon_waits_for_the_morning() -> None:
    """D1: the first start ever has missed nothing."""
    async with house() as at:
        await part(at.service, 15 * HOUR).send()
        await part(at.service, 16 * HOUR).send()
        assert await sent(at) == []
        await part(at.service, DAY + EIGHT).send()
        assert len(await sent(at)) == 1


async def test_a_crash_after_the_report_does_not_double_it() -> None:
    """D1, rel:I8: it was stored, but not that it was; the same day's cause is told once."""
    store = MemoryStore()
    async with house(store=store) as at:
        await part(at.service, 7 * HOUR).send()
        before = await store.recall(NAME)
        await part(at.service, EIGHT).send()
        await store.remember(NAME, before or "")
        await part(at.service, EIGHT + 1).send()

        assert len(await sent(at)) == 1


async def test_off_means_none() -> None:
    """D1: `daily_report: off`."""
    async with house() as at:
        for moment in (7 * HOUR, EIGHT):
            await part(at.service, moment, None).send()

        assert await sent(at) == []


async def test_the_hour_is_the_configured_zones() -> None:
    """D1: eight o'clock in Berlin is seven UTC in winter; the hour is written as on every card."""
    async with house() as at:
        at.state().offset = lambda _: HOUR
        for moment in (6 * HOUR, 7 * HOUR):
            await part(at.service, moment, zone="Europe/Berlin").send()

        assert [each.until for each in await sent(at)] == ["1970-01-01 08:00 CET"]


async def test_asked_for_it_tells_what_is_now() -> None:
    """D1: balances, the position with what it makes and what its stop would cost, what closed; nothing is stored."""
    async with house() as at:
        await at.open(request())
        await at.price(101)
        now = at.service.clock.now()
        await at.store.append(Batch(closed=(replace(trade(1, "-3"), opened_at=now - 2_000, closed_at=now - 1_000),)))
        answer: Any = (await Reports(at.service, lambda: None).report({}))["data"]
        stored = await sent(at)

    main = answer["accounts"][0]
    assert (main["positions"], stored) == (1, [])
    assert Decimal(main["open_pnl"]) > 0 > Decimal(main["at_stops"])
    assert Decimal(main["equity"]) > 1_000_000
    assert (answer["opened"], answer["closed"], answer["net"]) == (2, 1, "-3")
    assert answer["text"].startswith("[PAPER] Tandem · daily report, 24 hours to")
