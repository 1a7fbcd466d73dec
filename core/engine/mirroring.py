"""Asking mirrors for what their leader was asked for: at once, late, or told that they don't open it (A2, A3, A9)."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from core.account.effects import Reply
from core.account.inputs import Open, Unoffered
from core.account.state import AccountState
from core.engine.connections import Connections
from core.engine.joining import join_late
from core.engine.offering import Offer, sized
from core.engine.worker import AccountWorker
from core.errors import ConfigError, Unavailable
from core.plan import Plan, Refusal
from core.terms import Terms
from ports.clock import Clock

PROMPT = 1_000
"""Milliseconds after its leader's start in which a mirror opens whatever the market did since; later is late (A9)."""


@dataclass(frozen=True, slots=True)
class Mirroring:
    """What it takes to reach mirrors; *ask* hands a machine what it answers, or raises TimeoutError."""

    states: Mapping[str, AccountState]
    workers: Mapping[str, AccountWorker]
    connections: Connections
    clock: Clock
    ask: Callable[[str, Open], Awaitable[Reply]]

    async def open(self, mirror: str, theirs: Open, offer: Offer) -> Reply:
        """Ask a mirror for what its leader was asked for: *theirs*, with the leader's own request and terms."""
        request, mine = theirs.request, await offer
        if not isinstance(mine, Terms):
            return self._unoffered(mirror, theirs, mine)
        asked = self._asked(mirror, theirs, mine)
        if self.states[mirror].troubles:
            self.workers[mirror].post(asked)
            why = ", ".join(sorted(self.states[mirror].troubles))
            return Reply(request.id, mirror, refusal=Refusal((f"waits until the account is well again: {why}",)))
        try:
            return await self.ask(mirror, asked)
        except TimeoutError:  # its leader has opened: that is an answer, whatever becomes of the mirror
            why = f"{mirror}: its machine has not answered; whether it opens is not known yet: its alerts will say"
            return Reply(request.id, mirror, refusal=Refusal((why,)))

    def _asked(self, mirror: str, theirs: Open, mine: Terms) -> Open:
        """To its own size, and until when it may open (A9)."""
        following = self.states[mirror].following
        since, seconds = theirs.since, following.late_join_seconds if following is not None else 0
        start = since[0] if since is not None else theirs.terms.at
        scaled = sized(self.states[mirror], theirs.request, theirs.terms, mine)
        return replace(
            theirs,
            request=theirs.request if isinstance(scaled, Refusal) else scaled,
            terms=mine,
            until=start + seconds * 1_000,
            refused=scaled.reasons if isinstance(scaled, Refusal) else (),
            since=since if self.clock.now() - start > PROMPT else None,
        )

    def _unoffered(self, mirror: str, theirs: Open, why: ConfigError | Unavailable) -> Reply:
        """A mirror that can't say what it offers joins late, or says that it does not.

        Not connected, it is asked when it is again (core.engine.service).
        """
        worker, request = self.workers[mirror], theirs.request
        if isinstance(why, ConfigError):
            leader = theirs.leader or ""
            worker.post(Unoffered(request, theirs.trade, leader, "rejected", str(why), theirs.into))
            return Reply(request.id, mirror, refusal=Refusal((str(why),)))
        if mirror not in self.connections.down:
            worker.spawn(join_late(worker, self.states[theirs.leader or mirror], self.connections, self.clock))
        waits = f"{why}; it joins late if it can, its alerts will say"
        return Reply(request.id, mirror, refusal=Refusal((waits,)))


def began(plan: Plan, asked: str) -> tuple[int, Decimal]:
    """When a leader was asked for this, and at what price: for its trade, or for what was added to it (B13)."""
    added = next((each for each in plan.additions if each.id == asked), None)
    return (plan.at, plan.market) if added is None else (added.at, added.market)
