"""A trade while a person is still making it up: any part may be missing, none has been looked at by an account."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from core import typed
from core.money import ONE, text
from core.request import EntrySpec, FixedQuantity, MarginPercent, MarginUsdt, Request, RiskPercent, Size
from core.words import Side


class Part(StrEnum):
    """What a draft is made of, in the order in which it is asked for."""

    ACCOUNT = "account"
    SYMBOL = "symbol"
    SIDE = "side"
    STRATEGY = "strategy"
    ENTRIES = "entries"
    TARGETS = "targets"
    STOP = "stop"
    LEVERAGE = "leverage"
    SIZE = "size"
    MERGE = "merge"
    NOTE = "note"


OPTIONAL = frozenset({Part.MERGE, Part.NOTE})
MERGES = ("keep", "replace")
"""What becomes of the prices when a trade on the symbol lives already (B13)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """*account* is the leader; "" and None = not said yet. *shares* are the take-profits', None = the strategy's."""

    account: str = ""
    symbol: str = ""
    side: Side | None = None
    strategy: str = ""
    entries: tuple[EntrySpec, ...] = ()
    take_profits: tuple[Decimal, ...] = ()
    shares: tuple[Decimal, ...] | None = None
    stop: Decimal | None = None
    leverage: Decimal | None = None
    size: Size | None = None
    merge: str = ""
    note: str = ""


def said(draft: Draft, part: Part) -> str:
    """A part as it could be typed; "" while it isn't there."""
    match part:
        case Part.SIDE:
            return "" if draft.side is None else draft.side.value
        case Part.ENTRIES:
            return typed.entries_text(draft.entries)
        case Part.TARGETS:
            return typed.targets_text(draft.take_profits, draft.shares)
        case Part.STOP:
            return "" if draft.stop is None else text(draft.stop)
        case Part.LEVERAGE:
            return "" if draft.leverage is None else text(draft.leverage)
        case Part.SIZE:
            return "" if draft.size is None else typed.size_text(draft.size)
        case Part.ACCOUNT | Part.SYMBOL | Part.STRATEGY | Part.MERGE | Part.NOTE:
            return str(getattr(draft, part.value))


def missing(draft: Draft, part: Part) -> bool:
    """Whether the part has yet to be said."""
    return part not in OPTIONAL and not said(draft, part)


def taken(part: Part, words: str, unit: typed.Unit = typed.Unit.PERCENT) -> dict[str, object]:
    """What *words* say about a part, as the draft's fields. Raises Mistyped."""
    match part:
        case Part.SYMBOL:
            return {"symbol": typed.symbol(words)}
        case Part.SIDE:
            return {"side": typed.side(words)}
        case Part.ENTRIES:
            return {"entries": typed.entries(words)}
        case Part.TARGETS:
            prices, shares = typed.targets(words)
            return {"take_profits": prices, "shares": shares}
        case Part.STOP:
            return {"stop": typed.number(words.strip(), "56000")}
        case Part.LEVERAGE:
            return {"leverage": typed.leverage(words)}
        case Part.SIZE:
            return {"size": typed.size(words, unit)}
        case Part.MERGE:
            if words.lower() not in MERGES:
                raise typed.Mistyped(words, "keep or replace", "merge keep")
            return {"merge": words.lower()}
        case Part.NOTE:
            return {"note": typed.note(words)}
        case Part.ACCOUNT | Part.STRATEGY:
            return {part.value: _name(words)}


def _name(words: str) -> str:
    name = words.strip()
    if not name.isprintable() or len(name.split()) != 1 or len(name) > typed.LONGEST_WORD:
        raise typed.Mistyped(words, "a name", "main")
    return name


def draft_json(draft: Draft) -> dict[str, str]:
    """The draft as plain data: every part that is there as it could be typed."""
    return {part.value: said(draft, part) for part in Part if said(draft, part)}


def draft_from(data: object) -> Draft:
    """The draft of such data. Raises ValueError for what never was one."""
    rows = data.items() if isinstance(data, Mapping) else [("", data)]
    fields: dict[str, object] = {}
    for name, words in rows:
        fields |= taken(Part(name), words if isinstance(words, str) else "")
    return Draft(**fields)  # type: ignore[arg-type] # each by its own reader


def as_request(draft: Draft, *, identity: str = "", at: int = 0) -> Request:
    """The request of a draft from which nothing is missing."""
    if draft.side is None or draft.leverage is None or draft.size is None:
        raise ValueError("the draft is not complete")
    return Request(
        id=identity,
        strategy=draft.strategy,
        symbol=draft.symbol,
        side=draft.side,
        entries=draft.entries,
        take_profits=draft.take_profits,
        stop=draft.stop,
        leverage=draft.leverage,
        size=draft.size,
        at=at,
        shares=draft.shares,
        note=draft.note,
    )


def request_words(draft: Draft, *, confirmed: bool = False) -> dict[str, object]:
    """The request of a complete draft in the words of a request file, numbers as text."""
    shared = any(entry.weight != ONE for entry in draft.entries)
    prices = [typed.MARKET if entry.price is None else text(entry.price) for entry in draft.entries]
    words: dict[str, object] = {
        "strategy": draft.strategy,
        "symbol": draft.symbol,
        "side": said(draft, Part.SIDE),
        "entries": _rows(prices, [entry.weight for entry in draft.entries] if shared else None),
        "take_profits": _rows([text(price) for price in draft.take_profits], draft.shares),
        "stop": said(draft, Part.STOP),
        "leverage": said(draft, Part.LEVERAGE),
        "confirmed": "true" if confirmed else "false",
        "note": draft.note,
    }
    return words | _size_words(draft.size) | ({"merge": draft.merge} if draft.merge else {})


def _rows(prices: list[str], shares: "list[Decimal] | tuple[Decimal, ...] | None") -> list[object]:
    if shares is None:
        return list(prices)
    return [{"price": price, "share": text(share)} for price, share in zip(prices, shares, strict=True)]


def _size_words(size: Size | None) -> dict[str, object]:
    match size:
        case MarginPercent(value):
            return {"margin_percent": text(value)}
        case MarginUsdt(value):
            return {"margin_usdt": text(value)}
        case RiskPercent(value):
            return {"risk_percent": text(value)}
        case FixedQuantity(value):
            return {"quantity": text(value)}
        case None:
            return {}
