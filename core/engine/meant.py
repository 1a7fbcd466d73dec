"""What somebody means who names an account or a trade: what isn't there is told with what is (J1)."""

from collections.abc import Collection, Mapping

from core.account.box import Box
from core.account.state import AccountState
from core.errors import ConfigError

LONGEST = 40


def account_meant(arguments: Mapping[str, object], known: Collection[str]) -> str | None:
    """The account that is named, None when none is. Raises ConfigError when there is none of that name."""
    named = arguments.get("account")
    if named is None:
        return None
    if named not in known:
        raise ConfigError((f"there is no account {str(named)[:LONGEST]!r}; there are {', '.join(known)}",))
    return str(named)


def trades_meant(arguments: Mapping[str, object], states: Mapping[str, AccountState]) -> list[tuple[str, Box]]:
    """(account, trade) pairs that are meant by the trade's id or its symbol, on the account that is named or on every.

    Mirrors come first: what a leader's act causes on them would otherwise meet the act itself. Raises ConfigError when
    there are none.
    """
    wanted, account = str(arguments["trade"]), account_meant(arguments, states)
    followers_first = sorted(states.items(), key=lambda pair: pair[1].following is None)
    found = [
        (name, box)
        for name, state in followers_first
        for box in state.boxes.values()
        if account in (None, name) and wanted.upper() in (box.id, box.trade.plan.symbol)
    ]
    if not found:
        live = sorted({box.id for state in states.values() for box in state.boxes.values()})
        where = f" on {account}" if account is not None else ""
        raise ConfigError((f"no live trade {wanted[:LONGEST]!r}{where}; live are {', '.join(live) or 'none'}",))
    return found
