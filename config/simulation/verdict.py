"""What must hold once everything is quiet (rel:I1 to I19, as far as one storm can show it)."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

from config.simulation.process import LEADER, Node
from config.simulation.traces import traces
from config.simulation.world import World
from core.account.hands import HANDS
from core.account.state import AccountState
from core.alerts import EntryFilled, LimitFilled, PositionClosed, TargetHit
from core.facts import Act, ActKind
from core.identity import trade_and_role
from core.invariants import violations
from core.mirror import Following, follows_close
from core.money import ZERO, text
from core.reconcile import STOP_ROLE

MONEY = Decimal("0.00000001")
"""Averages never end: sums of money agree to this (rel:I10)."""


ON_ITS_WAY = 5_000
"""Milliseconds of venue time in which a request has its answer once faults have stopped."""


def at_rest(world: World) -> None:
    """Faults stopped a while ago, the trade may still be on: everything agrees."""
    if not world.process.up:
        world.watch.breach("I12", "", "the process did not come back")
        return
    for name, node in world.process.nodes.items():
        for invariant, detail in _account(world, name, node):
            world.watch.breach(invariant, name, detail)
    for name, trade in _not_emptied(world):
        world.watch.breach("I12", name, f"{trade} is still open though an emergency closed it")
    for name, detail in _left_open(world):
        world.watch.breach("I14", name, detail)
    for name, detail in _told(world):
        world.watch.breach("I13", name, detail)
    for invariant, name, detail in (*_venue(world), *traces(world)):
        world.watch.breach(invariant, name, detail)


def over(world: World) -> None:
    """The price went where everything ends: flat, no order of ours, each trade closed once."""
    at_rest(world)
    world.sights.ended(world.disk.reports.values())
    for name, node in world.process.nodes.items():
        state = node.machine.state
        for box in state.boxes.values():
            # What was missed, and doesn't give up, waits for its entries.
            waits = not box.trade.ledger.entered and not box.trade.plan.rules.cancel_if_missed
            # No take-profit is taken for so little, by new rules (rel:F37) or for want of volume, and the stop was not
            # reached. How much was filled a person was told.
            little = ZERO < box.trade.ledger.position < box.trade.plan.instrument.min_quantity
            if name not in world.watch.meddled and not box.frozen and not waits and not little:
                world.watch.breach("I12", name, f"{box.id} is still {box.phase.value} long after its end")
        for order in world.venue.state.accounts[name].orders.values():
            lost = trade_and_role(order.link)[0] in state.lost  # it was told, and waits for a person (C7)
            if order.link.startswith("t1-") and not state.boxes and not lost:
                world.watch.breach("I4", name, f"{order.link} works though every trade is over")


def _account(world: World, name: str, node: Node) -> Iterator[tuple[str, str]]:
    state = node.machine.state
    # Somebody has to act on what was left alone (A11): until then the account says so, and nothing else is wrong.
    left_alone = {role for box in state.boxes.values() for role in box.frozen}
    excused = {"I2", "I2b", *(["I1"] if STOP_ROLE in left_alone else ())} if left_alone else ()
    for each in violations(state, world.roads[name].venue.snapshot(0)):
        if each.invariant not in excused:
            yield each.invariant, each.detail
    # A refused wish is tried once per cut (C4), so one of those may be on its way just now.
    old = [name for name, flight in state.flights.items() if world.timeline.now - flight.at > ON_ITS_WAY]
    unwell = [each for each in state.troubles if each != HANDS or not left_alone]
    for what, stuck in (("in flight", old), ("in doubt", state.doubts), ("unwell", unwell)):
        if stuck:
            yield "I12", f"still {what} after two quiet minutes: {', '.join(sorted(stuck))}"
    for box in state.boxes.values():
        # A user's hand may hold up what is still to be sold; what has nothing left nobody holds up.
        if box.phase.closing and (name not in world.watch.meddled or not box.trade.ledger.held):
            yield "I12", f"{box.id} is still closing after two quiet minutes"
    yield from _refolded(world, name, state)
    yield from _money(world, name)


def _refolded(world: World, name: str, state: AccountState) -> Iterator[tuple[str, str]]:
    """What the journal says is what the machine believes (rel:I9)."""
    again = world.fresh(name)
    world.process.restored(name, again)
    if again.boxes.keys() != state.boxes.keys():
        yield "I9", f"the journal knows {sorted(again.boxes)}, the machine {sorted(state.boxes)}"
        return
    for trade, box in state.boxes.items():
        refolded = again.boxes[trade]
        if refolded.trade.ledger != box.trade.ledger:
            yield "I9", f"{trade}: the journal folds to another ledger"
        if refolded.trade.own != box.trade.own:
            yield "I9", f"{trade}: the journal folds to another state: {refolded.trade.own} not {box.trade.own}"


def _money(world: World, name: str) -> Iterator[tuple[str, str]]:
    """A closed trade's report says what the venue's wallet says (rel:I10)."""
    account = world.venue.state.accounts[name]
    reports = [report for (owner, _), report in world.disk.reports.items() if owner == name]
    if name in world.watch.meddled or world.process.nodes[name].machine.state.boxes or not reports:
        return
    told = sum((report.net for report in reports), ZERO)
    if abs(told - (account.wallet - account.deposits)) > MONEY:
        yield "I10", f"reports say {text(told)}, the wallet {text(account.wallet - account.deposits)}"


def _venue(world: World) -> Iterator[tuple[str, str, str]]:
    for name, account in world.venue.state.accounts.items():
        if account.wallet != account.deposits + account.realised - account.fees - account.funding:
            yield "I18", name, "the venue's books don't balance"


def _not_emptied(world: World) -> Iterator[tuple[str, str]]:
    """What an emergency should have closed. An act that a full disk never took dies with the process (rel:F45)."""
    for name, trade in sorted(world.watch.emptied):
        acts = [entry.what for entry in world.disk.journal.get(name, []) if entry.trade == trade]
        stored = any(isinstance(act, Act) and act.kind is ActKind.CLOSE for act in acts)
        if stored and trade in world.process.nodes[name].machine.state.boxes and name not in world.watch.meddled:
            yield name, trade


def _left_open(world: World) -> Iterator[tuple[str, str]]:
    """A mirror's trade does not outlive its leader's (A4)."""
    leader = world.process.nodes[LEADER].machine.state
    for name, node in world.process.nodes.items():
        for trade, box in node.machine.state.boxes.items():
            over = world.disk.reports.get((LEADER, trade))
            if box.trade.plan.leader != LEADER or trade in leader.boxes or over is None or over.reason is None:
                continue
            if follows_close(over.reason, Following(leader=LEADER)) and name not in world.watch.meddled:
                yield name, f"{trade} goes on though {LEADER}'s closed: {over.reason}"


def _told(world: World) -> Iterator[tuple[str, str]]:
    """Every number that was told is the ledger's of that account (rel:I13), and each close was told once."""
    closes: Counter[tuple[str, str]] = Counter()
    for alert in world.disk.alerts.values():
        report = world.disk.reports.get((alert.account, alert.trade))
        match alert.body:
            case PositionClosed(entered=entered) if report is not None:
                closes[alert.account, alert.trade] += 1
                if entered > report.entered:
                    yield (
                        alert.account,
                        f"told that {text(entered)} were entered, the ledger says {text(report.entered)}",
                    )
            case LimitFilled(filled_total=total) | EntryFilled(filled_total=total) if report is not None:
                if total > report.entered:
                    yield alert.account, f"told of {text(total)} filled, the ledger says {text(report.entered)}"
            case TargetHit(number=number, quantity=quantity, remaining=remaining) if report is not None:
                booked = report.targets[number - 1].filled
                if quantity > booked or remaining > max(report.entered - booked, ZERO):
                    yield alert.account, f"TP{number} told with {text(quantity)}, the ledger says {text(booked)}"
            case _:
                pass
    for (account, trade), report in world.disk.reports.items():
        if report.reason not in ("rejected", "skipped") and not closes[account, trade]:
            yield account, f"nobody was told that {trade} closed"
