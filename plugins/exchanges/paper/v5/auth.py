"""Who a signed request comes from, and whether it came in time (V5 guide, authentication)."""

from collections.abc import Mapping
from dataclasses import dataclass

from plugins.exchanges.paper.v5.keys import ApiKey, KeyRing
from plugins.exchanges.paper.venue.words import VenueError

DEFAULT_WINDOW = 5_000
AHEAD = 1_000
"""A request's time may lie less than so many milliseconds ahead of the venue's."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a request's headers say."""

    key: str
    timestamp: int
    window: int
    signature: str


def headers(given: Mapping[str, str]) -> Signed:
    """The signing headers; raises VenueError when one is missing or no number."""
    key = given.get("X-BAPI-API-KEY", "")
    if not key:
        raise VenueError(10003, "API key is invalid.")
    try:
        timestamp = int(given.get("X-BAPI-TIMESTAMP", ""))
        window = int(given.get("X-BAPI-RECV-WINDOW", "") or DEFAULT_WINDOW)
    except ValueError:
        raise VenueError(10001, "params error: timestamp or recv_window invalid") from None
    return Signed(key, timestamp, window, given.get("X-BAPI-SIGN", ""))


def check(keys: KeyRing, signed: Signed, payload: str, now: int, address: str) -> ApiKey:
    """The key that signed *payload*, which is the query string or the body byte for byte; raises VenueError."""
    key = find(keys, signed.key, now, address)
    if not now - signed.window <= signed.timestamp < now + AHEAD:
        raise VenueError(
            10002,
            "invalid request, please check your server timestamp or recv_window param. "
            f"req_timestamp[{signed.timestamp}],server_timestamp[{now}],recv_window[{signed.window}]",
        )
    if not key.signed(f"{signed.timestamp}{signed.key}{signed.window}{payload}", signed.signature):
        raise VenueError(10004, "Error sign, please check your signature generation algorithm.")
    return key


def find(keys: KeyRing, text: str, now: int, address: str) -> ApiKey:
    """A key that may be used now from *address*; raises VenueError."""
    key = keys.find(text)
    if key is None:
        raise VenueError(10003, "API key is invalid.")
    if key.expires is not None and key.expires <= now:
        raise VenueError(33004, "Your api key has expired.")
    if key.ips and address not in key.ips:
        raise VenueError(10010, "Unmatched IP, please check your API key's bound IP addresses.")
    return key
