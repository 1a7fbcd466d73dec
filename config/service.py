"""Runs the live service: opened, at work until it is stopped, and what it says of itself meanwhile and at the end."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

import structlog

from config import VERSION
from config.absent import absent
from config.answering import desk_of, handlers_of, pictures_of
from config.container import Container
from config.ending import STARTING, goodbye, leave, unless_stopped, unstored, until_stopped
from config.health import Health
from config.lasting import lasting, served
from config.leaving import left
from config.models import Settings
from config.opening import connect, open_control, open_frontends, open_notifiers, open_store, settle
from config.places import chat_places
from config.registry import Registry
from config.reloading import Reloading, Relog, told
from config.sampling import sample
from config.showing import Showing
from config.sole import sole
from config.vitals import Vitals, store_folder
from config.watching import Watching
from core.account.naming import STARTING as UNSEEN
from core.engine.application import FrontDoor
from core.engine.backups import Rounds
from core.engine.desk import Desk
from core.engine.moves import Moves
from core.engine.outbox import Outbox
from core.engine.overdue import Overdue
from core.engine.preferring import Preferring
from core.engine.service import Service
from core.engine.stranded import MEND as HAND_ON
from core.engine.stranded import Stranded
from core.engine.unwatched import MEND
from core.errors import TandemError, Unavailable
from core.view import ServiceStatus
from core.words import Environment
from plugins.stores.sql import PostgresSettings, SqliteSettings
from ports.frontend import Frontend, Principal, Role
from ports.notifier import Notifier

log = structlog.get_logger("tandem.run")

OPERATOR = Principal(front="cli", user="", role=Role.TRADER)
"""Who may open the control socket may act."""
SCREEN_EVERY = 1_000
SEEN_EVERY = 50
"""Milliseconds between two looks whether the accounts were seen by now."""

Screen = Callable[[ServiceStatus], None]


async def run_service(
    settings: Settings,
    registry: Registry,
    *,
    say: Callable[[str], None],
    relog: Relog,
    screen: Screen | None = None,
    every: int = SCREEN_EVERY,
) -> Sequence[str]:
    """Run until SIGTERM or SIGINT; returns what stays at the venues, to be said when nothing is drawn any more.

    *say* gets lines for the operator; *screen* the whole status, *every* so many ms.

    SIGHUP reads the configuration again; *relog* then sets the log up anew.

    Raises Stopped when another instance holds an account or the store is damaged, Unavailable when a venue can't be
    reached at start.
    """
    say = lasting(say)
    stopped, hangup = _on(signal.SIGTERM, signal.SIGINT), _on(signal.SIGHUP)
    container = Container(settings=settings, registry=registry)
    async with AsyncExitStack() as stack:
        stack.enter_context(sole(settings))
        live = await unless_stopped(stopped, _opened(container, settings, registry, relog, stack))
        if live is None:
            return STARTING
        service = live.service
        settle()
        _greet(settings, service, absent(container.notifiers()), say)
        for reason in live.stranded.said:
            say(f"{reason}: {HAND_ON}")
        work = [
            asyncio.create_task(each)
            for each in (
                service.run(),
                live.outbox.run(),
                _backups(settings, service).run(),
                sample(settings, service, say),
                _show(live.desk, service, screen, every),
                _reload_on(hangup, live.reloading, say),
                live.vitals.run(service.clock),
                live.watching.run(),
                live.moves.run(service.clock),
                Overdue(live.outbox.waiting, service.tell).run(service.clock),
                *(served(each, service.tell) for each in live.frontends),
            )
        ]
        await until_stopped(stopped, work, lambda: leave(live.reloading, service, live.frontends, say))
        if await service.writer.flush():
            await live.outbox.flush()
        return [*goodbye(service.states), *unstored(service.writer.unwritten)]


@dataclass(frozen=True, slots=True)
class _Live:
    """The open service's parts that are at work until it ends."""

    service: Service
    outbox: Outbox
    desk: Desk
    reloading: Reloading
    vitals: Vitals
    moves: Moves
    watching: Watching
    stranded: Stranded
    frontends: Sequence[Frontend]


async def _opened(
    container: Container, settings: Settings, registry: Registry, relog: Relog, stack: AsyncExitStack
) -> _Live:
    """Everything open, and whoever may ask let in; *stack* closes it."""
    service = await open_store(container, settings, stack)
    try:
        await connect(service)
    except TandemError:
        if service.connections.hopeless:
            await _tell_refused(container, settings, service, stack)
        raise
    outbox = await _outbox(container, settings, service, stack)
    desk = desk_of(settings, service)
    notifiers = container.notifiers()
    fronts, at_end = container.frontends(), stack.push_async_callback
    reloading = Reloading(settings, registry, service, outbox, notifiers, fronts, relog, at_end)
    vitals = Vitals(store_folder(settings))
    health = Health(service, vitals, list(notifiers), lambda: absent(notifiers))
    showing = Showing(lambda: reloading.settings, service.states)
    preferring = await _preferring(settings, service, outbox)
    moves = await _moves(reloading, service, notifiers)
    watching = Watching(lambda: reloading.settings, service, vitals)
    stranded = Stranded(service, list(notifiers))
    await stranded.tell()
    parts = (reloading, health, showing, preferring, watching, stranded, pictures_of(container, settings))
    more = {name: handler for part in parts for name, handler in part.handlers().items()}
    handlers = {**handlers_of(desk, service, watching.statistics), **more}
    door = FrontDoor(handlers, service.store, service.clock, service.tell, settings.top.timezone)
    await open_control(settings, door.handlers(OPERATOR), stack)
    frontends = await open_frontends(fronts, door, stack)
    return _Live(service, outbox, desk, reloading, vitals, moves, watching, stranded, frontends)


async def _outbox(container: Container, settings: Settings, service: Service, stack: AsyncExitStack) -> Outbox:
    """The outbox, which tells nothing to who is served no more."""
    outbox = await open_notifiers(container, settings, service, stack)
    outbox.leave_out(left(container.frontends().values()))
    return outbox


async def _tell_refused(container: Container, settings: Settings, service: Service, stack: AsyncExitStack) -> None:
    """Tell people, by every notifier, that not one account could be started: nobody watches over their trades.

    Whoever can't be told ends nothing else: it is raised after this, and said on the terminal.
    """
    try:
        await service.connections.tell_refused()
        outbox = await _outbox(container, settings, service, stack)
        await _preferring(settings, service, outbox)
        await Moves(service.store, container.notifiers(), service.tell, lambda _: ()).recall()
        await outbox.flush()
    except Exception:
        log.exception("nobody could be told that no account started")


def _on(*signals: signal.Signals) -> asyncio.Event:
    """What is set when one of them comes."""
    came = asyncio.Event()
    for each in signals:
        asyncio.get_running_loop().add_signal_handler(each, came.set)
    return came


def _greet(settings: Settings, service: Service, unstarted: Mapping[str, str], say: Callable[[str], None]) -> None:
    say(f"Tandem {VERSION} runs {settings.path}: {_accounts(service)}")
    for reason in service.connections.down.values():
        say(f"not connected, the other accounts go on: {reason}")
    for reason in service.unwatched:
        say(f"{reason}: {MEND}")
    for reason in unstarted.values():
        say(f"its alerts wait in the store, trading goes on: {reason}")


async def _preferring(settings: Settings, service: Service, outbox: Outbox) -> Preferring:
    """What people want to be told, as they last chose."""
    preferring = Preferring(service.store, outbox, settings.top.alerts.preferences)
    await preferring.recall()
    return preferring


async def _moves(reloading: Reloading, service: Service, notifiers: Mapping[str, Notifier]) -> Moves:
    """Where chats are that got another number, as it was known before."""
    moves = Moves(service.store, notifiers, service.tell, lambda chat: chat_places(reloading.settings, chat))
    await moves.recall()
    return moves


async def _reload_on(hangup: asyncio.Event, reloading: Reloading, say: Callable[[str], None]) -> None:
    """Read the configuration again at every SIGHUP, and say what came of it."""
    while True:
        await hangup.wait()
        hangup.clear()
        try:
            lines = told(await reloading.answer({}))
        except Exception as error:  # somebody's plugin may be built there: trading must not end by it
            log.exception("reload broke off")
            lines = [f"the reload broke off in the middle ({type(error).__name__}); the log says more"]
        for line in lines:
            log.info("reload", said=line)
            say(line)


def _backups(settings: Settings, service: Service) -> Rounds:
    """Another store than ours says itself when it makes any."""
    chosen = settings.store.settings
    every = chosen.backups.every if isinstance(chosen, SqliteSettings | PostgresSettings) else 0
    environment = next((state.environment for state in service.states.values()), Environment.PAPER)
    return Rounds(service.store, service.clock, service.writer, environment, every)


async def _show(desk: Desk, service: Service, screen: Screen | None, every: int) -> None:
    """Draw again and again, first when the accounts were seen, in a thread: 200 trades take it half a second (F49)."""
    draw = lasting(screen) if screen is not None else None
    for _ in range(every // SEEN_EVERY if draw is not None else 0):
        if all(UNSEEN not in state.troubles for state in service.states.values()):
            break
        await service.clock.sleep(SEEN_EVERY)
    while draw is not None:
        try:
            await asyncio.to_thread(draw, await desk.view(fresh=desk.in_process))
        except Unavailable as error:
            log.warning("screen left as it is", reason=str(error))
        except Exception:
            log.exception("screen left as it is")  # a look at the trading must not end it
        await service.clock.sleep(every)


def _accounts(service: Service) -> str:
    return ", ".join(f"{name} ({state.environment.value})" for name, state in service.states.items())
