"""The Notifier port: delivers alerts to people."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from core.alerts import Alert


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof of delivery, in the notifier's own words (a message id, a line number)."""

    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One alert on its way: *repeat* marks one that may have been shown before, *late* is milliseconds since it arose.

    *text* is the alert rendered plain, without markup; *chat* the one fixed when the trade was created ("" = default).
    *silent* ones are shown without a sound (D3); *zone* is the time zone in which people read times.
    """

    alert: Alert
    text: str
    chat: str = ""
    repeat: bool = False
    late: int = 0
    silent: bool = False
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Pace:
    """So many *messages* in any stretch of so many *milliseconds*; 0 messages is no limit."""

    messages: int
    milliseconds: int


class Notifier(Protocol):
    """Delivers alerts.

    Raises Unavailable (try later, nothing used up; Unreached when it certainly showed nothing),
    RateLimited(retry_after_seconds), or Declined when this chat refuses (forbidden, not found, a bad request): after
    five of those the fallback is asked instead (D2).
    """

    name: str

    async def start(self) -> None:
        """Open what it needs; constructors do no I/O."""
        ...

    async def close(self) -> None:
        """Release what it opened; safe to call twice."""
        ...

    async def deliver(self, delivery: Delivery) -> Receipt:
        """Hand one alert over; returning means it was accepted."""
        ...


@runtime_checkable
class Chatting(Protocol):
    """What a notifier offers besides, when it writes into people's chats.

    Their preferences hold for it (D3), alerts of different trades may be on their way at once, each chat is written to
    at its own pace, and while there is a backlog several alerts of a trade become one message.
    """

    at_once: int
    """How many deliveries may be under way at once; never two of one trade."""
    together: int
    """How many alerts one message takes at most."""

    @property
    def home(self) -> str:
        """The chat for alerts that name none, "" where it has none of its own."""
        ...

    def pace(self, chat: str) -> Pace:
        """How fast a chat may be written to."""
        ...

    async def deliver_together(self, deliveries: tuple[Delivery, ...]) -> Receipt:
        """As `deliver`, several of one trade and one chat in one message, none of them critical."""
        ...


@runtime_checkable
class Moving(Protocol):
    """What a notifier offers besides, when its chats may get another address by themselves (Telegram's groups)."""

    @property
    def moved(self) -> Mapping[str, str]:
        """Chats by the address that they are configured with, and the one they have now."""
        ...

    def follow(self, chat: str, to: str) -> None:
        """*chat* is at *to* from now on: kept from before, or heard by somebody else."""
        ...


@runtime_checkable
class LendsBot(Protocol):
    """A notifier whose client a front end may use too, so that one bot has one connection and one rate limit."""

    @property
    def bot(self) -> object:
        """The vendor's client, open while the notifier is."""
        ...
