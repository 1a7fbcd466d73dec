"""The diff: what a trade wishes against what works at the venue, and the least work between them.

Keep, amend, cancel, place. Idempotent: carried out in full, it finds nothing more to do. One command per order at a
time: what is in flight counts as done, and its order is left alone until the answer is known.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import NamedTuple

from core.commands import Amend, Cancel, Command, Place, SetStop
from core.desired import Desired, Want, WantedStop
from core.identity import MAX_REVISION, key_text
from core.lines import next_revision
from core.money import ZERO
from core.plan import CLOSING_ROLE
from core.slot_view import SlotView
from core.terms import Capabilities
from core.trade import Line, LineState, Trade
from core.words import Slot, TriggerBy

STOP_ROLE = "stop"
"""Under this name in *held* a trade's stop is not tried now."""


def stop_reference(slot: Slot) -> str:
    """The name under which a SetStop in flight is kept among the busy keys."""
    return f"stop:{slot.symbol}:{slot.index}"


class Diff(NamedTuple):
    """The commands by urgency: stops, cancels, closes, exits (take-profits), entries."""

    stops: tuple[SetStop, ...] = ()
    cancels: tuple[Cancel, ...] = ()
    closes: tuple[Place | Amend, ...] = ()
    exits: tuple[Place | Amend, ...] = ()
    entries: tuple[Place | Amend, ...] = ()

    @property
    def commands(self) -> tuple[Command, ...]:
        """All of them, most urgent first."""
        return self.stops + self.cancels + self.closes + self.exits + self.entries


NOTHING = Diff()


def reconcile(
    trade: Trade,
    desired: Desired,
    slots: Mapping[Slot, SlotView],
    busy: Mapping[str, Command | None],
    held: Collection[str],
    capabilities: Capabilities,
) -> Diff:
    """What to send so that the venue comes to work as *desired*.

    *busy* are keys with a command in flight, or in doubt (None); *held* are roles not to be tried now.
    Reduce-only orders grow only inside the room that the position leaves; the closing order ignores it (it retries).
    """
    live = {role: line for role, line in trade.lines.items() if line.live}
    unwanted = live.copy()
    cancels: list[Cancel] = []
    closes: list[Place | Amend] = []
    exits: list[Place | Amend] = []
    entries: list[Place | Amend] = []
    growing: list[tuple[Place | Amend, Decimal]] = []
    for want in desired.wants:
        role = want.role
        line = unwanted.pop(role, None)
        if role in held or (line is not None and line.key in busy):
            continue
        change = _change(trade, want, line, capabilities) if line is not None else _place(trade, want)
        if change is None:
            continue
        if isinstance(change, Cancel):
            cancels.append(change)
        elif not want.reduce_only:
            entries.append(change)
        elif role == CLOSING_ROLE:
            closes.append(change)
        elif (growth := _growth(change, line)) > 0:
            growing.append((change, growth))
        else:
            exits.append(change)
    if unwanted:
        cancels = _unwanted(trade, unwanted, busy, held) + cancels
    exits += _inside_room(trade, growing, live, slots, busy, capabilities) if growing else ()
    stops = () if STOP_ROLE in held else _stops(trade, desired, slots, busy, held)
    if not (stops or cancels or closes or exits or entries):
        return NOTHING
    return Diff(stops, tuple(cancels), tuple(closes), tuple(exits), tuple(entries))


def works_as_wished(trade: Trade, want: Want, line: Line, capabilities: Capabilities) -> bool:
    """Whether the venue shows a role's order as it is wished for, so that nothing of it is left to send."""
    return line.state is LineState.WORKING and _change(trade, want, line, capabilities) is None


def _unwanted(
    trade: Trade, lines: Mapping[str, Line], busy: Mapping[str, Command | None], held: Collection[str]
) -> list[Cancel]:
    """Cancels for the live orders that nothing wishes for."""
    return [
        Cancel(line.key, trade.plan.slot) for role, line in lines.items() if line.key not in busy and role not in held
    ]


def _change(trade: Trade, want: Want, line: Line, capabilities: Capabilities) -> Amend | Cancel | None:
    """What a role's live order needs; None when it works as wished."""
    quantity = want.total - line.dead
    if quantity <= trade.executed(line):
        return Cancel(line.key, want.slot)
    if line.price is None:
        quantity = min(quantity, max(line.quantity, trade.plan.instrument.max_market_quantity))
    price = want.price if want.price is not None and want.price != line.price else None
    stop = want.stop if want.stop is not None and want.stop != line.stop else None
    resized = quantity if quantity != line.quantity else None
    if resized is None and price is None and stop is None:
        return None
    if not capabilities.amend_in_place:
        return Cancel(line.key, want.slot)
    return Amend(line.key, want.slot, resized, price, stop)


def _place(trade: Trade, want: Want) -> Place | None:
    """The order that a role without a live one needs; None when it must wait until its last revision is booked."""
    line = trade.lines.get(want.role)
    if line is not None:
        if line.given_up or (want.once and line.state is LineState.ENDED):
            return None
        if line.state is LineState.ENDED and not trade.booked(line):
            return None
    filled = trade.ledger.filled(want.role)
    if want.total <= filled or next_revision(line) > MAX_REVISION:
        return None
    plan = trade.plan
    key = key_text(plan.account, plan.trade, want.role, next_revision(line))
    trigger_by = plan.rules.trigger_by if want.stop is not None else TriggerBy.LAST
    quantity = want.total - filled
    if want.price is None:  # what is more than one market order may take, the next one takes
        quantity = min(quantity, plan.instrument.max_market_quantity)
    return Place(key, want.slot, want.side, quantity, want.price, want.reduce_only, want.stop, trigger_by)


def _growth(change: Place | Amend, line: Line | None) -> Decimal:
    """By how much a change raises what reduce-only orders claim of the position."""
    if change.quantity is None:
        return ZERO
    return change.quantity if line is None else change.quantity - line.quantity


def _inside_room(
    trade: Trade,
    growing: list[tuple[Place | Amend, Decimal]],
    live: Mapping[str, Line],
    slots: Mapping[Slot, SlotView],
    busy: Mapping[str, Command | None],
    capabilities: Capabilities,
) -> list[Place | Amend]:
    """The growing exits that fit the room: position less what live exits still claim, the largest claim counting."""
    if not capabilities.reduce_only_quota:
        return [change for change, _ in growing]
    view = slots.get(trade.plan.slot)
    room = (view.held(trade.plan.opening) if view is not None else ZERO) - _claimed(trade, live, busy)
    fitting: list[Place | Amend] = []
    for change, growth in growing:
        if growth <= room:
            room -= growth
            fitting.append(change)
    return fitting


def _claimed(trade: Trade, live: Mapping[str, Line], busy: Mapping[str, Command | None]) -> Decimal:
    claimed = ZERO
    for role, line in live.items():
        if line.reduce_only and role != CLOSING_ROLE:
            quantity = line.quantity
            match busy.get(line.key):
                case Amend(quantity=asked) if asked is not None:
                    quantity = max(quantity, asked)
            claimed += quantity - trade.executed(line)
    return claimed


def _stops(
    trade: Trade,
    desired: Desired,
    slots: Mapping[Slot, SlotView],
    busy: Mapping[str, Command | None],
    held: Collection[str],
) -> tuple[SetStop, ...]:
    """The stops to set; attached stops of resting entries come first, else a fill would bring the old one back.

    While nothing of ours is held, what the slot holds is the user's, and so is its stop (A7).
    """
    if trade.ledger.position <= 0:
        return ()
    moves = []
    for stop in desired.stops:
        view = slots.get(stop.slot)
        if view is None or view.held(trade.plan.opening) <= 0 or view.stop_busy or view.stop == stop.price:
            continue
        if stop_reference(stop.slot) in busy:
            continue
        if view.stop is not None and _attached_first(trade, desired, stop, held):
            continue
        moves.append(SetStop(stop.slot, stop.price, stop.trigger_by))
    return tuple(moves)


def _attached_first(trade: Trade, desired: Desired, stop: WantedStop, held: Collection[str]) -> bool:
    for want in desired.wants:
        if want.reduce_only or want.slot != stop.slot or want.role in held:
            continue
        line = trade.lines.get(want.role)
        if line is not None and line.live and line.stop != want.stop and line.state is LineState.WORKING:
            return True
    return False
