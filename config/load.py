"""A configuration file into checked settings: every problem of every section at once, each at its place."""

from collections.abc import Iterable
from pathlib import Path
from typing import cast

from pydantic import BaseModel

from config.checking import checked
from config.models import AccountChoice, Chosen, FollowingSettings, Settings, TopSettings
from config.nodes import Document, Plain, Where, read_file, read_text
from config.registry import Registry
from config.saying import nearest, shown, unknown
from core.errors import ConfigError
from core.identity import ACCOUNT_NAME
from plugins.exchanges.paper.settings import PaperVenueSettings

SECTIONS: dict[str, type[BaseModel]] = {"venue": PaperVenueSettings}
KEYS = ("accounts", "strategies", "notifiers", "store", *SECTIONS, *TopSettings.model_fields)


def load(path: Path, registry: Registry) -> Settings:
    """The settings in a file; raises ConfigError with every problem."""
    return _settings(read_file(path), registry)


def load_text(text: str, name: str, registry: Registry) -> Settings:
    """The settings in a text; *name* stands for the file in problems."""
    return _settings(read_text(text, name), registry)


def _settings(document: Document, registry: Registry) -> Settings:
    if document.problems:
        raise ConfigError(document.rendered())
    value = document.value
    if not isinstance(value, dict):
        document.complain((), "a configuration has keys and values: accounts, strategies, notifiers, store, ...")
        raise ConfigError(document.rendered())
    for key in value:
        if key not in KEYS:
            document.complain((key,), unknown("key", key, list(KEYS)))
    accounts = _accounts(document, value.get("accounts"), registry)
    strategies = _named(
        document, registry, "strategies", value.get("strategies", {"conservative": {"use": "conservative"}})
    )
    notifiers = _listed(document, registry, value.get("notifiers", [{"use": "console"}]))
    store = _chosen(document, registry, "stores", ("store",), value.get("store", {"use": "sqlite"}), "store")
    sections = {
        name: found
        for name, model in SECTIONS.items()
        if (found := checked(document, value.get(name), (name,), model)) is not None
    }
    top = checked(
        document, {key: each for key, each in value.items() if key in TopSettings.model_fields}, (), TopSettings
    )
    _relations(document, accounts, value.get("accounts"))
    if document.problems or store is None or top is None:
        raise ConfigError(document.rendered())
    return Settings(
        path=document.name,
        accounts=accounts,
        strategies=strategies,
        notifiers=tuple(notifiers),
        store=store,
        sections=sections,
        top=top,
    )


def _chosen(
    document: Document, registry: Registry, kind: str, where: Where, value: Plain, name: str, also: Iterable[str] = ()
) -> Chosen | None:
    """What `use:` chooses, with its settings. *also* are keys at the same place that aren't the adapter's."""
    if not isinstance(value, dict):
        document.complain(where, "needs keys and values, `use:` among them")
        return None
    use = value.get("use")
    if not isinstance(use, str):
        known = ", ".join(registry.names(kind))
        document.complain(where, f"`use:` is missing; it chooses one of {known}")
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
        document.complain((kind,), "needs at least one entry: a name with `use:`")
        return {}
    found = {name: _chosen(document, registry, kind, (kind, name), each, name) for name, each in value.items()}
    return {name: each for name, each in found.items() if each is not None}


def _listed(document: Document, registry: Registry, value: Plain) -> list[Chosen]:
    if not isinstance(value, list):
        document.complain(("notifiers",), "is a list: [{use: console}, ...]")
        return []
    found: list[Chosen] = []
    for number, each in enumerate(value):
        name = str(each.get("use", number)) if isinstance(each, dict) else str(number)
        taken = len([other for other in found if other.use == name])
        chosen = _chosen(
            document, registry, "notifiers", ("notifiers", number), each, f"{name}{taken + 1 if taken else ''}"
        )
        if chosen is not None:
            found.append(chosen)
    return found


def _accounts(document: Document, value: Plain, registry: Registry) -> dict[str, AccountChoice]:
    if not isinstance(value, dict) or not value:
        document.complain(("accounts",), "needs at least one account, usually main: {use: paper}")
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
        document.complain(where, "needs keys and values, `use:` among them")
        return None
    common = {key: each for key, each in value.items() if key in FollowingSettings.model_fields}
    rest = {key: each for key, each in value.items() if key not in FollowingSettings.model_fields or key == "use"}
    follows = checked(document, common, where, FollowingSettings) if "use" in value else None
    also = tuple(FollowingSettings.model_fields)
    chosen = _chosen(document, registry, "exchanges", where, cast("Plain", rest), name, also)
    if "follows" not in common:
        for key in common.keys() - {"use"}:
            document.complain((*where, key), f"is for mirrors; say whom {name} follows, or leave it out")
    if follows is None or chosen is None:
        return None
    return AccountChoice(chosen=chosen, following=follows.following())


def _relations(document: Document, accounts: dict[str, AccountChoice], written: Plain) -> None:
    """Who follows whom must make sense: a leader that exists and follows nobody (A1).

    *written* are the accounts as they stand in the file: one that is wrong in itself is not missing.
    """
    names = list(written) if isinstance(written, dict) else []
    for name, account in accounts.items():
        following = account.following
        if following is None:
            continue
        where: Where = ("accounts", name, "follows")
        leader = accounts.get(following.leader)
        if following.leader == name:
            document.complain(where, "an account can't follow itself")
        elif following.leader not in names:
            document.complain(where, unknown("account", following.leader, [each for each in names if each != name]))
        elif leader is not None and leader.following is not None:
            document.complain(where, f"{following.leader} follows {leader.following.leader} itself; follow that one")
    if len(accounts) == len(names) > 0 and all(account.following is not None for account in accounts.values()):
        document.complain(("accounts",), "every account follows another one; one of them must lead")
