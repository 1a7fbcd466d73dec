"""Bybit's answers as outcomes: the one place where its codes are told apart (V5 error page; bybit-v5.md section 3)."""

from collections.abc import Mapping

from core.commands import Code, Done, Outcome, Refused, Unknown
from plugins.exchanges.bybit.replies import Answered, Banned, Crowded, HttpRefused, Lost, NotSent, Reply

UNKNOWN = frozenset({10000, 10016, 10019, 170007})
"""Answers after which the request may have been carried out (rel:F02)."""

CLOCK = 10002
RATE = frozenset({10006, 10018, 10429, 20003})
BUSY = frozenset({429, 110079, 40004, 10403})
DENIED = frozenset({-2015, 10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028, 10029, 33004, 110066})

_CODES: dict[int, Code] = {
    **dict.fromkeys((110001, 110008, 110010, 110019), Code.GONE),
    **dict.fromkeys((110072, 10014), Code.DUPLICATE),
    110064: Code.BELOW_FILLED,
    110017: Code.QUOTA,
    110034: Code.FLAT,
    **dict.fromkeys((110004, 110006, 110007, 110012, 110014, 110044, 110045, 110052), Code.MARGIN),
    **dict.fromkeys((110092, 110093, 110011, 110040), Code.WRONG_SIDE),
    **dict.fromkeys((110043, 110025, 110026, 110027, 34040), Code.SAME),
    **dict.fromkeys(RATE, Code.RATE),
    **dict.fromkeys(BUSY, Code.BUSY),
    **dict.fromkeys(DENIED, Code.DENIED),
    CLOCK: Code.CLOCK,
}

_WORDS = (
    ("zero position", Code.FLAT),
    ("position idx not match", Code.MODE),
    ("base_price", Code.WRONG_SIDE),
    ("base price", Code.WRONG_SIDE),
    ("unchanged", Code.SAME),
    ("not modified", Code.SAME),
    ("not enough", Code.MARGIN),
)
"""10001 is told apart by its message."""

_NO_POSITION = ("position is zero", "zero position")

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


def mend(code: int) -> str:
    """What would help against a refusal of the key or the clock, "" when the message says it all."""
    return _MENDS.get(code, "")


def code_of(code: int, message: str) -> Code:
    """The closed list's word for a code; RULES for whatever repeating won't help."""
    words = message.lower()
    if code == 110017 and any(each in words for each in _NO_POSITION):
        return Code.FLAT
    found = _CODES.get(code)
    if found is None:
        found = next((known for word, known in _WORDS if word in words), Code.RULES)
    return found


def outcome(reply: Reply) -> Outcome:
    """What a whole answer says."""
    match reply:
        case Answered(code=0):
            return Done()
        case Answered(code=code, message=message):
            return _spoken(code, message, _retry(reply))
        case HttpRefused(status=status, message=message) if status >= 500:
            return Unknown(f"HTTP {status}: {message}")
        case HttpRefused(status=status) if status in (403, 429):
            return Refused(
                Code.RATE, f"HTTP {status}: too many requests from this address, or a region not served", 1_000
            )
        case HttpRefused(status=status, message=message):
            return Refused(Code.DENIED if status == 401 else Code.RULES, f"HTTP {status}: {message}")
        case NotSent(reason=reason):
            return Refused(Code.BUSY, f"not sent: {reason}")
        case Banned(reason=reason, retry_after=wait):
            return Refused(Code.RATE, f"not sent: {reason}", wait)
        case Crowded(reason=reason, retry_after=wait):
            return Refused(Code.CROWDED, f"not sent: {reason}", wait)
        case Lost(reason=reason):
            return Unknown(reason)


def item_outcomes(reply: Answered, count: int) -> tuple[Outcome, ...]:
    """What a batch answers, part by part: its own code says nothing of them (rel:F13b).

    A batch that answers for fewer or more parts than it has leaves all of them unknown.
    """
    if len(reply.items) != count:
        return tuple(Unknown(f"the batch of {count} was answered for {len(reply.items)}") for _ in range(count))
    return tuple(_item(item, _retry(reply)) for item in reply.items)


def _item(item: Mapping[str, object], retry: int | None) -> Outcome:
    try:
        code = int(str(item.get("code")))
    except ValueError:
        return Unknown(f"a part of the batch was answered with {item.get('code')!r}")
    return Done() if code == 0 else _spoken(code, str(item.get("msg", "")), retry)


def _spoken(code: int, message: str, retry: int | None) -> Outcome:
    if code in UNKNOWN:
        return Unknown(f"{code}: {message}")
    words = f"{code}: {message}"
    if mend(code):
        words = f"{words} ({mend(code)})"
    found = code_of(code, message)
    return Refused(found, words, retry if found is Code.RATE else None)


def _retry(reply: Answered) -> int | None:
    limit = reply.limit
    return max(limit.reset - reply.at, 0) if limit is not None and reply.at else None
