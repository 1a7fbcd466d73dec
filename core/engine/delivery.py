"""What D2 says about delivering, as plain decisions: who is asked next, when, what goes together, what is late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ports.persistence import OutboxRow

ATTEMPTS = 5
"""How many refusals each chat may give before the next one is asked."""

FIRST_DELAY = 1_000
LONGEST_DELAY = 60_000
LATE_AFTER = 10_000
"""From when on a delivery is marked late."""
BEHIND_AFTER = 3_000
"""From when on waiting alerts count as a backlog. All four in milliseconds."""

Trade = tuple[str, str]
"""Account and trade: within it alerts keep their order. Those about no trade have the trade ""."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a notifier's alerts go: the trade's chat, then *fallback_chat*, then the notifier *last* ("" = none)."""

    notifier: str
    fallback_chat: str = ""
    last: str = ""

    def chat(self, named: str) -> str:
        """Where an alert goes that *named* this chat, or none ("")."""
        return named or self.fallback_chat


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop of a route."""

    notifier: str
    chat: str


def stages(route: Route, chat: str) -> tuple[Stage, ...]:
    """Every stop for an alert of this *chat*, in order; a stop is never named twice, and no chat is the fallback's."""
    chat = route.chat(chat)
    way = [Stage(route.notifier, chat)]
    if route.fallback_chat and route.fallback_chat != chat:
        way.append(Stage(route.notifier, route.fallback_chat))
    if route.last and route.last != route.notifier:
        way.append(Stage(route.last, ""))
    return tuple(way)


def stage(route: Route, row: OutboxRow) -> Stage:
    """Who is asked now: each stop may refuse `ATTEMPTS` times, the last one for ever (nothing is lost)."""
    way = stages(route, row.chat)
    return way[min(row.attempts // ATTEMPTS, len(way) - 1)]


def due_after_refusal(route: Route, row: OutboxRow, now: int) -> int:
    """When a row that was just refused once more is tried again: the next stop at once, the same one ever later."""
    way = stages(route, row.chat)
    refusals = row.attempts + 1
    stop = min(refusals // ATTEMPTS, len(way) - 1)
    refused_here = refusals - stop * ATTEMPTS
    return now + delay(refused_here) if refused_here else now


def delay(failures: int) -> int:
    """Milliseconds to wait after so many failures in a row: doubling from a second to a minute.

    >>> [delay(1), delay(2), delay(3), delay(7), delay(1_000)]
    [1000, 2000, 4000, 60000, 60000]
    """
    return min(FIRST_DELAY << min(failures - 1, 10), LONGEST_DELAY)


def lateness(created_at: int, now: int) -> int:
    """Milliseconds since the alert arose when that is worth saying, else 0."""
    since = now - created_at
    return since if since > LATE_AFTER else 0


@dataclass(frozen=True, slots=True)
class Parcel:
    """Alerts of one trade that travel as one message, in order."""

    rows: tuple[OutboxRow, ...]
    target: Stage

    @property
    def trade(self) -> Trade:
        """Whose order it is part of."""
        return trade_of(self.rows[0])

    @property
    def ids(self) -> tuple[int, ...]:
        """Its rows, as the store calls them."""
        return tuple(row.id for row in self.rows)


def trade_of(row: OutboxRow) -> Trade:
    """Account and trade of a row."""
    return row.alert.account, row.alert.trade


def parcels(rows: Sequence[OutboxRow], target: Callable[[OutboxRow], Stage], most: int) -> tuple[Parcel, ...]:
    """Due rows as messages of at most *most* alerts, as urgent as they were; each trade keeps its order."""
    packed: list[tuple[Stage, list[OutboxRow]]] = []
    last: dict[Trade, tuple[Stage, list[OutboxRow]]] = {}
    for row in rows:
        stop, trade = target(row), trade_of(row)
        open_one = last.get(trade)
        if open_one is None or not _together(open_one[1], row, most) or open_one[0] != stop:
            last[trade] = open_one = (stop, [])
            packed.append(open_one)
        open_one[1].append(row)
    return tuple(Parcel(tuple(together), stop) for stop, together in packed)


def _together(rows: Sequence[OutboxRow], row: OutboxRow, most: int) -> bool:
    """Whether *row* may travel with *rows*: nothing critical is hidden among others, nothing refused spoils them."""
    # What is critical or was refused travels alone, so the first row speaks for all of its parcel.
    return len(rows) < most and not any(each.alert.critical or each.attempts for each in (rows[0], row))


def backlog(rows: Sequence[OutboxRow], at_once: int, now: int) -> bool:
    """Whether so much waits, or so long, that alerts of a trade are put together."""
    return len(rows) > at_once or any(now - row.created_at > BEHIND_AFTER for row in rows)
