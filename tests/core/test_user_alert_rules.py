"""What speaks against a wish to be told (D1): every sentence, each at its edge."""

from decimal import Decimal

import pytest

from core.user_alert_rules import KINDS, problems
from core.user_alerts import Watched

ACCOUNTS = ("main", "mirror")


def found(watched: Watched, value: str, symbol: str = "", account: str = "") -> list[str]:
    """Everything against it."""
    return list(problems(watched, Decimal(value), symbol, account, ACCOUNTS))


@pytest.mark.parametrize(
    ("watched", "value", "symbol", "account", "against"),
    [
        (Watched.PRICE_ABOVE, "0.1", "BTCUSDT", "", []),
        (Watched.PRICE_ABOVE, "0", "BTCUSDT", "", ["0 is no price to watch for: give a number above 0"]),
        (Watched.LOSS, "-1", "", "", ["-1 is no USDT to watch for: give a number above 0"]),
        (Watched.PRICE_CHANGE, "1000", "BTCUSDT", "", []),
        (Watched.PRICE_CHANGE, "1000.1", "BTCUSDT", "", ["1000.1 % is more than can be: give at most 1000"]),
        (Watched.PRICE_BELOW, "5", "", "", ["name a symbol, such as BTCUSDT"]),
        (Watched.PRICE_CROSS, "5", "X", "main", ["a price is the same for every account: leave the account out"]),
        (Watched.DRAWDOWN, "5", "X", "main", ["this is about whole accounts: leave the symbol out"]),
        (Watched.DRAWDOWN, "5", "", "", []),
        (Watched.CORRELATED, "2", "", "main", []),
        (Watched.CORRELATED, "1", "", "", ["one position is on the same side as itself: give 2 or more"]),
        (Watched.CORRELATED, "2.5", "", "", ["2.5 is no number of positions: give a whole one"]),
        (Watched.PROFIT, "5", "X", "mirror", []),
        (Watched.PROFIT, "5", "", "sub", ["there is no account 'sub'; there are main, mirror"]),
    ],
)
def test_each_sentence_at_its_edge(watched: Watched, value: str, symbol: str, account: str, against: list[str]) -> None:
    """D1: what was said, and what would do instead."""
    assert found(watched, value, symbol, account) == against


def test_every_reason_at_once() -> None:
    """B2: nobody mends one thing to be told the next."""
    assert len(found(Watched.PRICE_CHANGE, "2000", "", "sub")) == 4


@pytest.mark.parametrize("watched", Watched)
def test_every_kind_has_its_words(watched: Watched) -> None:
    """D1: a group, a sentence and a unit for each."""
    kind = KINDS[watched]

    assert kind.group in ("price", "position", "risk")
    assert all((kind.about, kind.unit))
