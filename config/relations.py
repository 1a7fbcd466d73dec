"""What must hold between the parts of a configuration: who follows whom, and what writes where."""

from collections.abc import Iterator, Mapping
from os.path import normpath
from pathlib import Path

from pydantic import BaseModel

from config.models import Settings
from config.nodes import Document, Where
from config.saying import unknown
from core.mirror import Following

IN_MEMORY = ":memory:"


def followings(document: Document, accounts: Mapping[str, Following | None]) -> None:
    """Complain about who follows whom, unless everybody's leader exists and follows nobody (A1).

    *accounts* are the good ones; one that is wrong in itself is in the document all the same, and not missing.
    """
    written = document.value.get("accounts") if isinstance(document.value, dict) else None
    names = list(written) if isinstance(written, dict) else []
    for name, following in accounts.items():
        if following is None:
            continue
        where: Where = ("accounts", name, "follows")
        leader = accounts.get(following.leader)
        if following.leader == name:
            document.complain(where, "an account can't follow itself")
        elif following.leader not in names:
            document.complain(where, unknown("account", following.leader, [each for each in names if each != name]))
        elif leader is not None:
            document.complain(where, f"{following.leader} follows {leader.leader} itself; follow that one")
    if len(accounts) == len(names) > 0 and all(accounts.values()):
        document.complain(("accounts",), "every account follows another one; one of them must lead")


def files(document: Document, settings: Settings) -> None:
    """Complain about two parts that would write to one file: each would damage what the other keeps."""
    writers: dict[str, Where] = {}
    for where, name in _written(settings):
        path = normpath(Path(name).absolute())
        first = writers.setdefault(path, where)
        if first != where:
            document.complain(where, f"{name} is also {'.'.join(map(str, first))}; give each a file of its own")


def _written(settings: Settings) -> Iterator[tuple[Where, str]]:
    """Every file that is written while the program runs, by the place that names it, defaults included."""
    top = settings.top
    chosen: list[tuple[Where, BaseModel]] = [(("store",), settings.store.settings)]
    chosen += [(("notifiers", number), each.settings) for number, each in enumerate(settings.notifiers)]
    chosen += [((name,), section) for name, section in settings.sections.items()]
    named = [((*where, key), getattr(each, key, None)) for where, each in chosen for key in ("path", "state")]
    for where, name in (*named, (("log", "path"), top.log.path), (("control",), top.control)):
        if isinstance(name, str) and name != IN_MEMORY:
            yield where, name
