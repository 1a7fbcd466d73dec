"""A configuration file into checked settings: every problem of every section at once, each at its place."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from config.checking import checked
from config.models import AccountChoice, Chosen, FollowingSettings, Settings, TopSettings
from config.nodes import Document, Plain, Where, read_file, read_text
from config.registry import Registry
from config.relations import entry_names, files, followings, lenders
from config.request import read_request
from config.saying import nearest, shown, unknown
from core.errors import ConfigError
from core.identity import ACCOUNT_NAME
from plugins.exchanges.paper.settings import PaperVenueSettings

SECTIONS: dict[str, type[BaseModel]] = {"venue": PaperVenueSettings}
KEYS = ("accounts", "strategies", "notifiers", "frontends", "store", "painter", *SECTIONS, *TopSettings.model_fields)
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")


def load(path: Path, registry: Registry, *, sample: bool = False) -> Settings:
    """The settings in a file; raises ConfigError with every problem.

    With *sample* those of the request that the service begins with are problems too: without it, what looks, closes
    and saves must not fail for a file that it doesn't need.
    """
    document = read_file(path)
    settings = _settings(document, registry)
    if sample and settings.top.sample is not None:
        _check_sample(document, path.parent / settings.top.sample, settings)
    return settings


def load_text(text: str, name: str, registry: Registry) -> Settings:
    """The settings in a text; *name* stands for the file in problems."""
    return _settings(read_text(text, name), registry)


def _check_sample(document: Document, path: Path, settings: Settings) -> None:
    """Find now what would otherwise stop the running service: it reads the sample when no trade is live."""
    problems: tuple[str, ...] = ()
    try:
        strategy = read_request(path, identity="sample", at=0).strategy
    except ConfigError as error:
        problems = error.problems
    else:
        if strategy not in settings.strategies:
            why = unknown("strategy", strategy, settings.strategies)
            problems = (f"{path}: strategy: {shown(strategy)}: {why}",)
    if problems:
        document.complain(("sample",), "this request is not good; mend it, or leave `sample` out")
        raise ConfigError((*document.rendered(), *problems))


def _settings(document: Document, registry: Registry) -> Settings:
    value = document.value
    if not isinstance(value, dict):
        document.complain_first((), "a configuration has keys and values: accounts, strategies, notifiers, store, ...")
        raise ConfigError(document.rendered())
    for key in value:
        if key not in KEYS:
            document.complain((key,), unknown("key", key, list(KEYS)))
    accounts = _accounts(document, value.get("accounts"), registry)
    strategies = _named(
        document, registry, "strategies", value.get("strategies", {"conservative": {"use": "conservative"}})
    )
    listed = value.get("notifiers", [{"use": "console"}])
    notifiers = _listed(document, registry, "notifiers", listed)
    frontends = _listed(document, registry, "frontends", value.get("frontends", []))
    store = _chosen(document, registry, "stores", ("store",), value.get("store", {"use": "sqlite"}), "store")
    painter = _chosen(document, registry, "painters", ("painter",), value.get("painter", {"use": "pillow"}), "painter")
    sections = {
        name: found
        for name, model in SECTIONS.items()
        if (found := checked(document, value.get(name), (name,), model)) is not None
    }
    top = checked(
        document, {key: each for key, each in value.items() if key in TopSettings.model_fields}, (), TopSettings
    )
    followings(document)
    if store is None or painter is None or top is None:
        raise ConfigError(document.rendered())
    settings = Settings(
        path=document.name,
        accounts=accounts,
        strategies=strategies,
        notifiers=tuple(notifiers),
        frontends=tuple(frontends),
        store=store,
        painter=painter,
        sections=sections,
        top=top,
    )
    lenders(document, settings, listed)
    files(document, settings)
    if document.problems:
        raise ConfigError(document.rendered())
    return settings


def _chosen(
    document: Document, registry: Registry, kind: str, where: Where, value: Plain, name: str, also: Iterable[str] = ()
) -> Chosen | None:
    """What `use:` chooses, with its settings. *also* are keys at the same place that aren't the adapter's."""
    if not isinstance(value, dict):
        document.complain_first(where, "needs keys and values, `use:` among them")
        return None
    use = value.get("use")
    if not isinstance(use, str):
        known = ", ".join(registry.names(kind))
        if "use" in value:
            document.complain_first((*where, "use"), f"is no name; it chooses one of {known}")
        else:
            document.complain_first(where, f"`use:` is missing; it chooses one of {known}")
        return None
    adapter = registry.find(kind, use)
    if adapter is None:
        document.complain((*where, "use"), _no_adapter(registry, kind, use))
        return None
    rest = {key: each for key, each in value.items() if key != "use"}
    settings = checked(document, rest, where, adapter.settings, ("use", *also))
    return None if settings is None else Chosen(name=name, use=use, settings=settings)


def _no_adapter(registry: Registry, kind: str, use: str) -> str:
    known = registry.names(kind)
    near = nearest(use, known)
    hint = f"did you mean {near!r}?" if near is not None else f"there are {', '.join(known) or 'none'}"
    broken = "".join(f"; {name} did not load ({reason})" for name, reason in registry.broken.items())
    return f"no {kind} adapter {shown(use)}; {hint}{broken}"


def _named(document: Document, registry: Registry, kind: str, value: Plain) -> dict[str, Chosen]:
    if not isinstance(value, dict) or not value:
        document.complain_first((kind,), "needs at least one entry: a name with `use:`")
        return {}
    for name in value:
        if not _NAME.fullmatch(name):
            document.complain((kind, name), "a name has 1 to 40 letters, digits, - and _, a letter first")
    found = {name: _chosen(document, registry, kind, (kind, name), each, name) for name, each in value.items()}
    return {name: each for name, each in found.items() if each is not None}


def _listed(document: Document, registry: Registry, kind: str, value: Plain) -> list[Chosen]:
    if not isinstance(value, list):
        document.complain_first((kind,), f"is a list: [{{use: {registry.names(kind)[0]}}}, ...]")
        return []
    found: list[Chosen] = []
    for number, (each, name) in enumerate(zip(value, entry_names(value), strict=True)):
        chosen = _chosen(document, registry, kind, (kind, number), each, name)
        if chosen is not None:
            found.append(chosen)
    return found


def _accounts(document: Document, value: Plain, registry: Registry) -> dict[str, AccountChoice]:
    if not isinstance(value, dict) or not value:
        document.complain_first(("accounts",), "needs at least one account, usually main: {use: paper}")
        return {}
    found = {}
    for name, each in value.items():
        account = _account(document, name, each, registry)
        if account is not None:
            found[name] = account
    return found


def _account(document: Document, name: str, value: Plain, registry: Registry) -> AccountChoice | None:
    where: Where = ("accounts", name)
    if not ACCOUNT_NAME.fullmatch(name):
        document.complain(where, "an account's name has 1 to 12 small letters and digits, a letter first")
    if not isinstance(value, dict):
        document.complain_first(where, "needs keys and values, `use:` among them")
        return None
    common = {key: each for key, each in value.items() if key in FollowingSettings.model_fields}
    rest = {key: each for key, each in value.items() if key not in FollowingSettings.model_fields or key == "use"}
    follows = checked(document, common, where, FollowingSettings) if "use" in value else None
    also = tuple(FollowingSettings.model_fields)
    chosen = _chosen(document, registry, "exchanges", where, cast("Plain", rest), name, also)
    if "follows" in common and common["follows"] is None:
        document.complain_first((*where, "follows"), "is empty; name the leading account, or leave the key out")
    if "follows" not in common:
        for key in common.keys() - {"use"}:
            document.complain((*where, key), f"is for mirrors; say whom {name} follows, or leave it out")
    if follows is None or chosen is None:
        return None
    return AccountChoice(chosen=chosen, following=follows.following())
