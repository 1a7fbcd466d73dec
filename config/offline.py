"""What the store remembers, read without a running service and without changing anything."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path

from config import VERSION
from config.container import Container
from config.models import Settings
from config.presence import there
from config.registry import Registry
from config.zones import offset_of
from core.account.machine import restore
from core.account.state import AccountState
from core.engine import views
from core.engine.application import acts_of
from core.engine.control import GOOD, Answer
from core.engine.desk import LATEST, status_of
from core.engine.statistics import exported, shown
from core.errors import ConfigError
from core.report import TradeReport
from core.reporting import report_json
from core.view import as_json
from plugins.clocks.system import SystemClock
from plugins.stores.sql import PostgresSettings, SqliteSettings, reader
from ports.persistence import Store

Reading = Callable[[Store], Awaitable[Answer]]


async def read(settings: Settings, reading: Reading) -> Answer:
    """Open the store for reading only, read, close."""
    chosen = settings.store.settings
    missing = isinstance(chosen, SqliteSettings) and not os.path.exists(chosen.path)  # noqa: ASYNC240, PTH110 - one look, before anything runs
    if missing or not isinstance(chosen, SqliteSettings | PostgresSettings):
        where = f" at {os.path.abspath(chosen.path)}" if isinstance(chosen, SqliteSettings) else ""  # noqa: ASYNC240, PTH100 - as above
        start = f"start it with `tandem run {settings.path}`, or go to the folder where it runs"
        raise ConfigError((f"no service runs and there is no store{where} yet; {start}",))
    store = reader(chosen)
    await store.start()
    try:
        return await reading(store)
    finally:
        await store.close()


async def recalled(settings: Settings, registry: Registry, store: Store) -> dict[str, AccountState]:
    """Every account as its journal tells it, with the kind of money that is configured (A10). No venue is asked."""
    built = _accounts(settings, registry)
    states = {}
    for name in settings.accounts:
        state = built[name]
        records = await store.live(name)
        restore(state, [(record.trade, record.what) for record in records], SystemClock().now())
        state.troubles.clear()
        states[name] = state
    return states


def _accounts(settings: Settings, registry: Registry) -> Mapping[str, AccountState]:
    """Every account without history, as the service would make it; nothing is opened."""
    made: Mapping[str, AccountState] = Container(settings=settings, registry=registry).states()
    return made


def _silent(settings: Settings) -> tuple[str, ...]:
    """That a service is there after all, and does not answer: it may trade on, and another start is refused."""
    pid = there(Path(settings.top.control))
    if pid is None:
        return ()
    return (f"pid {pid} is a Tandem that runs, and does not answer at {settings.top.control}: see `tandem doctor`",)


def _ended(report: TradeReport, state: AccountState | None) -> dict[str, object]:
    """An ended trade as the service tells it; an account that isn't configured any more has no environment."""
    environment = None if state is None else state.environment.value
    times = {"opened_at": report.opened_at, "closed_at": report.closed_at}
    return {"account": report.account, "environment": environment, **report_json(report), **times}


def answers(settings: Settings, registry: Registry, arguments: Mapping[str, object]) -> Mapping[str, Reading]:
    """What can be answered without a service, by command."""

    async def status(store: Store) -> Answer:
        states = await recalled(settings, registry, store)
        latest = tuple(views.alert_status(alert) for alert in await store.alerts(LATEST))
        shown = status_of(states, {}, SystemClock().now())
        more = replace(shown, version=VERSION, profile=settings.path, alerts=latest, troubles=_silent(settings))
        return {"exit": GOOD, "data": as_json(more)}

    async def alerts(store: Store) -> Answer:
        latest = await store.alerts(int(str(arguments.get("limit", 50))))
        return {"exit": GOOD, "data": [as_json(views.alert_status(alert)) for alert in latest]}

    async def closed(store: Store) -> Answer:
        ended = await store.closed(None, int(str(arguments.get("limit", 50))))
        known = _accounts(settings, registry)
        return {"exit": GOOD, "data": [_ended(report, known.get(report.account)) for report in ended]}

    leaders, zone = settings.leaders, offset_of(settings.top.timezone)

    async def stats(store: Store) -> Answer:
        return await shown(store, arguments, leaders, settings.accounts, zone, SystemClock().now())

    async def stats_export(store: Store) -> Answer:
        return await exported(store, arguments, settings.accounts)

    async def audited(store: Store) -> Answer:
        return {"exit": GOOD, "data": await acts_of(store, arguments)}

    return {
        "stats": stats,
        "stats_export": stats_export,
        "status": status,
        "alerts": alerts,
        "closed": closed,
        "audited": audited,
    }
