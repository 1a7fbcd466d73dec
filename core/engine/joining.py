"""Mirrors that missed what their leader was asked for: the process died before they were, or they weren't connected.

They are asked once they can be, and join only while A9 lets them; otherwise it is said that they didn't (A3). The same
holds for what was merged into a trade of the leader's (B13).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import structlog

from core.account.inputs import Open, Unoffered
from core.account.state import AccountState
from core.engine.connections import Connections
from core.engine.worker import AccountWorker
from core.errors import ConfigError, Unavailable
from core.mirror import Following, scaled
from core.plan import Addition, Plan, Refusal
from core.remains import REBUILT
from core.request import Request
from core.terms import Terms
from ports.clock import Clock

log = structlog.get_logger("tandem.service")

JOINS_AGAIN, LONGEST = 1_000, 60_000
"""Milliseconds after which a mirror that waits is asked for its terms once more, when it gave none: first, at most."""

ADOPTED = "adopted"
"""The origin of a trade that an operator took over on one account: no mirror was ever meant to have it (A6)."""


@dataclass(frozen=True, slots=True)
class Missed:
    """What a mirror never heard of: a leader's trade, or what was added to it."""

    plan: Plan
    addition: Addition | None = None

    def asked(self, leader: Terms, mine: Terms, mirror: AccountState) -> Open:
        """What the mirror is asked for; *leader* and *mine* are the terms of now.

        What the leader had available when it opened is what it has now and what the trade has bound since; what it had
        for an addition stands with that.
        """
        following, plan, added = mirror.following, self.plan, self.addition
        if following is None:
            raise ValueError(f"{mirror.account} follows nobody")
        had = leader.available + plan.margin if added is None else added.available
        theirs = replace(leader, available=had)
        began, market = (plan.at, plan.market) if added is None else (added.at, added.market)
        request = self.request
        sized = scaled(request, theirs, mine, following)
        refused = sized.reasons if isinstance(sized, Refusal) else ()
        own = request if isinstance(sized, Refusal) else sized
        trade, into = self._ids
        return Open(own, mine, trade, plan.account, self.until(following), refused, (began, market), into)

    @property
    def request(self) -> Request:
        """What the leader was asked for."""
        return self.plan.request if self.addition is None else self.addition.request

    @property
    def _ids(self) -> tuple[str, str]:
        return (self.plan.trade, "") if self.addition is None else (self.addition.id, self.plan.trade)

    def until(self, following: Following) -> int:
        """Until when the mirror may still join (A9)."""
        began = self.plan.at if self.addition is None else self.addition.at
        return began + following.late_join_seconds * 1_000

    def unoffered(self, outcome: str, why: str) -> Unoffered:
        """That the mirror never opens it, and why."""
        trade, into = self._ids
        return Unoffered(self.request, trade, self.plan.account, outcome, why, into)


async def join_late(worker: AccountWorker, leader: AccountState, connections: Connections, clock: Clock) -> None:
    """Ask a mirror for the trades of its leader's that it never heard of (A9), until both have terms for each.

    Too late to join it must still hear of it: only then it is told that it does not (A3). So it must where the terms
    never come: there is none of that symbol, the time to join is over, or the leader's trade is.
    """
    left, pause = missing(leader, worker.machine.state), JOINS_AGAIN
    while left:
        left = tuple([each for each in left if not await _heard(each, worker, leader, connections, clock)])
        if left:
            await clock.sleep(pause)
            pause = min(2 * pause, LONGEST)


async def _heard(
    each: Missed, worker: AccountWorker, leader: AccountState, connections: Connections, clock: Clock
) -> bool:
    """Ask a mirror for what it missed, or have it told that it can't; False while neither is known yet."""
    mirror = worker.machine.state
    if each.plan.trade not in leader.boxes:
        worker.post(each.unoffered("skipped", f"{mirror.account}: the leader's trade is over"))
        return True
    try:
        theirs = await connections.terms(leader.account, each.plan.symbol)
        mine = await connections.terms(worker.account, each.plan.symbol)
    except (ConfigError, Unavailable) as error:
        log.warning("late join failed", account=worker.account, trade=each.plan.trade, reason=str(error))
        return _given_up(each, worker, error, clock.now())
    worker.post(each.asked(theirs, mine, mirror))
    return True


def _given_up(each: Missed, worker: AccountWorker, error: ConfigError | Unavailable, now: int) -> bool:
    """Whether a mirror that can't say what it offers never joins: then it is told why (A3, A9)."""
    mirror = worker.machine.state
    if mirror.rebuilding:  # what it had opened before its first look tells
        return False
    if isinstance(error, ConfigError):
        worker.post(each.unoffered("rejected", str(error)))
        return True
    late = mirror.following is not None and now >= each.until(mirror.following)
    if late:
        worker.post(each.unoffered("skipped", f"{mirror.account} was not ready in time: {error}"))
    return late


async def join_again(worker: AccountWorker, trade: str, connections: Connections, clock: Clock) -> None:
    """Ask a mirror that is well again once more, with fresh terms (A9), and until it has some if it has none."""
    while (kept := worker.machine.state.waiting.get(trade)) is not None:
        try:
            terms = await connections.terms(worker.account, kept.request.symbol)
        except (ConfigError, Unavailable) as error:
            log.warning("mirror can't join yet", account=worker.account, trade=trade, reason=str(error))
            await clock.sleep(JOINS_AGAIN)
        else:
            worker.post(replace(kept, terms=terms))
            return


def missing(leader: AccountState, mirror: AccountState) -> tuple[Missed, ...]:
    """What the leader's live trades are made of and *mirror* never heard of, oldest first for each trade."""
    following = mirror.following
    if following is None or following.leader != leader.account:
        return ()
    plans = [box.trade.plan for box in leader.boxes.values()]
    return tuple(each for plan in plans for each in _missed(plan, mirror))


def _missed(plan: Plan, mirror: AccountState) -> Iterator[Missed]:
    if plan.leader is not None or plan.request.origin in (ADOPTED, REBUILT):
        return
    heard = mirror.known | mirror.waiting.keys()
    if plan.trade not in heard:
        yield Missed(plan)
    for addition in plan.additions:
        if addition.id not in heard:
            yield Missed(plan, addition)
