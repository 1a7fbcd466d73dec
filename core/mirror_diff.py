"""How a mirror's trade stands against its leader's (A2, A4, rel:I14): what is expected of it, and what explains less.

Each account lives on its own fills, so that a mirror may lag behind: an entry that the leader filled and that still
works on the mirror, or was taken back there by its own TP1 or by hand, explains a difference; one that is lost doesn't.
"""

from dataclasses import dataclass
from decimal import Decimal

from core.ladder_entries import entries_wished
from core.ladder_state import LadderState, hits
from core.money import ZERO
from core.trade import Trade


@dataclass(frozen=True, slots=True, kw_only=True)
class MirrorRow:
    """One trade on a leader and one of its mirrors. *expected* is the leader's, scaled by the mirror's own plan.

    Quantities are entered ones. *explained*: the difference is less than a lot a leg, or an order that works covers it.
    *note* says in words what isn't as expected, or why it may be.
    """

    leader: str
    mirror: str
    trade: str
    symbol: str
    side: str
    leader_entered: Decimal
    leader_position: Decimal
    leader_targets: int
    mirror_entered: Decimal | None
    mirror_position: Decimal | None
    mirror_targets: int | None
    expected: Decimal | None
    explained: bool
    note: str = ""


def compared(leader: Trade, mirror: Trade) -> MirrorRow:
    """The row of a trade that both have."""
    expected = expected_entry(leader, mirror)
    entered = mirror.ledger.entered
    slack = mirror.plan.instrument.step * len(mirror.plan.legs)
    apart = abs(entered - expected) > slack
    why = _explanation(mirror if entered < expected else leader) if apart else ""
    behind = mirror.plan.account if entered < expected else leader.plan.account
    note = f"{behind} {why or 'lacks a fill that no order waits for'}" if apart else ""
    return _row(leader, mirror.plan.account, mirror, expected, explained=bool(why) or not apart, note=note)


def _explanation(behind: Trade) -> str:
    """Why the one that is behind may be: each account lives on its own fills (A4)."""
    waits = [leg.role for leg in behind.plan.legs if behind.live(leg.role)]
    if waits:
        return f"waits for {', '.join(waits)}"
    if isinstance(behind.own, LadderState) and not entries_wished(behind):
        return "took its entries back before they filled"
    return ""


def absent(leader: Trade, mirror: str, note: str, *, explained: bool) -> MirrorRow:
    """The row of a leader's trade that its mirror doesn't hold."""
    return _row(leader, mirror, None, None, explained=explained, note=note)


def expected_entry(leader: Trade, mirror: Trade) -> Decimal:
    """What the mirror should have entered by now: each leg filled by the same part as the leader's."""
    total = ZERO
    for leg in mirror.plan.legs:
        theirs = next((each for each in leader.plan.legs if each.role == leg.role), None)
        if theirs is not None and theirs.quantity:
            total += leg.quantity * leader.ledger.filled(leg.role) / theirs.quantity
    return total


def _hits(trade: Trade) -> int:
    return len(hits(trade)) if isinstance(trade.own, LadderState) else 0


def _row(
    leader: Trade, mirror: str, own: Trade | None, expected: Decimal | None, *, explained: bool, note: str
) -> MirrorRow:
    return MirrorRow(
        leader=leader.plan.account,
        mirror=mirror,
        trade=leader.plan.trade,
        symbol=leader.plan.symbol,
        side=leader.plan.side.value,
        leader_entered=leader.ledger.entered,
        leader_position=leader.ledger.position,
        leader_targets=_hits(leader),
        mirror_entered=own.ledger.entered if own is not None else None,
        mirror_position=own.ledger.position if own is not None else None,
        mirror_targets=_hits(own) if own is not None else None,
        expected=expected,
        explained=explained,
        note=note,
    )
