"""A second request on a slot that has a trade (B13): merged into it, by each account's own sizes, or refused.

The merge is one fact that holds the trade's new plan whole; what follows of it is the reconcile's, as ever: new entries
are placed, take-profits amended where they stand, the stop only ever set anew, never taken away first.
"""

from dataclasses import replace

from core.account import preparing
from core.account.acting import last_copied
from core.account.box import Box
from core.account.effects import Reply
from core.account.gating import view_of
from core.account.inputs import Open
from core.account.opening import account_against, open_trade, refuse, with_fewer_legs
from core.account.remembering import own
from core.account.state import AccountState
from core.facts import Heard, Merged
from core.gate import reasons
from core.ladder_alerts import merged
from core.plan import Plan, Refusal
from core.request import Merge, Request
from core.strategy import Merges
from core.terms import Terms
from core.words import slot_for


def take(state: AccountState, asked: Open) -> None:
    """Take a request in: into the trade that is there, where it says so, else as a trade of its own."""
    if asked.into or (asked.leader is None and _wanted(state, asked) is not None):
        open_trade(state, asked, _merge)
    else:
        open_trade(state, asked)


def taken_by(state: AccountState, request: Request, terms: Terms) -> Box | None:
    """The live trade of the request's own symbol and side, which it could be merged into."""
    box = state.owners.get(slot_for(request.symbol, request.side, terms.mode))
    return box if box is not None and box.trade.plan.side is request.side else None


def _wanted(state: AccountState, asked: Open) -> Box | None:
    return None if asked.request.merge is None else taken_by(state, asked.request, asked.terms)


def plan_merge(
    state: AccountState, box: Box, request: Request, terms: Terms, identity: str, now: int
) -> Plan | Refusal:
    """What the trade's plan would be, or every reason against it, the entry gate's too (I1)."""
    strategy = box.strategy
    if not isinstance(strategy, Merges):
        return Refusal((f"strategy {strategy.name} can't add to a trade that is open: close it first",))
    plan = with_fewer_legs(
        lambda asked: strategy.merge(asked, terms, box.trade, identity), request, terms, state.following
    )
    if isinstance(plan, Refusal):
        return plan
    held = reasons(plan, state.limits, view_of(state, without=box.id), now)
    return Refusal(held) if held else plan


def no_trade(account: str, into: str) -> Refusal:
    """Why a mirror adds nothing to a trade that it doesn't have."""
    return Refusal((f"{account}: trade {into} is not open here, so there is nothing to add to; nothing is opened",))


def _merge(state: AccountState, asked: Open) -> None:
    box = state.boxes.get(asked.into) if asked.into else _wanted(state, asked)
    if box is None:
        refuse(state, asked, no_trade(state.account, asked.into))
        return
    against = account_against(state, asked)
    plan = plan_merge(state, box, asked.request, asked.terms, asked.trade, state.now)
    if isinstance(plan, Refusal):
        refuse(state, asked, replace(plan, reasons=(*against, *plan.reasons)))
    elif against:
        refuse(state, asked, Refusal(against))
    else:
        _accept(state, asked, box, plan)


def _accept(state: AccountState, asked: Open, box: Box, plan: Plan) -> None:
    state.waiting.pop(asked.trade, None)
    state.known.add(asked.trade)
    state.first(None, Heard(asked.trade, state.now))
    state.out.alerts.append(merged(box.trade, plan, state.now, asked.request.principal))
    copied = last_copied(box, plan.leader)
    own(state, box, Merged(box.id, plan, state.now, box.trade.ledger.seq))
    if copied is not None and copied.at > asked.request.at and asked.request.merge is Merge.REPLACE:
        # The leader moved its stop after it merged, which the mirror does only now: it comes after the merge here too.
        own(state, box, replace(copied, at=state.now, seq=box.trade.ledger.seq))
    # The one step back in B12's order: entries work again, so the trade is being built again.
    box.phase = box.strategy.desired(box.trade).phase
    preparing.begin(state, box)
    state.out.replies.append(Reply(asked.request.id, state.account, plan=plan, ask=asked.ask))
    state.touch(box)
