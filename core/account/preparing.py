"""The leverage before the entries (B4): what it is known to be, when it has to be set, and what the venue answers."""

from core.account.backing import back_off, give_up
from core.account.box import Box
from core.account.naming import LEVERAGE_ROLE, reference
from core.account.state import AccountState
from core.commands import TRANSIENT, Code, Done, Outcome, Refused, SetLeverage, Unknown
from core.desired import Desired
from core.facts import LeverageIs
from core.money import text
from core.trade import LineState


def begin(state: AccountState, box: Box) -> None:
    """Hold a trade's entries back unless the symbol's leverage is known to be its own."""
    plan = box.trade.plan
    box.preparing = state.leverage.get(plan.symbol) != plan.leverage


def shown(state: AccountState, fact: LeverageIs) -> None:
    """Take in how a symbol's leverage stands; an older word of it that comes late says nothing (rel:F20).

    By the venue's clock, but never by a time that ours hasn't come to: what is told until then would count as older.
    """
    at = min(fact.at, state.now)
    if at < state.leverage_at.get(fact.symbol, 0):
        return
    state.leverage[fact.symbol], state.leverage_at[fact.symbol] = fact.leverage, at
    for box in state.on(fact.symbol):
        if box.preparing or box.trade.plan.leverage != fact.leverage:
            state.touch(box)


def due(state: AccountState, box: Box, desired: Desired) -> SetLeverage | None:
    """What has to be sent before entries may leave; None: nothing, or not now."""
    plan = box.trade.plan
    box.preparing = box.preparing or _changed_before_it_began(state, box)
    if not box.preparing or all(want.reduce_only for want in desired.wants):
        return None
    command = SetLeverage(plan.symbol, plan.leverage)
    if reference(command) in state.flights:
        return None
    if state.leverage.get(plan.symbol) == plan.leverage:
        box.preparing = False
        box.backoffs.pop(LEVERAGE_ROLE, None)
        return None
    backoff = box.backoffs.get(LEVERAGE_ROLE)
    waits = backoff is not None and (backoff.until or 0) > state.now
    return None if waits else command


def _changed_before_it_began(state: AccountState, box: Box) -> bool:
    """Whether somebody changed the leverage while nothing was entered and no entry is known to work (B4)."""
    plan, lines = box.trade.plan, box.trade.lines
    if state.leverage.get(plan.symbol, plan.leverage) == plan.leverage or box.trade.ledger.entered:
        return False
    return not any((line := lines.get(leg.role)) is not None and line.state is LineState.WORKING for leg in plan.legs)


def answered(state: AccountState, box: Box | None, command: SetLeverage, outcome: Outcome) -> None:
    """Whoever waits for the symbol's leverage decides anew: the trade that asked for it may be over by now."""
    for waiting in state.on(command.symbol):
        if waiting.preparing:
            state.touch(waiting)
    match outcome:
        case Done(facts=facts) if any(isinstance(fact, LeverageIs) for fact in facts):
            pass  # taken in already, of when the venue says
        case Done() | Refused(code=Code.SAME):
            shown(state, LeverageIs(command.symbol, command.leverage, state.now))
        case Unknown(reason=reason) if box is not None:
            _failed(state, box, Refused(Code.BUSY, reason))
        case Refused() if box is not None and outcome.code in TRANSIENT:
            _failed(state, box, outcome)
        case Refused() if box is not None:
            _no_entries(state, box, f"leverage {text(command.leverage)} was refused: {outcome.reason}")


def _failed(state: AccountState, box: Box, refusal: Refused) -> None:
    back_off(state, box, LEVERAGE_ROLE, refusal, "set the leverage")
    if box.backoffs[LEVERAGE_ROLE].until is None:
        _no_entries(state, box, f"the leverage could not be set: {refusal.reason}")


def _no_entries(state: AccountState, box: Box, reason: str) -> None:
    box.preparing = False
    lines = box.trade.lines
    wished = None if box.desired is None else {want.role for want in box.desired.wants}
    for leg in box.trade.plan.legs:
        if wished is not None and leg.role not in wished:
            continue  # it is told of already: its time was over, say
        if leg.role not in lines or lines[leg.role].state is LineState.IDLE:
            give_up(state, box, leg.role, Code.RULES.value, reason)
