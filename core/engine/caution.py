"""A backup before what could go wrong (adopt, release, emergency, doctor --fix): made if it can be, and quickly."""

import asyncio

import structlog

from core.errors import TandemError
from ports.persistence import Store

log = structlog.get_logger("tandem.engine")

PATIENCE = 3
"""Seconds that an act waits for its backup; an emergency must not hang on a disk."""


async def backed_up(store: Store, within: float = PATIENCE) -> str:
    """The backup's path; "" when this store keeps none or none could be made *within* its seconds, which is logged."""
    try:
        async with asyncio.timeout(within):
            return await store.backup()
    except (TandemError, TimeoutError) as error:
        log.warning("no backup before an act", reason=str(error) or "it took too long")
    except Exception:
        log.exception("no backup before an act")  # somebody's plugin: an emergency must not hang on it either
    return ""
