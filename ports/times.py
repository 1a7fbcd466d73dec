"""Times as people read them: by the clocks of their zone (`timezone`), which is named where a time is shown."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def local(at: int, zone: str) -> datetime:
    """A venue time (milliseconds) as the zone's clocks show it. UTC itself needs no time zone database."""
    return (_EPOCH + timedelta(milliseconds=at)).astimezone(UTC if zone == "UTC" else ZoneInfo(zone))


def name_of(moment: datetime) -> str:
    """What the zone is called at a time: by its letters, or by how far it is ahead of UTC where it has none.

    >>> name_of(local(0, "UTC")), name_of(local(0, "Europe/Berlin")), name_of(local(1_795_224_329_000, "Asia/Tashkent"))
    ('UTC', 'CET', 'UTC+05')
    """
    name = moment.tzname() or ""
    return name if name.isalpha() else f"UTC{name}"


def full_time(at: int, zone: str) -> str:
    """Day and time to the second, with the zone.

    >>> full_time(1_795_224_329_000, "Europe/Berlin")
    '2026-11-21 02:25:29 CET'
    """
    return _named(local(at, zone), "%Y-%m-%d %H:%M:%S")


def to_the_minute(at: int, zone: str) -> str:
    """Day and time without seconds, with the zone.

    >>> to_the_minute(1_795_224_329_000, "Europe/Berlin")
    '2026-11-21 02:25 CET'
    """
    return _named(local(at, zone), "%Y-%m-%d %H:%M")


def _named(moment: datetime, form: str) -> str:
    return f"{moment:{form}} {name_of(moment)}"
