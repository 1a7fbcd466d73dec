"""Times as Bybit writes them."""

from datetime import UTC, datetime


def iso(at: int) -> str:
    """A time in milliseconds as ISO 8601 in UTC, to the second."""
    return datetime.fromtimestamp(at // 1_000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
