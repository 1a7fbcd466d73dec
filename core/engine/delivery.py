"""What D2 says about delivering, as plain decisions: who is asked next, when again, what counts as late."""

from dataclasses import dataclass

from ports.persistence import OutboxRow

ATTEMPTS = 5
"""How many refusals each chat may give before the next one is asked."""

FIRST_DELAY = 1_000
LONGEST_DELAY = 60_000
LATE_AFTER = 10_000
"""From when on a delivery is marked late. All three in milliseconds."""


@dataclass(frozen=True, slots=True)
class Route:
    """Where a notifier's alerts go: the trade's chat, then *fallback_chat*, then the notifier *last* ("" = none)."""

    notifier: str
    fallback_chat: str = ""
    last: str = ""


@dataclass(frozen=True, slots=True)
class Stage:
    """One stop of a route."""

    notifier: str
    chat: str


def stages(route: Route, chat: str) -> tuple[Stage, ...]:
    """Every stop for an alert of this *chat*, in order; a stop is never named twice."""
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
