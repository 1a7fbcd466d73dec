"""Trades that nobody watches over: of accounts that aren't configured any more (J2), and what stores have lost (C7)."""

from collections.abc import Iterable, Mapping
from itertools import groupby

from core.words import Slot

MEND = "put the account back under that name and restart, or end them in the exchange's app; their stops stand there"
ADOPT = "`tandem adopt` what is held, or end it and its orders in the exchange's app; `tandem emergency` takes them too"


def unwatched(trades: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    """A sentence for each account, of (account, trade) pairs, sorted.

    >>> unwatched([("old", "AAA"), ("old", "BBB")])
    ('nobody watches over old (not in the configuration): AAA, BBB may be open',)
    """
    return tuple(
        f"nobody watches over {account} (not in the configuration): {', '.join(trade for _, trade in found)} "
        "may be open"
        for account, found in groupby(trades, key=lambda pair: pair[0])
    )


def lost(trades: Mapping[str, Slot]) -> tuple[str, ...]:
    """A sentence for each trade that the store has lost and that could not be made again, until a person sees to it.

    >>> lost({"AAA": Slot("BTCUSDT", 0)})
    ('nobody watches over BTCUSDT AAA, which the store has lost',)
    """
    return tuple(
        f"nobody watches over {slot.symbol} {trade}, which the store has lost" for trade, slot in sorted(trades.items())
    )
