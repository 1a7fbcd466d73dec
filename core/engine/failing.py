"""How an adapter's failure is told. It is somebody's plugin: what it raises ends and hides nothing else (rel:F58)."""

import structlog

from core.errors import TandemError

log = structlog.get_logger("tandem.engine")


def adapter_failed(error: BaseException) -> str:
    """What it raised, for a person; the traceback is the log's."""
    return f"the adapter failed: {type(error).__name__}: {error}"


def failure(error: BaseException, account: str) -> str:
    """Why an account can't be seen, never ""; what isn't meant for people is logged too."""
    if isinstance(error, TimeoutError):
        return "the venue did not answer in time"
    if isinstance(error, TandemError):
        return str(error)
    log.error("exchange failed", account=account, exc_info=error)
    return adapter_failed(error)
