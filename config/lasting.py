"""What may break beside the trading, and must not end it: who reads along, and front ends (J2)."""

from collections.abc import Callable
from typing import TypeVar

import structlog

from core.engine.service import Tell
from core.errors import TandemError
from ports.frontend import Frontend

log = structlog.get_logger("tandem.run")

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


async def served(frontend: Frontend, tell: Tell) -> None:
    """A front end at work. It is somebody's plugin: that it breaks is told, and ends nothing else."""
    try:
        await frontend.run()
    except Exception as error:
        log.exception("a front end ended", frontend=frontend.name)
        reason = str(error) if isinstance(error, TandemError) else type(error).__name__
        await tell(
            "frontend",
            f"{frontend.name} has broken off ({reason}): nobody is served there any more, trading and alerts go on. "
            "The log says more; restart to have it back",
        )
