"""The conservative strategy as the Strategy port's four functions, each one composed of core's building blocks."""

from collections.abc import Sequence

from core import ladder_alerts, ladder_state, ladder_wishes
from core.facts import Fact
from core.ladder import open_ladder
from core.ladder_merge import merge_ladder
from core.ladder_rebuild import rebuild_ladder
from core.plan import Rules
from core.remains import Remains
from ports.hooks import Adapter, hookimpl
from ports.ladder import LadderSettings
from ports.strategy import Alert, Desired, Plan, Refusal, Request, Terms, Trade


class Conservative:
    """A ladder on one slot. Stateless: everything is in the trade."""

    def __init__(self, name: str, rules: Rules) -> None:
        """Plan new trades by *rules*; live ones keep the rules in their plan."""
        self.name = name
        self.rules = rules

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        """The plan for one account, or every reason why there is none (B1 to B3, B6)."""
        return open_ladder(request, terms, self.rules, trade)

    def merge(self, request: Request, terms: Terms, trade: Trade, identity: str) -> Plan | Refusal:
        """The plan that a live trade has with a second request in it (B13)."""
        return merge_ladder(request, terms, self.rules, trade, identity)

    def rebuild(self, remains: Remains, terms: Terms) -> Plan | Refusal:
        """The plan of a trade that the store has lost, as far as the venue shows it (C7)."""
        return rebuild_ladder(remains, terms, self.rules, self.name)

    def begin(self, plan: Plan) -> object:
        """No decision made yet."""
        return ladder_state.LadderState()

    def apply(self, trade: Trade, fact: Fact) -> object:
        """Fold what was decided."""
        return ladder_state.after(trade, fact)

    def desired(self, trade: Trade) -> Desired:
        """What should be working now (B4 to B10, B15)."""
        return ladder_wishes.desired(trade)

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        """What people should be told (D1)."""
        return ladder_alerts.alerts(before, fact, after)


@hookimpl
def tandem_strategies() -> Sequence[Adapter]:
    """Offer the strategy under its name."""
    return (Adapter("conservative", LadderSettings, build),)


def build(settings: LadderSettings, *, name: str) -> Conservative:
    """The strategy with checked settings."""
    return Conservative(name, settings.rules())
