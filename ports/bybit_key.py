"""What must hold before an account trades at Bybit, by whatever adapter: its clock, its key's rights, its user id."""

from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import structlog

from core.errors import ConfigError, Unavailable
from core.facts import Notice, VenueFact

log = structlog.get_logger("tandem.exchanges")

MOST_OFFSET = 60_000
"""A clock wrong by more than so many milliseconds is not corrected but told: certificates and logs suffer too."""
EXPIRES_SOON_DAYS = 14
TOLD_AT_DAYS = (1, 3, 7, 14)
DAY = 86_400_000
MOVES_MONEY = ("AccountTransfer", "SubMemberTransfer", "Withdraw")
UIDS = "bybit.uids"
KEY_EVERY = 86_400
"""Seconds between two looks at the key."""
NEEDED = {"ContractTrade": ("Order", "Position")}


@dataclass(frozen=True, slots=True)
class KeyFacts:
    """What the venue says of a key. *warnings* are for the operator, in words; *loose* those that no time brings."""

    uid: str
    unified: bool
    warnings: tuple[str, ...]
    loose: tuple[str, ...] = ()
    expires: int | None = None
    """When the key ends, milliseconds; None = never, or nobody knows."""


class KeyLook:
    """One account's key as it is looked at before the account trades and then daily. *warnings* are the last look's."""

    def __init__(
        self, account: str, where: str, put: Callable[[Iterable[VenueFact]], None], now: Callable[[], int]
    ) -> None:
        """Nothing is asked here. *where* is the environment, in words; *put* takes notices; *now* is venue time."""
        self.warnings: tuple[str, ...] = ()
        self._account = account
        self._where = where
        self._put = put
        self._now = now
        self._said: tuple[str, ...] = ()

    def took(self, info: Mapping[str, Any]) -> str:
        """Take in what the venue says, and tell of a key that ends soon; its user id. Raises ConfigError."""
        found = checked(self._account, self._where, info, self._now())
        self.warnings, self._said = found.warnings, found.loose
        notice = expiry_notice(self._account, found.expires, self._now())
        self._put(() if notice is None else (notice,))
        for warning in found.warnings:
            log.warning("key", warning=warning)
        return found.uid

    async def again(self, look: Awaitable[object]) -> None:
        """A later look: what is wrong by then, and was not at the one before, is told, whoever changed it (rel:F41).

        The account goes on: what it holds would else be left alone.
        """
        before = self._said
        try:
            await look
        except ConfigError as error:
            self.warnings = self._said = error.problems
        news = [each for each in self._said if each not in before]
        self._put(Notice("key", each, f"key:{self._now()}:{each}", self._now()) for each in news)


def check_offset(account: str, offset: int) -> None:
    """Refuse a clock that is far off; raises Unavailable, for the clock may be set meanwhile."""
    if abs(offset) > MOST_OFFSET:
        way = "behind" if offset > 0 else "ahead of"
        raise Unavailable(
            f"{account}: this machine's clock is {abs(offset) // 1_000} s {way} the venue's; set it by NTP "
            "(timedatectl set-ntp true), the account then goes on by itself"
        )


def checked(account: str, where: str, info: Mapping[str, Any], now: int) -> KeyFacts:
    """What *info* (user/query-api) says of a key: rights, age, binding. *where* is the environment, in words.

    Raises ConfigError for a key that must not or can't be used.
    """
    problems = [*_rights(account, info), *_expired(account, info, now)]
    if problems:
        raise ConfigError(tuple(problems))
    uid = str(info.get("userID") or "")
    unified = str(info.get("uta") or "0") == "1"
    if not unified:
        raise ConfigError((f"{account}: the account at {where} is no unified one; upgrade it at Bybit",))
    loose = tuple(_loose(account, info))
    return KeyFacts(uid, unified, (*_ending(account, info, now), *loose), loose, _expiry(info))


def expiry_notice(account: str, expires: int | None, now: int) -> Notice | None:
    """What people are told of a key that ends soon: again when 14, 7, 3 and 1 days are left, once each (rel:F41)."""
    if expires is None:
        return None
    days = max((expires - now) // DAY, 0)
    told_at = next((each for each in TOLD_AT_DAYS if days < each), None)
    if told_at is None:
        return None
    detail = (
        f"{account}: the API key ends in {days} days; make a new one at Bybit before that. The stops stay at the "
        "venue, but without a key nothing can be moved or closed from here"
    )
    return Notice("key", detail, f"key:{expires}:{told_at}", now)


def uids(shared: dict[str, object]) -> dict[str, str]:
    """The user ids of the process's accounts, whichever adapter they go through."""
    found = shared.setdefault(UIDS, {})
    if not isinstance(found, dict):
        raise TypeError(UIDS)
    return found


def same_uid(account: str, uid: str, others: Mapping[str, str]) -> None:
    """Refuse two accounts that are one at the venue: each would take the other's orders for strangers'."""
    for other, theirs in others.items():
        if other != account and uid and theirs == uid:
            raise ConfigError(
                (f"{account} and {other} are the same account at the venue (uid {uid}); give each its own API key",)
            )


def _rights(account: str, info: Mapping[str, Any]) -> list[str]:
    permissions: Mapping[str, list[str]] = info.get("permissions") or {}
    problems = []
    granted = [right for rights in permissions.values() for right in rights or () if right in MOVES_MONEY]
    if granted:
        problems.append(
            f"{account}: the key may move money ({', '.join(sorted(set(granted)))}); make one that may only trade"
        )
    if int(info.get("readOnly") or 0) == 1:
        problems.append(f"{account}: the key is read-only; make one that may trade contracts")
    for group, rights in NEEDED.items():
        lacking = [right for right in rights if right not in (permissions.get(group) or ())]
        if lacking:
            problems.append(f"{account}: the key lacks {group} {' and '.join(lacking)}; allow it at Bybit")
    return problems


def _expired(account: str, info: Mapping[str, Any], now: int) -> list[str]:
    expiry = _expiry(info)
    if expiry is not None and expiry <= now:
        return [f"{account}: the key has expired; make a new one at Bybit"]
    return []


def _ending(account: str, info: Mapping[str, Any], now: int) -> list[str]:
    expiry = _expiry(info)
    if expiry is None or expiry - now >= EXPIRES_SOON_DAYS * DAY:
        return []
    days = max((expiry - now) // DAY, 0)
    return [f"{account}: the key expires in {days} days; make a new one at Bybit before that"]


def _loose(account: str, info: Mapping[str, Any]) -> list[str]:
    ips = [address for address in info.get("ips") or () if address]
    if ips and ips != ["*"]:
        return []
    return [f"{account}: the key is not bound to an address; bind it at Bybit, or whoever finds it may trade"]


def _expiry(info: Mapping[str, Any]) -> int | None:
    text = str(info.get("expiredAt") or "")
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return int(at.astimezone(UTC).timestamp() * 1_000) if at.year > 1971 else None
