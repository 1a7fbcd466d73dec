"""The hook specifications: one per port. A plugin returns `Adapter` values, the configuration chooses by ``use:``."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pluggy
from pydantic import BaseModel

PROJECT = "tandem"
ENTRY_POINT_GROUP = "tandem.plugins"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@dataclass(frozen=True, slots=True)
class Adapter:
    """An offer: the name that ``use:`` chooses, the model its settings are checked by, and how to build it.

    *build* gets the checked settings and keyword context (see each hook); it does no I/O. With `defer_build` the
    model's checks are made when it is chosen, not at every start.
    """

    name: str
    settings: type[BaseModel]
    build: Callable[..., Any]


@hookspec
def tandem_exchanges() -> Sequence[Adapter]:
    """Exchange adapters. build(settings, *, account: str, shared: dict[str, object]) -> Exchange.

    *shared* is one dictionary for all accounts of a process, where an adapter keeps what they have in common.
    """
    return ()


@hookspec
def tandem_notifiers() -> Sequence[Adapter]:
    """Notifier adapters. build(settings, *, name: str) -> Notifier."""
    return ()


@hookspec
def tandem_strategies() -> Sequence[Adapter]:
    """Strategies. build(settings, *, name: str) -> Strategy."""
    return ()


@hookspec
def tandem_stores() -> Sequence[Adapter]:
    """Stores. build(settings, *, notifiers: tuple[str, ...]) -> Store.

    *notifiers* names whom each alert is kept for, until it is delivered.
    """
    return ()


@hookspec
def tandem_clocks() -> Sequence[Adapter]:
    """Clocks. build(settings) -> Clock."""
    return ()


@hookspec
def tandem_frontends() -> Sequence[Adapter]:
    """Front ends. build(settings, *, name: str, notifiers: Mapping[str, Notifier]) -> Frontend.

    *notifiers* are the configured ones by name: one that lends its client saves the front end a connection of its own.
    One that serves a list of people (`users` in its settings) can be `ports.frontend.Listing` too: then a reload
    changes the list while it serves.
    """
    return ()


@hookspec
def tandem_painters() -> Sequence[Adapter]:
    """Painters of pictures. build(settings) -> Painter."""
    return ()
