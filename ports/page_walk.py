"""Open orders looked at one page an audit: when a walk over all pages ends, what it did not show may be missing."""

from collections.abc import Iterable

Walked = tuple[int, tuple[str, ...]]
"""When a walk began, venue milliseconds, and the keys of every order it showed."""


class PageWalk:
    """Where the walk stands. One object an account; `cursor` is what the next page is asked for with ("" = the first).

    An order that moves between pages while a walk goes on may be passed by, so what wasn't shown is only asked for.
    """

    def __init__(self) -> None:
        """At the first page."""
        self.cursor = ""
        self._began = 0
        self._shown: list[str] = []
        self._passed: set[str] = set()

    def page(self, asked: int, keys: Iterable[str], cursor: str) -> Walked | None:
        """A page was read that was asked for at *asked*; *cursor* names the next, "" = it was the last.

        A walk that comes to where it was goes round in a circle, and would never end: it is begun anew.
        """
        if not self.cursor:
            self._began = asked
            self._shown = []
            self._passed = set()
        self._shown.extend(keys)
        self.cursor = "" if cursor in self._passed else cursor
        self._passed.add(cursor)
        return None if cursor else (self._began, tuple(self._shown))

    def again(self) -> None:
        """Begin anew: a page could not be read."""
        self.cursor = ""
