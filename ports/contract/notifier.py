"""What every notifier must pass.

In the tests of a notifier::

    class TestMyNotifier(NotifierContract):
        async def made(self): ...            # a notifier that is not started
        async def shown(self, notifier): ... # all that reached people so far, as text

pytest-asyncio in auto mode runs them.
"""
# ruff: noqa: S101 -- a contract speaks in asserts, as tests do

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from ports.contract.samples import closed_late, critical, delivery, service, told
from ports.notifier import Delivery, Notifier


class NotifierContract(ABC):
    """Everything that a notifier promises while the other side is there."""

    @abstractmethod
    async def made(self) -> Notifier:
        """A notifier that was built and not started."""

    @abstractmethod
    async def shown(self, notifier: Notifier) -> str:
        """All text that reached people so far."""

    def worded(self, one: Delivery) -> str:
        """What of an alert must reach people: its text, or what a notifier makes of the alert itself."""
        return one.text

    @pytest.fixture
    async def notifier(self) -> AsyncIterator[Notifier]:
        """A started notifier for one test."""
        notifier = await self.made()
        await notifier.start()
        yield notifier
        await notifier.close()

    async def test_building_shows_nothing(self) -> None:
        """Constructors do no I/O, and one that was never started can be closed."""
        notifier = await self.made()

        assert notifier.name
        await notifier.close()

    async def test_text_is_delivered_with_a_receipt(self, notifier: Notifier) -> None:
        """What was accepted was shown, and can be referred to."""
        one = delivery(closed_late(59), "Closed 59 s late")
        receipt = await notifier.deliver(one)

        assert receipt.reference
        assert self.worded(one) in await self.shown(notifier)

    async def test_alerts_stay_in_order(self, notifier: Notifier) -> None:
        """One after the other, as they were handed over."""
        some = [delivery(closed_late(seconds), f"Closed {seconds} s late") for seconds in (31, 32, 33)]
        for one in some:
            await notifier.deliver(one)
        shown = await self.shown(notifier)

        places = [shown.index(self.worded(one)) for one in some]
        assert places == sorted(places)

    async def test_marks_can_be_seen(self, notifier: Notifier) -> None:
        """A repeat, a late and a critical alert each look different from the plain one (D2)."""
        seen = set()
        for one in (
            delivery(told("x"), "the text"),
            delivery(critical("x"), "the text"),
            delivery(told("x"), "the text", repeat=True),
            delivery(told("x"), "the text", late=61_000),
        ):
            before = await self.shown(notifier)
            await notifier.deliver(one)
            seen.add((await self.shown(notifier)).removeprefix(before))

        assert len(seen) == 4

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "two\nlines",
            "[bold]no markup[/bold] *at* _all_ <b>&amp;",
            "ключ 🚀 \u202eevil",
            "\x1b[2J\x07\x00",
            "x" * 20_000,
        ],
        ids=["empty", "lines", "markup", "unicode", "control", "long"],
    )
    async def test_any_text_is_delivered(self, notifier: Notifier, text: str) -> None:
        """Text is shown as text, however hostile (S10)."""
        assert (await notifier.deliver(delivery(told("x"), text))).reference

    async def test_alert_about_no_trade_is_delivered(self, notifier: Notifier) -> None:
        """Not every alert has a symbol, a side or a trade."""
        assert (await notifier.deliver(delivery(replace(service("x"), account="")))).reference

    async def test_closing_twice_is_harmless(self, notifier: Notifier) -> None:
        """Whoever ends last need not know who ended first."""
        await notifier.close()
        await notifier.close()
