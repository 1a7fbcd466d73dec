"""How a mirror's trade stands against its leader's (A2, A4, rel:I14): what is expected of it, and what explains less.

Each account lives on its own fills, so that a mirror may lag behind: an entry that the leader filled and that still
works on the mirror explains a difference, one that is gone does not.
"""

from dataclasses import dataclass
from decimal import Decimal

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
    waits = _waiting(mirror) if entered < expected else _waiting(leader)
    note = ""
    if apart:
        behind = mirror.plan.account if entered < expected else leader.plan.account
        note = f"{behind} waits for {', '.join(waits)}" if waits else f"{behind} lacks a fill that no order waits for"
    return _row(leader, mirror.plan.account, mirror, expected, explained=bool(waits) or not apart, note=note)


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


def _waiting(trade: Trade) -> list[str]:
    """The entries that may still fill."""
    return [leg.role for leg in trade.plan.legs if trade.live(leg.role)]


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
