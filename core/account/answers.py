"""What the venue's answers mean: taken, refused with a code of the closed list, or unknown (C1, C2, C4)."""

from core.account import preparing
from core.account.asking import answered, unsent
from core.account.backing import back_off, give_up, once_more
from core.account.box import Box
from core.account.folding import fold
from core.account.naming import STOP_ROLE, reference
from core.account.protection import stop_failed
from core.account.remembering import change_line
from core.account.state import AccountState, Flight
from core.account.timers import doubt, want_cut
from core.account.tracking import NOT_OPEN
from core.account.wishing import wished
from core.commands import (
    TRANSIENT,
    Amend,
    Cancel,
    Change,
    Code,
    Command,
    Done,
    OrderCommand,
    Outcome,
    Place,
    Query,
    Refused,
    SetLeverage,
    SetStop,
    Unknown,
)
from core.facts import Act
from core.lines import echoes, reshaped
from core.trade import LineState


def launch(state: AccountState, box: Box | None, command: Command) -> None:
    """Note that a command leaves: what is in flight counts as working."""
    name = reference(command)
    state.flights[name] = Flight(command, state.now, box)
    if isinstance(command, Change):
        state.busy[name] = command
    if isinstance(command, SetStop):
        state.view(command.slot).stop_sent = state.now
    if not state.capabilities.lossless_stream:
        state.wake(state.now + state.timings.answer)


def answer(state: AccountState, command: Command, outcome: Outcome) -> None:
    """Take one answer in."""
    name = reference(command)
    flight = state.flights.pop(name, None)
    box = flight.box if flight is not None else None
    sent = flight.at if flight is not None else state.now
    if name in state.busy and name not in state.doubts:
        del state.busy[name]
    if isinstance(outcome, Done):
        for fact in outcome.facts:
            fold(state, fact)
    waits = box or _woken(state, name)
    if waits is not None:
        state.touch(waits)
    match command:
        case Place():
            _place(state, box, command, outcome, sent)
        case Amend() | Cancel():
            _change(state, box, command, outcome, sent, echoed=flight is not None and flight.echoed)
        case SetStop():
            _stop(state, box, command, outcome, sent)
        case SetLeverage():
            preparing.answered(state, box, command, outcome)
        case Query():
            answered(state, command, outcome)


def _woken(state: AccountState, key: str) -> Box | None:
    """The trade that waits with an order which was nobody's when its command left: what it had executed woke one."""
    box, _ = state.find(key)
    return box if box is not None and box.id in state.boxes else None


def _role_of(state: AccountState, key: str) -> str:
    _, parts = state.find(key)
    return parts.role if parts is not None else key


def _place(state: AccountState, box: Box | None, command: Place, outcome: Outcome, sent: int) -> None:
    if box is None:
        return
    role = _role_of(state, command.key)
    match outcome:
        case Done():
            _forgive(box, role)
            _expect_echo(state, command)
        case Unknown():
            doubt(state, command.key, command.slot, sent + state.capabilities.request_lifetime, sent)
        case Refused(code=Code.DUPLICATE):
            doubt(state, command.key, command.slot, state.now, sent)
            state.doubts[command.key].refusal = outcome
        case Refused():
            line = box.trade.lines.get(role)
            if line is not None and line.key == command.key and line.state is LineState.SENT:
                unsent(state, box, line, final=outcome.code not in TRANSIENT)
            _refused_place(state, box, command, role, outcome)


def _forgive(box: Box, role: str) -> None:
    """A request that was taken ends its back-off, unless it was the order that died: an execution ends that."""
    backoff = box.backoffs.get(role)
    if backoff is not None and not backoff.died:
        del box.backoffs[role]


def _refused_place(state: AccountState, box: Box, command: Place, role: str, refusal: Refused) -> None:
    if not command.reduce_only and refusal.code not in TRANSIENT:
        give_up(state, box, role, refusal.code.value, refusal.reason)
        return
    back_off(state, box, role, refusal, f"place {role}")
    _look_for_room(state, box, role, refusal)


def _look_for_room(state: AccountState, box: Box, role: str, refusal: Refused) -> None:
    """Look at once for what is held; where looks have changed nothing, the next comes when the role's back-off says.

    Each look tries what is blocked anew: both would else come every second for as long as it is refused.
    """
    if refusal.code in (Code.QUOTA, Code.FLAT) and not box.backoffs[role].told:
        want_cut(state)


def _change(
    state: AccountState, box: Box | None, command: Amend | Cancel, outcome: Outcome, sent: int, *, echoed: bool
) -> None:
    role = _role_of(state, command.key)
    match outcome:
        case Done():
            if box is None:
                return
            box.backoffs.pop(role, None)
            if not echoed:
                _taken(state, box, role, command)
        case Unknown():
            state.busy[command.key] = command  # it may have been taken
            doubt(state, command.key, command.slot, sent + state.capabilities.request_lifetime, sent)
        case Refused(code=Code.SAME) if isinstance(command, Amend) and box is not None:
            _taken(state, box, role, command)
        case Refused() if outcome.code in NOT_OPEN:
            doubt(state, command.key, command.slot, state.now, sent)
            if box is not None:
                # Its lists may be behind: answer and question would go round at the network's speed until they aren't.
                once_more(state, box, role, outcome, _action(command, role))
        case Refused() if box is not None:
            back_off(state, box, role, outcome, _action(command, role))
            _look_for_room(state, box, role, outcome)


def _action(command: Amend | Cancel, role: str) -> str:
    return f"{'amend' if isinstance(command, Amend) else 'cancel'} {role}"


def _taken(state: AccountState, box: Box, role: str, command: Amend | Cancel) -> None:
    """The venue took a change. On a lossless stream that is enough; else the order waits until its change is shown."""
    line = box.trade.lines.get(role)
    current = line is not None and line.key == command.key and line.live
    if state.capabilities.lossless_stream and isinstance(command, Amend) and line is not None and current:
        change_line(state, box, reshaped(line, command))
        return
    _expect_echo(state, command)


def _expect_echo(state: AccountState, command: OrderCommand) -> None:
    """An ack is no evidence: until the stream shows what became of it the order is left alone, then asked for.

    (rel:F12, rel:F18.) In flight until then, so that a change that was taken is not sent again at the network's speed.
    """
    if state.capabilities.lossless_stream:
        return
    box, parts = state.find(command.key)
    line = box.trade.lines.get(parts.role) if box is not None and parts is not None else None
    if line is not None and line.key == command.key and not echoes(line, command):
        state.busy[command.key] = command
        doubt(state, command.key, command.slot, state.now + state.timings.echo, state.now)


def _stop(state: AccountState, box: Box | None, command: SetStop, outcome: Outcome, sent: int) -> None:
    view = state.view(command.slot)
    match outcome:
        case Done():
            shown = view.proven and view.stop == command.price
            view.stop_taken, view.stop_busy = command.price, not shown and not state.capabilities.lossless_stream
            if view.stop_busy:
                want_cut(state)
            elif box is not None:
                box.backoffs.pop(STOP_ROLE, None)
        case Unknown():
            view.stop_busy = False
            if box is not None:
                back_off(state, box, STOP_ROLE, Refused(Code.BUSY, outcome.reason), "set the stop")
            want_cut(state)
        case Refused(code=Code.SAME):
            view.stop_busy = False
            if box is not None and view.stop is not None:
                box.stops[view.stop] = state.now  # a list that is behind may show it still
            view.stop = command.price
            if not state.capabilities.lossless_stream:
                view.proven = False  # a look says whether it is so (rel:F09)
                want_cut(state)
        case Refused():
            view.stop_busy = False
            if box is not None:
                _stop_refused(state, box, command, outcome, sent)


def _stop_refused(state: AccountState, box: Box, command: SetStop, refusal: Refused, sent: int) -> None:
    """Every refusal waits before the next try; passed by the market, or refused to the end, the stop has failed.

    What is wrong with a price that is wished no more says nothing of the one that is: that one leaves at once. So does
    the same price where somebody has asked for it since (B14): the market may have come back when he did.
    """
    about_price = refusal.code is not Code.FLAT and refusal.code not in TRANSIENT
    anew = _acted_since(box, sent) or command.price not in {stop.price for stop in wished(state, box).stops}
    if about_price and anew:
        return
    back_off(state, box, STOP_ROLE, refusal, "set the stop")
    if refusal.code is Code.FLAT:
        want_cut(state)
        return
    if refusal.code is not Code.WRONG_SIDE and box.backoffs[STOP_ROLE].until is not None:
        return
    if command.price is not None:
        passed = refusal.code is Code.WRONG_SIDE
        stop_failed(state, box, command.price, f"{refusal.code.value}: {refusal.reason}", passed=passed)


def _acted_since(box: Box, sent: int) -> bool:
    return any(isinstance(fact, Act) and fact.at > sent for _, _, fact in box.history)
