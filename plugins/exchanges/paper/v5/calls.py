"""One call to the venue: who makes it, with what, and what it needs to be answered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from plugins.exchanges.paper.v5.keys import ApiKey
from plugins.exchanges.paper.v5.tape import Tape
from plugins.exchanges.paper.v5.world import WireWorld
from plugins.exchanges.paper.venue.account import Account
from plugins.exchanges.paper.venue.words import VenueError


@dataclass(frozen=True, slots=True)
class Call:
    """A call as its handler sees it. *key* is None on public ones; *now* is the venue's time in milliseconds.

    *past* is the account as it was a while ago: the weather has reads answered from it.
    """

    world: WireWorld
    tape: Tape
    params: Mapping[str, Any]
    now: int
    key: ApiKey | None = None
    past: Account | None = None

    @property
    def signer(self) -> ApiKey:
        """The key that signed it; raises VenueError without one."""
        if self.key is None:
            raise VenueError(10003, "API key is invalid.")
        return self.key

    @property
    def account(self) -> Account:
        """The caller's account as reads see it."""
        return self.past if self.past is not None else self.world.venue.state.accounts[self.signer.account]

    def with_params(self, params: Mapping[str, Any]) -> "Call":
        """The same call with other parameters (one part of a batch)."""
        return Call(self.world, self.tape, params, self.now, self.key, self.past)


Handler = Callable[[Call], dict[str, Any]]
