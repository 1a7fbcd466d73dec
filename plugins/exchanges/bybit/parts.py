"""What an account works with once it is started, put together."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from core.facts import VenueFact
from plugins.exchanges.bybit.api import Api
from plugins.exchanges.bybit.cut import Cuts
from plugins.exchanges.bybit.feed import TOPICS, Feed
from plugins.exchanges.bybit.link import Link, Make
from plugins.exchanges.bybit.market import MarketData
from plugins.exchanges.bybit.modes import Modes
from plugins.exchanges.bybit.prices import Prices
from plugins.exchanges.bybit.submit import Submitter


@dataclass(frozen=True, slots=True)
class Ears:
    """Who hears what: facts, the private stream's coming and going, rows that can't be read."""

    put: Callable[[Iterable[VenueFact]], None]
    up: Callable[[], None]
    down: Callable[[str], None]
    spoilt: Callable[[str], None]


class Parts:
    """One account's working parts. Nothing is connected until the links are run."""

    def __init__(self, api: Api, private: Make, public: Make, ears: Ears, prices: Prices) -> None:
        """Put them together."""
        self.api = api
        self.market = MarketData(api, self.now)
        self.modes = Modes(api)
        feed = Feed(ears.put, self.modes, ears.spoilt)
        self.cuts = Cuts(api, feed, self.now, self.modes)
        self.submitter = Submitter(api, self.now)
        name = api.account
        self.private = Link(f"{name} private", private, auth=True, data=feed.took, up=ears.up, down=ears.down)
        self.private.want(TOPICS)
        self.public = Link(
            f"{name} public", public, auth=False, data=prices.took, up=lambda: None, down=lambda _: prices.forget()
        )

    def now(self) -> int:
        """Venue time in milliseconds."""
        return time.time_ns() // 1_000_000 + self.api.session.offset
