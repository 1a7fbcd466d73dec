"""Opens the live service's parts in order, each closed in reverse by the caller's stack."""

import gc
import os
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from config.absent import absent, opened
from config.collecting import uncollected
from config.container import Container
from config.lasting import started
from config.models import Settings
from config.presence import pid_file
from core.alert_text import text as alert_text
from core.engine.application import FrontDoor
from core.engine.control import ControlServer, Handler
from core.engine.delivery import Route
from core.engine.outbox import Outbox
from core.engine.service import Service
from ports.frontend import Frontend
from ports.notifier import Notifier


def settle() -> None:
    """What is there once all is open stays: looking for garbage among it stopped decisions for 75 ms at a time.

    For a process that is one service and nothing else: what is garbage by now is kept too.
    """
    gc.freeze()


async def open_service(container: Container, settings: Settings, stack: AsyncExitStack) -> Service:
    """The service with its store, lease and venues open, and its journal recalled; *stack* closes all of it."""
    service = await open_store(container, settings, stack)
    await connect(service)
    return service


async def open_store(container: Container, settings: Settings, stack: AsyncExitStack) -> Service:
    """The service with its store and lease, connected to nothing yet; *stack* closes all of it."""
    cutoff = container.cutoff()
    cutoff.arm()
    stack.callback(cutoff.disarm)
    with uncollected():
        store = container.store()
        mended = await store.start()
        stack.push_async_callback(store.close)
        await store.acquire(list(settings.accounts), f"tandem run {settings.path}")
        stack.push_async_callback(store.release)
        for exchange in container.exchanges().values():
            stack.push_async_callback(exchange.close)
        service: Service = container.service()
    if mended is not None:
        service.went_on(mended)
    return service


async def connect(service: Service) -> None:
    """Open its venues and recall its journal. Raises why where not one account could be started."""
    with uncollected():
        await service.connections.open()
        await service.recover()


async def open_notifiers(container: Container, settings: Settings, service: Service, stack: AsyncExitStack) -> Outbox:
    """The outbox with its notifiers open; in the place of one that does not start, what says so (J2)."""
    notifiers: dict[str, Notifier] = container.notifiers()
    for name, notifier in notifiers.items():
        stack.push_async_callback(notifier.close)
        notifiers[name] = await opened(notifier, service.tell)
    # Never one that did not start: whoever waits for it would hold up all other alerts of its lane.
    files = [each.name for each in settings.notifiers if each.use == "file"]
    last = next((name for name in files if name not in absent(notifiers)), "")
    routes = [Route(name, settings.top.alerts.default_chat, last if name != last else "") for name in notifiers]
    zone = settings.top.timezone
    outbox = Outbox(service.store, service.clock, notifiers, alert_text, routes=routes, zone=zone)
    service.stored = outbox.nudge
    return outbox


async def open_frontends(
    frontends: Mapping[str, Frontend], door: FrontDoor, stack: AsyncExitStack
) -> Sequence[Frontend]:
    """The front ends that are at work behind the door; of one that does not start people are told (J2)."""
    for frontend in frontends.values():
        stack.push_async_callback(frontend.close)
    return [each for each in frontends.values() if await started(each, door)]


async def open_control(settings: Settings, handlers: Mapping[str, Handler], stack: AsyncExitStack) -> None:
    """The control socket, and a pid file for those who stop the service."""
    path = Path(settings.top.control)
    server = ControlServer(path, handlers)
    await server.start()
    stack.push_async_callback(server.close)
    pid = pid_file(path)
    pid.write_text(f"{os.getpid()}\n")
    stack.callback(pid.unlink, missing_ok=True)
