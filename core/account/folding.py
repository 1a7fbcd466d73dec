"""Facts into trades: each execution once, in venue order; order facts merged per key; what is late is folded again."""

from bisect import insort
from dataclasses import replace

from core.account import hands, owing
from core.account.backing import died
from core.account.box import Box, Remembered
from core.account.rounds import caught_up
from core.account.state import AccountState
from core.account.timers import cut_at, doubt
from core.alerts import AccountDegraded, Alert, OrphanFound
from core.commands import Cancel, Code, Refused
from core.facts import (
    Act,
    Cause,
    Cut,
    Ended,
    EndReason,
    Fact,
    Filled,
    Funding,
    LeverageIs,
    Merged,
    Notice,
    PositionIs,
    Price,
    Reached,
    StopIs,
    Stream,
    VenueFact,
    Wallet,
    Woke,
    Working,
)
from core.identity import Key
from core.ledger import book, empty, pay_funding
from core.lines import saw_ended, saw_filled, saw_working
from core.reconcile import SlotView
from core.trade import Line, Trade
from core.words import OrderSide, Slot

STREAM = "stream"
LATE = 2_000
"""An execution that a cut shows this long after it happened is told as learned late (D)."""


def fold(state: AccountState, fact: VenueFact) -> None:
    """Take one fact of the venue in."""
    match fact:
        case Filled():
            _filled(state, fact)
        case Working() | Ended():
            _order(state, fact)
        case StopIs():
            _stop(state, fact)
        case PositionIs():
            _position(state, fact)
        case Wallet():
            state.wallet = fact
        case Funding():
            _funding(state, fact)
        case Price():
            _price(state, fact)
        case LeverageIs():
            _leverage(state, fact)
        case Stream():
            _stream(state, fact)
        case Notice():
            state.tell(AccountDegraded(fact.what, fact.detail), fact.cause)
        case Cut():
            raise TypeError("a cut is taken in by core.account.cuts")


def own(state: AccountState, box: Box, fact: Act | Woke | Reached | Merged) -> None:
    """Take one fact of our own in and remember it before anything it causes."""
    state.first(box.id, fact)
    _remember(state, box, fact, fact.seq if isinstance(fact, Act | Merged) else box.trade.ledger.seq)


def change_line(state: AccountState, box: Box, line: Line, fact: Fact | None = None) -> None:
    """Put a role's line in place of its last one; with the fact that said so, people may be told."""
    before = box.trade
    box.trade = Trade(before.plan, before.ledger, {**before.lines, line.role: line}, before.own)
    state.touch(box)
    if fact is not None:
        _alert(state, box, before, fact)


def _filled(state: AccountState, fact: Filled) -> None:
    box, key = (None, None) if fact.key is None else state.find(fact.key)
    if fact.cause is Cause.FOREIGN:
        state.users.add(fact.slot)
    view = state.view(fact.slot)
    _moves(state, box, view, fact)
    if fact.key is None or (box is None and key is None):
        box = state.owners.get(fact.slot)
        if box is not None and _of_another(state, box, fact):
            return
    if box is None:
        if key is not None:
            _stranger(state, fact.key or "", fact.slot, "an execution of an order of ours without a live trade")
        return
    if fact.execution in box.seen or (key is None and 0 <= fact.seq <= box.after_seq):
        return
    box.seen.add(fact.execution)
    state.behind(box.id, fact)
    if key is not None:
        proves(state, box, key, fact)
    _remember(state, box, fact, fact.seq)
    if key is not None:
        box.backoffs.pop(key.role, None)
        line = box.trade.lines.get(key.role)
        if line is not None:
            _presume_stop(state, box, line, view, fact)
            _doubt_unended(state, box, line, key, fact)


def _moves(state: AccountState, box: Box | None, view: SlotView, fact: Filled) -> None:
    """Carry the slot's size on by an execution, unless it is known or the venue told the size with it."""
    if fact.seq < view.seq or (fact.seq == view.seq and view.shown):
        return
    if box is not None and fact.execution in box.seen:
        return
    grows = fact.side is _direction(state, fact.slot)
    view.size = view.size + fact.quantity if grows else max(view.size - fact.quantity, view.size * 0)
    view.seq, view.shown = fact.seq, False


def _of_another(state: AccountState, box: Box, fact: Filled) -> bool:
    """Whether an execution that names no order of ours is an earlier trade's of the slot: a cut reads it once more.

    Which trade it stopped out is known while that one is at hand; else only that it came before this one began.
    """
    if any(fact.execution in ended.seen for ended in state.ended.values()):
        return True
    first = next((seq for seq, _, what in box.history if isinstance(what, Filled)), None)
    return fact.at < box.trade.plan.at and (first is None or fact.seq < first)


def proves(state: AccountState, box: Box, key: Key, fact: Filled) -> None:
    """An execution of an order that isn't tracked makes it so, and puts it in doubt: ask (DESIGN 4)."""
    line = box.trade.lines.get(key.role)
    if line is not None and line.revision == key.revision:
        return
    new = saw_filled(line, key, fact.key or "", box.trade.ledger.filled(key.role), fact.quantity)
    if new is line or new is None:
        return
    change_line(state, box, new)
    if line is None or new.revision > line.revision:
        doubt(state, new.key, fact.slot, state.now)


def _direction(state: AccountState, slot: Slot) -> OrderSide:
    owner = state.owners.get(slot)
    return owner.trade.plan.opening if owner is not None else OrderSide.BUY


def _presume_stop(state: AccountState, box: Box, line: Line, view: SlotView, fact: Filled) -> None:
    """After an entry fill its attached stop is presumed to be the position's until the venue shows one (DESIGN 8.1)."""
    if line.stop is None or fact.side is not box.trade.plan.opening or fact.seq <= view.stop_seq:
        return
    if state.capabilities.attached_stop_resets or view.stop is None:
        view.stop, view.proven, view.stop_seq = line.stop, False, fact.seq - 1


def _doubt_unended(state: AccountState, box: Box, line: Line, key: Key, fact: Filled) -> None:
    """An order that executed all it had, and whose end was not shown, is asked for (DESIGN 8.2)."""
    if not line.live or key.revision != line.revision or line.key in state.busy:
        return
    if box.trade.ledger.filled(line.role) - line.dead >= line.quantity > 0:
        doubt(state, line.key, fact.slot, state.now + state.timings.echo)


def _remember(state: AccountState, box: Box, fact: Remembered, seq: int) -> None:
    """Put a fact in its place in the trade's history and fold it; one that comes late folds the trade again."""
    entry = (seq, len(box.history), fact)
    before = box.trade
    if not box.history or box.history[-1][0] <= seq:
        box.history.append(entry)
        box.trade = _folded(box, before, fact)
    else:
        insort(box.history, entry, key=lambda row: row[:2])
        refold(box)
    state.touch(box)
    _alert(state, box, before, fact)


def refold(box: Box) -> None:
    """Fold the whole history of a trade again, in venue order."""
    plan = box.born or box.trade.plan
    trade = Trade(plan, empty(plan.opening), box.trade.lines, box.strategy.begin(plan))
    for _, _, fact in box.history:
        trade = _folded(box, trade, fact)
    box.trade = trade


def _folded(box: Box, trade: Trade, fact: Remembered) -> Trade:
    ledger = trade.ledger
    match fact:
        case Filled():
            ledger = book(ledger, fact, _role(box, fact))
        case Funding():
            ledger = pay_funding(ledger, fact)
        case Merged():
            trade = _merged(box, trade, fact)
        case _:
            pass
    trade = Trade(trade.plan, ledger, trade.lines, trade.own)
    after = box.strategy.apply(trade, fact)
    return trade if after is trade.own else Trade(trade.plan, ledger, trade.lines, after)


def _merged(box: Box, trade: Trade, fact: Merged) -> Trade:
    """The trade with the plan that a merge gave it; the stop of the one before is ours, should it be seen once more."""
    box.born = box.born or trade.plan
    if trade.plan.stop is not None:
        box.stops_asked.add(trade.plan.stop)
    return Trade(fact.plan, trade.ledger, trade.lines, trade.own)


def _role(box: Box, fact: Filled) -> str | None:
    """The role an execution belongs to, None when its order isn't this trade's."""
    if fact.key is None:
        return None
    parts = fact.key.split("-")
    return parts[3] if len(parts) == 5 and parts[2] == box.id else None


def _alert(state: AccountState, box: Box, before: Trade, fact: Fact) -> None:
    if state.silent:
        return
    for alert in box.strategy.alerts(before, fact, box.trade):
        state.out.alerts.append(_dated(state, alert))


def _dated(state: AccountState, alert: Alert) -> Alert:
    if not state.late or state.now - alert.at < LATE:
        return alert
    return replace(alert, learned_late=state.now - alert.at)


def _order(state: AccountState, fact: Working | Ended) -> None:
    box, key = state.find(fact.key)
    if key is None:
        return
    if box is None or (box.id in state.ended and isinstance(fact, Working)):
        if isinstance(fact, Working):
            _stranger(state, fact.key, fact.slot, "an open order of ours without a live trade")
        elif key.trade in state.lost:  # somebody ended it in the app: see what is left
            state.lost_due, state.cuts.full_due = 0, state.now
            cut_at(state, state.now + 1_000)
        return
    line = box.trade.lines.get(key.role)
    act = hands.on_target(state, box, line, fact) if isinstance(fact, Working) else None
    new = saw_working(line, key, fact) if isinstance(fact, Working) else saw_ended(line, key, fact)
    if fact.key in state.doubts and key.revision == new.revision:
        del state.doubts[fact.key]
        if fact.key not in state.flights:
            state.busy.pop(fact.key, None)
        state.touch(box)  # no news of the order may still be news: it is no longer in doubt
    if new is line:
        return
    state.behind(box.id, fact)
    if key.role.startswith("TP"):
        box.placed.add(key.role)  # in an earlier life, perhaps
    caught_up(state, box, line, new)
    change_line(state, box, new, fact)
    if isinstance(fact, Ended):
        _after_end(state, box, new)
    elif act is not None:
        own(state, box, act)


def _after_end(state: AccountState, box: Box, line: Line) -> None:
    if not box.trade.booked(line) and not state.capabilities.lossless_stream:
        cut_at(state, state.now + 1_000)
    unwanted = not line.complete and line.reduce_only and line.role not in box.own_cancels
    why = line.code or (line.why.value if line.why is not None else "unknown")
    if unwanted and line.role in box.placed and line.role.startswith("TP"):
        box.replaced[line.role] = why
    by_hand = unwanted and line.why is EndReason.CANCELLED and not state.silent
    left_alone = by_hand and not hands.put_back(state, box, line.role, "it was cancelled")
    if unwanted and not state.silent and not left_alone:
        died(state, box, line.role, Refused(Code.BUSY, f"the venue ended it: {why}"))
    box.own_cancels.discard(line.role)


def _stranger(state: AccountState, key: str, slot: Slot, what: str) -> None:
    """An order of ours that serves no live trade is cancelled at once (C7), unless the store may have forgotten it."""
    if key in state.busy or state.silent or state.rebuilding or key.split("-")[2] in state.lost:
        return
    state.out.urgent.append(Cancel(key, slot))
    state.busy[key] = None
    state.tell(OrphanFound(key, what), f"orphan:{key}")


def _stop(state: AccountState, fact: StopIs) -> None:
    view = state.view(fact.slot)
    if (fact.seq, fact.at) < (view.stop_seq, view.stop_at):
        return
    owner = state.owners.get(fact.slot)
    moved = view.stop != fact.price
    act = hands.on_stop(state, owner, view, fact) if moved and owner is not None else None
    # Bybit shows the position after every order: only what is news makes the trade decide again.
    news = moved or not view.proven or view.stop_busy
    view.stop, view.proven, view.stop_busy = fact.price, True, False
    view.stop_seq, view.stop_at = fact.seq, fact.at
    if news and owner is not None:
        state.touch(owner)
    if act is not None and owner is not None:
        own(state, owner, act)


def _position(state: AccountState, fact: PositionIs) -> None:
    view = state.view(fact.slot)
    if fact.seq < view.seq:
        return
    news = view.size != abs(fact.size) or (not fact.size and view.stop is not None)
    news = news or view.liquidation != fact.liquidation
    view.size, view.seq = abs(fact.size), fact.seq
    view.shown = True
    view.liquidation = fact.liquidation if fact.size else None
    if fact.at >= view.priced:
        view.mark, view.last, view.priced = fact.mark, fact.last, fact.at
    if not fact.size:
        view.stop, view.proven = None, True
    owner = state.owners.get(fact.slot)
    owing.note(state, fact.slot, owner)
    if owner is not None and not news:
        rules = owner.trade.plan.rules
        news = owner.passed_since is not None or view.passed(owner.trade.plan.side, rules.trigger_by)
    if news and owner is not None:
        state.touch(owner)


def _funding(state: AccountState, fact: Funding) -> None:
    box = _payer(state, fact)
    if box is None or fact.execution in box.seen:
        return
    box.seen.add(fact.execution)
    state.behind(box.id, fact)
    _remember(state, box, fact, box.trade.ledger.seq)


def _payer(state: AccountState, fact: Funding) -> Box | None:
    """The trade that held the slot when funding was paid: one that has ended, when that is learned of late.

    None for what was paid before the trade of now began: that was the user's own.
    """
    for box in state.ended.values():
        ledger = box.trade.ledger
        began, ended = ledger.first_at, ledger.last_at
        if began is None or ended is None or box.trade.plan.slot != fact.slot:
            continue
        if began <= fact.at <= ended:
            return box
    owner = state.owners.get(fact.slot)
    return None if owner is None or fact.at < owner.trade.plan.at else owner


def _price(state: AccountState, fact: Price) -> None:
    for box in state.on(fact.symbol):
        wishes = box.desired
        if wishes is None:
            continue
        below = wishes.below is not None and fact.last <= wishes.below
        above = wishes.above is not None and fact.last >= wishes.above
        if below or above:
            own(state, box, Reached(box.id, fact.last, fact.at))


def _leverage(state: AccountState, fact: LeverageIs) -> None:
    state.leverage[fact.symbol] = fact.leverage
    for box in state.on(fact.symbol):
        if box.preparing:
            state.touch(box)


def _stream(state: AccountState, fact: Stream) -> None:
    """From down until a covering cut the account is degraded: entries wait, exits go on (rel:F19)."""
    state.stream_up = fact.up
    if fact.up:
        cut_at(state, state.now)
        return
    if STREAM not in state.troubles:
        state.troubles[STREAM] = state.now
        state.tell(AccountDegraded(STREAM, fact.reason or "the private stream is down"), f"stream:{state.now}")
    cut_at(state, state.now + state.timings.degraded)
