"""Live trades of accounts that aren't configured any more: taken out, or renamed (J2). Nobody watches over them."""

from collections.abc import Iterable
from itertools import groupby

MEND = "put the account back under that name and restart, or end them in the exchange's app; their stops stand there"


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
