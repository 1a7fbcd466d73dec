"""Read-only looks over a running service: the invariants of every account against a fresh cut, mirrors against leaders.

Nothing is sent and nothing is told to a machine. What is found counts only when two looks a second apart agree: the
venue's lists and the stream are never quite at the same place.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, replace

from core.account.adopting import adopted
from core.account.box import Box
from core.account.state import AccountState
from core.engine.control import GOOD, WRONG, Answer, Handler
from core.engine.failing import failure
from core.engine.probing import WITHIN, Probe, probe
from core.engine.service import Service
from core.errors import ConfigError
from core.invariants import Violation, violations
from core.mirror import follows_close
from core.mirror_diff import MirrorRow, absent, compared
from core.money import ZERO
from core.view import as_json

TOPICS: Mapping[str, tuple[str, ...]] = {
    "tp-limits": ("I2", "I2b"),
    "closure": ("I4",),
    "sl-coverage": ("I1", "I3"),
    "ledger": ("I6",),
    "mirror": ("I14",),
}
"""What can be looked at, and the invariants of reliability.md behind it."""

LOOKS = 5
APART = 1_000
"""Milliseconds between two looks."""


@dataclass(frozen=True, slots=True)
class Look:
    """What was found on an account; *why* says why it could not be looked at ("" = it was)."""

    account: str
    found: tuple[Violation, ...] = ()
    why: str = ""


class Audit:
    """Looks over one service."""

    def __init__(self, service: Service) -> None:
        """Nothing is looked at here."""
        self.probe_within: float = WITHIN
        self._service = service

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"verify": self.verify, "mirror_diff": self.mirror_diff, "probe": self.probe}

    async def verify(self, arguments: Mapping[str, object]) -> Answer:
        """Every account's invariants, or those of one topic; exit 1 when any is broken or could not be looked at."""
        topic = arguments.get("topic")
        if topic is not None and topic not in TOPICS:
            raise ConfigError((f"there is nothing to verify by the name {topic!r}; there are {', '.join(TOPICS)}",))
        looks = await asyncio.gather(*(self.look(name) for name in self._service.states))
        rows = [
            {"account": each.account, "topic": topic_of(each), "invariant": each.invariant, "detail": each.detail}
            for look in looks
            for each in look.found
            if topic is None or topic_of(each) == topic
        ]
        if topic in (None, "mirror"):
            rows += [_broken(row) for row in await self.mirrors() if not row.explained]
        unseen = {look.account: look.why for look in looks if look.why}
        data = {"topic": topic or "all", "well": not rows and not unseen, "violations": rows, "not_looked_at": unseen}
        return {"exit": WRONG if rows or unseen else GOOD, "data": data}

    async def _probed(self, name: str) -> Probe:
        service, exchange = self._service, self._service.exchanges[name]
        if name in service.connections.down:
            return Probe(account=name, environment=exchange.environment.value, why=service.connections.why(name))
        return await probe(exchange, service.clock, self.probe_within)

    async def mirror_diff(self, arguments: Mapping[str, object]) -> Answer:
        """Every live trade of a leader beside its mirrors'; exit 1 when something isn't explained."""
        rows = await self.mirrors()
        wrong = any(not row.explained for row in rows)
        return {"exit": WRONG if wrong else GOOD, "data": {"well": not wrong, "rows": [as_json(row) for row in rows]}}

    async def probe(self, arguments: Mapping[str, object]) -> Answer:
        """How each account's venue answers now; exit 1 when one doesn't."""
        rows = await asyncio.gather(*(self._probed(name) for name in self._service.exchanges))
        return {"exit": WRONG if any(row.why for row in rows) else GOOD, "data": [as_json(row) for row in rows]}

    async def look(self, name: str) -> Look:
        """An account's invariants against fresh cuts, once nothing is in flight there."""
        service, state = self._service, self._service.states[name]
        if name in service.connections.down:
            return Look(name, why=service.connections.why(name))
        before: tuple[Violation, ...] | None = None
        why = ""
        for number in range(LOOKS):
            if number:
                await service.clock.sleep(APART)
            why = unrest(state)
            if why:
                continue
            try:
                cut = await service.connections.cut(name)
            except Exception as error:  # noqa: BLE001 - an adapter is somebody's plugin
                why = failure(error, name)
                continue
            found = violations(state, cut)
            if before is not None or not found:
                return Look(name, tuple(each for each in found if before is None or each in before))
            before = found
        return Look(name, why=f"{name}: {why}" if why else f"{name} never rested")

    async def mirrors(self) -> tuple[MirrorRow, ...]:
        """Every live trade of every leader against each of its mirrors; mirrors' trades without a live leader's.

        A mirror opens and closes a moment after its leader: what nothing explains counts when a second look agrees.
        """
        rows, before = await self._mirrors(), set[tuple[str, str]]()
        for _ in range(LOOKS - 1):
            wrong = {(row.mirror, row.trade) for row in rows if not row.explained}
            if wrong <= before:
                break
            await self._service.clock.sleep(APART)
            rows, before = await self._mirrors(), wrong
        return tuple(row if (row.mirror, row.trade) in before else replace(row, explained=True) for row in rows)

    async def _mirrors(self) -> tuple[MirrorRow, ...]:
        """One look; trades begin and end meanwhile."""
        states = self._service.states
        rows: list[MirrorRow] = []
        for state in states.values():
            if state.following is None or state.following.leader not in states:
                continue
            leader = states[state.following.leader]
            ended = await self._ended(state, leader)
            for box in tuple(leader.boxes.values()):
                row = _against(state, leader, box, ended)
                rows += [row] if box.id in leader.boxes else []
            rows += [_left_over(state, trade) for trade in state.boxes if _outlives(state, leader, trade)]
        return tuple(rows)

    async def _ended(self, state: AccountState, leader: AccountState) -> Mapping[str, str | None]:
        """Why a leader's trades that a mirror doesn't hold ended there; asked once, and only where there are any."""
        if leader.boxes.keys() <= state.boxes.keys() | state.waiting.keys():
            return {}
        return {each.id: each.reason for each in await self._service.store.closed(state.account, 500)}


def _against(state: AccountState, leader: AccountState, box: Box, ended: Mapping[str, str | None]) -> MirrorRow:
    theirs, trade = box.trade, box.id
    mine = state.boxes.get(trade)
    if mine is not None:
        return compared(theirs, mine.trade)
    if adopted(box):
        return absent(theirs, state.account, f"adopted on {leader.account} alone", explained=True)
    if trade in state.waiting:
        return absent(theirs, state.account, "waits until the account is well", explained=True)
    if trade in ended:
        return absent(theirs, state.account, f"ended there: {ended[trade]}", explained=True)
    return absent(theirs, state.account, "never opened there, and nothing says why", explained=trade in state.known)


def topic_of(violation: Violation) -> str:
    """The topic that an invariant belongs to; its own name where none lists it."""
    for topic, names in TOPICS.items():
        if violation.invariant in names:
            return topic
    return violation.invariant


def unrest(state: AccountState) -> str:
    """What keeps an account from being judged, "" when it is at rest: then a cut and its state tell the same."""
    if state.flights:
        return f"busy: {', '.join(sorted(state.flights))}"
    if state.doubts:
        return f"asking for {', '.join(sorted(state.doubts))}"
    if state.busy:
        return f"waiting for {', '.join(sorted(state.busy))}"
    return ""


def _outlives(state: AccountState, leader: AccountState, trade: str) -> bool:
    """Whether a mirror still holds a trade whose leader's closed for a reason that it follows (A4)."""
    ended = leader.ended.get(trade)
    if ended is None or trade in leader.boxes or state.following is None:
        return False
    reason = ended.desired.reason if ended.desired is not None else ""
    return follows_close(reason, state.following)


def _left_over(state: AccountState, trade: str) -> MirrorRow:
    own = state.boxes[trade].trade
    leader = own.plan.leader or ""
    return MirrorRow(
        leader=leader,
        mirror=state.account,
        trade=trade,
        symbol=own.plan.symbol,
        side=own.plan.side.value,
        leader_entered=ZERO,
        leader_position=ZERO,
        leader_targets=0,
        mirror_entered=own.ledger.entered,
        mirror_position=own.ledger.position,
        mirror_targets=None,
        expected=ZERO,
        explained=own.ledger.position <= 0,
        note=f"{leader}'s trade is closed and this one is still open",
    )


def _broken(row: MirrorRow) -> dict[str, str]:
    return {
        "account": row.mirror,
        "topic": "mirror",
        "invariant": "I14",
        "detail": f"{row.trade}: {row.symbol} {row.note}",
    }
