"""Bybit's codes in Tandem's closed list. The one place where the embedded venue's refusals are translated."""

from core.commands import Code, Refused
from plugins.exchanges.paper.venue.words import VenueError

_CODES = {
    110001: Code.GONE,
    110008: Code.GONE,
    110010: Code.GONE,
    110072: Code.DUPLICATE,
    110064: Code.BELOW_FILLED,
    110017: Code.QUOTA,
    110007: Code.MARGIN,
    110004: Code.MARGIN,
    110044: Code.MARGIN,
    110009: Code.RULES,
    110020: Code.RULES,
    110013: Code.RULES,
    110094: Code.RULES,
    110092: Code.WRONG_SIDE,
    110093: Code.WRONG_SIDE,
    110043: Code.SAME,
    110025: Code.SAME,
    34040: Code.SAME,
}

_WORDS = (
    ("zero position", Code.FLAT),
    ("base_price", Code.WRONG_SIDE),
    ("position idx", Code.MODE),
    ("unchanged", Code.SAME),
)


def refused(error: VenueError) -> Refused:
    """The refusal in Tandem's words; 10001 is told apart by its message."""
    code = _CODES.get(error.code)
    if code is None:
        code = next((found for word, found in _WORDS if word in error.message), Code.RULES)
    if error.code == 110017 and "zero" in error.message:
        code = Code.FLAT
    return Refused(code, str(error))
