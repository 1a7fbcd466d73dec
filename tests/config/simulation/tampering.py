"""What a test puts wrong by hand: in what an account believes, in what is stored, at the venue."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

from config.simulation.process import LEADER
from config.simulation.story import START, is_entry
from config.simulation.world import World
from core.account.effects import Journaled
from core.account.state import Doubt, Flight
from core.alerts import (
    EntriesCancelled,
    EntryFailed,
    ExternalChange,
    LevelLine,
    PositionClosed,
    RebalanceResult,
    Resize,
    TargetsRebalanced,
)
from core.commands import Cancel
from core.desired import Phase
from core.facts import Act, ActKind, Cause, Filled, Funding
from core.identity import trade_and_role
from core.ladder_alerts import frame
from core.ladder_closing import FOLLOWED
from core.ladder_state import LadderState
from plugins.exchanges.paper.venue.words import OrderStatus
from tests.config.simulation.quiet import box, ended, entry_key, state

MIRROR = "mirror"
FAR = Decimal(101)


def foreign(world: World, execution: str = "x") -> None:
    """Something of main's counts as the user's."""
    mine, none = box(world), Decimal(0)
    slot, side = mine.trade.plan.slot, mine.trade.plan.closing
    mine.history.append((1, 0, Filled(execution, slot, None, side, FAR, FAR, none, Cause.FOREIGN, START, 1)))


def moved(world: World, name: str, by: str) -> None:
    """An account's history holds a stop that was moved."""
    mine = box(world, name)
    mine.history.append((9, 0, Act(mine.id, ActKind.MOVE_STOP, world.timeline.now, 9, price=FAR, by=by)))


def leads(world: World) -> None:
    """Main's stop was moved, and nobody copied it."""
    mine = box(world)
    assert isinstance(mine.trade.own, LadderState)
    mine.trade = replace(mine.trade, own=replace(mine.trade.own, moved=(FAR, 9)))
    moved(world, LEADER, "someone")


def forget_a_fill(world: World) -> None:
    """The store has lost an execution."""
    lines = world.disk.journal[LEADER]
    lines.remove(next(line for line in lines if isinstance(line.what, Filled)))


def decides_otherwise(world: World) -> None:
    """The machine believes of its own state what the journal doesn't say."""
    mine = box(world)
    assert isinstance(mine.trade.own, LadderState)
    mine.trade = replace(mine.trade, own=replace(mine.trade.own, best=FAR))


def emptied(world: World, *, stored: bool = True) -> None:
    """An emergency closed the trade; *stored*: as the journal says."""
    trade = box(world).id
    world.watch.emptied.add((LEADER, trade))
    if stored:
        world.disk.journal[LEADER].append(Journaled(trade, Act(trade, ActKind.CLOSE, START, 1)))


def flying(world: World) -> None:
    """A request left when the storm began, and has no answer."""
    key, mine = entry_key(world), box(world)
    state(world).flights[key] = Flight(Cancel(key, mine.trade.plan.slot), START, mine)


def doubted(world: World) -> None:
    """An order is asked for by key."""
    state(world).doubts[entry_key(world)] = Doubt(box(world).trade.plan.slot, START, START)


def paid_before(world: World) -> None:
    """A payment of before the trade is booked in it."""
    plan = box(world).trade.plan
    world.disk.journal[LEADER].append(Journaled(plan.trade, Funding("f", plan.slot, FAR, plan.at - 1)))


def believe(world: World) -> None:
    """More is believed than is held."""
    state(world).view(box(world).trade.plan.slot).size += 1


def pay(world: World) -> None:
    """Money comes from nowhere."""
    world.venue.state.accounts[LEADER].wallet += 1


def outlive(world: World, reason: str = "manual") -> None:
    """The leader's trade is over, its mirror's isn't."""
    trade = box(world).id
    report = next(iter(ended().disk.reports.values()))
    del state(world).boxes[trade]
    world.disk.reports[LEADER, trade] = replace(report, id=trade, account=LEADER, reason=reason)


def tell_otherwise(world: World, kind: type[Any], **changed: object) -> None:
    """Of main's trade people were told something else."""
    alerts = world.disk.alerts
    key = next(key for key, each in alerts.items() if each.account == LEADER and isinstance(each.body, kind))
    body: Any = alerts[key].body
    alerts[key] = replace(alerts[key], body=replace(body, **changed))


def unsay(world: World, kind: type[Any]) -> None:
    """Nobody was told."""
    for key in [key for key, each in world.disk.alerts.items() if isinstance(each.body, kind)]:
        del world.disk.alerts[key]


def report_otherwise(world: World, **changed: Any) -> None:
    """Main's report says something else."""
    key = next(key for key in world.disk.reports if key[0] == LEADER)
    world.disk.reports[key] = replace(world.disk.reports[key], **changed)


def late(world: World, times: int, *, failed: bool = False, phase: Phase = Phase.MONITORING, **decided: Any) -> None:
    """Main's first entry was never sent and is too late by now, though wished for; people are told so often."""
    mine = box(world)
    mine.phase = phase
    plan, leg = mine.trade.plan, mine.trade.plan.legs[0]
    assert isinstance(mine.trade.own, LadderState)
    own = replace(mine.trade.own, late=len(plan.legs), **decided)
    lines = {role: line for role, line in mine.trade.lines.items() if role != leg.role}
    wishing = replace(plan, rules=replace(plan.rules, cancel_limits_on_tp1=False))
    mine.trade = replace(mine.trade, plan=wishing, lines=lines, own=own)
    gone = LevelLine(leg.role, leg.price, leg.quantity)
    body = EntryFailed(leg.role, leg.price, leg.quantity, "no") if failed else EntriesCancelled((gone,), "late")
    for cause in map(str, range(times)):
        world.disk.alerts[LEADER, mine.id, "entries_cancelled", cause] = frame(plan, body, START, cause)


def met(world: World) -> None:
    """An entry of main's executed against what another held the other way."""
    executions = world.venue.state.accounts[LEADER].executions
    place = next(place for place, each in enumerate(executions) if is_entry(each.link))
    executions[place] = replace(executions[place], closed=FAR)


def works_on(world: World) -> None:
    """An order of a trade that is over works after all."""
    account = world.venue.state.accounts[LEADER]
    order = next(order for order in account.closed.values() if order.link.startswith("t1-"))
    account.orders[order.id] = order


def fails_again(world: World) -> None:
    """It is told three times that the same change of main's take-profits failed."""
    mine = box(world)
    body = TargetsRebalanced(RebalanceResult.FAILED, (Resize("TP1", FAR, FAR, "busy"),), 4, FAR)
    for cause in ("1", "2", "3"):
        alert = frame(mine.trade.plan, body, START, cause)
        world.disk.alerts[LEADER, mine.id, "targets_rebalanced", cause] = alert


def strangers(world: World) -> None:
    """A part of main's is told as somebody else's doing."""
    mine = box(world)
    body = ExternalChange("manual", -FAR, FAR, FAR, FAR)
    world.disk.alerts[LEADER, mine.id, "external_change", "1"] = frame(mine.trade.plan, body, START, "1")


def closes(world: World) -> None:
    """The trade is closing, and never comes to its end."""
    box(world).phase = Phase.CLOSING


def closed_early(world: World) -> None:
    """Main's trade is told to have closed when it was asked for."""
    key, told = next(
        each for each in world.disk.alerts.items() if each[0][0] == LEADER and isinstance(each[1].body, PositionClosed)
    )
    world.disk.alerts[key] = replace(told, at=START)


def never_filled(world: World) -> None:
    """The venue's list has main's first take-profit as cancelled."""
    for order in world.venue.state.accounts[LEADER].closed.values():
        if trade_and_role(order.link)[1] == "TP1":
            order.status = OrderStatus.CANCELLED


def follows_nobody(world: World) -> None:
    """The mirror's trade ended with its leader's, which is on."""
    trade = box(world).id
    del state(world, MIRROR).boxes[trade]
    report = next(iter(ended().disk.reports.values()))
    world.disk.reports[MIRROR, trade] = replace(report, id=trade, account=MIRROR, reason=FOLLOWED)


def worked_on(world: World) -> None:
    """An order of main's trade ended when that was over already."""
    report_otherwise(world, known_at=START + 3_000)
