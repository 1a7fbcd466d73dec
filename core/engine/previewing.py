"""What each account of a group would do for a request; nothing is sent, nothing changes."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.account.gating import view_of
from core.account.inputs import Open
from core.account.merging import no_trade, plan_merge, taken_by
from core.account.opening import account_against, planned, standing_against
from core.account.state import AccountState
from core.engine.connections import Connections
from core.engine.offering import mirrors_of, offers, sized
from core.gate import reasons
from core.plan import Plan, Refusal
from core.request import Request
from core.terms import Terms
from core.trade import Trade
from ports.clock import Clock


@dataclass(frozen=True, slots=True)
class Preview:
    """What one account would do for a request. *into* is the trade as it stands that it would be merged into (B13)."""

    account: str
    terms: Terms
    plan: Plan | Refusal
    into: Trade | None = None


@dataclass(frozen=True, slots=True)
class Previewing:
    """Looks at accounts as they stand and asks them for their terms."""

    states: Mapping[str, AccountState]
    connections: Connections
    clock: Clock

    async def of(self, request: Request, leader: str, trade: str) -> tuple[Preview, ...]:
        """What the leader and each of its mirrors would do; *trade* is the id that the request's trade will have."""
        async with offers(self.connections, mirrors_of(leader, self.states), request.symbol) as offered:
            terms = await self.connections.terms(leader, request.symbol)
            box = None if request.merge is None else taken_by(self.states[leader], request, terms)
            into = "" if box is None else box.id
            found = [self._one(leader, request, terms, trade, into)]
            for mirror, offer in offered.items():
                mine = await offer
                if not isinstance(mine, Terms):
                    found.append(Preview(mirror, terms, Refusal((str(mine),))))
                    continue
                own = sized(self.states[mirror], request, terms, mine)
                if isinstance(own, Refusal):
                    found.append(Preview(mirror, mine, own))
                else:
                    found.append(self._one(mirror, own, mine, trade, into))
        return tuple(found)

    def _one(self, account: str, request: Request, terms: Terms, trade: str, into: str) -> Preview:
        if not into:
            return Preview(account, terms, self._planned(account, request, terms, trade))
        state = self.states[account]
        box = state.boxes.get(into)
        if box is None:
            return Preview(account, terms, no_trade(account, into))
        against = account_against(state, Open(request, terms, trade))
        plan = plan_merge(state, box, request, terms, trade, self.clock.now())
        return Preview(account, terms, _against(plan, against), box.trade)

    def _planned(self, account: str, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        state = self.states[account]
        strategy = state.strategies.get(request.strategy)
        if strategy is None:
            known = ", ".join(sorted(state.strategies))
            return Refusal((f"there is no strategy {request.strategy!r}; the configuration has {known}",))
        leader = None if state.following is None else state.following.leader
        against = standing_against(state, Open(request, terms, trade, leader))
        plan = planned(strategy, request, terms, trade, state.following)
        if isinstance(plan, Refusal):
            return _against(plan, against)
        held = reasons(plan, state.limits, view_of(state), self.clock.now())
        return _against(plan, against + held)


def _against(plan: Plan | Refusal, reasons: tuple[str, ...]) -> Plan | Refusal:
    """The plan, unless something else speaks against it."""
    if isinstance(plan, Refusal):
        return replace(plan, reasons=reasons + plan.reasons)
    return Refusal(reasons) if reasons else plan
