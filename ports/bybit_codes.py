"""Bybit's answer codes as the closed list's words, for every adapter of Bybit (V5 error page, bybit-v5.md section 3).

How an adapter gets hold of a code, and what it makes of an answer without one, is the adapter's.
"""

from core.commands import Code

FORBIDDEN = 403
"""How HTTP says that the address is banned."""
BAN = 600_000
"""Milliseconds that an address stays banned after that (V5 rate limit page: at least 10 minutes)."""
CLOCK = 10002
RATE = frozenset({10006, 10018, 10429, 20003})
BUSY = frozenset({429, 110079, 40004, 10403})
DENIED = frozenset({-2015, 10003, 10004, 10005, 10007, 10008, 10009, 10010, 10024, 10027, 10028, 10029, 33004, 110066})

_UNCLEAR = frozenset({10000, 10016, 10019, 170007})
_UNCLEAR_WORDS = (
    "server error", "system error", "internal error", "service error", "network error", "timeout", "timed out",
)  # fmt: skip
"""How the venue speaks of its own failures, under codes that no page lists."""

_CODES: dict[int, Code] = {
    **dict.fromkeys((110001, 110008, 110010, 110019), Code.GONE),
    **dict.fromkeys((110072, 10014), Code.DUPLICATE),
    110064: Code.BELOW_FILLED,
    110017: Code.QUOTA,
    110034: Code.FLAT,
    **dict.fromkeys((110004, 110006, 110007, 110011, 110012, 110014, 110040, 110044, 110045, 110052), Code.MARGIN),
    **dict.fromkeys((110092, 110093), Code.WRONG_SIDE),
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


def unclear(code: int, message: str) -> bool:
    """Whether the request may have been carried out all the same (rel:F02)."""
    words = message.lower()
    return code in _UNCLEAR or (code not in _CODES and any(each in words for each in _UNCLEAR_WORDS))


def code_of(code: int, message: str) -> Code:
    """The closed list's word for a code; RULES for whatever repeating won't help."""
    words = message.lower()
    if code == 110017 and any(each in words for each in _NO_POSITION):
        return Code.FLAT
    found = _CODES.get(code)
    if found is None:
        found = next((known for word, known in _WORDS if word in words), Code.RULES)
    return found
