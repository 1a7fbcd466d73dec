"""`status --health` (J3): the figures of a running service, and a sentence of advice for each red line."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from config.vitals import MEBIBYTE, Pulse, Vitals
from core.account.box import Box
from core.account.state import AccountState
from core.alert_text.health import ACCOUNT_TROUBLES
from core.engine.control import GOOD, WRONG, Answer, Handler
from core.engine.looking_up import looked_up
from core.engine.meter import EndpointHealth
from core.engine.probing import Budgeted
from core.engine.service import Service
from core.engine.stranded import MEND as HAND_ON
from core.engine.stranded import sentences
from core.engine.unwatched import ADOPT, MEND, lost
from core.errors import Unavailable

USUAL = 30
"""Minutes that are looked back on unless told."""
LATER = 10 * 86_400_000
LEAST_FREE = 512 * MEBIBYTE
STEEPEST = 24 * MEBIBYTE
"""Bytes a day that memory may grow, once half an hour was seen."""
LONG = 1_800
SLOWEST = 5_000
LATEST = 1_000
OLDEST = 60_000
STORED_WITHIN = 2
"""Seconds that the figures wait for the store."""
FEW = 5
"""So many calls say something about a share of them."""


@dataclass(frozen=True, slots=True)
class Red:
    """A red line that was crossed: what was found, and one sentence on what to do."""

    found: str
    advice: str


_TROUBLES = {
    "stream": "the stops stand at the venue; look at the network, the account goes on by itself",
    "connection": "look at the key and the network; `tandem alerts` says whether it is tried again or needs a restart",
    "orders": "see `tandem alerts` for what the venue refuses; entries wait until a look shows that all is well",
    "starting": "wait for the first look at the venue; if it doesn't come, see `tandem alerts`, then the network",
    "breaker": "calls failed in a row: it closes by itself at the first success; stops, closes and cancels go on",
    "hands": "somebody keeps cancelling it in the app: act on that trade, or `tandem resume` to have it put back",
    "cut": "the venue's lists can't be read, or don't show what the store knows: `tandem alerts` says which",
}
_STORE = "stops, closes and cancels go on without it, entries and alerts wait: see to the database and its disk"
_OTHER = "its entries wait, its exits go on; see `tandem alerts`"


class Health:
    """Answers for one service; *notifiers* are those whose alerts wait in the outbox."""

    def __init__(
        self,
        service: Service,
        vitals: Vitals,
        notifiers: Sequence[str],
        absent: Callable[[], Mapping[str, str]] = dict,
    ) -> None:
        """Nothing is looked at here. *absent* names those that did not start, and why."""
        self._service = service
        self._vitals = vitals
        self._notifiers = notifiers
        self._absent = absent
        self.stored_within: float = STORED_WITHIN

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"health": self.health}

    async def health(self, arguments: Mapping[str, object]) -> Answer:
        """Every figure over the last minutes, and the red lines; exit 1 when there is one."""
        minutes = int(str(arguments.get("minutes") or USUAL))
        since = self._service.clock.monotonic() - minutes * 60_000
        pulse = self._vitals.pulse(since)
        accounts = {name: self._account(state, since) for name, state in self._service.states.items()}
        outbox, waiting = await self._outbox()
        absent = [
            Red(why, "its alerts wait: mend what the reason names, then restart") for why in self._absent().values()
        ]
        gone = [Red(why, MEND) for why in self._service.unwatched]
        red = [*_process(pulse), *waiting, *absent, *gone, *_outbox(outbox)]
        for name, state in self._service.states.items():
            red += [Red(f"{name}: {why}", ADOPT) for why in lost(state.lost)]
            red += _account(name, state, self._service.workers[name].meter.since(since))
        data = {
            "well": not red,
            "wrong": [each.found for each in red],
            "advice": [asdict(each) for each in red],
            "minutes": minutes,
            "process": asdict(pulse),
            "accounts": accounts,
            "outbox_age": outbox,
        }
        return {"exit": WRONG if red else GOOD, "data": data}

    def _account(self, state: AccountState, since: int) -> dict[str, object]:
        name, clock = state.account, self._service.clock
        meter, exchange = self._service.workers[name].meter, self._service.exchanges[name]
        gaps = [clock.now() - box.exposed_since for box in state.boxes.values() if box.exposed_since is not None]
        return {
            "breaker": sorted(state.troubles),
            "stream_age": None if meter.heard_at is None else clock.monotonic() - meter.heard_at,
            "audit_age": None if state.cuts.taken_at is None else clock.now() - state.cuts.taken_at,
            "protection_gap": max(gaps, default=0),
            "in_flight": len(state.flights),
            "budgets": exchange.budgets() if isinstance(exchange, Budgeted) else {},
            "endpoints": [asdict(each) for each in meter.since(since)],
        }

    async def _outbox(self) -> tuple[dict[str, int], tuple[Red, ...]]:
        """For how long alerts wait, by notifier; without a store that answers all else is shown (rel:F46)."""
        try:
            return await looked_up(self._waiting(), self.stored_within)
        except Unavailable as error:
            return {}, (Red(f"the store is not read: {error}", _STORE),)

    async def _waiting(self) -> tuple[dict[str, int], tuple[Red, ...]]:
        gone = sentences(await self._service.store.stranded(self._notifiers))
        ages = {name: await self._oldest(name) for name in self._notifiers}
        return ages, tuple(Red(each, HAND_ON) for each in gone)

    async def _oldest(self, notifier: str) -> int:
        """Milliseconds since the oldest undelivered alert arose, 0 when none waits."""
        now = self._service.clock.now()
        rows = await self._service.store.due(notifier, now + LATER, 1_000)
        return max((now - row.created_at for row in rows), default=0)


def _process(pulse: Pulse) -> Iterator[Red]:
    if pulse.disk_free < LEAST_FREE:
        yield Red(f"{pulse.disk_free // MEBIBYTE} MiB are free on the disk", "make room: a full disk stops new entries")
    if pulse.memory_slope is not None and pulse.seconds >= LONG and pulse.memory_slope > STEEPEST:
        grows = f"memory grows by {pulse.memory_slope // MEBIBYTE} MiB a day"
        yield Red(grows, "restart the service when nothing opens, and report what it was doing")
    if pulse.loop_lag > LATEST:
        found = f"nothing ran for {pulse.loop_lag} ms: a plugin blocked, or this machine has too much to do"
        yield Red(found, "look at the machine's load and at third-party plugins")


def _outbox(ages: Mapping[str, int]) -> Iterator[Red]:
    for name, age in ages.items():
        if age > OLDEST:
            found = f"{name} has not delivered an alert for {age // 1_000} s"
            yield Red(found, "nothing is lost: look at that notifier's address, chat and network")


def _account(name: str, state: AccountState, endpoints: Sequence[EndpointHealth]) -> Iterator[Red]:
    for trouble in sorted(state.troubles):
        what, how, _ = ACCOUNT_TROUBLES.get(trouble, (trouble, "", ""))
        yield Red(f"{name}: {what} {how}".rstrip(), _TROUBLES.get(trouble, _OTHER))
    for box in state.boxes.values():
        if _bare(state, box):
            found = f"{name}: {box.trade.plan.symbol} {box.id} is not proven to have its stop"
            yield Red(found, "set a stop by hand in the exchange's app now, then look at `tandem monitors`")
    for each in endpoints:
        yield from _endpoint(name, each)


def _bare(state: AccountState, box: Box) -> bool:
    """Whether a position isn't proven to have the stop that its plan has; unknown before the first look."""
    view = state.view(box.trade.plan.slot)
    asked = box.trade.ledger.position > 0 and box.trade.plan.stop is not None and state.cuts.taken_at is not None
    return asked and (not view.proven or view.stop is None)


def _endpoint(name: str, each: EndpointHealth) -> Iterator[Red]:
    many = each.calls >= FEW
    if many and each.errors * 5 > each.calls:
        found = f"{name}: {each.errors} of {each.calls} calls of {each.endpoint} were refused"
        yield Red(found, "see `tandem alerts` for the venue's reasons")
    if many and each.timeouts * 20 > each.calls:
        found = f"{name}: {each.timeouts} of {each.calls} calls of {each.endpoint} were never answered"
        yield Red(found, "look at the network; what became of them was asked for, nothing was sent twice")
    if many and each.p99 is not None and each.p99 > SLOWEST:
        found = f"{name}: {each.endpoint} takes {each.p99} ms (p99)"
        yield Red(found, "look at the network between here and the venue")
