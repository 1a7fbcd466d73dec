"""Who an order belongs to, readable from its client id alone.

A client order id (a *key*) is ``t1-<account>-<trade>-<role>-<revision>``, for example ``t1-main-7K3QX9A2MD-TP1-00``:
at most the 36 characters that Bybit allows, only ``[A-Za-z0-9-]``. It says which account, trade and role an order
serves, so an empty database can be rebuilt from the venue. The same wish always has the same key: no clock, no
randomness. A revision grows only when the last one is proven dead and its fills are booked.
"""

import hashlib
import re
from functools import lru_cache
from typing import NamedTuple

ACCOUNT_NAME = re.compile(r"[a-z][a-z0-9]{0,11}")
"""What an account may be called: short enough to stand in every key."""

ROLE_NAME = re.compile(r"[A-Z][A-Z0-9]{0,3}")
TRADE_ID = re.compile(r"[0-9A-HJKMNP-TV-Z]{10}")

MAX_REVISION = 36**4 - 1
"""Two digits in base 36, three or four from the 1,297th on: more than a trade could send, one a second for weeks."""

_PREFIX = "t1"
_REVISION = "[0-9a-z]{2}|[1-9a-z][0-9a-z]{2,3}"
_KEY = re.compile(rf"{_PREFIX}-({ACCOUNT_NAME.pattern})-({TRADE_ID.pattern})-({ROLE_NAME.pattern})-({_REVISION})")
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


class Key(NamedTuple):
    """The parts of a client order id."""

    account: str
    trade: str
    role: str
    revision: int

    @property
    def text(self) -> str:
        """The client order id at the venue."""
        return key_text(self.account, self.trade, self.role, self.revision)


def key_text(account: str, trade: str, role: str, revision: int) -> str:
    """The client order id of one revision of one role.

    >>> key_text("main", "7K3QX9A2MD", "TP1", 37)
    't1-main-7K3QX9A2MD-TP1-11'
    """
    if not 0 <= revision <= MAX_REVISION:
        raise ValueError(f"revision {revision} of {role} does not fit four base-36 digits")
    high, low = divmod(revision, 36)
    digits = _BASE36[high] if high < 36 else _written(high)
    return f"{_PREFIX}-{account}-{trade}-{role}-{digits}{_BASE36[low]}"


def _written(number: int) -> str:
    high, low = divmod(number, 36)
    return (_written(high) if high else "") + _BASE36[low]


@lru_cache(maxsize=4_096)
def parse_key(text: str) -> Key | None:
    """The parts of *text* when it is a key of ours (of any installation), else None: an order of somebody else.

    What works is asked about in every look, five times in a start: the answer never changes.

    >>> parse_key("t1-main-7K3QX9A2MD-TP1-11")
    Key(account='main', trade='7K3QX9A2MD', role='TP1', revision=37)
    >>> parse_key("my own order") is None
    True
    """
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    account, trade, role, revision = match.groups()
    return Key(account, trade, role, int(revision, 36))


def trade_and_role(key: str) -> tuple[str, str]:
    """The trade and the role that a key of ours names, two empty words for an order of somebody else.

    A third of the time that `parse_key` takes, for what is asked of every execution and command: the parts themselves
    are not looked at, so what is to be trusted to be ours is parsed.

    >>> trade_and_role("t1-main-7K3QX9A2MD-TP1-11")
    ('7K3QX9A2MD', 'TP1')
    >>> trade_and_role("my-own-order-of-today")
    ('', '')
    """
    parts = key.split("-")
    return (parts[2], parts[3]) if len(parts) == 5 and parts[0] == _PREFIX else ("", "")


def trade_id(salt: str, request_id: str) -> str:
    """Ten characters (50 bits) naming a trade on all its accounts.

    The same request id in the same installation (*salt*) always gives the same trade, so a request sent twice opens
    once (A9); two installations on one account do not collide.
    """
    number = int.from_bytes(hashlib.sha256(f"{salt}:{request_id}".encode()).digest()[:7], "big") >> 6
    return "".join(_CROCKFORD[(number >> shift) & 31] for shift in range(45, -1, -5))
