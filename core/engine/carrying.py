"""One message on its way: handed over, and the store told what came of it (D2)."""

import asyncio
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from core.alerts import Alert
from core.engine.delivery import Parcel, Route, Stage, due_after_refusal, lateness
from core.errors import Declined, RateLimited, Unavailable, Unreached
from core.preferences import Preferences, Setting
from ports.clock import Clock
from ports.notifier import Chatting, Delivery, Notifier, Receipt
from ports.persistence import OutboxRow, Store

Left = Callable[[str, str], bool]
"""Whether a notifier's chat belongs to somebody who is served no more."""


def nobody_left(_notifier: str, _chat: str) -> bool:
    """Where nobody is served in a chat of their own."""
    return False


@dataclass(slots=True)
class Means:
    """What deliveries need; *preferences* and who *left* may change meanwhile. *deadline* is in milliseconds."""

    store: Store
    clock: Clock
    notifiers: Mapping[str, Notifier]
    render: Callable[[Alert], str]
    deadline: int
    zone: str
    preferences: Preferences = field(default_factory=Preferences)
    left: Left = nobody_left
    _known: dict[str, tuple[Notifier, Chatting | None]] = field(default_factory=dict)

    def chatting(self, notifier: str) -> Chatting | None:
        """The notifier if it writes into people's chats. The question is dear, and asked for every row: kept."""
        found = self.notifiers[notifier]
        known = self._known.get(notifier)
        if known is None or known[0] is not found:
            each: object = found
            known = self._known[notifier] = (found, each if isinstance(each, Chatting) else None)
        return known[1]

    def setting(self, notifier: str, alert: Alert) -> Setting:
        """How an alert reaches this notifier: preferences are about chats (D3)."""
        return self.preferences.wish(alert) if self.chatting(notifier) is not None else Setting.ON


@dataclass(frozen=True, slots=True)
class Accepted:
    """Delivered, and marked so."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The other side asks for so many *milliseconds* of silence."""

    milliseconds: int
    reason: str


@dataclass(frozen=True, slots=True)
class Away:
    """The other side is not there, or does not answer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """This chat says no; the next try is at *due_at*."""

    due_at: int
    reason: str


Outcome = Accepted | Asked | Away | Refused


async def carry(means: Means, route: Route, parcel: Parcel) -> Outcome:
    """Hand a parcel over. Raises what the store raises; of a notifier nothing gets out."""
    await means.store.attempting(parcel.ids)
    try:
        # In here, too: an alert that can't be put into words must end neither the others nor the service.
        deliveries = tuple(_delivery(means, route, row, parcel.target) for row in parcel.rows)
        receipt = await _hand_over(means, parcel.target, deliveries)
    except RateLimited as error:
        await _as_before(means, parcel)
        return Asked(math.ceil(error.retry_after_seconds * 1_000), str(error))
    except Unreached as error:
        await _as_before(means, parcel)
        return Away(str(error))
    except (Unavailable, TimeoutError) as error:
        return Away(str(error) or "no answer in time")
    except Declined as error:
        return await _refused(means, route, parcel, str(error), shown=False)
    except Exception as error:  # noqa: BLE001 -- a notifier is somebody's plugin: its bug must not end the others' alerts
        return await _refused(means, route, parcel, f"{parcel.target.notifier}: {type(error).__name__}", shown=True)
    await means.store.delivered(parcel.ids, receipt.reference, means.clock.now())
    return Accepted()


def _delivery(means: Means, route: Route, row: OutboxRow, target: Stage) -> Delivery:
    text = means.render(row.alert)
    if target.notifier != route.notifier:
        text = f"({route.notifier} did not accept this)\n{text}"
    return Delivery(
        alert=row.alert,
        text=text,
        chat=target.chat,
        repeat=row.tried,
        late=lateness(row.created_at, means.clock.now()),
        silent=means.setting(target.notifier, row.alert) is Setting.SILENT,
        zone=means.zone,
    )


async def _hand_over(means: Means, target: Stage, deliveries: tuple[Delivery, ...]) -> Receipt:
    chat = means.chatting(target.notifier)
    async with asyncio.timeout(means.deadline / 1_000):
        if chat is not None and len(deliveries) > 1:
            return await chat.deliver_together(deliveries)
        return await means.notifiers[target.notifier].deliver(deliveries[0])


async def _as_before(means: Means, parcel: Parcel) -> None:
    """This try showed nothing; whether an earlier one may have, is what it was."""
    fresh = [row.id for row in parcel.rows if not row.tried]
    if fresh:
        await means.store.postpone(fresh, 0, refused=False, maybe_shown=False)


async def _refused(means: Means, route: Route, parcel: Parcel, reason: str, *, shown: bool) -> Refused:
    now, due = means.clock.now(), []
    for row in parcel.rows:
        due.append(due_after_refusal(route, row, now))
        await means.store.postpone([row.id], due[-1], refused=True, maybe_shown=shown or row.tried)
    return Refused(min(due), reason)
