"""From wishes to commands: for every trade that this step touched, the diff, and whether the trade is over."""

from decimal import Decimal

from core.account import moot, netting, preparing, protection, remnants, rounds, unsent, vanished, waking
from core.account.answers import launch
from core.account.box import Box
from core.account.ending import close_if_over, correct_report, lead, unsure
from core.account.remembering import change_line, own
from core.account.state import AccountState
from core.account.timers import want_cut
from core.account.wishing import wished
from core.commands import Command, Place
from core.desired import Desired, Phase
from core.facts import Act, ActKind, Sent
from core.identity import trade_and_role
from core.lines import sent, shaped
from core.plan import CLOSING_ROLE, ENTRY_PREFIX
from core.reconcile import NOTHING, STOP_ROLE, Diff, reconcile
from core.trade import LineState


def decide(state: AccountState) -> None:
    """Decide every touched trade; an alert or a close may touch it again, so until none is left."""
    while state.touched:
        _, box = state.touched.popitem()
        if box.id in state.boxes:
            _decide(state, box)
        elif box.id in state.ended:
            _reawaken(state, box)


def _decide(state: AccountState, box: Box) -> None:
    if box.phase.closing:
        netting.settle(state, box)
    desired = _desired(state, box)
    if waking.overdue(state, box, desired.wake):
        desired = _desired(state, box)
    if unsent.refuse(state, box, desired):
        desired = _desired(state, box)
    if desired.stops and state.owners.get(box.trade.plan.slot) is not box:
        desired = desired._replace(stops=())  # a ghost's: the later trade that has the slot has its own stop there
    box.desired = desired
    if desired.phase.rank > box.phase.rank:
        box.phase = desired.phase
    if desired.wake is not None:
        waking.note(state, box, desired.wake)
    _forget_blocks(state, box, desired)
    rounds.begin(state, box, desired)
    _prepare(state, box, desired)
    _look_first(state, box)
    diff = reconcile(box.trade, desired, state.slots, state.busy, _held(state, box), state.capabilities)
    _send(state, box, diff)
    if box.round is not None:
        rounds.settle(state, box, box.round, desired)
    if box.replaced:
        rounds.replaced(state, box)
    protection.watch(state, box, desired)
    _bands(state, box, desired)
    _time(state, box)
    lead(state, box)
    if desired.done:
        close_if_over(state, box, desired)


def _look_first(state: AccountState, box: Box) -> None:
    """Ask for the look that some roles wait for: closing what the venue shows to be gone would take the owner's."""
    if box.phase.closing and vanished.denied(state, box):
        box.passed_over.add(CLOSING_ROLE)
    if box.passed_over:
        want_cut(state)


def _desired(state: AccountState, box: Box) -> Desired:
    """What the trade wishes. A fill that comes after closing began doesn't reopen it (B10, rel:R5).

    A closing that was only derived, from entries that could execute no more say, becomes a decision then. So it does at
    once where an entry was refused: no store keeps that, and after a start the trade would go on, its mirrors closed.
    """
    before, desired = box.desired, wished(state, box)
    was = before is not None and before.phase.closing
    if was and before is not None and not desired.phase.closing:
        return _closing(state, box, before.reason)
    if desired.phase.closing and not was and _refused_entry(box):
        return _closing(state, box, desired.reason)
    return desired


def _closing(state: AccountState, box: Box, reason: str) -> Desired:
    own(state, box, Act(box.id, ActKind.CLOSE, state.now, box.trade.ledger.seq, reason=reason, by="plan"))
    return wished(state, box)


def _refused_entry(box: Box) -> bool:
    """Whether an entry was sent that the venue never took, and may be sent again."""
    lines = (box.trade.lines.get(leg.role) for leg in box.trade.plan.legs)
    return any(line is not None and line.state is LineState.IDLE and not line.given_up for line in lines)


def _held(state: AccountState, box: Box) -> set[str]:
    """Roles not tried now: backing off, not all booked, or entries while none may leave (C4, rel:F19, I1)."""
    held = _left_alone(box) if box.frozen else set()
    held |= box.passed_over
    for role, backoff in box.backoffs.items():
        if backoff.until is None or backoff.until > state.now:
            held.add(role)
    if (state.troubles or state.paused or box.preparing) and not box.phase.closing:
        held.update(
            leg.role for leg in box.trade.plan.legs if (line := box.trade.lines.get(leg.role)) is None or not line.live
        )
    return held


def _left_alone(box: Box) -> set[str]:
    """What is left as somebody wants it, of what is wished for; what nothing wishes for any more goes (B7, B10)."""
    wished = () if box.desired is None else box.desired.wants
    return box.frozen & {STOP_ROLE, *(want.role for want in wished)}


def _forget_blocks(state: AccountState, box: Box, desired: Desired) -> None:
    """A position that changed is news: what was blocked may be tried once more (C4); what is moot is let go."""
    if box.backoffs:
        moot.forget(state, box, desired)
    mark = (len(box.seen), state.cuts.done)
    if box.news == mark:
        return
    box.news = mark
    for backoff in box.backoffs.values():
        if backoff.until is None:
            backoff.until = state.now
            backoff.tries = max(backoff.tries - 1, 0)


def _prepare(state: AccountState, box: Box, desired: Desired) -> None:
    command = preparing.due(state, box, desired)
    if command is not None:
        launch(state, box, command)
        state.out.hard.append(command)


def _send(state: AccountState, box: Box, diff: Diff) -> None:
    if diff is NOTHING:
        return
    for stop in diff.stops:
        if stop.price is not None:
            box.stops[stop.price] = state.now
        _launch(state, box, stop)
    for cancel in diff.cancels:
        box.own_cancels.add(trade_and_role(cancel.key)[1])
        _launch(state, box, cancel)
    for change in (*(remnants.as_taken(state, box, each) for each in diff.closes), *diff.exits, *diff.entries):
        if isinstance(change, Place):
            _place(state, box, change)
        else:
            _launch(state, box, change)
    if box.round is not None:
        rounds.tried(box.round, (*diff.cancels, *diff.exits))


def _place(state: AccountState, box: Box, place: Place) -> None:
    _, key = state.find(place.key)
    if key is None:
        raise ValueError(f"{place.key} is no key of {state.account}")
    line = box.trade.lines.get(key.role)
    change_line(state, box, shaped(sent(line, key, place.key, box.trade.ledger.filled(key.role), state.now), place))
    state.touched.pop(box.id, None)
    fact = Sent(place.key, state.now)
    if key.role.startswith(ENTRY_PREFIX):
        state.first(box.id, fact)
    else:
        state.behind(box.id, fact)
        if key.role != CLOSING_ROLE:
            box.placed.add(key.role)
    _launch(state, box, place)


def _launch(state: AccountState, box: Box, command: Command) -> None:
    """Send it the way its risk asks for: entries only once durable, what an own fact caused after it, the rest now."""
    launch(state, box, command)
    match command:
        case Place(reduce_only=False):
            state.out.hard.append(command)
        case _ if state.out.first and any(entry.trade == box.id for entry in state.out.first):
            state.out.soft.append(command)
        case _:
            state.out.urgent.append(command)


def _bands(state: AccountState, box: Box, desired: Desired) -> None:
    symbol = box.trade.plan.symbol
    if desired.below is None and desired.above is None and symbol not in state.bands:
        return
    below: Decimal | None = None
    above: Decimal | None = None
    for other in state.on(symbol):
        wishes = other.desired
        if wishes is None:
            continue
        if wishes.below is not None:
            below = wishes.below if below is None else max(below, wishes.below)
        if wishes.above is not None:
            above = wishes.above if above is None else min(above, wishes.above)
    if state.bands.get(symbol, (None, None)) == (below, above):
        return
    if below is None and above is None:
        del state.bands[symbol]
    else:
        state.bands[symbol] = (below, above)
    state.out.bands = {**(state.out.bands or {}), symbol: (below, above)}


def _time(state: AccountState, box: Box) -> None:
    """Keep the trade among those that try again or alarm at a time, as long as it does."""
    if box.backoffs or box.exposed_since is not None:
        state.timed[box.id] = box
    else:
        state.timed.pop(box.id, None)


def _reawaken(state: AccountState, box: Box) -> None:
    """A fill after the close: the trade is not over after all, what it opened is flattened at once (B10, rel:F31)."""
    netting.settle(state, box)
    desired = box.strategy.desired(box.trade)
    if desired.done and not any(line.live for line in box.trade.lines.values()) and not unsure(state, box):
        correct_report(state, box, desired.reason)
        return
    del state.ended[box.id]
    state.boxes[box.id] = box
    state.owners.setdefault(box.trade.plan.slot, box)
    box.phase = Phase.CLOSING
    _decide(state, box)
