"""One fault: what it does, to what, how often. Read strictly; a bad rule is refused and named."""

from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

REQUESTS = {
    "latency": "both ways take ms, together",
    "lost_request": "the venue never sees it, nobody answers",
    "reset_request": "the venue never sees it, the connection is torn",
    "late_request": "it reaches the venue ms later",
    "lost_response": "carried out, nobody answers",
    "reset_response": "carried out, the connection is torn",
    "timeout_after": "carried out, answered 10000",
    "server_error_after": "carried out, answered 10016",
    "http_error_after": "carried out, answered HTTP code (502)",
    "rate_burst": "refused with 10006",
    "banned": "refused with HTTP 403",
    "refused": "refused with code",
    "stale_reads": "reads show the account of ms ago",
}
FRAMES = {
    "duplicate_frame": "sent twice",
    "late_frame": "ms later, what follows waits behind it",
    "reorder_frame": "overtaken by the next one",
    "missing_frame": "never sent",
    "close_stream": "followed by a close frame of code (1012)",
    "reset_stream": "followed by a torn connection",
    "stall_stream": "this and all later ones are held for ms",
}
WORLD = {
    "skew": "the venue's clock is ms ahead (or behind)",
    "gap": "new stream connections are refused for ms",
}
KINDS = {**REQUESTS, **FRAMES, **WORLD}
_KEYS = ("kind", "account", "path", "topic", "after", "count", "ms", "jitter", "chance", "code")
FOR_EVER = 0


class BadRule(ValueError):
    """A rule that can't be read; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault. *path* and *topic* are patterns (order/*), *after* matches go by first, *count* 0 = for ever.

    *chance* is in percent; *ms* and *jitter* are milliseconds; *code* is a Bybit, HTTP or close code, by kind.
    """

    kind: str
    account: str = ""
    path: str = "*"
    topic: str = "*"
    after: int = 0
    count: int = 1
    ms: int = 0
    jitter: int = 0
    chance: int = 100
    code: int = 0

    def meets_request(self, account: str, path: str) -> bool:
        """Whether a request is one that this rule is for."""
        return (
            self.kind in REQUESTS
            and self.account in ("", account)
            and fnmatchcase(path.removeprefix("/v5/"), self.path)
            and (self.kind != "stale_reads" or not path.startswith("/v5/market"))
        )

    def meets_frame(self, account: str, topic: str) -> bool:
        """Whether a frame is one that this rule is for; answers to the client have no topic and are left alone."""
        return self.kind in FRAMES and topic != "" and self.account in ("", account) and fnmatchcase(topic, self.topic)


def read_rules(given: object) -> tuple[Rule, ...]:
    """Rules from plain data: a list of them, or {"rules": [...]}. Raises BadRule naming the first bad one."""
    listed = given.get("rules") if isinstance(given, Mapping) else given
    if not isinstance(listed, list):
        raise BadRule('faults are a list of rules, or {"rules": [...]}')
    return tuple(_rule(number, each) for number, each in enumerate(listed, 1))


def _rule(number: int, given: object) -> Rule:
    if not isinstance(given, Mapping):
        raise BadRule(f"rule {number} is no object")
    unknown = sorted(str(key) for key in given if key not in _KEYS)
    if unknown:
        raise BadRule(f"rule {number} has the unknown key {unknown[0]!r}; known are {', '.join(_KEYS)}")
    kind = given.get("kind")
    if kind not in KINDS:
        raise BadRule(f"rule {number} is of the unknown kind {kind!r}; known are {', '.join(KINDS)}")
    return Rule(**{key: _value(number, key, value) for key, value in given.items()})


def _value(number: int, key: str, value: Any) -> Any:
    wanted = str if key in ("kind", "account", "path", "topic") else int
    if not isinstance(value, wanted) or isinstance(value, bool):
        raise BadRule(f"rule {number}: {key} is {value!r}; it must be {'a text' if wanted is str else 'an integer'}")
    return value
