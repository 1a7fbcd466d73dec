"""check, plan, plugins, schema, setup: everything about a configuration that touches no venue."""

import asyncio
import sys
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path

from config.commands.printing import GOOD, USAGE, failing, print_json, say, show
from config.container import Container
from config.load import load
from config.models import Settings
from config.registry import Registry, registry, table
from config.request import read_request
from config.schema import schema
from config.setup import setup
from core.engine.preview_rows import preview_data
from core.engine.previewing import Preview
from core.plan import Refusal
from plugins.exchanges.paper.settings import PaperVenueSettings
from plugins.frontends.console import screens, tables
from plugins.stores.sql.settings import SqliteSettings


@failing
def check(config: Path, *, as_json: bool) -> int:
    """Check a configuration."""
    found = registry()
    settings = load(config, found, sample=True)
    Container(settings=settings, registry=found).exchanges()  # who may follow whom shows only in what is built (A10)
    if as_json:
        print_json({"config": str(config), "problems": [], "accounts": list(settings.accounts)})
        return GOOD
    for name, reason in found.broken.items():
        sys.stderr.write(f"plugin {name} does not load and is left out: {reason}\n")
    say(f"{config} is good.")
    for name, account in settings.accounts.items():
        follows = f", follows {account.following.leader}" if account.following is not None else ", leads"
        say(f"  account {name}: {account.chosen.use}{follows}")
    for name, chosen in settings.strategies.items():
        say(f"  strategy {name}: {chosen.use}")
    say(f"  alerts to {', '.join(each.use for each in settings.notifiers)}; store {settings.store.use}")
    return GOOD


@failing
def plan(config: Path, request: Path, *, as_json: bool) -> int:
    """Show what each account would get."""
    found = registry()
    settings = load(config, found)
    previews = asyncio.run(_previews(settings, found, request))
    rows = [preview_data(each) for each in previews]
    if as_json:
        print_json({"accounts": rows})
    else:
        show(screens.preview(rows))
    return USAGE if isinstance(previews[0].plan, Refusal) else GOOD


async def _previews(settings: Settings, found: Registry, request: Path) -> tuple[Preview, ...]:
    """Ask each account's venue for its terms and plan on them; paper venues are asked in memory, nothing is kept."""
    quiet = _without_traces(settings)
    container = Container(settings=quiet, registry=found)
    async with AsyncExitStack() as stack:
        for exchange in container.exchanges().values():
            await exchange.start()
            stack.push_async_callback(exchange.close)
        service = container.service()
        now = service.clock.now()
        asked = read_request(request, identity=f"plan-{now}", at=now)
        previews: tuple[Preview, ...] = await service.preview(asked, settings.leaders[0])
        return previews


def _without_traces(settings: Settings) -> Settings:
    """The settings with a store and a venue that leave nothing behind."""
    venue = settings.sections.get("venue")
    sections = dict(settings.sections)
    if isinstance(venue, PaperVenueSettings):
        sections["venue"] = venue.model_copy(update={"state": ":memory:"})
    store = replace(settings.store, use="sqlite", settings=SqliteSettings(path=":memory:"))
    return replace(settings, sections=sections, store=store)


@failing
def plugins(*, as_json: bool) -> int:
    """List the adapters."""
    found = registry()
    rows = table(found)
    if as_json:
        print_json({"adapters": rows, "broken": found.broken})
    else:
        show(tables.adapters(rows, found.broken))
    return GOOD


def print_schema() -> int:
    """Print the JSON Schema."""
    print_json(schema(registry()))
    return GOOD


@failing
def run_setup(target: Path) -> int:
    """Ask and write a configuration."""
    setup(input, say, target, registry())
    return GOOD
