"""What the store remembers, read without a running service and without changing anything."""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from config import VERSION
from config.container import build_strategies
from config.models import Settings
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
from core.reporting import report_json
from core.terms import Capabilities
from core.view import as_json
from core.words import Environment
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
    """Every account as its journal tells it."""
    strategies = build_strategies(settings, registry)
    states = {}
    for name, account in settings.accounts.items():
        state = AccountState(
            name,
            Environment.PAPER,
            Capabilities(),
            strategies,
            settings.top.limits.limits(),
            account.following,
        )
        records = await store.live(name)
        restore(state, [(record.trade, record.what) for record in records], SystemClock().now())
        state.troubles.clear()
        states[name] = state
    return states


def answers(settings: Settings, registry: Registry, arguments: Mapping[str, object]) -> Mapping[str, Reading]:
    """What can be answered without a service, by command."""

    async def status(store: Store) -> Answer:
        states = await recalled(settings, registry, store)
        latest = tuple(views.alert_status(alert) for alert in await store.alerts(LATEST))
        shown = status_of(states, {}, SystemClock().now())
        return {"exit": GOOD, "data": as_json(replace(shown, version=VERSION, profile=settings.path, alerts=latest))}

    async def alerts(store: Store) -> Answer:
        latest = await store.alerts(int(str(arguments.get("limit", 50))))
        return {"exit": GOOD, "data": [as_json(views.alert_status(alert)) for alert in latest]}

    async def closed(store: Store) -> Answer:
        ended = await store.closed(None, int(str(arguments.get("limit", 50))))
        return {"exit": GOOD, "data": [{"account": report.account, **report_json(report)} for report in ended]}

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
