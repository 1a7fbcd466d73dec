"""What somebody does to a trade's orders in the exchange's own app (A11): kept, put back, or, in the end, left alone.

A price counts as theirs only where nothing of ours was on its way, and no list can still show it as ours of before.
Whoever cancels the same thing again and again means it: after some put-backs it is left alone, loudly, until somebody
acts on the trade.
"""

from collections.abc import Iterable
from decimal import Decimal

from core.account.box import Box
from core.account.remembering import own
from core.account.state import AccountState
from core.account.wishing import wished
from core.alerts import AccountDegraded, AccountRestored, ForeignEdit
from core.desired import StopKind
from core.facts import Act, ActKind, StopIs, Working
from core.ladder_alerts import frame
from core.ladder_state import LadderState
from core.money import text
from core.plan import ManualChanges
from core.reconcile import STOP_ROLE, stop_reference
from core.slot_view import SlotView
from core.trade import Line, LineState
from core.words import Slot

HANDS = "hands"
"""The trouble of an account on which something is left alone."""

BEHIND = 60_000
"""So long after another stop took its place, milliseconds, lists may show the one of before as if it still stood."""

PUT_BACK = 3
WINDOW = 600_000
"""So often within so many milliseconds something is put back; then the alarm is repeated as often."""


def on_stop(state: AccountState, box: Box, view: SlotView, fact: StopIs) -> Act | None:
    """What follows when the venue shows another stop than *view* held, before that is believed."""
    if not _theirs(state, box, view, fact):
        return None
    if fact.price is None:
        put_back(state, box, STOP_ROLE, "it was cancelled")
        return None
    before = "it was set" if view.stop is None else f"it was moved from {text(view.stop)}"
    return _moved(state, box, fact.price, f"{before} to {text(fact.price)}")


def found(state: AccountState, slots: Iterable[Slot]) -> None:
    """Take the stops that the first look since a start shows: what somebody moved meanwhile is his, too."""
    for slot in slots:
        box, view = state.owners.get(slot), state.view(slot)
        if box is None or view.stop is None or not _appeared(state, box, view, view.stop):
            continue
        act = _moved(state, box, view.stop, f"it stands at {text(view.stop)}, which Tandem never asked for")
        if act is not None:
            own(state, box, act)


def _moved(state: AccountState, box: Box, price: Decimal, what: str) -> Act | None:
    if box.trade.plan.rules.manual_changes is ManualChanges.RESTORE:
        put_back(state, box, STOP_ROLE, what)
        return None
    _tell(state, box, ForeignEdit(STOP_ROLE, what, kept=True))
    return Act(box.id, ActKind.MOVE_STOP, state.now, box.trade.ledger.seq, price=price, by="app")


def _theirs(state: AccountState, box: Box, view: SlotView, fact: StopIs) -> bool:
    """Whether our stop was in force, and nothing but somebody's hand explains the one shown now."""
    if fact.price is not None and view.proven and view.stop is None:
        return _appeared(state, box, view, fact.price)
    wanted = [] if box.last_stop is None else [box.last_stop[0]]
    wanted += [stop.price for stop in wished(state, box).stops]  # another move may have come in this step
    in_force = view.proven and not view.stop_busy and view.stop is not None and view.stop in wanted
    if not in_force or not view.size or stop_reference(fact.slot) in state.busy:
        return False
    ledger = box.trade.ledger
    if box.phase.closing or ledger.position <= 0 or ledger.stopped or state.silent:
        return False
    if not view.explained(ledger):
        return False  # something executed that isn't known yet, such as the stop itself
    return fact.price is None or not _ours_lately(state, box, fact.price)


def _appeared(state: AccountState, box: Box, view: SlotView, price: Decimal) -> bool:
    """Whether somebody set it where none was in force, or while nobody looked: at a price that was never ours.

    Which those are is known until a take-profit executes: what a hit moves the stop to may stand before its order's end
    is known, and goes by what was bought and by the market.
    """
    wishes, slot, plan = wished(state, box).stops, box.trade.plan.slot, box.trade.plan
    if not wishes or wishes[0].kind not in (StopKind.INITIAL, StopKind.MOVED) or box.former or box.phase.closing:
        return False
    ledger = box.trade.ledger
    if view.stop_busy or stop_reference(slot) in state.busy or ledger.position <= 0 or state.silent:
        return False
    if not view.size or ledger.exited or not view.explained(ledger):
        return False
    brought = {line.stop for line in box.trade.lines.values()}
    return price not in {wishes[0].price, plan.stop, *box.stops, *brought}


def _ours_lately(state: AccountState, box: Box, price: Decimal) -> bool:
    """Whether an entry that fills brings this stop, or a list that is behind may show it: in an earlier life too."""
    brings = {line.stop for line in box.trade.lines.values() if line.live}
    asked = box.stops.get(price)
    return price in brings or (asked is not None and state.now - max(asked, state.began) < BEHIND)


def on_order(state: AccountState, box: Box, line: Line | None, fact: Working) -> Act | None:
    """What follows when an order works as nobody here asked for, before that is believed.

    An entry's goes back to the plan's, by which the trade was sized; where a take-profit stands is a person's to say.
    How much one sells is the venue's too, which makes it less as the position gets smaller.
    """
    if line is None or line.state is not LineState.WORKING or fact.key != line.key or fact.at < line.at:
        return None
    busy = fact.key in state.busy or fact.key in state.doubts or state.silent
    if busy:
        return None
    if fact.price is None or fact.price in _asked(box, line):
        _resized(state, box, line, fact)
        return None
    moved = f"its price went from {text(line.price or Decimal(0))} to {text(fact.price)}"
    keep = box.trade.plan.rules.manual_changes is ManualChanges.KEEP and line.reduce_only
    if not keep and not put_back(state, box, line.role, moved):
        return None
    _tell(state, box, ForeignEdit(line.role, moved, kept=keep))
    if not keep:
        return None
    return Act(box.id, ActKind.MOVE_TARGET, state.now, box.trade.ledger.seq, line.role, fact.price, by="app")


def _resized(state: AccountState, box: Box, line: Line, fact: Working) -> None:
    """Tell that an entry has another quantity or brings another stop than was ever asked for: it is put back."""
    if line.reduce_only:
        return
    changed = []
    if fact.quantity != line.quantity:
        changed.append(f"its quantity went from {text(line.quantity)} to {text(fact.quantity)}")
    if fact.stop is not None and fact.stop not in {line.stop, box.trade.plan.stop, *box.stops}:
        changed.append(f"its stop went from {'none' if line.stop is None else text(line.stop)} to {text(fact.stop)}")
    if changed and put_back(state, box, line.role, "; ".join(changed)):
        _tell(state, box, ForeignEdit(line.role, "; ".join(changed), kept=False))


def _asked(box: Box, line: Line) -> set[Decimal | None]:
    """Where an order stands, and where it is wished: by the last hand, else by the plan. An order's row has its age."""
    targets = box.trade.own.targets if isinstance(box.trade.own, LadderState) else ()
    moved, plan = [price for role, price in targets if role == line.role], box.trade.plan
    planned = [level.price for level in plan.levels if level.role == line.role]
    planned += [leg.price for leg in plan.legs if leg.role == line.role and leg.price is not None]
    return {line.price, *(moved or planned)}


def put_back(state: AccountState, box: Box, role: str, what: str) -> bool:
    """Note that something has to be put back; False once it was often enough and is left alone from now on."""
    times = [at for at in box.put_back.get(role, ()) if at > state.now - WINDOW]
    box.put_back[role] = [*times, state.now]
    if len(times) < PUT_BACK:
        if role == STOP_ROLE:
            _tell(state, box, ForeignEdit(role, what, kept=False))
        return True
    box.frozen.add(role)
    state.troubles.setdefault(HANDS, state.now)
    _alarm(state)
    return False


def _alarm(state: AccountState) -> None:
    state.hands_told = state.now
    state.wake(state.now + WINDOW)
    left = [
        f"{role} of {box.trade.plan.symbol} {box.id}" for box in state.boxes.values() for role in sorted(box.frozen)
    ]
    detail = (
        f"{', '.join(left)}: taken away in the app more than {PUT_BACK} times within 10 minutes; it is not put back "
        "until someone acts on the trade or resumes the account"
    )
    state.tell(AccountDegraded(HANDS, detail), f"{HANDS}:{state.now}")


def remind(state: AccountState) -> None:
    """Repeat the alarm for as long as something is left alone."""
    if HANDS not in state.troubles:
        return
    if state.now >= state.hands_told + WINDOW:
        _alarm(state)
    state.wake(state.hands_told + WINDOW)


def forgive(state: AccountState, *boxes: Box) -> None:
    """An operator acted on these trades (or they ended): whatever is wished for is put back again."""
    for box in boxes:
        box.put_back.clear()
        if box.frozen:
            box.frozen.clear()
            state.touch(box)
    if HANDS in state.troubles and not any(box.frozen for box in state.boxes.values()):
        since = state.troubles.pop(HANDS)
        state.tell(AccountRestored(HANDS, (state.now - since) // 1_000), f"restored:{HANDS}:{since}")


def _tell(state: AccountState, box: Box, body: ForeignEdit) -> None:
    state.out.alerts.append(frame(box.trade.plan, body, state.now, f"hand:{body.role}:{state.now}"))
