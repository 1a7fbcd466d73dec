"""Rare situations that a nightly run must have met (reliability.md 3): without them its silence proves nothing."""

from collections import Counter
from collections.abc import Callable, Iterable
from decimal import Decimal

from core.account.effects import Effects
from core.account.inputs import Answered, Input, Known, Open
from core.account.state import AccountState
from core.alerts import AccountRestored, Alert, GhostFill, ProtectionMissing, StopHit, TradeMerged
from core.commands import Amend, Cancel, Code, Command, Done, Outcome, Place, Refused
from core.facts import Cut, Filled, PositionIs, VenueFact
from core.identity import trade_and_role
from core.report import TradeReport
from core.words import Side
from plugins.exchanges.paper.venue.account import Account

TOGETHER = 100
"""Milliseconds within which two fills count as at the same time."""

SOMETIMES = (
    "a fill heard of before its order's answer",
    "an answer lost after a fill",
    "a duplicate adopted",
    "a cancel that was a fill",
    "an amendment that came too late",
    "crash between commit and send",
    "crash between send and ack",
    "crash while the store wrote",
    "a stale look discarded",
    "a ghost fill flattened",
    "a stop fired while take-profits were resized",
    "TP1 and an entry within 100 ms",
    "a mirror refused while main filled",
    "an unwell account well again by a cut",
    "batch partial success",
    "funding row seen",
    "manual close",
    "a second request merged",
    "a merge refused",
    "a stop that was passed and did not fire",
    "a trade given back",
    "a position mode switched in the app",
    "a leverage changed in the app",
    "trading rules changed with a trade on",
    "a stop taken without effect",
    "both sides held",
    "the venue's clock was not ours",
    "a stop fired while the other side was held",
    "a position taken over",
    "an emergency with a trade on",
)
"""The rest of the list (a deep queue of the lanes, a second instance, an empty side) is met by the adapters' and the
store's own tests: the simulator has no lanes, no second process and no wire."""


def never(seen: Counter[str]) -> tuple[str, ...]:
    """What was not met."""
    return tuple(each for each in SOMETIMES if not seen[each])


class Sights:
    """Counts what was met."""

    def __init__(self) -> None:
        """Nothing was."""
        self.seen: Counter[str] = Counter()
        self.misfits: set[str] = set()
        """The orders, revisions aside, of which the account was told that its mode has no such place."""
        self.leverages: dict[str, tuple[int, Decimal]] = {}
        """The leverage that each account was shown last by a position's row, and of when that was."""
        self.decided: Callable[[str], None] = lambda _: None
        """Who else looks at an account whenever it has decided."""
        self._looks = 0
        """The cuts among what a machine takes in now."""
        self._rows: list[PositionIs] = []
        """What those show of positions."""
        self._entered: dict[str, int] = {}
        self._hit: dict[str, int] = {}

    def before(self, state: AccountState, inputs: Iterable[Input]) -> None:
        """A machine is about to take these in."""
        self._looks, self._rows = 0, []
        for each in inputs:
            match each:
                case Known(facts=facts):
                    for fact in facts:
                        self._known(state, fact)
                case Answered(commands=commands, outcomes=outcomes):
                    self._answered(commands, outcomes)
                case _:
                    pass

    def after(self, state: AccountState, inputs: Iterable[Input], looks: int, effects: Effects) -> None:
        """It has; *looks* is how many cuts it had taken before."""
        if self._looks > state.cuts.done - looks:
            self.seen["a stale look discarded"] += self._looks - (state.cuts.done - looks)
        else:  # what a look that is discarded shows is not known by it: it may be of any time
            for row in self._rows:
                self._leverage(state.account, row)
        for alert in effects.alerts:
            self._told(state, alert)
        if effects.replies:
            asked = {each.request.id for each in inputs if isinstance(each, Open) and each.request.merge is not None}
            refused = [reply for reply in effects.replies if reply.about in asked and reply.plan is None]
            self.seen["a merge refused"] += len(refused)
        self.decided(state.account)

    def shown(self, account: Account) -> None:
        """An account is looked at, as it stands at the venue."""
        slots = account.positions
        self.seen["both sides held"] += len(slots) > 1 and sum(held.size != 0 for held in slots.values()) > 1

    def ended(self, reports: Iterable[TradeReport]) -> None:
        """The storm is over."""
        by = {report.account: report for report in reports}
        main = by.get("main")
        if main is not None and main.entered and any(report.reason == "rejected" for report in by.values()):
            self.seen["a mirror refused while main filled"] += 1

    def _told(self, state: AccountState, alert: Alert) -> None:
        match alert.body:
            case ProtectionMissing(passed=True):
                self.seen["a stop that was passed and did not fire"] += 1
            case TradeMerged():
                self.seen["a second request merged"] += 1
            case GhostFill():
                self.seen["a ghost fill flattened"] += 1
            case AccountRestored():
                self.seen["an unwell account well again by a cut"] += 1
            case StopHit():
                resized = any(isinstance(flight.command, Amend) for flight in state.flights.values())
                self.seen["a stop fired while take-profits were resized"] += resized
                beside = 1 if alert.side is Side.SHORT else 2
                held = any(slot.index == beside and view.size for slot, view in state.slots.items())
                self.seen["a stop fired while the other side was held"] += held
            case _:
                pass

    def _known(self, state: AccountState, fact: VenueFact) -> None:
        match fact:
            case Filled():
                self._filled(state, fact)
            case PositionIs():
                self._leverage(state.account, fact)
            case Cut(positions=positions):
                self._looks += 1
                self._rows += positions
            case _:
                pass

    def _leverage(self, account: str, row: PositionIs) -> None:
        if row.leverage is not None and row.seq >= 0:
            now = (row.at, row.leverage)
            self.leverages[account] = max(self.leverages.get(account, now), now)

    def _filled(self, state: AccountState, fact: Filled) -> None:
        if fact.key is None:
            return
        if fact.key in state.flights:
            self.seen["a fill heard of before its order's answer"] += 1
        role = trade_and_role(fact.key)[1]
        mine, other = (self._entered, self._hit) if role.startswith("E") else (self._hit, self._entered)
        if role != "TP1" and not role.startswith("E"):
            return
        mine[state.account] = fact.at
        if abs(fact.at - other.get(state.account, -TOGETHER - 1)) <= TOGETHER:
            self.seen["TP1 and an entry within 100 ms"] += 1

    def _answered(self, commands: tuple[Command, ...], outcomes: tuple[Outcome, ...]) -> None:
        done = refused = 0
        for command, outcome in zip(commands, outcomes, strict=True):
            match outcome:
                case Refused(code=Code.MODE) if isinstance(command, Place):
                    self.misfits.add(command.key[:-2])
                case Refused(code=Code.DUPLICATE):
                    self.seen["a duplicate adopted"] += 1
                case Refused(code=Code.GONE | Code.BELOW_FILLED) if isinstance(command, Amend):
                    self.seen["an amendment that came too late"] += 1
                case Refused(code=Code.GONE) if isinstance(command, Cancel):
                    self.seen["a cancel that was a fill"] += 1
                case _:
                    pass
            if isinstance(command, Place | Amend):
                done += isinstance(outcome, Done)
                refused += isinstance(outcome, Refused)
        if done and refused:
            self.seen["batch partial success"] += 1
