"""A strategy that can't take the service down: what it raises is told, entries wait, exits go on (rel:F58).

One that doesn't come back is cut off by whoever runs the process (Bounded); after three times it isn't asked again.
Only the live service puts strategies behind this; simulation and replay let a bug crash, so that it is found.
"""

from collections.abc import Callable, Mapping
from typing import ParamSpec, Protocol, TypeVar

import structlog

from core.account.state import KEPT_CLOSED, AccountState
from core.alerts import Alert, Body, PluginFailed
from core.desired import Desired, Phase, Want
from core.facts import Act, ActKind, Fact
from core.plan import CLOSING_ROLE, Plan, Refusal
from core.remains import Remains
from core.request import Request
from core.strategy import Merges, Rebuilds, Strategy
from core.terms import Terms
from core.trade import Trade

log = structlog.get_logger("tandem.engine")

STRIKES = 3
"""After so many failures a strategy opens nothing any more; a restart gives it another chance."""

P = ParamSpec("P")
T = TypeVar("T")


class TookTooLong(BaseException):
    """Raised inside a call that doesn't come back; no Exception, so that what hangs doesn't swallow it."""


class Bounded(Protocol):
    """Makes a call and returns what it does; may raise TookTooLong in the middle of it."""

    def __call__(self, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """Call it with these arguments."""
        ...


def unbounded(call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """A Bounded for virtual time and tests: it waits for ever."""
    return call(*args, **kwargs)


class Failed(Exception):
    """The strategy failed, with what in one line; it was counted, logged and told."""


class Guarded:
    """A Strategy around another one. When that fails, what it last wished for a trade stands, without the entries.

    A trade that an operator closes is closed all the same.
    """

    def __init__(self, inner: Strategy, tell: Callable[[Body, str], None], bounded: Bounded = unbounded) -> None:
        """*tell* is called with an alert's body and cause at the first failure and at the last that is tolerated.

        `rules` are a ladder's, None for other strategies: what a front end can show before there is a plan.
        """
        self.name = inner.name
        self.rules: object = getattr(inner, "rules", None)
        self.strikes = 0
        self.hung = 0
        self._inner = inner
        self._tell = tell
        self._bounded = bounded
        self._wishes: dict[str, Desired] = {}
        self._closing: dict[str, str] = {}
        self._done: dict[str, None] = {}

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        """See Strategy.open; its state must begin as well, or nothing is opened."""
        if self.strikes >= STRIKES:
            return Refusal((f"strategy {self.name} failed {self.strikes} times and opens nothing until a restart",))
        try:
            plan = self._ask("open", self._inner.open, request, terms, trade)
            if isinstance(plan, Plan):
                self._ask("open", self._inner.begin, plan)
        except Failed as failure:
            return Refusal((f"strategy {self.name} failed ({failure}): nothing was opened; see the log",))
        return plan

    def merge(self, request: Request, terms: Terms, trade: Trade, identity: str) -> Plan | Refusal:
        """See Merges.merge."""
        if not isinstance(self._inner, Merges):
            return Refusal((f"strategy {self.name} can't add to a trade that is open: close it first",))
        try:
            return self._ask("merge", self._inner.merge, request, terms, trade, identity)
        except Failed as failure:
            return Refusal((f"strategy {self.name} failed ({failure}): nothing was added; see the log",))

    def rebuild(self, remains: Remains, terms: Terms) -> Plan | Refusal:
        """See Rebuilds.rebuild."""
        if not isinstance(self._inner, Rebuilds):
            return Refusal((f"strategy {self.name} can't make a lost trade again",))
        try:
            return self._ask("rebuild", self._inner.rebuild, remains, terms)
        except Failed as failure:
            return Refusal((f"strategy {self.name} failed ({failure}); see the log",))

    def begin(self, plan: Plan) -> object:
        """See Strategy.begin."""
        try:
            return self._ask("begin", self._inner.begin, plan)
        except Failed:
            return None

    def apply(self, trade: Trade, fact: Fact) -> object:
        """See Strategy.apply; a fact that it fails at changes nothing of its own state; the ledger has it."""
        if isinstance(fact, Act) and fact.kind is ActKind.CLOSE:
            self._closing[trade.plan.trade] = fact.reason
        try:
            return self._ask("apply", self._inner.apply, trade, fact)
        except Failed:
            return trade.own

    def desired(self, trade: Trade) -> Desired:
        """See Strategy.desired."""
        name = trade.plan.trade
        try:
            wishes = self._ask("desired", self._inner.desired, trade)
        except Failed:
            wishes = kept(trade, self._wishes.get(name), self._closing.get(name, ""))
        else:
            self._wishes[name] = wishes
        if wishes.done:
            self._forget_long_done(name)
        return wishes

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        """See Strategy.alerts."""
        try:
            return self._ask("alerts", self._inner.alerts, before, fact, after)
        except Failed:
            return ()

    def _forget_long_done(self, trade: str) -> None:
        """One that is done is asked about until nothing of it works, or as a ghost: it must be over each time."""
        self._done[trade] = None
        if len(self._done) > KEPT_CLOSED:
            oldest = next(iter(self._done))
            for known in (self._done, self._wishes, self._closing):
                known.pop(oldest, None)

    def _ask(self, where: str, call: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """What the strategy says; raises Failed. One that hung too often is not asked: each time stops everything."""
        if self.hung >= STRIKES:
            raise Failed(f"it hung {self.hung} times")
        try:
            return self._bounded(call, *args, **kwargs)
        except TookTooLong as late:
            self.hung += 1
            self._failed(where, late)
            raise Failed(_words(late)) from None
        except Exception as error:
            self._failed(where, error)
            raise Failed(_words(error)) from error

    def _failed(self, where: str, error: BaseException) -> None:
        self.strikes += 1
        # One that fails at every fact would else keep the loop busy with its tracebacks.
        shown = error if self.strikes <= STRIKES else None
        log.error("strategy failed", strategy=self.name, where=where, reason=_words(error), exc_info=shown)
        doing = "its trades keep stop and targets, their unfilled entries are taken out; close works"
        if self.strikes >= STRIKES:
            doing += "; it opens nothing more until a restart"
        if self.strikes in (1, STRIKES):
            self._tell(PluginFailed(self.name, f"{where}: {_words(error)}", doing), f"{self.name}:{self.strikes}")


def kept(trade: Trade, last: Desired | None, closing: str = "") -> Desired:
    """Wishes for a trade whose strategy can't say: the exits as they were, no entry; over once nothing is held.

    *closing* is why somebody closes it, "" when nobody does; what a stop or a closing left goes at market as well.
    """
    ledger = trade.ledger
    ending = closing or (last.reason if last is not None else "") or ("stop" if ledger.stopped else "")
    if ledger.position <= 0 and (ledger.entered or ending):
        return Desired((), (), Phase.CLOSING, done=True, reason=ending or "external")
    if ending:
        return _flat(trade, last, ending)
    if last is not None:
        exits = tuple(want for want in last.wants if want.reduce_only)
        # It can't say what it would do then: woken, it would be asked again at once, at every price.
        return last._replace(wants=exits, wake=None, below=None, above=None)
    plan = trade.plan
    working = [line for line in trade.lines.values() if line.live and line.reduce_only]
    wants = tuple(
        Want(line.role, plan.slot, plan.closing, line.dead + line.quantity, line.price, reduce_only=True)
        for line in working
    )
    return Desired(wants, (), Phase.BUILDING)


def _flat(trade: Trade, last: Desired | None, reason: str) -> Desired:
    """All that is left of ours at market, the stop in force meanwhile."""
    plan, ledger = trade.plan, trade.ledger
    total = ledger.filled(CLOSING_ROLE) + ledger.position
    want = Want(CLOSING_ROLE, plan.slot, plan.closing, total, None, reduce_only=True)
    return Desired((want,), last.stops if last is not None else (), Phase.CLOSING, reason=reason)


def _words(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"


def guarded(state: AccountState, bounded: Bounded = unbounded) -> Mapping[str, Strategy]:
    """The account's strategies, each behind a guard that tells on this account."""
    return {name: Guarded(strategy, state.tell, bounded) for name, strategy in state.strategies.items()}
