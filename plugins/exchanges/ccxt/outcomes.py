"""ccxt's exceptions as outcomes: the one place where they are told apart. Imported only when an account starts."""

import re
from typing import Any

import ccxt

from core.commands import Code, Outcome, Refused, Unknown
from core.errors import ConfigError, RateLimited, Unavailable

_CODE = re.compile(r'"(?:retCode|code)"\s*:\s*"?(-?\d+)')
_AFTER_SENDING = frozenset({10000, 10016, 10019})
_BY_CODE = {
    **dict.fromkeys((110001, 110008, 110010, 110019), Code.GONE),
    **dict.fromkeys((110072, 10014), Code.DUPLICATE),
    110064: Code.BELOW_FILLED,
    110017: Code.QUOTA,
    **dict.fromkeys((110004, 110007, 110012, 110044, 110045), Code.MARGIN),
    **dict.fromkeys((110092, 110093), Code.WRONG_SIDE),
    **dict.fromkeys((110043, 110025, 110026, 34040), Code.SAME),
    **dict.fromkeys((10006, 10018), Code.RATE),
    110079: Code.BUSY,
    10002: Code.CLOCK,
    **dict.fromkeys((10003, 10004, 10005, 10007, 10010, 33004), Code.DENIED),
}
_WORDS = (
    ("position is zero", Code.FLAT),
    ("zero position", Code.FLAT),
    ("position idx not match", Code.MODE),
    ("base_price", Code.WRONG_SIDE),
    ("unchanged", Code.SAME),
    ("not modified", Code.SAME),
)


def of_error(error: Exception) -> Outcome:
    """What an exception says of a command. After a network error it may have been carried out (rel:F01, rel:F02)."""
    words = _short(error)
    found = _CODE.search(str(error))
    if found is not None:
        return of_code(int(found.group(1)), words)
    if isinstance(error, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
        return Refused(Code.RATE, words)
    if isinstance(error, ccxt.NetworkError):
        return Unknown(words)
    for kinds, code in _BY_KIND:
        if isinstance(error, kinds):
            return Refused(code, words)
    return Refused(Code.RULES, words)


_BY_KIND: tuple[tuple[tuple[type[Exception], ...], Code], ...] = (
    ((ccxt.DuplicateOrderId,), Code.DUPLICATE),
    ((ccxt.OrderNotFound,), Code.GONE),
    ((ccxt.InsufficientFunds,), Code.MARGIN),
    ((ccxt.AuthenticationError, ccxt.PermissionDenied, ccxt.AccountSuspended), Code.DENIED),
)


def of_code(code: int, words: str) -> Outcome:
    """What Bybit's code says; other venues' codes are not in the table and count by their words."""
    if code in _AFTER_SENDING:
        return Unknown(words)
    lower = words.lower()
    named = next((known for text, known in _WORDS if text in lower), None)
    if code == 110017 and named is Code.FLAT:
        return Refused(Code.FLAT, words)
    return Refused(_BY_CODE.get(code) or named or Code.RULES, words)


def as_unavailable(account: str, error: Exception) -> Exception:
    """A failed read as Tandem's error."""
    words = f"{account}: {_short(error)}"
    if isinstance(error, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
        return RateLimited(words, 1)
    if isinstance(error, ccxt.AuthenticationError | ccxt.PermissionDenied):
        return ConfigError((f"{words}; check key, secret and environment",))
    return Unavailable(words)


def is_ccxt(error: BaseException) -> bool:
    """Whether ccxt raised it on purpose."""
    return isinstance(error, ccxt.BaseError)


def failed_part(part: dict[str, Any]) -> tuple[int, str] | None:
    """The code and message that ccxt leaves in the part of a batch that failed."""
    info = part.get("info") or {}
    code = int(str(info.get("code") or 0))
    return (code, str(info.get("msg") or "")) if code else None


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"
