"""ccxt's exceptions as outcomes: the one place where they are told apart. Imported only when an account starts."""

import re
from collections.abc import Awaitable, Callable
from typing import Any

import ccxt

from core.commands import Code, Done, Outcome, Refused, Unknown
from core.errors import ConfigError, RateLimited, Unavailable
from ports.bybit_codes import code_of, unclear

_CODE = re.compile(r'"(?:retCode|ret_code)"\s*:\s*"?(-?\d+)')
"""Bybit's own code. A gateway on the way answers with a "code" of its own, which says nothing of the order."""


class Banned(ccxt.RateLimitExceeded):  # type: ignore[misc] # ccxt has no types
    """Not sent: the venue takes nothing from this address for *left* milliseconds more."""

    def __init__(self, left: int) -> None:
        """In words too."""
        super().__init__(f"not sent: the venue bans this address, for {left // 1_000} s more")
        self.left = left


def of_error(error: Exception) -> Outcome:
    """What an exception says of a command.

    Refused is only what a code says, or ccxt itself, before anything was sent. An answer without a code, such as a
    gateway's, says nothing: the command may have been carried out (rel:F01, rel:F02).
    """
    words = _short(error)
    if isinstance(error, Banned):
        return Refused(Code.RATE, words, error.left)
    found = _CODE.search(str(error))
    if found is not None:
        return of_code(int(found.group(1)), words)
    for kinds, code in _BY_KIND:
        if isinstance(error, kinds):
            return Refused(code, words)
    return Unknown(words)


_BY_KIND: tuple[tuple[tuple[type[Exception], ...], Code], ...] = (
    ((ccxt.RateLimitExceeded, ccxt.DDoSProtection), Code.RATE),
    ((ccxt.DuplicateOrderId,), Code.DUPLICATE),
    ((ccxt.OrderNotFound,), Code.GONE),
    ((ccxt.InsufficientFunds,), Code.MARGIN),
    ((ccxt.AuthenticationError, ccxt.PermissionDenied, ccxt.AccountSuspended), Code.DENIED),
    ((ccxt.BadRequest, ccxt.ArgumentsRequired, ccxt.InvalidOrder, ccxt.NotSupported), Code.RULES),
)


def of_code(code: int, words: str) -> Outcome:
    """What Bybit's code says."""
    return Unknown(words) if unclear(code, words) else Refused(code_of(code, words), words)


def as_unavailable(account: str, error: Exception) -> Exception:
    """A failed read as Tandem's error."""
    words = f"{account}: {_short(error)}"
    if isinstance(error, ccxt.RateLimitExceeded | ccxt.DDoSProtection):
        return RateLimited(words, 1)
    if isinstance(error, ccxt.AuthenticationError | ccxt.PermissionDenied):
        return ConfigError((f"{words}; check key, secret and environment",))
    return Unavailable(words)


async def called(account: str, method: Callable[..., Awaitable[Any]], *given: Any) -> Any:
    """What one of ccxt's methods gives; its failures as Tandem's errors."""
    try:
        return await method(*given)
    except Exception as error:
        if not is_ccxt(error):
            raise
        raise as_unavailable(account, error) from error


def misdated(error: Exception) -> bool:
    """Whether the venue refused a request for its time (rel:F05)."""
    return isinstance(error, ccxt.InvalidNonce)


def is_ccxt(error: BaseException) -> bool:
    """Whether ccxt raised it on purpose."""
    return isinstance(error, ccxt.BaseError)


def of_part(part: dict[str, Any]) -> Outcome:
    """What one part of an answer says: ccxt leaves a code where it failed; what was taken has the venue's id.

    With neither, the batch was not answered for all its parts: nobody knows of this one (rel:F13b).
    """
    info = part.get("info") or {}
    code = int(str(info.get("code") or 0))
    if code:
        return of_code(code, f"{code}: {info.get('msg') or ''}")
    return Done() if info.get("orderId") else Unknown("the batch was not answered for this part")


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error)[:300]}"
