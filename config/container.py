"""Puts checked settings and adapters together. Dependencies and singletons only; nothing is opened here."""

from collections.abc import Mapping

from dependency_injector import containers, providers

from config.cutoff import Cutoff
from config.models import Settings
from config.registry import Registry
from config.zones import offset_of
from core.account.state import AccountState, Timings
from core.engine.service import Service
from core.errors import ConfigError
from core.strategy import Strategy
from core.words import Environment
from ports.clock import Clock
from ports.exchange import Exchange
from ports.frontend import Frontend
from ports.notifier import Notifier
from ports.painter import Painter
from ports.persistence import Store


def _exchanges(settings: Settings, registry: Registry) -> dict[str, Exchange]:
    """Every account's exchange, leaders first; adapters keep what their accounts share in one dictionary."""
    shared: dict[str, object] = dict(settings.sections)
    built = {}
    for name, account in sorted(settings.accounts.items(), key=lambda pair: pair[1].following is not None):
        adapter = registry.find("exchanges", account.chosen.use)
        if adapter is not None:
            built[name] = adapter.build(account.chosen.settings, account=name, shared=shared)
    problems = live_mirrors_of_paper(settings, {name: exchange.environment for name, exchange in built.items()})
    if problems:
        raise ConfigError(problems)
    return built


def live_mirrors_of_paper(settings: Settings, environments: Mapping[str, Environment]) -> tuple[str, ...]:
    """A problem for every live account that follows one on paper: play money must not lead real money (A10)."""
    return tuple(
        f"{settings.path}: accounts.{name}.follows: {name} is live and {account.following.leader} is on paper; "
        "let a live account follow a live one"
        for name, account in settings.accounts.items()
        if account.following is not None
        and environments.get(name) is Environment.LIVE
        and environments.get(account.following.leader) is Environment.PAPER
    )


def build_strategies(settings: Settings, registry: Registry) -> dict[str, Strategy]:
    """Every strategy by its name in the configuration."""
    built = {}
    for name, chosen in settings.strategies.items():
        adapter = registry.find("strategies", chosen.use)
        if adapter is not None:
            built[name] = adapter.build(chosen.settings, name=name)
    return built


def _notifiers(settings: Settings, registry: Registry) -> dict[str, Notifier]:
    built = {}
    for chosen in settings.notifiers:
        adapter = registry.find("notifiers", chosen.use)
        if adapter is not None:
            built[chosen.name] = adapter.build(chosen.settings, name=chosen.name)
    return built


def _frontends(settings: Settings, registry: Registry, notifiers: Mapping[str, Notifier]) -> dict[str, Frontend]:
    built = {}
    for chosen in settings.frontends:
        adapter = registry.find("frontends", chosen.use)
        if adapter is not None:
            built[chosen.name] = adapter.build(chosen.settings, name=chosen.name, notifiers=notifiers)
    return built


def _store(settings: Settings, registry: Registry) -> Store:
    adapter = registry.find("stores", settings.store.use)
    if adapter is None:
        raise LookupError(settings.store.use)
    store: Store = adapter.build(settings.store.settings, notifiers=tuple(each.name for each in settings.notifiers))
    return store


def _painter(settings: Settings, registry: Registry) -> Painter:
    adapter = registry.find("painters", settings.painter.use)
    if adapter is None:
        raise LookupError(settings.painter.use)
    painter: Painter = adapter.build(settings.painter.settings)
    return painter


def _clock(registry: Registry) -> Clock:
    adapter = registry.find("clocks", "system")
    if adapter is None:
        raise LookupError("system")
    clock: Clock = adapter.build(adapter.settings())
    return clock


def _states(
    settings: Settings, exchanges: Mapping[str, Exchange], strategies: Mapping[str, Strategy]
) -> dict[str, AccountState]:
    limits = settings.top.limits.limits()
    offset = offset_of(settings.top.timezone)
    return {
        name: AccountState(
            name,
            exchange.environment,
            exchange.capabilities,
            strategies,
            limits,
            settings.accounts[name].following,
            Timings(audit=settings.top.limits.audit),
            offset=offset,
        )
        for name, exchange in exchanges.items()
    }


class Container(containers.DeclarativeContainer):
    """The composition: give it settings and a registry, take a service and its notifiers."""

    settings = providers.Dependency(instance_of=Settings)
    registry = providers.Dependency(instance_of=Registry)
    exchanges = providers.Singleton(_exchanges, settings, registry)
    strategies = providers.Singleton(build_strategies, settings, registry)
    notifiers = providers.Singleton(_notifiers, settings, registry)
    frontends = providers.Singleton(_frontends, settings, registry, notifiers)
    store = providers.Singleton(_store, settings, registry)
    painter = providers.Singleton(_painter, settings, registry)
    clock = providers.Singleton(_clock, registry)
    states = providers.Singleton(_states, settings, exchanges, strategies)
    cutoff = providers.Singleton(Cutoff)
    service = providers.Singleton(Service, exchanges, states, store, clock, cutoff)
