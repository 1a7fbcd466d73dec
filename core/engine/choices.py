"""What a person who makes a trade up may choose from: leading accounts, strategies, symbols. Nothing here is advice."""

import difflib
from collections.abc import Mapping

from core.engine.control import GOOD, Answer, Handler
from core.engine.service import Service
from core.errors import ConfigError, TandemError
from core.money import text
from core.plan import Rules
from core.strategy import Strategy

LATELY = 50
"""Ended trades that are looked through for symbols."""
RECENT, LIKE = 6, 4
QUOTE = "USDT"


class Choices:
    """Answers for one service."""

    def __init__(self, service: Service) -> None:
        """Nothing is asked of any venue before somebody asks."""
        self._service = service

    def handlers(self) -> Mapping[str, Handler]:
        """Its command by its name."""
        return {"choices": self.choices}

    async def choices(self, arguments: Mapping[str, object]) -> Answer:
        """The leaders, a leader's strategies and lately traded symbols; with *like*, symbols that are spelt so."""
        leaders = [name for name, state in self._service.states.items() if state.following is None]
        named = str(arguments.get("account") or leaders[0])
        if named not in leaders:
            raise ConfigError((f"there is no leading account {named!r}; there are {', '.join(leaders)}",))
        like = str(arguments.get("like") or "")
        return {
            "exit": GOOD,
            "data": {
                "leaders": [self._leader(name) for name in leaders],
                "strategies": [_strategy(each) for each in self._service.states[named].strategies.values()],
                "recent": await self._recent(),
                "like": await self._like(named, like) if like else [],
            },
        }

    def _leader(self, name: str) -> dict[str, object]:
        mirrors = [each for each in self._service.states if self._service.leader_of(each) == name != each]
        environment = self._service.states[name].environment.value
        return {"account": name, "environment": environment, "mirrors": mirrors}

    async def _recent(self) -> list[str]:
        """Live trades' symbols first, then those of trades that ended lately."""
        live = [box.trade.plan.symbol for state in self._service.states.values() for box in state.boxes.values()]
        try:
            ended = [report.symbol for report in await self._service.store.closed(None, LATELY)]
        except TandemError:  # buttons for a quicker choice; without them a symbol is typed
            ended = []
        return list(dict.fromkeys([*live, *ended]))[:RECENT]

    async def _like(self, account: str, typed: str) -> list[str]:
        try:
            known = sorted(await self._service.connections.instruments(account))
        except TandemError:
            return []
        return nearest(typed, known)


def nearest(typed: str, known: list[str]) -> list[str]:
    """The known symbols that *typed* is probably meant to be, the likeliest first.

    >>> nearest("btc", ["1000BTTUSDT", "BTCUSDT", "ETHUSDT"]), nearest("ETHUSD", ["BTCUSDT", "ETHUSDT"])
    (['BTCUSDT'], ['ETHUSDT'])
    """
    wanted = typed.upper()[:30]
    whole = [name for name in known if name == f"{wanted}{QUOTE}"]
    begun = [name for name in known if name.startswith(wanted)]
    close = difflib.get_close_matches(wanted, known, n=LIKE, cutoff=0.7)
    return list(dict.fromkeys([*whole, *begun, *close]))[:LIKE]


def _strategy(each: Strategy) -> dict[str, object]:
    rules = getattr(each, "rules", None)
    shares = [text(share) for share in rules.shares] if isinstance(rules, Rules) else None
    return {"name": each.name, "shares": shares}
