"""Bybit's answers as outcomes, and what would mend a refusal."""

from collections.abc import Mapping, Sequence

from core.commands import Code, Done, Outcome, Refused, Unknown
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, Lost, NotSent, Reply
from ports import bybit_rows
from ports.bybit_codes import code_of, unclear

_MENDS = {
    10003: "the key is unknown here: live, demo and testnet each have their own keys",
    10004: "the signature is wrong: check that the secret belongs to the key",
    10005: "the key lacks a permission: it needs Contract Orders and Positions",
    10007: "the key was not accepted: check key and secret",
    10008: "the account is banned or its mode does not allow this: see its page at Bybit",
    10009: "Bybit does not serve this region",
    10010: "the key is bound to other addresses than this machine's: add this one at Bybit",
    10024: "Bybit asks for a compliance step: see the account's page there",
    10027: "trading is banned for this account: see its page at Bybit",
    10028: "only a unified trading account can be used: upgrade it at Bybit",
    33004: "the key has expired: make a new one at Bybit",
    10002: "this machine's clock is off: let it be set by NTP",
}

_STATUSES = {400: Code.RULES, 401: Code.DENIED, 403: Code.RATE, 404: Code.RULES, 429: Code.RATE}
"""By which Bybit refuses (V5 error page). Any other is a gateway's on the way, which knows nothing of the order."""


def mend(code: int) -> str:
    """What would help against a refusal of the key or the clock, "" when the message says it all."""
    return _MENDS.get(code, "")


def outcome(reply: Reply) -> Outcome:
    """What a whole answer says."""
    match reply:
        case Answered(code=0):
            return Done()
        case Answered(code=code, message=message):
            return _spoken(code, message, _retry(reply))
        case HttpRefused(status=status, message=message):
            return _by_status(status, message)
        case NotSent(reason=reason):
            return Refused(Code.BUSY, f"not sent: {reason}")
        case Banned(reason=reason, retry_after=wait):
            return Refused(Code.RATE, f"not sent: {reason}", wait)
        case Crowded(reason=reason, retry_after=wait):
            return Refused(Code.CROWDED, f"not sent: {reason}", wait)
        case Lost(reason=reason):
            return Unknown(reason)


def item_outcomes(reply: Answered, asked: Sequence[Mapping[str, object]]) -> tuple[Outcome, ...]:
    """What a batch answers that *asked* for these, part by part: its own code says nothing of them (rel:F13b).

    One that answers for fewer or more parts than it has, or names other orders, leaves all of them unknown.
    """
    if len(reply.items) != len(asked):
        return tuple(Unknown(f"the batch of {len(asked)} was answered for {len(reply.items)}") for _ in asked)
    if not bybit_rows.fits(reply.result.get("list") or (), asked):
        return tuple(Unknown("the batch was answered for other orders") for _ in asked)
    return tuple(_item(item, _retry(reply)) for item in reply.items)


def _by_status(status: int, message: str) -> Outcome:
    """What an HTTP status says; a redirect was not followed, so nothing was carried out."""
    code = Code.RULES if 300 <= status < 400 else _STATUSES.get(status)
    if code is None:
        return Unknown(f"HTTP {status}: {message}")
    if code is Code.RATE:
        return Refused(code, f"HTTP {status}: too many requests from this address, or a region not served", 1_000)
    return Refused(code, f"HTTP {status}: {message}")


def _item(item: Mapping[str, object], retry: int | None) -> Outcome:
    try:
        code = int(str(item.get("code")))
    except ValueError:
        return Unknown(f"a part of the batch was answered with {item.get('code')!r}")
    return Done() if code == 0 else _spoken(code, str(item.get("msg", "")), retry)


def _spoken(code: int, message: str, retry: int | None) -> Outcome:
    if unclear(code, message):
        return Unknown(f"{code}: {message}")
    words = f"{code}: {message}"
    if mend(code):
        words = f"{words} ({mend(code)})"
    found = code_of(code, message)
    return Refused(found, words, retry if found is Code.RATE else None)


def _retry(reply: Answered) -> int | None:
    limit = reply.limit
    return max(limit.reset - reply.at, 0) if limit is not None and reply.at else None
