"""How problems speak of what was found: clipped, nothing a terminal would obey, the nearest known name."""

import difflib
from collections.abc import Iterable

LONGEST = 60


def shown(value: object) -> str:
    """*value* quoted, escaped and clipped, for a message."""
    text = repr(str(value))
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}...'"


def unknown(what: str, name: str, known: Iterable[str]) -> str:
    """A sentence about a name that isn't known, with the nearest one that is."""
    names = sorted(set(known))
    near = nearest(name, names)
    if near is not None:
        return f"unknown {what}; did you mean {near!r}?"
    return f"unknown {what}; there are {', '.join(names)}" if names else f"unknown {what}"


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that *name* is probably a slip of, None when there is none."""
    found = difflib.get_close_matches(name[:LONGEST], list(known), n=1)
    return found[0] if found else None
