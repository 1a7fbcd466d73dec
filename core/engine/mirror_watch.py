"""Looks once a minute whether each mirror's trades stand as their leaders', and tells what nothing explains (D1, I14).

What `tandem mirror diff` shows at any moment is told here once it has lasted two looks, and again only when it comes
back after it was gone.
"""

from collections import defaultdict

from core.alerts import Alert, MirrorDiffers
from core.engine.audit import Audit
from core.engine.service import Service
from core.engine.steady import Level, News, Steady
from core.mirror_diff import MirrorRow
from core.money import ZERO
from core.words import Side
from ports.persistence import Batch

LOOK = 60_000
LASTS = 60_000
"""Milliseconds for which a difference must last: a mirror that lags behind for a moment is nobody's trouble."""

Which = tuple[str, str]
"""A mirror and a trade."""


def _steady() -> Steady:
    return Steady(LASTS)


class MirrorWatch:
    """Watches one service."""

    def __init__(self, service: Service) -> None:
        """Nothing is looked at here."""
        self._service = service
        self._audit = Audit(service)
        self._seen: dict[Which, Steady] = defaultdict(_steady)

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            await self._service.clock.sleep(LOOK)

    async def look(self) -> None:
        """Compare now; tell what is news."""
        rows, now = await self._audit.mirrors(), self._service.clock.monotonic()
        self._seen = defaultdict(_steady, {each: self._seen[each] for each in map(_which, rows) if each in self._seen})
        for row in rows:
            if self._seen[_which(row)].look(self._level(row), now) is News.DEGRADED:
                self._tell(row)

    def _level(self, row: MirrorRow) -> Level:
        """While one of the two is not well its facts may be old: then that is told, and this is no news."""
        if row.explained:
            return Level.WELL
        states = self._service.states
        unwell = any(states[name].troubles for name in (row.leader, row.mirror) if name in states)
        return Level.BETWEEN if unwell else Level.BAD

    def _tell(self, row: MirrorRow) -> None:
        at, state = self._service.clock.now(), self._service.states[row.mirror]
        box = state.boxes.get(row.trade)
        body = MirrorDiffers(row.leader, row.leader_entered, row.mirror_entered or ZERO, row.expected, row.note)
        alert = Alert(
            body=body,
            account=row.mirror,
            environment=state.environment,
            at=at,
            cause=f"differs:{at}",
            symbol=row.symbol,
            side=Side(row.side),
            trade=row.trade,
            chat="" if box is None else box.trade.plan.request.chat,
        )
        self._service.writer.hand(Batch(alerts=(alert,)))


def _which(row: MirrorRow) -> Which:
    return row.mirror, row.trade
