"""Mirrors that missed a trade of their leader's: the process died before they were asked, or they weren't connected.

They are asked once they can be, and join only while A9 lets them; otherwise it is said that they didn't (A3).
"""

from dataclasses import replace

from core.account.inputs import Open
from core.account.state import AccountState
from core.mirror import scaled
from core.plan import Plan, Refusal
from core.terms import Terms

ADOPTED = "adopted"
"""The origin of a trade that an operator took over on one account: no mirror was ever meant to have it (A6)."""


def missed(leader: AccountState, mirror: AccountState) -> tuple[Plan, ...]:
    """The leader's live trades that *mirror* never heard of."""
    following = mirror.following
    if following is None or following.leader != leader.account:
        return ()
    plans = (box.trade.plan for box in leader.boxes.values())
    heard = mirror.known | mirror.waiting.keys()
    return tuple(
        plan for plan in plans if plan.trade not in heard and plan.leader is None and plan.request.origin != ADOPTED
    )


def late(plan: Plan, leader: Terms, mine: Terms, mirror: AccountState) -> Open:
    """What the mirror is asked for then; *leader* and *mine* are the terms of now.

    What the leader had available when it opened is what it has now and what this trade binds.
    """
    following = mirror.following
    if following is None:
        raise ValueError(f"{mirror.account} follows nobody")
    theirs = replace(leader, available=leader.available + plan.margin)
    sized = scaled(plan.request, theirs, mine, following)
    until = plan.at + following.late_join_seconds * 1_000
    refused = sized.reasons if isinstance(sized, Refusal) else ()
    own = plan.request if isinstance(sized, Refusal) else sized
    return Open(own, mine, plan.trade, plan.account, until, refused, since=(plan.at, plan.market))
