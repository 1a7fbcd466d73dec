"""What can be chosen by `use:`: built-in adapters and those of installed packages. The only user of PluginManager."""

import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from importlib.metadata import entry_points

import pluggy

from config.written import as_yaml, properties
from core.errors import ConfigError
from ports import hooks
from ports.hooks import Adapter

BUILT_IN = (
    "plugins.exchanges.paper.plugin",
    "plugins.exchanges.bybit.plugin",
    "plugins.exchanges.ccxt.plugin",
    "plugins.strategies.conservative",
    "plugins.notifiers.console",
    "plugins.notifiers.file",
    "plugins.notifiers.telegram",
    "plugins.notifiers.webhook",
    "plugins.frontends.telegram.plugin",
    "plugins.stores.sql",
    "plugins.clocks.system",
    "plugins.painters.pillow.plugin",
)
_LONGEST_REASON = 300
KINDS = ("exchanges", "notifiers", "frontends", "strategies", "stores", "clocks", "painters")


@dataclass(frozen=True, slots=True)
class Offer:
    """An adapter and who offers it."""

    kind: str
    adapter: Adapter
    source: str


@dataclass(slots=True)
class Registry:
    """Every offer by kind and name. *broken* are plugins that did not load, with the reason."""

    offers: dict[tuple[str, str], Offer] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)

    def find(self, kind: str, name: str) -> Adapter | None:
        """The adapter of a kind under a name, None when there is none."""
        offer = self.offers.get((kind, name))
        return None if offer is None else offer.adapter

    def names(self, kind: str) -> list[str]:
        """What can be chosen of a kind."""
        return sorted(name for each, name in self.offers if each == kind)


def registry(built_in: Sequence[str] = BUILT_IN, *, third_party: bool = True) -> Registry:
    """Load every plugin and collect its offers.

    A plugin that fails is reported in `broken` and costs nothing until the configuration chooses what it would have
    offered. Raises ConfigError when two plugins offer the same name, naming both.
    """
    manager = pluggy.PluginManager(hooks.PROJECT)
    manager.add_hookspecs(hooks)
    found = Registry()
    for name in built_in:
        _load(manager, found, name, partial(importlib.import_module, name))
    for entry in entry_points(group=hooks.ENTRY_POINT_GROUP) if third_party else ():
        package = entry.dist.name if entry.dist is not None else entry.value
        _load(manager, found, f"{package} ({entry.name})" if manager.has_plugin(package) else package, entry.load)
    problems: list[str] = []
    for kind in KINDS:
        problems.extend(_collect(manager, found, kind))
    if problems:
        raise ConfigError(tuple(problems))
    return found


def _load(manager: pluggy.PluginManager, found: Registry, name: str, load: Callable[[], object]) -> None:
    try:
        plugin = load()
        if not manager.is_registered(plugin):
            manager.register(plugin, name)
            manager.check_pending()
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a stranger's code: whatever it raises must not stop others
        found.broken[name] = _reason(error)
        if manager.has_plugin(name):
            manager.unregister(name=name)


def _collect(manager: pluggy.PluginManager, found: Registry, kind: str) -> Iterator[str]:
    """Take every plugin's offers of a kind; yields a problem for each name that is offered twice."""
    for call in getattr(manager.hook, f"{hooks.PROJECT}_{kind}").get_hookimpls():
        try:
            adapters = _adapters(call.function())
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            found.broken[call.plugin_name] = _reason(error)
            continue
        for adapter in adapters:
            known = found.offers.get((kind, adapter.name))
            if known is None:
                found.offers[kind, adapter.name] = Offer(kind, adapter, call.plugin_name)
            else:
                yield f"{call.plugin_name} and {known.source} both offer {kind} {adapter.name!r}; uninstall one of them"


def _adapters(offered: object) -> tuple[Adapter, ...]:
    if isinstance(offered, Iterable):
        adapters = tuple(offered)
        if all(isinstance(each, Adapter) for each in adapters):
            return adapters
    raise TypeError(f"a hook returns a sequence of ports.hooks.Adapter, not {type(offered).__name__}")


def _reason(error: BaseException) -> str:
    return " ".join(f"{type(error).__name__}: {error}".split())[:_LONGEST_REASON]


def table(found: Registry) -> list[dict[str, object]]:
    """Every offer with its settings, for `tandem plugins`."""
    return [
        {
            "kind": kind,
            "name": name,
            "from": offer.source,
            "settings": {
                key: {
                    "default": as_yaml(each.get("default")) if "default" in each else "required",
                    "about": each.get("description"),
                }
                for key, each in properties(offer.adapter.settings).items()
            },
        }
        for (kind, name), offer in sorted(found.offers.items())
    ]
