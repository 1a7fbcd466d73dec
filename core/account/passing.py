"""A stop that the market has passed and that has not fired is no protection (B4): seen twice, it counts as unproven.

The venue tells prices with the position. A stop that is firing is past the market too, for a moment: so it takes two
looks `protect_within` apart, one more between them, and executions that explain what is held. Each time that it is
passed is an alarm of its own; one that lasts over a restart is told once more, as nobody knows that it is the same.
"""

from core.account.box import Box
from core.account.remembering import own
from core.account.state import AccountState
from core.account.timers import SOON, cut_at
from core.alerts import ProtectionMissing, ProtectionRestored
from core.desired import WantedStop
from core.facts import Act, ActKind
from core.ladder_alerts import frame
from core.plan import Unproven
from core.reconcile import stop_reference
from core.slot_view import SlotView


def watch(state: AccountState, box: Box, stop: WantedStop, view: SlotView) -> None:
    """Look again while the market stands past the stop that the venue shows, then raise the alarm and close."""
    passed = not box.phase.closing and view.passed(box.trade.plan.side, stop.trigger_by)
    if not passed and box.passed_since is None and not box.passed_told:
        return
    if not view.proven or view.stop_busy or stop_reference(stop.slot) in state.busy:
        return
    if not passed:
        _over(state, box, view)
    elif box.passed_since is None:
        box.passed_since = view.priced
        cut_at(state, state.now + SOON)
    elif view.priced - box.passed_since < box.trade.plan.rules.protect_within:
        cut_at(state, max(state.now + SOON, box.passed_since + box.trade.plan.rules.protect_within))
    elif not box.passed_told and _explained(state, box, view):
        _conclude(state, box, stop, view)


def _explained(state: AccountState, box: Box, view: SlotView) -> bool:
    """Whether nothing is on its way: neither an execution that the position shows already, nor a stop that fired."""
    ledger = box.trade.ledger
    return view.explained(ledger) and box.trade.plan.slot not in state.cuts.mismatched and not ledger.stopped


def _conclude(state: AccountState, box: Box, stop: WantedStop, view: SlotView) -> None:
    flatten = box.trade.plan.rules.unproven is Unproven.FLATTEN
    doing = "closing at market" if flatten else "left open: close it, or set a stop that the market has not passed"
    box.passed_told = True
    ledger = box.trade.ledger
    body = ProtectionMissing(ledger.position, stop.price, view.stop, doing, passed=True)
    if not state.silent:
        state.out.alerts.append(frame(box.trade.plan, body, state.now, f"passed:{view.stop}:{box.passed_since}"))
    if flatten:
        own(state, box, Act(box.id, ActKind.CLOSE, state.now, ledger.seq, reason="unprotected", by="plan"))


def _over(state: AccountState, box: Box, view: SlotView) -> None:
    box.passed_since = None
    if box.passed_told and not box.phase.closing and view.stop is not None and not state.silent:
        body = ProtectionRestored(view.stop, box.trade.ledger.position)
        state.out.alerts.append(frame(box.trade.plan, body, state.now, f"before_stop:{state.now}"))
    box.passed_told = False
