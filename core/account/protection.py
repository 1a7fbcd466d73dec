"""Never unprotected (B4, B9): a stop counts only when the venue shows it, and what happens when it doesn't."""

from decimal import Decimal

from core.account import passing
from core.account.backing import back_off
from core.account.box import Backoff, Box
from core.account.naming import STOP_ROLE
from core.account.remembering import own
from core.account.state import AccountState
from core.account.timers import want_cut
from core.alerts import Body, BreakevenFailed, ProtectionMissing, ProtectionRestored, StopMoved
from core.commands import Code, Refused
from core.desired import Desired, StopKind, WantedStop
from core.facts import Act, ActKind
from core.ladder_alerts import frame
from core.money import text
from core.plan import OnFailure, Unproven
from core.slot_view import SlotView
from core.trade import LineState
from core.words import Side

_NO_EFFECT = "it was taken, and is not in force"


def watch(state: AccountState, box: Box, desired: Desired) -> None:
    """See that a position has its stop, tell when it moved, and raise the alarm when it isn't proven in time."""
    for stop in desired.stops:
        box.last_stop = (stop.price, stop.kind)
    if box.trade.ledger.position <= 0 or not desired.stops:
        box.exposed_since = box.passed_since = None
        if not (box.trade.ledger.entered or desired.phase.closing) and _brought(state, box, desired.stops):
            _tell_move(state, box, desired.stops[0])
        return
    stop, within = desired.stops[0], box.trade.plan.rules.protect_within
    view = state.view(stop.slot)
    if view.liquidation is not None or box.liquidation_told:
        _before_liquidation(state, box, stop, view)
    passing.watch(state, box, stop, view)
    if view.proven and view.stop is not None:
        _proven(state, box, view.stop, stop)
    elif box.exposed_since is None:
        box.exposed_since = state.now
        state.wake(state.now + within)
    else:
        _unproven(state, box, stop, view.stop if view.proven else None, box.exposed_since + within)


def _brought(state: AccountState, box: Box, stops: tuple[WantedStop, ...]) -> bool:
    """Whether every entry that works brings the stop wished for, as the venue shows it; False while none works."""
    legs = {leg.role for leg in box.trade.plan.legs}
    lines = [line for line in box.trade.lines.values() if line.live and line.role in legs]
    shown = [line.stop for line in lines if line.state is LineState.WORKING and line.key not in state.busy]
    return bool(stops and lines) and shown == [stops[0].price] * len(lines)


def _before_liquidation(state: AccountState, box: Box, stop: WantedStop, view: SlotView) -> None:
    """Tell, once, when the venue would liquidate before the stop fires: a stop that comes too late covers nothing."""
    price = view.liquidation
    long = box.trade.plan.side is Side.LONG
    late = price is not None and price > 0 and (price >= stop.price if long else price <= stop.price)
    if late and not box.liquidation_told and price is not None:
        doing = f"liquidation at {text(price)} comes before the stop: add margin, or make the position smaller"
        body = ProtectionMissing(box.trade.ledger.position, stop.price, view.stop, doing)
        _tell(state, box, body, f"late:{price}:{state.now}")
    box.liquidation_told = late


def _proven(state: AccountState, box: Box, shown: Decimal, wanted: WantedStop) -> None:
    box.exposed_since = None
    if box.exposed_told:
        box.exposed_told = False
        _tell(state, box, ProtectionRestored(shown, box.trade.ledger.position), f"restored:{state.now}")
    if shown != wanted.price:
        box.told_stop = box.told_stop or (shown, StopKind.INITIAL)  # after a start: what the next one takes over from
        return
    box.backoffs.pop(STOP_ROLE, None)  # it was taken, whatever became of the answer
    _tell_move(state, box, wanted)


def _tell_move(state: AccountState, box: Box, wanted: WantedStop) -> None:
    """Tell that the stop wished for is in force, where people were told of another one last (B14)."""
    if box.told_stop == (wanted.price, wanted.kind):
        return
    told, box.told_stop = box.told_stop, (wanted.price, wanted.kind)
    # What stood there at a start, when less was booked, is where this one came to, not where it came from.
    found = told is not None and told[1] is StopKind.INITIAL and told[0] == wanted.price
    old = box.trade.plan.stop if told is None or found else told[0]
    if old == wanted.price or wanted.kind is StopKind.INITIAL:
        return
    moves = _moves(box)
    by = moves[-1] if moves and wanted.kind is StopKind.MOVED else "plan"
    body = StopMoved(old, wanted.price, wanted.kind, box.trade.ledger.position, by)
    _tell(state, box, body, f"stop:{wanted.kind.value}:{wanted.price}:{len(moves)}")


def _moves(box: Box) -> list[str]:
    """Whose hands have moved the stop. The journal holds it: a start tells of no move twice, nor drops one back."""
    return [fact.by for _, _, fact in box.history if isinstance(fact, Act) and fact.kind is ActKind.MOVE_STOP]


def _unproven(state: AccountState, box: Box, stop: WantedStop, shown: Decimal | None, due: int) -> None:
    if state.now < due or box.exposed_told:
        return
    box.exposed_told = True
    doing = "looking at the venue and setting the stop again"
    _tell(state, box, ProtectionMissing(box.trade.ledger.position, stop.price, shown, doing), f"missing:{due}")
    want_cut(state)


def stop_failed(state: AccountState, box: Box, price: Decimal, reason: str, *, passed: bool) -> None:
    """A stop was refused for good: the market *passed* it, or three tries failed (B9, B4).

    With an older stop in force the rule for a failed breakeven decides, without any stop the rule for the unproven.
    Every look tries it once more; it is the same trouble until one is taken or an operator acts.
    """
    plan = box.trade.plan
    if box.phase.closing or box.trade.ledger.position <= 0:
        return
    view = state.view(plan.slot)
    by_plan = _by_plan(box, passed) and plan.rules.breakeven_failed is OnFailure.CLOSE
    backoff = box.backoffs.setdefault(STOP_ROLE, Backoff(began=state.now))
    backoff.until = None
    if not (view.proven or by_plan):
        want_cut(state)  # whether there is none at all only a look shows (B4), and after it this one is tried again
        return
    in_force = view.stop
    if in_force is None:
        flatten = plan.rules.unproven is Unproven.FLATTEN
        doing = "closing at market" if flatten else "left open: set a stop by hand now"
        body: Body = ProtectionMissing(box.trade.ledger.position, price, None, doing)
        closing = "unprotected" if flatten else ""
    else:
        doing = "closing at market" if by_plan else "the old stop stays; the new one is tried again at every look"
        kind = StopKind.BREAKEVEN if box.last_stop is None else box.last_stop[1]
        body = BreakevenFailed(price, in_force, reason, doing, kind)
        closing = "breakeven_failed" if by_plan else ""
    _tell(state, box, body, f"stop_failed:{price}:{backoff.began}")
    if closing:
        act = Act(box.id, ActKind.CLOSE, state.now, box.trade.ledger.seq, reason=closing, by="plan")
        own(state, box, act)


def disputed(state: AccountState, box: Box, view: SlotView, *, looked: bool) -> bool:
    """Weigh what the venue shows after it took a stop: another one, and that try failed, as any (B4, C4).

    A frame may be from before it left, and a stream that lags brings many: after the first, upon which it is sent again
    at once, only a look tells whether the stop is in force. Returns whether that is waited for.
    """
    backoff = box.backoffs.get(STOP_ROLE)
    if view.stop == view.stop_taken or not view.size:
        box.backoffs.pop(STOP_ROLE, None)
    elif backoff is None:
        box.backoffs[STOP_ROLE] = Backoff(began=view.stop_sent, tries=1, until=state.now, reason=_NO_EFFECT)
    elif not looked:
        want_cut(state)
        return True
    else:
        back_off(state, box, STOP_ROLE, Refused(Code.BUSY, _NO_EFFECT), "set the stop")
        if backoff.until is None and box.last_stop is not None:
            stop_failed(state, box, box.last_stop[0], _NO_EFFECT, passed=False)
    return False


def found_missing(state: AccountState, box: Box) -> None:
    """A look shows no stop where one was refused or not answered: it is tried at once, and has failed in time (B4).

    However often it is looked at: that is no reason to count anew. What never left was no try.
    """
    backoff = box.backoffs[STOP_ROLE]
    over = backoff.tries and state.now - backoff.began >= box.trade.plan.rules.protect_within
    if over and box.last_stop is not None:
        stop_failed(state, box, box.last_stop[0], backoff.reason, passed=False)
    else:
        backoff.until, backoff.tries = state.now, max(backoff.tries - 1, 0)


def _by_plan(box: Box, passed: bool) -> bool:  # noqa: FBT001 - as stop_failed has it
    """Whether the plan itself asked for the stop that failed; one that a merge brought nearer (B13) only when passed.

    Then it would have fired by now. While the venue is merely busy the older stop goes on.
    """
    kind = box.last_stop[1] if box.last_stop is not None else None
    return kind in (StopKind.BREAKEVEN, StopKind.TRAILING) or (kind is StopKind.INITIAL and passed)


def _tell(state: AccountState, box: Box, body: Body, cause: str) -> None:
    if not state.silent:
        state.out.alerts.append(frame(box.trade.plan, body, state.now, cause))
