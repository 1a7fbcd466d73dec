"""What is left to close and fits no order that the venue takes (B10, rel:F30, rel:F37)."""

from core.account.box import Box
from core.account.state import AccountState
from core.commands import Amend, Code, Place
from core.plan import CLOSING_ROLE

_BARRED = (Code.RULES, Code.QUOTA)
"""How venues refuse what is under their smallest order, or off a step that they changed: some cut it to nothing."""


def as_taken(state: AccountState, box: Box, close: Place | Amend) -> Place | Amend:
    """A closing order as the venue can take it: of all that the slot holds where its rules barred the quantity.

    Only where all of that is ours (A6), by what is believed of the slot, and where the venue knows such orders. Else
    what is off a step that changed is left: the rest would be refused along with it.
    """
    backoff = box.backoffs.get(CLOSING_ROLE)
    if backoff is None or backoff.code not in _BARRED or not isinstance(close, Place):
        return close
    if state.capabilities.closes_whole and _alone(state, box):
        return close._replace(whole=True)
    rules = box.trade.plan.instrument
    fits = rules.floor_quantity(close.quantity)
    return close._replace(quantity=fits) if backoff.code is Code.RULES and fits >= rules.min_quantity else close


def _alone(state: AccountState, box: Box) -> bool:
    """Whether a trade holds all of its slot, and no entry of another may be taken along meanwhile (B10).

    What fills the other way is not: an order that only reduces finds nothing there then.
    """
    plan = box.trade.plan
    others = [each.trade for each in state.boxes.values() if each is not box and each.trade.plan.slot == plan.slot]
    if any(other.plan.opening is plan.opening or other.ledger.position for other in others):
        return False
    return state.view(plan.slot).held(plan.opening) == box.trade.ledger.position
