"""A whole trade in one line, as it is typed after /trade (E2); also printed so that it can be typed again.

    BTCUSDT long market,59000,58000 tp 62000,63000,64000,65000 sl 56000 x10 2%

The symbol comes first; the rest in any order, each thing once, any of it left out: what is missing is asked for. Prices
right after the side are entries. A number alone is a percentage, but never right after prices. A note goes to its
closing quote, or to the end.
"""

import re
from collections import deque
from dataclasses import replace
from typing import Any

from core import typed
from core.draft import Draft, Part, said, taken
from core.typed import Mistyped

LONGEST = 600
EXAMPLE = "BTCUSDT long market,59000,58000 tp 62000,63000,64000,65000 sl 56000 x10 2%"

_NAMED = {
    "entry": Part.ENTRIES, "entries": Part.ENTRIES, "at": Part.ENTRIES,
    "tp": Part.TARGETS, "tps": Part.TARGETS, "targets": Part.TARGETS,
    "sl": Part.STOP, "stop": Part.STOP,
    "lev": Part.LEVERAGE, "leverage": Part.LEVERAGE,
    "margin": Part.SIZE, "size": Part.SIZE,
    "strategy": Part.STRATEGY, "merge": Part.MERGE, "account": Part.ACCOUNT,
}  # fmt: skip
"""Words that say what the next one is."""
_AFTER = {
    Part.ENTRIES: "market,59000,58000", Part.TARGETS: "tp 62000,63000", Part.STOP: "sl 56000",
    Part.LEVERAGE: "leverage 10", Part.SIZE: "margin 2%", Part.STRATEGY: "strategy conservative",
    Part.MERGE: "merge keep", Part.ACCOUNT: "account main",
}  # fmt: skip
_SIDES = frozenset({"long", "short", "buy", "sell"})
_SIZED = frozenset({"risk", "qty", "quantity"})
_UNITS = frozenset({"usdt", "%"})
_JOINED = re.compile(r"\s*([,@])\s*")
_NOTE = re.compile(r"(?<=\s)note(?=[\s\"“„])", re.ASCII | re.IGNORECASE)
_CLOSING = {'"': '"', "“": "”", "„": "“”"}
_ORDER = (
    Part.SYMBOL, Part.SIDE, Part.ENTRIES, Part.TARGETS, Part.STOP, Part.LEVERAGE, Part.SIZE,
    Part.STRATEGY, Part.MERGE, Part.ACCOUNT, Part.NOTE,
)  # fmt: skip


def draft_of(line: str) -> Draft:
    """The draft that a line tells. Raises Mistyped at the first word that can't be."""
    if len(line) > LONGEST:
        raise Mistyped(line, f"at most {LONGEST} characters, not {len(line)}", EXAMPLE)
    plain, note = _without_note(line)
    words = deque(_JOINED.sub(r"\1", plain).split())
    if not words:
        raise Mistyped(line, "a symbol first", EXAMPLE)
    draft = Draft(symbol=typed.symbol(words.popleft()), note=note)
    part = Part.SYMBOL
    while words:
        word = words[0]
        part, value = _next(words, part)
        if said(draft, part):
            raise Mistyped(word, f"{_called(part)} only once ({said(draft, part)} was given before)", EXAMPLE)
        fields: dict[str, Any] = taken(part, value)
        draft = replace(draft, **fields)
    return draft


def line_of(draft: Draft) -> str:
    """The line that tells a draft.

    >>> line_of(draft_of("btcusdt buy market, 59000 tp 62000@85, 63000@15 sl 56000 10x 2 note why not"))
    'BTCUSDT long market,59000 tp 62000@85,63000@15 sl 56000 x10 2% note why not'
    """
    names = {Part.TARGETS: "tp ", Part.STOP: "sl ", Part.LEVERAGE: "x"}
    names |= {part: f"{part.value} " for part in (Part.STRATEGY, Part.MERGE, Part.ACCOUNT, Part.NOTE)}
    if draft.side is None:
        names[Part.ENTRIES] = "entries "
    return " ".join(f"{names.get(part, '')}{said(draft, part)}" for part in _ORDER if said(draft, part))


def _without_note(line: str) -> tuple[str, str]:
    """The line without its note, and the note."""
    found = _NOTE.search(line)
    if found is None:
        return line, ""
    before, after = line[: found.start()], line[found.end() :].strip()
    closing = _CLOSING.get(after[:1])
    if closing is None:
        return before, typed.note(after)
    ends = [at for at in (after.find(mark, 1) for mark in closing) if at > 0]
    if not ends:
        raise Mistyped(f"note {after}", "a closing quote", 'note "breakout retest"')
    return f"{before} {after[min(ends) + 1 :]}", typed.note(after[1 : min(ends)])


def _next(words: "deque[str]", before: Part) -> tuple[Part, str]:
    """The part that comes next, and its value, taken from *words*; *before* is the part that was read last."""
    word = words.popleft()
    if not word.isascii():
        raise Mistyped(word, "plain letters and digits", EXAMPLE)
    low = word.lower()
    if low in _SIDES:
        return Part.SIDE, low
    if low in _NAMED:
        return _NAMED[low], _value(word, words, _AFTER[_NAMED[low]])
    if low in _SIZED:
        return Part.SIZE, f"{low} {_value(word, words, f'{low} 1')}"
    if low.startswith("market") or "," in low or "@" in low:
        return Part.ENTRIES, word
    if (low[:1] == "x" and low[1:2].isdigit()) or (low[:1].isdigit() and low.endswith("x")):
        return Part.LEVERAGE, low
    if low.startswith("$") or low.endswith(("%", "usdt")) or (words and words[0].lower() in _UNITS):
        return Part.SIZE, _with_unit(word, words)
    if low[:1].isdigit() and before is Part.SIDE:
        return Part.ENTRIES, word
    if low[:1].isdigit() and before in (Part.ENTRIES, Part.TARGETS):  # a price, with the comma forgotten
        raise Mistyped(word, "a comma between prices, or a size with its unit", "62000,63000 or 2%")
    if low[:1].isdigit():
        return Part.SIZE, word
    raise Mistyped(word, "a side, entries, tp, sl, x10, a size, strategy, merge, account or note", EXAMPLE)


def _value(word: str, words: "deque[str]", example: str) -> str:
    if not words:
        raise Mistyped(word, "something after it", example)
    return _with_unit(words.popleft(), words)


def _with_unit(value: str, words: "deque[str]") -> str:
    return f"{value} {words.popleft()}" if words and words[0].lower() in _UNITS else value


def _called(part: Part) -> str:
    return {Part.TARGETS: "take-profits", Part.STOP: "the stop", Part.SIZE: "a size"}.get(part, part.value)
