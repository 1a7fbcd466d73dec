"""What a storm must not leave behind once all is quiet: guesses of ours, moves not copied, reasons nobody gave.

Each looks for what the venue and the story know better than the machine, or for what one account did against the other.
"""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from config.simulation import ghosts
from config.simulation.copies import copies, was_moved
from config.simulation.process import LEADER
from config.simulation.story import WINDOWS, Does
from config.simulation.world import World
from core.account.adopting import ADOPTED
from core.account.box import Box
from core.account.explaining import EXPLAINED, NETTED, RELEASED
from core.alerts import (
    EntriesCancelled,
    EntryFailed,
    ExternalChange,
    PositionClosed,
    RebalanceResult,
    TargetHit,
    TargetsRebalanced,
    TradeOpened,
)
from core.facts import Act, ActKind, Cause, Filled, Funding
from core.identity import trade_and_role
from core.ladder_closing import FOLLOWED, closing_reason
from core.ladder_entries import entries_wished, too_late, was_withdrawn
from core.ladder_state import LadderState, hits
from core.money import ZERO, text
from core.plan import Leg, Plan, target_role
from core.words import Side
from plugins.exchanges.paper.venue.words import OrderStatus

Found = Iterator[tuple[str, str, str]]
"""(invariant, account, detail)."""

MOST_TOLD = 2
"""Alerts of one failed change of the take-profits; it may fail, work, and fail again."""

_LOSES = (*WINDOWS[:-1], Does.BEHIND)
"""What frames get lost by: all windows but a thin market."""


def traces(world: World) -> Found:
    """Everything that was left behind."""
    yield from (("A4", name, detail) for name, detail in copies(world.process))
    yield from _followed(world)
    yield from _closed_at_work(world)
    yield from _joined(world)
    yield from _guesses(world)
    yield from _reasons(world)
    yield from _late(world)
    yield from _earlier_funding(world)
    yield from _believed(world)
    yield from _again(world)
    yield from _strangers(world)
    yield from _dated(world)
    yield from _in_full(world)


def _followed(world: World) -> Found:
    """No mirror's trade is said to have ended with its leader's, which goes on (A4, G2).

    One that never entered also ends when its leader takes profit, or moves the stop past the entries. Where an entry
    that was dead executed, one of the two may be on again.
    """
    judged = world.process.up and LEADER not in world.watch.haunted
    leaders = world.process.nodes[LEADER].machine.state.boxes if judged else {}
    for (name, trade), report in world.disk.reports.items():
        theirs = leaders.get(trade)
        if report.reason != FOLLOWED or theirs is None or theirs.phase.closing or name in world.watch.haunted:
            continue
        if report.entered or not (hits(theirs.trade) or was_moved(theirs)):
            yield "A4", name, f"{trade} ended with its leader, which goes on"


def _closed_at_work(world: World) -> Found:
    """No trade is over while an order of it works: what that still does would be nobody's (C8, rel:D12)."""
    for (name, trade), report in world.disk.reports.items():
        account = world.venue.state.accounts[name]
        if name in world.watch.haunted or report.known_at is None:
            continue
        over = world.clocks.venue(report.known_at)
        for order in (*account.orders.values(), *account.closed.values()):
            ours = order.link.startswith("t1-") and trade_and_role(order.link)[0] == trade
            if ours and order.created < over and (order.open or order.updated > over):
                lasted = "still works" if order.open else f"ended {order.updated - over} ms later"
                yield "C8", name, f"{trade} was over, and {order.link} of it {lasted}"


def _joined(world: World) -> Found:
    """No mirror begins what its leader has taken its profit on, once it has been told (A4, A9)."""
    for alert in world.disk.alerts.values():
        at = world.process.profits.get(alert.trade)
        hit = at and world.clocks.believed(at)  # a plan is dated by the venue's clock, as its adapter knows it
        if isinstance(alert.body, TradeOpened) and alert.account != LEADER and hit is not None and alert.at > hit:
            yield "A9", alert.account, f"{alert.trade} began {alert.at - hit} ms after its leader's TP1 was hit"


def _guesses(world: World) -> Found:
    """Nothing of ours counts as the user's where no user was, once the venue has listed every execution (C8, B11)."""
    for name, node in world.process.nodes.items():
        state = node.machine.state
        for box in (*state.boxes.values(), *state.ended.values()) if name not in world.watch.meddled else ():
            others = [
                fact
                for _, _, fact in box.history
                if isinstance(fact, Filled)
                and fact.cause is Cause.FOREIGN
                and fact.quantity
                and not fact.execution.startswith(NETTED)
            ]
            for fact in others:
                yield "I6", name, f"{box.id}: {text(fact.quantity)} count as the user's, who never traded there"


def _reasons(world: World) -> Found:
    """Nobody from outside closed what no user's hand was in (G2).

    Where a stop was moved past an entry and back, what cancelled the entry shows no more; nor does a decision of ours
    that died with the process before a full disk took it (rel:F45). What a dead entry and a later trade's executed
    against each other is booked like a hand's (A8).
    """
    cancelled = {each.account for each in world.story.happenings if each.what is Does.USER_CANCEL}
    for (name, trade), report in world.disk.reports.items():
        if report.reason != "external" or name in world.watch.meddled | cancelled:
            continue
        netted = name in world.watch.haunted and ghosts.met(world.venue.state.accounts[name])
        if netted or (name, trade) in world.disk.forgotten:
            continue
        acts = [entry.what for entry in world.disk.journal.get(name, []) if entry.trade == trade]
        if sum(isinstance(act, Act) and act.kind is ActKind.MOVE_STOP for act in acts) < 2:
            yield "G2", name, f"{trade} is reported as closed from outside, where nobody was"


def _late(world: World) -> Found:
    """Of an entry that was not sent in its request's time people are told, once (A9)."""
    told: Counter[tuple[str, str, str]] = Counter()
    for alert in world.disk.alerts.values():
        match alert.body:
            case EntriesCancelled(entries=entries):
                told.update((alert.account, alert.trade, each.role) for each in entries)
            case EntryFailed(role=role):
                told[alert.account, alert.trade, role] += 1
            case _:
                pass
    for name, node in world.process.nodes.items():
        for box in (*node.machine.state.boxes.values(), *node.machine.state.ended.values()):
            if isinstance(box.trade.own, LadderState):
                for leg in box.trade.plan.legs:
                    times = told[name, box.id, leg.role]
                    if too_late(box.trade, leg) and not _times(box, leg) <= times <= 1:
                        yield "A9", name, f"{box.id}: {leg.role} came too late to be sent, told {times} times"


def _times(box: Box, leg: Leg) -> int:
    """How often an entry is told of at least: what nobody wishes for any more needs no other reason.

    Of a trade that is over only what never came to anything says why it is.
    """
    trade = box.trade
    goes_on = not box.phase.closing or (closing_reason(trade) == "expired" and not trade.ledger.entered)
    return int(goes_on and entries_wished(trade) and not was_withdrawn(trade, leg))


def _earlier_funding(world: World) -> Found:
    """What was paid before a trade was asked for is not the trade's (I10)."""
    for name, lines in world.disk.journal.items():
        began = {entry.what.trade: entry.what.at for entry in lines if isinstance(entry.what, Plan)}
        for entry in lines:
            if isinstance(entry.what, Funding) and entry.what.at < began.get(entry.trade or "", 0) - world.clocks.late:
                yield "I10", name, f"{entry.trade}: funding of before it began is booked in it"


def _believed(world: World) -> Found:
    """What is believed of a slot's size is what the venue holds (I6)."""
    for name, node in world.process.nodes.items():
        held: dict[tuple[str, int], Decimal] = {
            place: position.size for place, position in world.venue.state.accounts[name].positions.items()
        }
        for slot, view in node.machine.state.slots.items():
            size = held.get((slot.symbol, slot.index), ZERO)
            if view.size != size:
                yield "I6", name, f"believes that {text(view.size)} are held, {text(size)} are"


def _again(world: World) -> Found:
    """A change of the take-profits that failed is not told over and over; a start knows nothing of before it (C5)."""
    told: Counter[tuple[str, str, object]] = Counter()
    for alert in world.disk.alerts.values() if not world.crashes else ():
        if isinstance(alert.body, TargetsRebalanced) and alert.body.result is RebalanceResult.FAILED:
            told[alert.account, alert.trade, alert.body.resizes] += 1
    for (name, trade, resizes), times in told.items():
        if times > MOST_TOLD:
            yield "C5", name, f"{trade}: told {times} times to have failed: {resizes}"


def _strangers(world: World) -> Found:
    """Where every order's frame came, a part that went by an order of ours is told as nobody else's doing (B11, C8).

    What a stop took is told by no order: it takes all.
    """
    troubled = {each.account for each in world.story.happenings if each.what in _LOSES}
    if world.fates.struck or world.crashes or world.story.chances:
        return
    for alert in world.disk.alerts.values():
        if not isinstance(alert.body, ExternalChange) or alert.body.ours <= 0:
            continue
        if alert.account not in troubled | world.watch.meddled | world.watch.haunted:
            yield "B11", alert.account, f"{alert.trade}: {text(alert.body.quantity)} told as somebody else's"


def _dated(world: World) -> Found:
    """No trade is told to have closed at a time when less had left than it had entered, by the venue's list (I13).

    What was given back left by no order; and what only looks show is dated by what an adapter takes the clock to show.
    """
    for alert in world.disk.alerts.values():
        if not isinstance(alert.body, PositionClosed) or _given_back(world, alert.account, alert.trade):
            continue
        closing, slots = ("Sell", (0, 1)) if alert.side is Side.LONG else ("Buy", (0, 2))
        executed = [each for each in world.venue.state.accounts[alert.account].executions if each.index in slots]
        at = alert.at + world.clocks.early
        left = sum((each.quantity for each in executed if each.side == closing and each.at <= at), ZERO)
        if left < alert.body.entered:
            yield "I13", alert.account, f"{alert.trade} is told as closed when {text(left)} had left"


def _given_back(world: World, name: str, trade: str) -> bool:
    """Whether a person took what it held over, whatever it was closing for by then."""
    facts = [(entry.trade, entry.what) for entry in world.disk.journal.get(name, []) if isinstance(entry.what, Filled)]
    taken = {(fact.at, fact.seq) for _, fact in facts if fact.execution.startswith(ADOPTED)}
    ours = [fact for whose, fact in facts if whose == trade]
    return any(
        fact.execution.startswith(RELEASED) or (fact.execution.startswith(EXPLAINED) and (fact.at, fact.seq) in taken)
        for fact in ours
    )


def _in_full(world: World) -> Found:
    """No take-profit is told as hit of which no order was filled in full, by the venue's list (B7)."""
    for alert in world.disk.alerts.values():
        if not isinstance(alert.body, TargetHit) or alert.account in world.watch.meddled:
            continue
        account, whose = world.venue.state.accounts[alert.account], (alert.trade, target_role(alert.body.number))
        orders = [account.find(link) for link in account.links if trade_and_role(link) == whose]
        if not any(order is None or order.status is OrderStatus.FILLED for order in orders):
            yield "B7", alert.account, f"{alert.trade}: TP{alert.body.number} is told as hit, and was never filled"
