"""Symbols in use that a venue takes off, as its adapters tell people of them (rel:F37)."""

from collections.abc import Iterable, Mapping

from core.facts import Notice
from core.instrument import Instrument


def leaving(account: str, symbols: Iterable[str], instruments: Mapping[str, Instrument], now: int) -> list[Notice]:
    """What people are told of symbols in use that the venue takes off, once each. *now* is venue time."""
    gone = [each for each in sorted(set(symbols)) if each not in instruments or not instruments[each].trading]
    return [
        Notice(
            "symbol",
            f"{account}: Bybit takes {symbol} off or has stopped its trading; nothing new opens there, and what is "
            "open will be settled at Bybit's price: close it before, or see to it in the app",
            f"leaving:{symbol}",
            now,
        )
        for symbol in gone
    ]
