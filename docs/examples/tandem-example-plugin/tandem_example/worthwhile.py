"""A strategy: one entry, one take-profit, one stop, and only when the reward is worth the risk."""

from decimal import Decimal

from pydantic import BaseModel, ConfigDict, Field

from core import ladder_alerts, ladder_state, ladder_wishes
from core.facts import Fact
from core.ladder import open_ladder
from core.plan import Rules
from ports.strategy import Alert, Desired, Plan, Refusal, Request, Terms, Trade


class WorthwhileSettings(BaseModel):
    """What stands beside `use: worthwhile` in YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    least_reward: Decimal = Field(default=Decimal("1.5"), gt=0, description="What the target must pay, in risks.")


class Worthwhile:
    """Pure functions; what they don't decide themselves, the ladder's building blocks do."""

    def __init__(self, settings: WorthwhileSettings, *, name: str) -> None:
        self.name, self._least = name, settings.least_reward

    def open(self, request: Request, terms: Terms, trade: str) -> Plan | Refusal:
        if len(request.entries) != 1 or len(request.take_profits) != 1 or request.stop is None:
            return Refusal((f"{terms.account}: {self.name} takes one entry, one take-profit and one stop",))
        entry = request.entries[0].price or terms.last
        reward, risk = abs(request.take_profits[0] - entry), abs(entry - request.stop)
        if reward < self._least * risk:
            found = f"the target pays {reward} for a risk of {risk}; {self.name} wants {self._least} times the risk"
            return Refusal((f"{terms.account}: {found}",))
        return open_ladder(request, terms, Rules(shares=(Decimal(100),)), trade)

    def begin(self, plan: Plan) -> object:
        return ladder_state.LadderState()

    def apply(self, trade: Trade, fact: Fact) -> object:
        return ladder_state.after(trade, fact)

    def desired(self, trade: Trade) -> Desired:
        return ladder_wishes.desired(trade)

    def alerts(self, before: Trade, fact: Fact, after: Trade) -> tuple[Alert, ...]:
        return ladder_alerts.alerts(before, fact, after)
