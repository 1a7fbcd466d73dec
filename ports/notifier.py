"""The Notifier port: delivers alerts to people."""

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
    """

    alert: Alert
    text: str
    chat: str = ""
    repeat: bool = False
    late: int = 0


class Notifier(Protocol):
    """Delivers alerts.

    Raises Unavailable (try later, nothing used up), RateLimited(retry_after_seconds), or Declined when this chat
    refuses (forbidden, not found, a bad request): after five of those the fallback is asked instead (D2).
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
class LendsBot(Protocol):
    """A notifier whose client a front end may use too, so that one bot has one connection and one rate limit."""

    @property
    def bot(self) -> object:
        """The vendor's client, open while the notifier is."""
        ...
