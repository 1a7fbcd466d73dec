"""Trades that the store has forgotten (C7): it was lost, or restored from before. Their ids at the venue say so.

Until the first look has ended nothing of ours counts as an orphan. A trade that was ever heard of is known by its id;
one that wasn't is made again of what the venue shows, or waits for a person: its orders and stop stay as they are.
"""

from collections.abc import Iterator

from core.account import unsent
from core.account.booking import of_nobody
from core.account.box import Box
from core.account.effects import Journaled
from core.account.explaining import by_clock
from core.account.folding import fold
from core.account.inputs import Rebuild
from core.account.recalling import recall
from core.account.state import AccountState
from core.account.timers import SETTLED, cut_at
from core.alerts import Alert, LevelLine, TradeRebuilt, TradeUnknown
from core.facts import Cut, Fact, Filled, Funding, PositionIs, StopIs, Working
from core.identity import Key, parse_key
from core.ladder_alerts import frame
from core.ladder_rebuild import ledger_of
from core.money import ZERO
from core.plan import Plan, Refusal
from core.remains import Remains
from core.strategy import Rebuilds
from core.terms import Terms
from core.words import Slot

REACH = 30 * 24 * 3_600_000
"""So far back are executions read for a trade that was forgotten, milliseconds."""
OVERLAP = 60_000
AGAIN = 600_000
"""How long what could not be made again rests before the venue is asked once more."""


def look(state: AccountState, cut: Cut) -> None:
    """See whether a full cut shows trades that were never heard of; if so, ask for all that is known of them.

    At a start a position that no trade owns may be one of theirs too: its executions tell.
    """
    slots: set[Slot] = set()
    if state.rebuilding:
        state.lost = {key.trade: order.slot for key, order in _ours(state, cut) if not state.heard(key.trade)}
        slots = {each.slot for each in cut.positions if each.size}
        if state.cuts.done == 1:
            unsent.ask(state, (*(each.slot for each in cut.positions if each.size), *state.lost.values()))
    if unsent.gives_way(state) or any(settles(state, slot) for slot in slots.union(state.lost.values())):
        return
    slots -= state.owners.keys()
    slots.update(state.lost.values())
    if slots and state.now >= state.lost_due:
        state.lost_due = state.now + AGAIN
        state.out.rebuild = tuple(sorted({slot.symbol for slot in slots}))
    if state.rebuilding and not slots:
        state.rebuilding = False
        for key, order in _ours(state, cut):  # an orphan may be one now
            if key.trade not in state.boxes:
                fold(state, order)


def settles(state: AccountState, slot: Slot) -> bool:
    """Whether a trade that the store knows has the place, holds nothing, and may turn out to be over.

    So it is where it ended after the store was copied: how its orders did is being asked for, or this very look listed
    what emptied it, and until that is known nobody can tell what is there now from what is its own. What looks alone
    say to be flat they can correct.
    """
    owner = state.owners.get(slot)
    if owner is None or owner.trade.ledger.held or by_clock(owner) is not None or state.now - state.began > SETTLED:
        return False
    if owner.phase.closing or owner.trade.ledger.flat_seq is not None:
        return True
    if not owner.trade.lines and slot in state.lost.values():  # it gives way
        return True
    return any(state.find(key)[0] is owner for key in state.doubts)


def _ours(state: AccountState, cut: Cut) -> Iterator[tuple[Key, Working]]:
    for order in cut.orders:
        key = parse_key(order.key)
        if key is not None and key.account == state.account:
            yield key, order


def rebuild(state: AccountState, asked: Rebuild) -> None:
    """Make every lost trade again, or say why not. What has nothing held and no entry waiting is over: orphans."""
    terms = {each.instrument.symbol: each for each in asked.terms}
    lost, state.lost = {**_holders(state, asked.cut), **state.lost}, {}
    remains = [_remains(state, trade, slot, asked.cut) for trade, slot in sorted(lost.items())]
    alive = [each for each in remains if _goes_on(each)]
    state.known |= lost.keys() - {each.trade for each in alive}
    for trade in lost:  # a mirror that was asked for it once more had opened it
        state.waiting.pop(trade, None)
    for each in alive:
        rivals = [other.trade for other in alive if other.slot == each.slot and other is not each]
        plan = _planned(state, each, rivals, terms.get(each.slot.symbol))
        if isinstance(plan, Refusal):
            _leave(state, each, plan)
        else:
            _go_on(state, each, plan, asked.cut)
    state.rebuilding = False
    state.cuts.since = min(state.cuts.since, asked.cut.asked - OVERLAP)
    cut_at(state, state.now)


def _remains(state: AccountState, trade: str, slot: Slot, cut: Cut) -> Remains:
    orders = tuple(order for key, order in _ours(state, cut) if key.trade == trade)
    mine = [each for each in cut.executions if isinstance(each, Filled) and _trade_of(state, each.key) == trade]
    first = min(mine, key=lambda each: each.seq, default=None)
    since = () if first is None else tuple(each for each in cut.executions if _since(state, each, first, slot))
    others = tuple(of_nobody(each) if isinstance(each, Filled) else each for each in since)
    held = next((each for each in cut.positions if each.slot == slot), None)
    return Remains(
        trade=trade,
        account=state.account,
        slot=slot,
        orders=orders,
        executions=(*mine, *others),
        size=ZERO if held is None else held.size,
        stop=next((each.price for each in cut.stops if each.slot == slot), None),
        leverage=None if held is None else held.leverage,
        leader=None if state.following is None else state.following.leader,
    )


def _trade_of(state: AccountState, key: str | None) -> str:
    """The trade that a key of this account's own names, "" for any other."""
    parts = None if key is None else parse_key(key)
    return "" if parts is None or parts.account != state.account else parts.trade


def _since(state: AccountState, each: Filled | Funding, first: Filled, slot: Slot) -> bool:
    """Whether an execution that names no order of ours happened to the slot while the trade had it."""
    if each.slot != slot:
        return False
    if isinstance(each, Funding):
        return each.at >= first.at
    return not _trade_of(state, each.key) and each.seq > first.seq


def _holders(state: AccountState, cut: Cut) -> dict[str, Slot]:
    """Trades that only their executions tell of, on slots that hold something which no trade owns."""
    held = {each.slot for each in cut.positions if each.size and each.slot not in state.owners}
    fills = [each for each in cut.executions if isinstance(each, Filled) and each.slot in held]
    trades = {_trade_of(state, each.key): each.slot for each in fills}
    return {trade: slot for trade, slot in trades.items() if trade and not state.heard(trade)}


def _goes_on(remains: Remains) -> bool:
    """Whether there is anything to go on with: an entry that waits, or something held that may be the trade's."""
    if not remains.orders:  # held by its executions, or over long ago
        opening = next((each.side for each in remains.executions if isinstance(each, Filled)), None)
        if opening is None:  # its orders went between the look that found them and the one that makes it again
            return False
        return bool(remains.size) and ledger_of(remains, opening).position > 0
    return bool(remains.size) or any(not order.reduce_only for order in remains.orders)


def _planned(state: AccountState, remains: Remains, rivals: list[str], terms: Terms | None) -> Plan | Refusal:
    where = f"{state.account} {remains.slot.symbol}: "
    if rivals:
        return Refusal((f"{where}orders of trade {', '.join(rivals)} are there too",))
    if terms is None:
        return Refusal((f"{where}its terms are not known",))
    owner = state.owners.get(remains.slot)
    if owner is not None:
        return Refusal((f"{where}trade {owner.id}, which the store knows, has the same place",))
    able = [each for each in state.strategies.values() if isinstance(each, Rebuilds)]
    plans = [each.rebuild(remains, terms) for each in able]
    good = [each for each in plans if isinstance(each, Plan)]
    if len(good) > 1 and any(each.rules != good[0].rules for each in good):
        names = ", ".join(each.request.strategy for each in good)
        return Refusal((f"{where}it could be a trade of any of {names}, whose rules differ",))
    refusals = [each for each in plans if isinstance(each, Refusal)]
    return good[0] if good else (refusals or [Refusal((f"{where}no strategy can make a trade again",))])[0]


def _go_on(state: AccountState, remains: Remains, plan: Plan, cut: Cut) -> None:
    """Remember the trade as if it had been in the journal all along, and go on from there."""
    lines: list[Plan | Fact] = [plan, *remains.orders, *remains.executions]
    state.silent = True
    for each in lines:
        recall(state, plan.trade, each)
    state.silent = False
    box = state.boxes[plan.trade]
    state.out.first += [Journaled(plan.trade, each) for each in lines]
    facts: tuple[PositionIs | StopIs, ...] = (*cut.positions, *cut.stops)
    for shown in (each for each in facts if each.slot == plan.slot):
        fold(state, shown)
    state.out.alerts.append(_rebuilt(box, state.now))
    state.touch(box)


def _rebuilt(box: Box, now: int) -> Alert:
    trade = box.trade
    left = [
        LevelLine(line.role, line.price, line.quantity - trade.executed(line))
        for line in sorted(trade.lines.values(), key=lambda line: (len(line.role), line.role))
        if line.live and line.price is not None
    ]
    body = TradeRebuilt(
        trade.ledger.position,
        trade.ledger.average_entry or ZERO,
        trade.plan.stop or ZERO,
        tuple(each for each in left if each.role.startswith("E")),
        tuple(each for each in left if each.role.startswith("TP")),
    )
    return frame(trade.plan, body, now, "rebuilt")


def _leave(state: AccountState, remains: Remains, refusal: Refusal) -> None:
    """Wait for a person; nothing of the trade is touched meanwhile."""
    state.lost[remains.trade] = remains.slot
    keys = tuple(order.key for order in remains.orders)
    body = TradeUnknown(refusal.reasons, keys, remains.size, remains.stop)
    alert = Alert(
        body=body,
        account=state.account,
        environment=state.environment,
        at=state.now,
        cause=f"unknown:{remains.trade}",
        symbol=remains.slot.symbol,
        trade=remains.trade,
    )
    state.out.alerts.append(alert)
