"""The docs say what the code does: samples load, shown code is the code, tables are made anew, links lead somewhere."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import BaseModel

from config.load import SECTIONS, load_text
from config.models import FollowingSettings, TopSettings
from config.reference import reference, rows
from config.registry import BUILT_IN, Registry, registry
from config.request import RequestModel, request_from_text
from ports import hooks

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
EXAMPLE = DOCS / "examples" / "tandem-example-plugin"
PAGES = [page for page in (ROOT / "README.md", *sorted(DOCS.rglob("*.md"))) if page.exists()]
GUIDE = DOCS / "write-a-plugin.md"
ACCOUNTS = "accounts: {main: {use: paper}, mirror: {use: paper, follows: main}}\n"


def samples(language: str) -> Iterator[tuple[str, str]]:
    """Every fenced block of a language, with the page and line where it stands."""
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in re.finditer(rf"^( *)```{language}\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, found.start()) + 1
            yield f"{page.relative_to(ROOT)}:{line}", inspect.cleandoc("\n" + found[2]) + "\n"


YAML = list(samples("yaml"))


@pytest.fixture(scope="module")
def everything() -> Iterator[Registry]:
    """The built-in adapters, and the example plugin's as if it were installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(EXAMPLE))
        yield registry((*BUILT_IN, "tandem_example"), third_party=False)


@pytest.mark.parametrize(("place", "text"), YAML, ids=[place for place, _ in YAML])
def test_yaml_samples_are_good(place: str, text: str, everything: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a page shows can be copied: a whole configuration, some of its sections, or a request."""
    for name in re.findall(r"!env (\w+)", text):
        monkeypatch.setenv(name, "set by the test")

    if re.search(r"^symbol:", text, re.MULTILINE):
        assert request_from_text(text, identity="r", at=0, name=place).entries
    elif re.search(r"^accounts:", text, re.MULTILINE):
        assert load_text(text, place, everything).leaders
    else:
        assert load_text(ACCOUNTS + text, place, everything).leaders


def test_there_are_samples() -> None:
    """The checks above have something to check."""
    assert len(YAML) >= 1


def test_the_guide_shows_the_example_itself() -> None:
    """Each block that names a file is that file, to the letter."""
    blocks = re.findall(r"<!-- file: (\S+) -->\n```\w+\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)

    assert len(blocks) >= 4
    for path, text in blocks:
        assert text == (DOCS / path).read_text("utf-8"), f"{path}: copy it into {GUIDE.name} again"


def test_the_plugin_is_as_short_as_promised() -> None:
    """A notifier, a strategy, and what offers them: each under 50 lines."""
    lengths = {path.name: len(path.read_text("utf-8").splitlines()) for path in EXAMPLE.rglob("*.py")}

    assert set(lengths) == {"__init__.py", "notebook.py", "worthwhile.py"}
    assert all(length < 50 for length in lengths.values()), lengths


def test_every_hook_is_in_the_guide() -> None:
    """The table of hooks is made of their docstrings, which say how `build` is called."""
    found = {
        name: " ".join(inspect.getdoc(hook).split())  # type: ignore[union-attr]
        for name, hook in inspect.getmembers(hooks, inspect.isfunction)
        if name.startswith("tandem_")
    }
    table = re.search(r"<!-- hooks -->\n(?:.*\n){2}((?:\|.*\n)+)", GUIDE.read_text("utf-8"))

    assert table is not None
    assert table[1].splitlines() == [f"| `{name}` | {text} |" for name, text in sorted(found.items())]
    assert all("build(" in text for text in found.values())


def test_the_settings_page_is_up_to_date() -> None:
    """Somebody who adds a setting makes the page anew: python -m config.reference > docs/settings.md."""
    assert (DOCS / "settings.md").read_text("utf-8") == reference(registry(third_party=False))


def models() -> list[type[BaseModel]]:
    """Every model that YAML is checked by."""
    adapters = [offer.adapter.settings for offer in registry(third_party=False).offers.values()]
    return [TopSettings, FollowingSettings, RequestModel, *SECTIONS.values(), *adapters]


@pytest.mark.parametrize("model", models(), ids=lambda model: model.__name__)
def test_every_setting_is_explained(model: type[BaseModel]) -> None:
    """No key, however deep, is without a description."""
    assert [key for key, _, text in rows(model) if not text.strip()] == []


def links() -> Iterator[tuple[Path, str]]:
    """Every relative link with the page it stands on."""
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text("utf-8")):
            if not re.match(r"[a-z]+:|#", target):
                yield page, target.partition("#")[0]


def test_links_lead_somewhere() -> None:
    """What a page links to is in the repository."""
    assert [f"{page.name}: {target}" for page, target in links() if not (page.parent / target).exists()] == []
