"""A command in the place of a service that isn't there: what must not wait until somebody has started one.

It takes the lease, so that no service can start meanwhile, and gives it back when it has done.
"""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from dataclasses import asdict

import structlog

from config.answering import desk_of, handlers_of
from config.container import Container
from config.models import Settings
from config.opening import open_notifiers, open_service
from config.registry import Registry
from config.sole import beside
from core.engine.control import Answer
from core.engine.service import Service

log = structlog.get_logger("tandem.run")

READY_WITHIN = 20
"""Seconds that the accounts may take to have looked at their venues once."""
STEP = 50


async def alone(settings: Settings, registry: Registry, command: str, arguments: Mapping[str, object]) -> Answer:
    """The answer that the service would give. A dry run only opens and looks: no machine runs, nothing is sent.

    `beside` in its data names who trades with an account's key from another store: that one isn't asked, doesn't know,
    and may put orders back.

    Raises Stopped when somebody holds the store after all, Unavailable when no venue can be reached.
    """
    with beside(settings) as others:
        answer = await _answered(Container(settings=settings, registry=registry), settings, command, arguments)
    data = answer.get("data")
    return (
        {**answer, "data": {**data, "beside": [asdict(each) for each in others]}} if isinstance(data, dict) else answer
    )


async def _answered(container: Container, settings: Settings, command: str, arguments: Mapping[str, object]) -> Answer:
    async with AsyncExitStack() as stack:
        service = await open_service(container, settings, stack)
        handler = handlers_of(desk_of(settings, service), service)[command]
        if arguments.get("dry_run", True):
            await asyncio.gather(*(_foreseen(service, name) for name in service.states))
            return await handler(arguments)
        outbox = await open_notifiers(container, settings, service, stack)
        work = [asyncio.create_task(service.run()), asyncio.create_task(outbox.run())]
        try:
            await _ready(service)
            answer = await handler(arguments)
            if await service.writer.flush():
                await outbox.flush()
            return answer
        finally:
            for task in work:
                task.cancel()
            await asyncio.gather(*work, return_exceptions=True)


async def _foreseen(service: Service, name: str) -> None:
    """What the store has lost is listed as the act will treat it; where that can't be seen, as the store knows it."""
    if name not in service.connections.down:
        try:
            async with asyncio.timeout(READY_WITHIN):
                await service.workers[name].foresee()
        except Exception:  # whatever it is, a list of what the store knows is worth more than none
            log.exception("what the store may have lost is not known", account=name)


async def _ready(service: Service) -> None:
    """Wait until every account that can be reached has looked at its venue and made again what the store has lost.

    One that can't be reached is not waited for.
    """
    for _ in range(READY_WITHIN * 1_000 // STEP):
        connected = [state for name, state in service.states.items() if name not in service.connections.down]
        if all(state.cuts.done and not state.rebuilding for state in connected):
            return
        await service.clock.sleep(STEP)
