"""A graceful stop (J2): nothing new is opened, entries are taken back where that is wished, protection stays."""

from core.account.box import Box
from core.account.inputs import Operate
from core.engine.service import Service
from core.errors import Unavailable
from core.facts import ActKind

STOPPING = "stopping"
"""The trouble of every account while the service stops: no entry leaves any more, exits do."""
PATIENCE = 10
"""How many seconds the venues may take to cancel what is taken back."""
STEP = 50
"""Milliseconds between two looks at how far they are."""


async def wind_down(service: Service, *, cancel_entries: bool) -> tuple[str, ...]:
    """Open nothing any more; with *cancel_entries* take unfilled entries back, mirrors first.

    Returns a line for each entry that may still work, and why.
    """
    for state in service.states.values():
        state.troubles.setdefault(STOPPING, service.clock.now())
    if not cancel_entries:
        return ()
    followers_first = sorted(service.states, key=lambda name: service.states[name].following is None)
    waiting = [(name, box) for name in followers_first for box in service.states[name].boxes.values() if _live(box)]
    lines = [line for name, box in waiting for line in await _take_back(service, name, box)]
    for _ in range(PATIENCE * 1_000 // STEP):
        if not any(_live(box) for _, box in waiting):
            break
        await service.clock.sleep(STEP)
    late = [f"{name}: {', '.join(_live(box))} of {box.id} may still work" for name, box in waiting if _live(box)]
    return (*lines, *late)


async def _take_back(service: Service, name: str, box: Box) -> list[str]:
    if name in service.connections.down:
        return [f"{name}: its entries were not cancelled: {service.connections.why(name)}"]
    try:
        reply = await service.operate(name, Operate(box.id, ActKind.CANCEL_ENTRIES, "stop", reason="operator"))
    except (Unavailable, TimeoutError) as error:
        return [f"{name}: the entries of {box.id} were not cancelled: {error}"]
    return [f"{name}: {reason}" for reason in reply.refusal.reasons] if reply.refusal is not None else []


def _live(box: Box) -> list[str]:
    """The entries of a trade that work, or may; none of one that is closing, which takes them back itself."""
    if box.phase.closing:
        return []
    return [leg.role for leg in box.trade.plan.legs if box.trade.live(leg.role)]
