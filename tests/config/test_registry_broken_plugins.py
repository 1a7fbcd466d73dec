"""Strangers' plugins: whatever they do when they load, the others are there, and the reason is kept."""

import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from pydantic import BaseModel

from config.load import load_text
from config.registry import BUILT_IN, registry
from core.errors import ConfigError
from ports.hooks import Adapter, hookimpl

pytestmark = pytest.mark.unit


class NoSettings(BaseModel):
    """Nothing to set."""


def build(_: NoSettings, *, name: str) -> str:
    """Nothing that would be used."""
    return name


OFFER = (Adapter("theirs", NoSettings, build),)


@hookimpl
def good() -> object:
    """Offer one adapter."""
    return OFFER


@hookimpl
def number() -> object:
    """Offer what is no sequence."""
    return 5


@hookimpl
def wrong_things() -> object:
    """Offer a sequence of something else."""
    return ["theirs"]


@hookimpl
def raising() -> object:
    """Fail over two lines."""
    raise RuntimeError("no\nluck")


@hookimpl
def leaving() -> object:
    """End the program."""
    raise SystemExit(3)


@hookimpl(specname="tandem_notifiers")
def by_another_name() -> object:
    """Offer under a function name of its own."""
    return OFFER


@pytest.fixture
def plugin(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """A maker of importable modules that hold one hook each."""

    def make(name: str, hook: str, implementation: object) -> str:
        module = ModuleType(name)
        setattr(module, hook, implementation)
        monkeypatch.setitem(sys.modules, name, module)
        return name

    return make


@pytest.mark.parametrize(
    ("implementation", "reason"),
    [
        (number, "TypeError: a hook returns a sequence of ports.hooks.Adapter, not int"),
        (wrong_things, "TypeError: a hook returns a sequence of ports.hooks.Adapter, not list"),
        (raising, "RuntimeError: no luck"),
        (leaving, "SystemExit: 3"),
    ],
)
def test_a_hook_that_fails_is_reported_and_costs_nothing(
    plugin: Callable[..., str], implementation: object, reason: str
) -> None:
    """A broken offer leaves every other one in place, with one line that says why."""
    found = registry((*BUILT_IN, plugin("tests_broken", "tandem_notifiers", implementation)), third_party=False)

    assert found.broken == {"tests_broken": reason}
    assert found.names("notifiers") == ["console", "file", "telegram", "webhook"]


def test_a_misspelt_hook_is_reported(plugin: Callable[..., str]) -> None:
    """A hook that doesn't exist would never be called: that is said."""
    found = registry((*BUILT_IN, plugin("tests_typo", "tandem_notifier", good)), third_party=False)

    assert "unknown hook 'tandem_notifier'" in found.broken["tests_typo"]


def test_choosing_from_a_broken_plugin_tells_why_it_is_missing(plugin: Callable[..., str]) -> None:
    """The configuration that needs it gets the reason with the problem."""
    found = registry((*BUILT_IN, plugin("tests_broken", "tandem_notifiers", raising)), third_party=False)
    text = "accounts: {main: {use: paper}}\nnotifiers: [{use: theirs}]"

    with pytest.raises(
        ConfigError, match=r"no notifiers adapter 'theirs'.*tests_broken did not load .RuntimeError: no luck"
    ):
        load_text(text, "t.yaml", found)


def test_a_hook_may_have_a_name_of_its_own(plugin: Callable[..., str]) -> None:
    """What counts is the hook it implements, not what the function is called."""
    found = registry((*BUILT_IN, plugin("tests_named", "anything", by_another_name)), third_party=False)

    assert found.find("notifiers", "theirs") is OFFER[0]
    assert found.broken == {}


def test_two_plugins_with_one_name_are_both_named(plugin: Callable[..., str]) -> None:
    """Nobody wins silently: the message says which two to choose from."""
    both = plugin("tests_one", "tandem_notifiers", good), plugin("tests_two", "tandem_notifiers", good)

    with pytest.raises(ConfigError, match=r"tests_(one and tests_two|two and tests_one) both offer notifiers 'theirs'"):
        registry((*BUILT_IN, *both), third_party=False)


def test_one_module_behind_two_names_is_loaded_once(plugin: Callable[..., str]) -> None:
    """A package may list its module under several entry points."""
    name = plugin("tests_one", "tandem_notifiers", good)
    found = registry((*BUILT_IN, name, name), third_party=False)

    assert found.broken == {}
    assert found.find("notifiers", "theirs") is OFFER[0]
