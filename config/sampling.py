"""The sample request of a profile, opened by the service itself where nothing is live yet."""

from collections.abc import Callable, Sequence
from pathlib import Path

import structlog

from config.models import Settings
from config.request import read_request
from core.engine.service import Service
from core.errors import ConfigError, TandemError

log = structlog.get_logger("tandem.run")


async def sample(settings: Settings, service: Service, say: Callable[[str], None]) -> None:
    """Open the sample request when no trade is live, once the accounts are well; if it can't be, that ends nothing."""
    if settings.top.sample is None:
        return
    while any(state.troubles for state in service.states.values()):
        await service.clock.sleep(50)
    if any(state.boxes for state in service.states.values()):  # now: what a lost store had is made again by then (C7)
        return
    path = Path(settings.path).parent / settings.top.sample
    try:
        reasons = await _sampled(settings, service, path)
    except TandemError as error:
        reasons = error.problems if isinstance(error, ConfigError) else (str(error),)
    except Exception as error:
        log.exception("the sample was not opened")
        reasons = (f"no clear answer ({type(error).__name__}): `tandem trades` shows whether it was after all",)
    if reasons:
        say(f"the sample {path} was not opened: " + "; ".join(reasons))


async def _sampled(settings: Settings, service: Service, path: Path) -> Sequence[str]:
    """Open it; the reasons when it is refused."""
    now = service.clock.now()
    replies = await service.open(read_request(path, identity=f"sample-{now}", at=now), settings.leaders[0])
    refusal = replies[0].refusal
    return () if refusal is None else refusal.reasons
