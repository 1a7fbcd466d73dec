"""What may break beside the trading, and must not end it: who reads along, front ends and notifiers (J2)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from core.engine.service import Tell
from core.errors import TandemError
from ports.frontend import Application, Frontend

log = structlog.get_logger("tandem.run")

STARTS_WITHIN = 15
"""Seconds that a front end or a notifier may take to start: the trades wait for it."""
MEND = "The log says more; restart to have it back"

Said = TypeVar("Said")


def lasting(show: Callable[[Said], None]) -> Callable[[Said], None]:
    """The same, which never raises: its reader may be gone, such as a closed pipe or the terminal of a lost session."""
    gone = False

    def shown(what: Said) -> None:
        nonlocal gone
        try:
            show(what)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - where a pipe is closed rich ends the whole process
            if not gone:
                log.warning("nobody reads along any more; the service goes on", reason=repr(error))
            gone = True
        else:
            gone = False

    return shown


async def unstarted(who: str, start: Awaitable[None], within: float) -> str:
    """Why *who* did not start, "" once it has. It is somebody's plugin: whatever it meets holds nothing else up."""
    try:
        async with asyncio.timeout(within):
            await start
    except Exception as error:
        log.exception("not started", who=who)
        return f"{who} did not start ({_reason(error)})"
    return ""


async def started(frontend: Frontend, application: Application, within: float = STARTS_WITHIN) -> bool:
    """Whether it is ready to serve; that it is not is told."""
    why = await unstarted(frontend.name, frontend.start(application), within)
    if why:
        await application.tell("frontend", f"{why}: nobody is served there, trading and alerts go on. {MEND}")
    return not why


async def served(frontend: Frontend, tell: Tell) -> None:
    """A front end at work. It is somebody's plugin: that it breaks is told, and ends nothing else."""
    try:
        await frontend.run()
    except Exception as error:
        log.exception("a front end ended", frontend=frontend.name)
        said = f"{frontend.name} has broken off ({_reason(error)})"
        await tell("frontend", f"{said}: nobody is served there any more, trading and alerts go on. {MEND}")


def _reason(error: Exception) -> str:
    """In its own words only where they are meant for people."""
    return str(error) if isinstance(error, TandemError) else type(error).__name__
