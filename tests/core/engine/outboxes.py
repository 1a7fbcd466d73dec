"""An outbox without people: a clock that is moved, a chat and a file that do as told, and the pump between them."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from core.engine.delivery import Route
from core.engine.memory_store import MemoryStore
from core.engine.outbox import Outbox
from ports.contract.samples import AT
from ports.notifier import Delivery, Pace, Receipt

CHAIN = Route("chat", fallback_chat="default", last="file")


@dataclass(slots=True)
class HandClock:
    """Time that moves when told, or by whoever sleeps."""

    time: int = AT

    def now(self) -> int:
        """As monotonic: nobody sets this clock."""
        return self.time

    def monotonic(self) -> int:
        """Milliseconds."""
        return self.time

    async def sleep(self, milliseconds: int) -> None:
        """Let others run, then it is later."""
        await asyncio.sleep(0)
        self.time += max(0, milliseconds)


@dataclass(slots=True)
class Recorder:
    """A notifier that does what it was told to, one item a delivery, and then accepts everything."""

    name: str = "chat"
    script: Iterator[Exception | None] = field(default_factory=lambda: iter(()))
    shown: list[Delivery] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    told: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Nothing to open."""

    async def close(self) -> None:
        """Nothing to release."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Accept, unless the script says otherwise."""
        self.asked.append(delivery.chat)
        trouble = next(self.script, None)
        if trouble is not None:
            raise trouble
        self.shown.append(delivery)
        self.told.set()
        return Receipt(str(len(self.shown)))

    @property
    def causes(self) -> list[str]:
        """What was shown, in order."""
        return [delivery.alert.cause for delivery in self.shown]


@dataclass(slots=True)
class Chat(Recorder):
    """One that writes into chats: several at once, several together, at a pace. *gate* holds whoever comes."""

    at_once: int = 3
    together: int = 4
    home: str = ""
    paced: Pace = field(default_factory=lambda: Pace(0, 0))
    gate: asyncio.Event | None = None
    under_way: int = 0
    widest: int = 0
    messages: list[list[str]] = field(default_factory=list)

    def pace(self, chat: str) -> Pace:
        """The same for all."""
        return self.paced

    async def deliver(self, delivery: Delivery) -> Receipt:
        """A message of one."""
        return await self.deliver_together((delivery,))

    async def deliver_together(self, deliveries: tuple[Delivery, ...]) -> Receipt:
        """One message; its causes are kept together."""
        self.under_way += 1
        self.widest = max(self.widest, self.under_way)
        try:
            if self.gate is not None:
                await self.gate.wait()
            await asyncio.sleep(0)
            receipts = [await Recorder.deliver(self, one) for one in deliveries]
        finally:
            self.under_way -= 1
        self.messages.append([one.alert.cause for one in deliveries])
        return receipts[0]


@dataclass(slots=True)
class Scene:
    """A store with a clock, a chat and a file, and the pump between them."""

    clock: HandClock = field(default_factory=HandClock)
    chat: Recorder = field(default_factory=Recorder)
    file: Recorder = field(default_factory=lambda: Recorder("file"))
    deadline: int = 30_000
    store: MemoryStore = field(init=False)
    outbox: Outbox = field(init=False)

    def __post_init__(self) -> None:
        """Wire them."""
        self.store = MemoryStore(("chat",), now=self.clock.now)
        self.outbox = Outbox(
            self.store,
            self.clock,
            {"chat": self.chat, "file": self.file},
            lambda alert: f"text of {alert.cause}",
            routes=(CHAIN,),
            deadline=self.deadline,
        )

    async def deliver(self) -> int:
        """One visit to the lane; milliseconds until the next."""
        return await self.outbox.deliver_due("chat")

    async def deliver_for(self, milliseconds: int) -> None:
        """Visit the lane as often as it asks for, for so long."""
        end = self.clock.time + milliseconds
        while self.clock.time < end:
            self.clock.time += await self.deliver()


async def until(holds: Callable[[], bool]) -> None:
    """Let others run until something holds; it takes turns, not time."""
    for _ in range(1_000):
        if holds():
            return
        await asyncio.sleep(0)
    raise AssertionError("it never came")


async def turns(count: int) -> None:
    """Let others run for so many turns, without time."""
    for _ in range(count):
        await asyncio.sleep(0)
