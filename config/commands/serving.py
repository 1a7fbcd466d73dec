"""run: the service with its console."""

import asyncio
import json
import logging
import logging.handlers
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import structlog
from rich.live import Live

from config.commands.printing import GOOD, console, failing, say
from config.commands.streams import laid_to_rest
from config.lasting import lasting
from config.load import load
from config.models import LogSettings, Settings
from config.nonblocking import nonblocking
from config.registry import Registry, registry
from config.service import run_service
from core.errors import Stopped
from core.view import ServiceStatus, as_json
from plugins.frontends.console import screens

PLAIN_EVERY = 15_000
"""Without a terminal the whole status is printed once in so many milliseconds, and no venue asked for it more often."""

LOG_SIZE = 100 * 1024 * 1024
LOG_FILES = 10


@failing
def run(config: Path) -> int:
    """Run until stopped."""
    found = registry()
    settings = load(config, found, sample=True)
    for name, reason in found.broken.items():
        sys.stderr.write(f"plugin {name} did not load and is left out: {reason}\n")
    configure_log(settings.top.log)
    with nonblocking():
        if sys.stdout.isatty():
            return _ended(_drawn(settings, found))
        running = run_service(settings, found, say=say, relog=configure_log, screen=_plainly, every=PLAIN_EVERY)
        return _ended(asyncio.run(running))


def _drawn(settings: Settings, found: Registry) -> Sequence[str]:
    """Run with the status drawn on the terminal; it may be lost meanwhile, and that costs nothing but the picture."""
    live = Live(console=console(), auto_refresh=False, transient=True)

    def screen(view: ServiceStatus) -> None:
        live.update(screens.status(as_json(view), live.console.height), refresh=True)  # type: ignore[arg-type]

    def tell(line: str) -> None:
        live.console.print(line, markup=False)

    live.start()
    try:
        return asyncio.run(run_service(settings, found, say=tell, relog=configure_log, screen=screen))
    finally:
        # Drawn over a screen that is too small for it, the last picture would push what is said next out of sight.
        with suppress(OSError, SystemExit):
            live.update("", refresh=True)
        with suppress(OSError, SystemExit):
            live.stop()


def _ended(last: Sequence[str]) -> int:
    """Say the last words; that nobody reads them makes no bad end of a good one."""
    speak = lasting(say)
    for line in last:
        speak(line)
    try:
        sys.stdout.flush()
    except OSError:
        laid_to_rest()
    return GOOD


def _plainly(view: ServiceStatus) -> None:
    """The status for a pipe or a log, in full."""
    console().print(screens.status(as_json(view)))  # type: ignore[arg-type]


class _Lines(logging.Formatter):
    """One JSON object a line; what libraries say in their own words is put into one."""

    def format(self, record: logging.LogRecord) -> str:
        said = super().format(record)
        if said.startswith("{"):
            return said
        at = datetime.fromtimestamp(record.created, UTC).isoformat()
        return json.dumps({"event": said, "logger": record.name, "level": record.levelname.lower(), "timestamp": at})


def _kept_in(path: Path) -> logging.Handler:
    """A private file, set aside when it is full; raises Stopped when it can't be written."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = logging.handlers.RotatingFileHandler(path, maxBytes=LOG_SIZE, backupCount=LOG_FILES, encoding="utf-8")
        path.chmod(0o600)
    except OSError as error:
        place = "name a place by `log: {path: ...}` that the service may write"
        raise Stopped(f"log {path}: {error.strerror}; {place}") from error
    return handler


def configure_log(settings: LogSettings) -> None:
    """JSON lines into a rotated file, 100 MB x 10; the terminal is for people."""
    handler = _kept_in(Path(settings.path))
    handler.setFormatter(_Lines())
    root = logging.getLogger()
    before, root.handlers[:] = root.handlers[:], [handler]
    for each in before:
        if isinstance(each, logging.handlers.RotatingFileHandler):  # ours, from before a reload
            each.close()
    root.setLevel(settings.level.upper())
    for chatty in ("httpx", "httpcore", "urllib3"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
