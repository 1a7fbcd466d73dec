"""What must hold between the parts of a configuration: who follows whom, who lends to whom, and what writes where."""

from collections.abc import Iterator
from os.path import normpath
from pathlib import Path

from pydantic import BaseModel

from config.models import Settings
from config.nodes import Document, Plain, Where
from config.saying import unknown

IN_MEMORY = ":memory:"


def followings(document: Document) -> None:
    """Complain about who follows whom, unless everybody's leader exists and follows nobody (A1).

    Accounts that are wrong in themselves are looked at too: every problem is said at once.
    """
    written = document.value.get("accounts") if isinstance(document.value, dict) else None
    leaders = {name: _leader(each) for name, each in written.items()} if isinstance(written, dict) else {}
    for name, leader in leaders.items():
        if leader is None:
            continue
        where: Where = ("accounts", name, "follows")
        if leader == name:
            document.complain(where, "an account can't follow itself")
        elif leader not in leaders:
            document.complain(where, unknown("account", leader, [each for each in leaders if each != name]))
        elif leaders[leader] is not None:
            document.complain(where, f"{leader} follows {leaders[leader]} itself; follow that one")
    if leaders and all(leaders.values()):
        document.complain(("accounts",), "every account follows another one; one of them must lead")


def _leader(account: Plain) -> str | None:
    follows = account.get("follows") if isinstance(account, dict) else None
    return follows if isinstance(follows, str) else None


def entry_names(written: Plain) -> list[str]:
    """What a list's entries are called: each by what it uses, numbered from the second of a kind on.

    >>> entry_names([{"use": "file"}, {"use": "console"}, {"use": "file"}])
    ['file', 'console', 'file2']
    """
    entries = written if isinstance(written, list) else []
    uses = [
        str(each.get("use", number)) if isinstance(each, dict) else str(number) for number, each in enumerate(entries)
    ]
    before = [uses[:number].count(use) for number, use in enumerate(uses)]
    return [f"{use}{taken + 1 if taken else ''}" for use, taken in zip(uses, before, strict=True)]


def lenders(document: Document, settings: Settings, notifiers: Plain) -> None:
    """Complain about a front end whose bot would be that of a notifier which isn't there: it could not be started.

    *notifiers* as they are written: one that is wrong in itself, by a token that isn't set say, is there all the same.
    """
    names = entry_names(notifiers)
    for number, each in enumerate(settings.frontends):
        wanted = getattr(each.settings, "notifier", None)
        if isinstance(wanted, str) and wanted not in names:
            known = f"there are {', '.join(names)}" if names else "there is none"
            mend = f"name one whose bot it may use, or add it: notifiers: [{{use: {each.use}, ...}}]"
            document.complain(("frontends", number, "notifier"), f"no notifier is called {wanted!r}; {known}; {mend}")


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
