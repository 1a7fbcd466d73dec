"""How the live service ends: on a signal or an error, what is under way first, and what stays at the venues."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import structlog

from config.reloading import Reloading
from core.account.state import AccountState
from core.engine.service import Service
from core.engine.stopping import wind_down
from core.errors import TandemError
from core.money import text
from ports.frontend import Frontend
from ports.persistence import Batch

log = structlog.get_logger("tandem.run")

Opened = TypeVar("Opened")

STARTING = ["stopped while it was starting: nothing was sent, and what is at the venues stays there"]
"""The last words where nothing was at work yet."""

FINISHES_WITHIN = 15
"""Seconds that a front end may take to end what somebody is doing while the service stops."""


async def unless_stopped(stopped: asyncio.Event, opening: Coroutine[Any, Any, Opened]) -> Opened | None:
    """What is opened, None where the signal came first: whoever is waited for then is not waited for any more."""
    task, waiting = asyncio.create_task(opening), asyncio.create_task(stopped.wait())
    try:
        await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
        return await task if task.done() else None
    finally:
        for each in (task, waiting):
            each.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)


async def until_stopped(
    stopped: asyncio.Event, work: list[asyncio.Task[None]], last: Callable[[], Awaitable[None]]
) -> None:
    """Wait for the signal, then do the *last* thing; or for work that ended by an error, which is then raised."""
    waiting = asyncio.create_task(stopped.wait())
    pending: set[asyncio.Task[None]] = set(work)
    try:
        while pending and not waiting.done():
            done, _ = await asyncio.wait({waiting, *pending}, return_when=asyncio.FIRST_COMPLETED)
            for task in done - {waiting}:
                pending.discard(task)
                await _ended(task)
        await last()
    finally:
        for task in (waiting, *pending):
            task.cancel()
        await asyncio.gather(waiting, *pending, return_exceptions=True)


async def _ended(task: asyncio.Future[Any]) -> None:
    """Raise what ended the work. What a task group wraps around an error for people is no news to them."""
    try:
        await task
    except BaseExceptionGroup as group:
        error: BaseException = group
        while isinstance(error, BaseExceptionGroup) and error.split(TandemError)[1] is None:
            error = error.exceptions[0]
        raise error from None


async def leave(
    reloading: Reloading, service: Service, frontends: Sequence[Frontend], say: Callable[[str], None]
) -> None:
    """What somebody is doing right now ends, and is answered, while the accounts still run (J2)."""
    await asyncio.gather(_wind_down(reloading, service, say), *(finished(each) for each in frontends))


async def finished(frontend: Frontend, within: float = FINISHES_WITHIN) -> None:
    """Let a front end end what somebody is doing, for *within* seconds. It is somebody's plugin: nothing gets out."""
    try:
        async with asyncio.timeout(within):
            await frontend.finish()
    except TimeoutError:
        log.warning("an act is cut off", frontend=frontend.name, seconds=within)
    except Exception:
        log.exception("a front end did not finish", frontend=frontend.name)


async def _wind_down(reloading: Reloading, service: Service, say: Callable[[str], None]) -> None:
    for line in await wind_down(service, cancel_entries=reloading.settings.top.on_stop == "cancel_entries"):
        say(line)


def unstored(batches: Sequence[Batch]) -> list[str]:
    """That the store did not take these, when nobody will hand them over again; the log keeps what they say."""
    for batch in batches:
        log.error("not stored", batch=repr(batch))
    records, alerts = sum(len(each.records) for each in batches), sum(len(each.alerts) for each in batches)
    if not records and not alerts:
        return []
    what = f"{records} facts and {alerts} alerts are not known to be stored, and stand in the log"
    look = "the venue tells the next start what it knows; look whether accounts that were paused still are"
    return [f"the store did not take all to the end: {what}; {look}"]


def goodbye(states: Mapping[str, AccountState]) -> list[str]:
    """What stays at the venues when the service stops (J2)."""
    lines = []
    for name, state in states.items():
        for box in state.boxes.values():
            position = box.trade.ledger.position
            live = [line.role for line in box.trade.lines.values() if line.live]
            stop = f"stop {text(box.last_stop[0])}" if box.last_stop is not None else "no stop"
            lines.append(
                f"{name}: {box.trade.plan.symbol} {box.trade.plan.side.value} {text(position)} stays at the venue, "
                f"{stop}, orders {', '.join(sorted(live)) or 'none'}"
            )
    return lines or ["nothing is open; nothing stays at the venues"]
