"""Consistent cuts: when to look, what a look proves, and what it doesn't (C7, C8, rel:F20, rel:F21)."""

from collections.abc import Set as AbstractSet
from dataclasses import replace

from core.account import breaker, hand_closed, hands, protection, rebuilding, vacant, vanished
from core.account.auditing import audit
from core.account.covering import covers, move_on, shows_newest
from core.account.effects import CutKind
from core.account.explaining import EXPLAINED
from core.account.folding import STREAM, fold, stop_shown
from core.account.inputs import Look
from core.account.naming import STARTING, STOP_ROLE
from core.account.owing import awaited, held_beside
from core.account.state import AccountState
from core.account.timers import SOON, cut_at, doubt, want_cut
from core.alerts import AccountDegraded, AccountRestored
from core.facts import Cause, Cut, Filled, PositionIs, StopIs
from core.trade import LineState
from core.words import Slot

BLIND, BLIND_FOR = "cut", 30_000
"""The trouble of an account whose venue can't be looked at; told when it has lasted so many milliseconds."""


def take(state: AccountState, cut: Cut) -> None:
    """Take a cut in: first what was executed, then what works, then what is held.

    A cut that is older than what the stream told is discarded and asked for again; absence from its list of orders
    proves nothing, it only makes us ask by key. What counts as its time is when this machine asked, by its own clock;
    but for its stops, which are weighed against those of the stream: both are dated by the venue's.
    """
    asked, state.cuts.asked = state.cuts.asked, None
    by_venue = cut.asked
    if asked is not None and asked != cut.asked:
        cut = replace(cut, asked=asked)
    if not (covers(state, cut) and shows_newest(state, cut)):
        _discard(state)
        return
    state.cuts.behind = None
    state.late = True
    for execution in sorted(cut.executions, key=lambda fact: (fact.at, getattr(fact, "seq", 0))):
        fold(state, execution)
    state.late = False
    if cut.wallet is not None:
        fold(state, cut.wallet)
    for order in cut.orders:
        fold(state, order)
    _held(state, cut, by_venue)
    if cut.full:
        _missing_orders(state, cut.asked, {order.key for order in cut.orders})
    elif cut.walked is not None:
        began, shown = cut.walked
        _missing_orders(state, began, set(shown))
    state.cuts.done += 1
    breaker.succeeded(state)
    state.cuts.taken_at, state.cuts.shown = cut.at, cut.asked
    move_on(state, cut)
    unwell = bool(state.troubles)
    _well(state, cut)
    audit(state, cut)
    _decide_again(state, everybody=cut.full or unwell)
    _schedule(state, cut, gap=unwell and not state.troubles)


def _held(state: AccountState, cut: Cut, by_venue: int) -> None:
    unseen = [stop.slot for stop in cut.stops if not state.view(stop.slot).proven]
    for stop in cut.stops:
        _stop(state, cut, StopIs(stop.slot, stop.price, by_venue, stop.seq))  # `replace` takes four times as long
    _positions(state, cut)
    hands.found(state, unseen)


def _stop(state: AccountState, cut: Cut, shown: StopIs) -> None:
    """Take in a stop, as old as the question: the stream may have shown a later one before the answer came.

    One that left since then is told by its own answer, and what stands after it by a later look.
    """
    view = state.view(shown.slot)
    if view.stop_sent <= cut.asked:
        stop_shown(state, shown, looked=True)
    elif view.stop != shown.price or not view.proven:
        want_cut(state)


def _decide_again(state: AccountState, *, everybody: bool) -> None:
    """Let trades decide that a page of an audit told nothing new of: those that were refused something.

    A full cut lets everybody: whatever went wrong in here then lasts until the next one at the longest.
    """
    for box in state.boxes.values():
        if STOP_ROLE in box.backoffs and _stop_unset(state, box.trade.plan.slot):
            protection.found_missing(state, box)
            state.touch(box)
        if everybody or box.backoffs or box.passed_over:
            box.passed_over.clear()  # its executions are booked now
            state.touch(box)


def _stop_unset(state: AccountState, slot: Slot) -> bool:
    view = state.view(slot)
    return view.proven and view.stop is None


def _discard(state: AccountState) -> None:
    """Look again soon; when the venue's lists stay behind what is known, it can't be looked at (C8)."""
    behind = state.cuts.behind = state.now if state.cuts.behind is None else state.cuts.behind
    if state.now - behind < BLIND_FOR:
        cut_at(state, state.now + SOON)
        return
    state.troubles.setdefault(BLIND, behind)
    failed(
        state,
        "its lists don't show what the store knows to have been executed; if that lasts, is it this account's store?",
    )


def _positions(state: AccountState, cut: Cut) -> None:
    """Compare what is held with the ledgers; what executions don't explain counts only when two cuts agree (C8)."""
    shown = {position.slot: position for position in cut.positions}
    for position in cut.positions:
        fold(state, position)
    for slot, box in tuple(state.owners.items()):
        row = shown.get(slot)
        if row is None or (state.rebuilding and rebuilding.settles(state, slot)):  # it may be a lost trade's (C7)
            continue
        hand_closed.book(state, cut, row, box)
        ledger = box.trade.ledger
        ours = ledger.held
        held = ledger.opening.signed(row.size)
        gone = vanished.beside(state, box) if held == ours else ()
        if not gone and (held == ours or held - ours == awaited(state, box)):
            state.cuts.mismatched.pop(slot, None)
        elif state.cuts.mismatched.get(slot) == held - ours:
            del state.cuts.mismatched[slot]
            _explain(state, cut, row)
        else:
            state.cuts.mismatched[slot] = held - ours
            want_cut(state)
    vacant.look(state, cut)


def _explain(state: AccountState, cut: Cut, row: PositionIs) -> None:
    """Book a change that no execution explains as somebody else's, at the average known: quantity is what counts.

    What late fills hold beside the slot's owner is explained; less than that took of them first.
    """
    box = state.owners[row.slot]
    ledger, plan = box.trade.ledger, box.trade.plan
    change = plan.opening.signed(row.size) - ledger.held - held_beside(state, box)
    change = vanished.book(state, cut, row, box, change)
    if change:
        side = plan.opening if change > 0 else plan.closing
        price = ledger.average_entry or plan.market
        execution = f"{EXPLAINED}{row.slot.symbol}:{row.slot.index}:{cut.asked}"
        zero = change - change
        fold(state, Filled(execution, row.slot, None, side, abs(change), price, zero, Cause.FOREIGN, cut.at, row.seq))
    if row.seq < 0 and not row.size:  # a list that leaves flat slots out, believed now: else nothing could open here
        state.view(row.slot).empty()


def _missing_orders(state: AccountState, since: int, shown: AbstractSet[str]) -> None:
    """Live orders that a look at all of them did not show, and that were sent before it began, are asked for by key."""
    for box in state.boxes.values():
        for line in box.trade.lines.values():
            if line.live and line.key not in shown and line.key not in state.flights and line.at < since:
                doubt(state, line.key, box.trade.plan.slot, state.now, line.at if _unseen(line.state) else None)


def _unseen(line_state: LineState) -> bool:
    return line_state is LineState.SENT


def _well(state: AccountState, cut: Cut) -> None:
    """A covering cut ends the degraded state, unless the stream went down after it was asked for (rel:F19)."""
    if cut.full:
        rebuilding.look(state, cut)
    told, state.cuts.told = state.cuts.told, False
    for what in (STREAM, "orders", STARTING, BLIND):
        since = state.troubles.get(what)
        if what == STARTING and state.rebuilding:
            continue
        if since is None or since > cut.asked or (what == STREAM and not state.stream_up):
            continue
        del state.troubles[what]
        if what != STARTING and (what != BLIND or told):
            state.tell(AccountRestored(what, (state.now - since) // 1_000), f"restored:{what}:{since}")
    if not state.troubles and state.waiting:
        state.out.reopen.extend(state.waiting)


def _schedule(state: AccountState, cut: Cut, *, gap: bool) -> None:
    """When to look next. What happened in a gap is told by looks alone, and each may be out of date (rel:F20).

    So the next comes when the gap is as far away again, until that is an audit's time: whatever the lists lag behind,
    what they left out is late by no more than they were.
    """
    if state.capabilities.lossless_stream:
        return
    if gap:
        state.cuts.well_at = state.now
    if cut.full:
        state.cuts.full_due = state.now + (state.timings.absence if gap else state.timings.full)
    # What the venue named and no list showed is waited for: take-profits wait for it too. A list may be out of date.
    behind = state.cuts.unbooked is not None and state.now - state.cuts.unbooked < BLIND_FOR
    unwell = state.troubles or state.doubts or behind
    again = min(max(state.now - state.cuts.well_at, state.timings.absence), state.timings.audit)
    wait = state.timings.degraded if unwell else again
    cut_at(state, min(state.now + wait, max(state.cuts.full_due, state.now + SOON)))


def look(state: AccountState, asked: Look) -> None:
    """Take a full cut at once, whatever was planned. What is known to be over, or to be forgotten, is lost no more."""
    state.known.update(asked.over)
    if asked.forget:
        state.known |= state.lost.keys()
        state.lost = {}
    state.lost_due = 0
    state.cuts.full_due = state.now
    cut_at(state, state.now)


def ask(state: AccountState) -> None:
    """Ask for a cut when one is due and none is under way."""
    due = state.cuts.due
    if due is None or state.cuts.asked is not None:
        return
    if due > state.now:
        state.wake(due)
        return
    state.cuts.due = None
    state.cuts.asked = state.now
    full = state.troubles or state.doubts or state.now >= state.cuts.full_due or state.cuts.mismatched
    state.out.cut = CutKind.FULL if full else CutKind.AUDIT


def failed(state: AccountState, reason: str) -> None:
    """A cut could not be had: nothing is concluded from that, only asked again (C8)."""
    state.cuts.asked = None
    cut_at(state, state.now + state.timings.degraded)
    if not reason:
        return
    since = state.troubles.setdefault(BLIND, state.now)
    known = state.cuts.told or state.breaker_told is not None
    if state.now - since >= BLIND_FOR and not known:
        state.cuts.told = True
        lasted = (state.now - since) // 1_000
        state.tell(AccountDegraded(BLIND, f"the venue can't be looked at for {lasted} s: {reason}"), f"{BLIND}:{since}")
