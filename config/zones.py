"""Time zones by name, as the offsets that the core asks for (`core.days`)."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from core.days import Offset, utc

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def offset_of(zone: str) -> Offset:
    """How far the zone's clocks are ahead of UTC at a time. UTC itself needs no time zone database."""
    if zone == "UTC":
        return utc
    place = ZoneInfo(zone)

    def offset(at: int) -> int:
        ahead = (_EPOCH + timedelta(milliseconds=at)).astimezone(place).utcoffset()
        return 0 if ahead is None else ahead // _MILLISECOND

    return offset
