"""A strategy that can't take the service down: what it raises is told, entries wait, exits go on (rel:F58).

Only the live service puts strategies behind this; simulation and replay let a bug crash, so that it is found.
"""

from collections.abc import Callable, Mapping

import structlog

from core.account.state import AccountState
from core.alerts import Alert, Body, PluginFailed
from core.desired import Desired, Phase, Want
from core.facts import Fact
from core.plan import Plan, Refusal
from core.remains import Remains
from core.request import Request
from core.strategy import Merges, Rebuilds, Strategy
from core.terms import Terms
from core.trade import Trade

log = structlog.get_logger("tandem.engine")

STRIKES = 3
"""After so many failures a strategy opens nothing any more; a restart gives it another chance."""

Tell = Callable[[Body, str], None]


class Guarded:
    """A Strategy around another one. When that fails, what it last wished for a trade stands, without the entries."""

    def __init__(self, inner: Strategy, tell: Tell) -> None:
        """*tell* is called with an alert's body and cause at the first failure and at the last that is tolerated.

        `rules` are a ladder's, None for other strategies: what a front end can show before there is a plan.
        """
        self.name = inner.name
        self.rules: object = getattr(inner, "rules", None)
        self.strikes = 0
        self._inner = inner
        self._tell = tell
        self._wishes: dict[str, Desired] = {}

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        """See Strategy.open; its state must begin as well, or nothing is opened."""
        if self.strikes >= STRIKES:
            return Refusal((f"strategy {self.name} failed {self.strikes} times and opens nothing until a restart",))
        try:
            plan = self._inner.open(request, terms, trade)
            if isinstance(plan, Plan):
                self._inner.begin(plan)
        except Exception as error:  # noqa: BLE001 - a plugin's bug is its own, whatever it raises
            self._failed("open", error)
            return Refusal((f"strategy {self.name} failed ({_words(error)}): nothing was opened; see the log",))
        return plan

    def merge(self, request: Request, terms: Terms, trade: Trade, identity: str) -> Plan | Refusal:
        """See Merges.merge."""
        if not isinstance(self._inner, Merges):
            return Refusal((f"strategy {self.name} can't add to a trade that is open: close it first",))
        try:
            return self._inner.merge(request, terms, trade, identity)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("merge", error)
            return Refusal((f"strategy {self.name} failed ({_words(error)}): nothing was added; see the log",))

    def rebuild(self, remains: Remains, terms: Terms) -> Plan | Refusal:
        """See Rebuilds.rebuild."""
        if not isinstance(self._inner, Rebuilds):
            return Refusal((f"strategy {self.name} can't make a lost trade again",))
        try:
            return self._inner.rebuild(remains, terms)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("rebuild", error)
            return Refusal((f"strategy {self.name} failed ({_words(error)}); see the log",))

    def begin(self, plan: Plan) -> object:
        """See Strategy.begin."""
        try:
            return self._inner.begin(plan)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("begin", error)
            return None

    def apply(self, trade: Trade, fact: Fact) -> object:
        """See Strategy.apply; a fact that it fails at changes nothing of its own state; the ledger has it."""
        try:
            return self._inner.apply(trade, fact)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("apply", error)
            return trade.own

    def desired(self, trade: Trade) -> Desired:
        """See Strategy.desired."""
        try:
            wishes = self._inner.desired(trade)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("desired", error)
            return kept(trade, self._wishes.get(trade.plan.trade))
        if wishes.done:
            self._wishes.pop(trade.plan.trade, None)
        else:
            self._wishes[trade.plan.trade] = wishes
        return wishes

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        """See Strategy.alerts."""
        try:
            return self._inner.alerts(before, fact, after)
        except Exception as error:  # noqa: BLE001 - as above
            self._failed("alerts", error)
            return ()

    def _failed(self, where: str, error: Exception) -> None:
        self.strikes += 1
        # One that fails at every fact would else keep the loop busy with its tracebacks.
        shown = error if self.strikes <= STRIKES else None
        log.error("strategy failed", strategy=self.name, where=where, reason=_words(error), exc_info=shown)
        doing = "its trades keep stop and targets, their unfilled entries are taken out"
        if self.strikes >= STRIKES:
            doing += "; it opens nothing more until a restart"
        if self.strikes in (1, STRIKES):
            self._tell(PluginFailed(self.name, f"{where}: {_words(error)}", doing), f"{self.name}:{self.strikes}")


def kept(trade: Trade, last: Desired | None) -> Desired:
    """Wishes for a trade whose strategy can't say: the exits as they were, no entry; over once nothing is held."""
    if trade.ledger.position <= 0 and trade.ledger.entered:
        return Desired((), (), Phase.CLOSING, done=True, reason="external")
    if last is not None:
        return last._replace(wants=tuple(want for want in last.wants if want.reduce_only), wake=None)
    plan = trade.plan
    exits = [line for line in trade.lines.values() if line.live and line.reduce_only]
    wants = tuple(
        Want(line.role, plan.slot, plan.closing, line.dead + line.quantity, line.price, reduce_only=True)
        for line in exits
    )
    return Desired(wants, (), Phase.BUILDING)


def _words(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def guarded(state: AccountState) -> Mapping[str, Strategy]:
    """The account's strategies, each behind a guard that tells on this account."""
    return {name: Guarded(strategy, state.tell) for name, strategy in state.strategies.items()}
