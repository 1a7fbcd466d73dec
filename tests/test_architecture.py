"""The house rules, read from the source by ast: who may import whom, and what pure code never does.

Nothing here is imported or run: a rule takes a parsed module and yields what breaks it, as `module:line: what`.
"""

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("core", "ports", "plugins", "config")

MAY_IMPORT = {
    "core": {"core"},
    "core.engine": {"core.engine", "core", "ports"},
    "ports": {"ports", "core"},
    "plugins": {"plugins", "ports", "core"},
    "config": {"config", "plugins", "ports", "core", "core.engine"},
    "app": {"app", "config", "plugins", "ports", "core", "core.engine"},
}
SDKS = {
    *(
        "PIL",
        "aiohttp",
        "aiosqlite",
        "alembic",
        "asyncpg",
        "ccxt",
        "httpx",
        "psycopg",
        "pybit",
        "requests",
        "sqlalchemy",
    ),
    "telegram",
}
ONLY_IN = {"dependency_injector": "config.container", "pluggy.PluginManager": "config.registry"}

PURE_LIBRARY = {
    *("__future__", "abc", "base64", "bisect", "collections", "dataclasses", "datetime", "decimal", "enum"),
    *("fractions", "functools", "hashlib", "heapq", "itertools", "operator", "re", "string", "textwrap", "types"),
    "typing",
}
"""What pure code may import. To add one, it must know no clock, no chance, no file, no process and no float."""
PURE = {
    "core": PURE_LIBRARY,
    "plugins.exchanges.paper.venue": PURE_LIBRARY | {"random"},
    "plugins.strategies": PURE_LIBRARY | {"pydantic"},
}
IMPURE_CALLS = {"open", "print", "input", "breakpoint", "float", "hash", "id", "__import__"}
CLOCKS = {"now", "utcnow", "today"}
CLOCK_AND_CHANCE = {"time", "random", "secrets", "uuid"}

VAGUE_WORDS = {"abstract", "helper", "helpers", "impl", "manager", "util", "utils"}
UNSAFE_MODULES = {"cloudpickle", "dill", "marshal", "pickle", "shelve", "telegram.ext.PicklePersistence"}
UNSAFE_CALLS = {"eval", "exec", "compile"}
UNSAFE_YAML = {"load", "load_all", "full_load", "full_load_all", "unsafe_load", "unsafe_load_all"}


@dataclass(frozen=True, slots=True)
class Module:
    """One source file: its dotted name, whether it is a package's __init__, its syntax tree and all that is in it."""

    name: str
    is_package: bool
    tree: ast.Module
    nodes: tuple[ast.AST, ...]

    def at(self, node: ast.AST, what: str) -> str:
        """One violation, as it is printed."""
        return f"{self.name}:{getattr(node, 'lineno', 1)}: {what}"


Rule = Callable[[Module], Iterator[str]]


def parsed(name: str, source: str, *, is_package: bool = False) -> Module:
    """A module of this name with this text, wherever it came from."""
    tree = ast.parse(source)
    return Module(name, is_package, tree, tuple(ast.walk(tree)))


def house() -> list[Module]:
    """Every module of the program, tests and scripts apart."""
    paths = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [_read(path) for path in [*paths, ROOT / "app.py"] if path.exists()]


def _read(path: Path) -> Module:
    parts = path.relative_to(ROOT).with_suffix("").parts
    is_package = parts[-1] == "__init__"
    return parsed(".".join(parts[:-1] if is_package else parts), path.read_text("utf-8"), is_package=is_package)


def imported(module: Module) -> Iterator[tuple[ast.AST, str]]:
    """Every dotted name imported, wherever in the file: `from a import b` counts as a.b, which may be a module."""
    for node in module.nodes:
        if isinstance(node, ast.Import):
            yield from ((node, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node, f"{_source(module, node)}.{alias.name}") for alias in node.names)


def _source(module: Module, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    above = module.name.split(".")
    kept = len(above) - node.level + module.is_package
    return ".".join([*above[:kept], *([node.module] if node.module else [])])


def within(name: str, package: str) -> bool:
    """Whether the dotted *name* is the package or lies in it."""
    return name == package or name.startswith(f"{package}.")


def layer(name: str) -> str | None:
    """The layer that a dotted name belongs to; None for what is not ours."""
    return next((one for one in sorted(MAY_IMPORT, key=len, reverse=True) if within(name, one)), None)


def backward_imports(module: Module) -> Iterator[str]:
    """Imports point one way: app, config -> plugins -> ports -> core, and core/engine -> ports, core."""
    home = layer(module.name)
    for node, name in imported(module):
        target = layer(name)
        if home and target and target not in MAY_IMPORT[home]:
            yield module.at(node, f"{home} must not import {name}")


def crossed_plugins(module: Module) -> Iterator[str]:
    """A plugin is plugins.<kind>.<name>; what two of them share belongs in ports or core."""
    if within(module.name, "plugins"):
        own = _plugin(module.name)
        for node, name in imported(module):
            if within(name, "plugins") and name.count(".") > 1 and _plugin(name) != own:
                yield module.at(node, f"{'.'.join(own)} must not import another plugin: {name}")


def _plugin(name: str) -> list[str]:
    return name.split(".")[:3]


def stray_libraries(module: Module) -> Iterator[str]:
    """Vendors' SDKs stay under plugins, the object graph in its container, pluggy's manager in the registry."""
    for node, name in imported(module):
        if name.split(".")[0] in SDKS and not within(module.name, "plugins"):
            yield module.at(node, f"{name} belongs under plugins")
        for library, home in ONLY_IN.items():
            if within(name, library) and module.name != home:
                yield module.at(node, f"{library} belongs in {home}")


def pure_library(module: Module) -> set[str] | None:
    """What a pure module may import from outside the house; None for modules that may do as they like."""
    if within(module.name, "core.engine"):
        return None
    return next((allowed for package, allowed in PURE.items() if within(module.name, package)), None)


def impure_imports(module: Module) -> Iterator[str]:
    """Pure code knows the house and a short list of the standard library: no I/O, task, clock, chance or log."""
    allowed = pure_library(module)
    for node, name in imported(module):
        outside = layer(name) is None and name.split(".")[0] not in (allowed or ())
        if allowed is not None and (outside or (within(name, "random") and name not in {"random", "random.Random"})):
            yield module.at(node, f"pure code must not import {name}")


def impure_code(module: Module) -> Iterator[str]:
    """Pure code has no async, no float, no input or output, no clock, and nothing that differs between processes."""
    if pure_library(module) is not None:
        for node in module.nodes:
            what = _impurity(node)
            if what:
                yield module.at(node, f"pure code must not have {what}")


def _impurity(node: ast.AST) -> str | None:
    match node:
        case ast.AsyncFunctionDef() | ast.Await() | ast.AsyncFor() | ast.AsyncWith():
            return "async code"
        case ast.Constant(value=float() | complex()):
            return "a float literal"
        case ast.Call(func=ast.Name(id=name)) if name in IMPURE_CALLS:
            return f"{name}()"
        case ast.Attribute(value=ast.Name(id="random"), attr=name) if name != "Random":
            return f"random.{name}: chance comes from a seeded random.Random"
    return _clock(node)


def _clock(node: ast.AST) -> str | None:
    match node:
        case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=name):
            return f"{owner}.{name}" if owner in {"datetime", "date"} and name in CLOCKS else None
    return None


def engine_clocks(module: Module) -> Iterator[str]:
    """The engine asks its Clock port, or virtual time would not be virtual."""
    if not within(module.name, "core.engine"):
        return
    for node, name in imported(module):
        if name.split(".")[0] in CLOCK_AND_CHANCE:
            yield module.at(node, f"the engine must not import {name}: time comes from the Clock port")
    for node in module.nodes:
        if clock := _clock(node):
            yield module.at(node, f"the engine must not call {clock}: time comes from the Clock port")


def vague_names(module: Module) -> Iterator[str]:
    """A name says what a thing is; Manager, Helper and Util say that nobody knew."""
    if VAGUE_WORDS & _words(module.name.rpartition(".")[2]):
        yield module.at(module.tree, "module name says nothing")
    for node in module.nodes:
        if isinstance(node, ast.ClassDef) and VAGUE_WORDS & _words(node.name):
            yield module.at(node, f"class name {node.name} says nothing")


def _words(name: str) -> set[str]:
    return {word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+", name)}


def unsafe_loading(module: Module) -> Iterator[str]:
    """Nothing read from outside may become code."""
    for node, name in imported(module):
        if any(within(name, unsafe) for unsafe in UNSAFE_MODULES) or name in {f"yaml.{one}" for one in UNSAFE_YAML}:
            yield module.at(node, f"{name} can run what it reads")
    for node in module.nodes:
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in UNSAFE_CALLS:
                yield module.at(node, f"{name}() runs what it reads")
            case ast.Attribute(value=ast.Name(id="yaml"), attr=name) if name in UNSAFE_YAML:
                yield module.at(node, f"yaml.{name} can run what it reads")


REPEATABLE = ("core", "config.simulation", "plugins.exchanges.paper.venue", "plugins.exchanges.paper.stepped")
"""What a simulated storm runs through, the asyncio shell aside: one seed is one run, on every machine (rel:I20)."""
ORDERLESS = {"sorted", "any", "all", "set", "frozenset", "sum", "min", "max", "len", "Counter"}
"""What takes a set and gives the same whatever its order."""


def repeatable(module: Module) -> bool:
    """Whether a storm runs through the module."""
    inside = any(within(module.name, name) for name in REPEATABLE)
    return inside and not within(module.name, "core.engine")


def unrepeatable(module: Module) -> Iterator[str]:
    """One seed is one storm: no clock, no chance but a seeded one, no order that a hash decides (rel:I20)."""
    if not repeatable(module):
        return
    safe = {
        id(argument)
        for node in module.nodes
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ORDERLESS
        for argument in node.args
    }
    for node in module.nodes:
        for iterated in _iterated(node, safe):
            if _is_set(iterated):
                yield module.at(node, "the order of a set is not the same in every process: sort it")
        match node:
            case ast.Attribute(value=ast.Name(id="random"), attr=name) if name != "Random":
                yield module.at(node, f"random.{name}: chance comes from a seeded random.Random")
            case ast.Attribute(value=ast.Name(id="os"), attr="urandom"):
                yield module.at(node, "os.urandom: chance comes from a seeded random.Random")
            case ast.Attribute(value=ast.Name(id="time"), attr=name) if not name.startswith("process_time"):
                yield module.at(node, f"time.{name}: time is the storm's own")


def _iterated(node: ast.AST, safe: set[int]) -> Iterator[ast.expr]:
    match node:
        case ast.For(iter=iterated):
            yield iterated
        case ast.ListComp(generators=generators) | ast.DictComp(generators=generators):
            if id(node) not in safe:
                yield from (each.iter for each in generators)
        case ast.GeneratorExp(generators=generators) if id(node) not in safe:
            yield from (each.iter for each in generators)
        case ast.Call(func=ast.Name(id="list" | "tuple" | "enumerate" | "iter"), args=[first, *_]):
            yield first


def _is_set(node: ast.expr) -> bool:
    match node:
        case ast.Set() | ast.SetComp() | ast.Call(func=ast.Name(id="set" | "frozenset")):
            return True
        case ast.BinOp(left=left, op=ast.BitAnd() | ast.BitOr() | ast.Sub(), right=right):
            keys = isinstance(right, ast.Call) and isinstance(right.func, ast.Attribute) and right.func.attr == "keys"
            return _is_set(left) or _is_set(right) or keys
        case _:
            return False


RULES: tuple[Rule, ...] = (
    unrepeatable,
    backward_imports,
    crossed_plugins,
    stray_libraries,
    impure_imports,
    impure_code,
    engine_clocks,
    vague_names,
    unsafe_loading,
)


@pytest.fixture(scope="module")
def modules() -> list[Module]:
    """The house as it stands."""
    return house()


def test_house_is_read(modules: list[Module]) -> None:
    """An empty reading would pass every rule."""
    assert {name.split(".")[0] for name in (module.name for module in modules)} >= set(PACKAGES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_house_keeps_the_rule(rule: Rule, modules: list[Module]) -> None:
    """No module of the house breaks the rule."""
    broken = [violation for module in modules for violation in rule(module)]

    assert not broken, "\n".join([rule.__doc__ or "", *broken])


PLANTED: tuple[tuple[Rule, str, str], ...] = (
    (unrepeatable, "core.account.cuts", "for key in {1, 2}:\n    send(key)"),
    (unrepeatable, "core.account.cuts", "rows = [each for each in set(keys)]"),
    (unrepeatable, "core.account.cuts", "for key in seen - known.keys():\n    send(key)"),
    (unrepeatable, "config.simulation.story", "import random\nstep = random.randint(1, 2)"),
    (unrepeatable, "config.simulation.story", "import os\nsalt = os.urandom(8)"),
    (unrepeatable, "config.simulation.world", "import time\nnow = time.time()"),
    (backward_imports, "core.money", "import ports.exchange"),
    (backward_imports, "core.money", "from core import engine"),
    (backward_imports, "core.money", "def late():\n    from core.engine import shell"),
    (backward_imports, "core.money", "from .engine import shell"),
    (backward_imports, "core.engine.shell", "from plugins.clocks import system"),
    (backward_imports, "core.engine.shell", "import config.settings"),
    (backward_imports, "ports.clock", "from core.engine.shell import Shell"),
    (backward_imports, "ports.clock", "import plugins"),
    (backward_imports, "plugins.clocks.system", "import config"),
    (backward_imports, "plugins.clocks.system", "from app import main"),
    (backward_imports, "plugins.clocks.system", "from core.engine.shell import Shell"),
    (backward_imports, "config.container", "import app"),
    (crossed_plugins, "plugins.exchanges.bybit.client", "from plugins.exchanges.paper import adapter"),
    (crossed_plugins, "plugins.exchanges.bybit.client", "from plugins.exchanges import paper"),
    (crossed_plugins, "plugins.notifiers.console", "from plugins.stores.sql import schema"),
    (crossed_plugins, "plugins.notifiers.console", "from .file import FileNotifier"),
    (stray_libraries, "config.settings", "import sqlalchemy.ext.asyncio"),
    (stray_libraries, "core.engine.shell", "from aiohttp import web"),
    (stray_libraries, "app", "import ccxt"),
    (stray_libraries, "app", "from dependency_injector import providers"),
    (stray_libraries, "plugins.clocks.system", "from pluggy import PluginManager"),
    (impure_imports, "core.money", "import asyncio"),
    (impure_imports, "core.money", "from os import environ"),
    (impure_imports, "core.money", "import random"),
    (impure_imports, "core.money", "import pydantic"),
    (impure_imports, "core.money", "import logging"),
    (impure_imports, "plugins.exchanges.paper.venue.book", "import time"),
    (impure_imports, "plugins.exchanges.paper.venue.path", "from random import randint"),
    (impure_imports, "plugins.strategies.grid", "import structlog"),
    (impure_code, "core.money", "FEE = 0.1"),
    (impure_code, "core.money", "fee = float(text)"),
    (impure_code, "core.money", "async def late(): ..."),
    (impure_code, "core.money", "from datetime import datetime\nnow = datetime.now()"),
    (impure_code, "core.money", "import datetime\nnow = datetime.datetime.utcnow()"),
    (impure_code, "core.money", "from datetime import date\nnow = date.today"),
    (impure_code, "core.money", "print(1)"),
    (impure_code, "core.money", "open('x')"),
    (impure_code, "core.money", "order = hash('E1')"),
    (impure_code, "plugins.exchanges.paper.venue.path", "import random\nstep = random.randint(1, 2)"),
    (engine_clocks, "core.engine.shell", "import time"),
    (engine_clocks, "core.engine.shell", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
    (vague_names, "core.order_utils", ""),
    (vague_names, "core.orders", "class OrderManager: ..."),
    (vague_names, "plugins.clocks.system", "class HTTPHelper: ..."),
    (unsafe_loading, "config.reader", "import pickle"),
    (unsafe_loading, "config.reader", "import yaml\nyaml.load(text)"),
    (unsafe_loading, "config.reader", "from yaml import unsafe_load"),
    (unsafe_loading, "config.reader", "eval(text)"),
    (unsafe_loading, "plugins.frontends.telegram.bot", "from telegram.ext import PicklePersistence"),
)

ALLOWED: tuple[tuple[str, str], ...] = (
    ("core.account.cuts", "rows = sorted(each for each in {1, 2})\nfor row in sorted(set(keys)):\n    send(row)"),
    ("config.simulation.campaign", "import time\nspent = time.process_time_ns()"),
    ("plugins.exchanges.bybit.cut", "for slot in slots - known.keys():\n    tell(slot)"),
    ("core.money", "from decimal import Decimal\nhalf = Decimal(1) / 2"),
    ("core.account", "from core.facts import Filled\ndue = state.now"),
    ("core.engine.shell", "import asyncio\nfrom ports.clock import Clock\nfrom core.account import step"),
    ("ports.exchange", "import pluggy\nfrom core.facts import Filled"),
    ("plugins.exchanges.paper.adapter", "from plugins.exchanges.paper.venue import book\nfrom .venue import path"),
    ("plugins.exchanges.paper.venue.path", "import random\nwalk = random.Random(7)"),
    ("plugins.exchanges.bybit.client", "import time\nfrom pybit.unified_trading import HTTP\nROOM = 0.2"),
    ("plugins.strategies.grid", "from pydantic import BaseModel\nfrom core.money import floor_to"),
    ("plugins.clocks.system", "from datetime import UTC, datetime\nnow = datetime.now(UTC)"),
    ("config.registry", "from pluggy import PluginManager\nfrom plugins.exchanges import paper"),
    ("config.container", "from dependency_injector import providers\nfrom core.engine.shell import Shell"),
    ("config.reader", "import yaml, re\nyaml.safe_load(text)\nre.compile('x')"),
    ("app", "from config.container import Container\nimport typer"),
)


@pytest.mark.parametrize(("rule", "name", "source"), PLANTED)
def test_planted_violation_is_caught(rule: Rule, name: str, source: str) -> None:
    """Each rule catches what it is there for, and says where."""
    violations = list(rule(parsed(name, source)))

    assert len(violations) == 1
    assert re.match(rf"{re.escape(name)}:\d+: .+", violations[0])


@pytest.mark.parametrize(("name", "source"), ALLOWED)
def test_honest_module_passes(name: str, source: str) -> None:
    """No rule complains about what the house allows."""
    assert [violation for rule in RULES for violation in rule(parsed(name, source))] == []


def test_relative_import_of_a_package_is_resolved() -> None:
    """In an __init__, one dot is the package itself."""
    module = parsed("core.engine", "from . import shell\nfrom ..money import ZERO", is_package=True)

    assert [name for _, name in imported(module)] == ["core.engine.shell", "core.money.ZERO"]
