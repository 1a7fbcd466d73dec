"""What a plan would do, in numbers for a person before anything is sent (E3)."""

from dataclasses import dataclass
from decimal import Decimal

from core.ladder_merge import Changes, changes
from core.liquidation import liquidation_price
from core.money import HUNDRED, ZERO, text
from core.plan import Plan
from core.targets import split, working
from core.terms import Terms
from core.trade import Trade
from core.words import Side


@dataclass(frozen=True, slots=True)
class TargetPreview:
    """One take-profit when everything fills. *reward* is quote units after fees, counting it and the ones before."""

    role: str
    price: Decimal
    share: Decimal
    quantity: Decimal
    reward: Decimal


@dataclass(frozen=True, slots=True)
class Preview:
    """A plan in numbers, everything filled. Amounts are quote units after fees; *risk_reward* None without a stop."""

    average_entry: Decimal
    notional: Decimal
    entry_fees: Decimal
    max_loss: Decimal
    targets: tuple[TargetPreview, ...]
    liquidation: Decimal | None
    risk_reward: Decimal | None


def preview(plan: Plan, terms: Terms | None = None) -> Preview:
    """The numbers of *plan*; with *terms* also where it would be liquidated. Market legs count at the last price."""
    total = plan.total
    cost = sum((plan.price_of(leg) * leg.quantity for leg in plan.legs), ZERO)
    fees = sum(
        (
            plan.price_of(leg) * leg.quantity * (plan.maker if leg.price is not None else plan.taker)
            for leg in plan.legs
        ),
        ZERO,
    )
    average = cost / total
    sign = 1 if plan.side is Side.LONG else -1
    targets = _targets(plan, total, average, fees, sign)
    loss = ZERO
    if plan.stop is not None:
        loss = (average - plan.stop) * total * sign + fees + plan.stop * total * plan.taker
    reward = targets[-1].reward if targets else ZERO
    liquidation = None
    if terms is not None:
        liquidation = liquidation_price(plan.side, average, cost, plan.leverage, terms)
    return Preview(average, cost, fees, loss, targets, liquidation, reward / loss if loss else None)


def _targets(plan: Plan, total: Decimal, average: Decimal, fees: Decimal, sign: int) -> tuple[TargetPreview, ...]:
    if not plan.levels:
        return ()
    nothing = tuple(ZERO for _ in plan.levels)
    none = tuple(False for _ in plan.levels)
    shares = tuple(level.share for level in plan.levels)
    quantities = working(split(shares, total, nothing, none, plan.instrument), nothing, none, plan.instrument)
    reward = -fees
    rows = []
    for level, quantity in zip(plan.levels, quantities, strict=True):
        reward += (level.price - average) * quantity * sign - level.price * quantity * plan.maker
        rows.append(TargetPreview(level.role, level.price, level.share, quantity, reward))
    return tuple(rows)


def preview_json(plan: Plan, terms: Terms | None = None) -> dict[str, object]:
    """A plan and its numbers as plain data, numbers as text: the exact orders that would be sent."""
    numbers = preview(plan, terms)
    return {
        "trade": plan.trade,
        "environment": plan.environment.value,
        "symbol": plan.symbol,
        "side": plan.side.value,
        "leverage": text(plan.leverage),
        "margin": _money(plan.margin),
        "margin_percent": _money(plan.margin / terms.available * HUNDRED) if terms and terms.available else None,
        "entries": [
            {
                "role": leg.role,
                "price": "market" if leg.price is None else text(leg.price),
                "quantity": text(leg.quantity),
                "stop": None if plan.stop is None else text(plan.stop),
            }
            for leg in plan.legs
        ],
        "take_profits": [
            {
                "role": row.role,
                "price": text(row.price),
                "share": text(row.share),
                "quantity": text(row.quantity),
                "reward": _money(row.reward),
            }
            for row in numbers.targets
        ],
        "stop": None if plan.stop is None else text(plan.stop),
        "average_entry": text(numbers.average_entry.quantize(plan.instrument.tick)),
        "notional": _money(numbers.notional),
        "entry_fees": _money(numbers.entry_fees),
        "max_loss": _money(numbers.max_loss),
        "risk_reward": None if numbers.risk_reward is None else _money(numbers.risk_reward),
        "liquidation": None
        if numbers.liquidation is None
        else text(plan.instrument.away_from_loss(numbers.liquidation, plan.side)),
    }


def merge_json(trade: Trade, plan: Plan) -> dict[str, object]:
    """What a merge into *trade* changes (B13): its prices before and after, and what is added."""
    addition, change = plan.additions[-1], changes(trade, plan)
    return {
        "into": plan.trade,
        "prices": "keep" if addition.request.merge is None else addition.request.merge.value,
        "added": [leg.role for leg in change.added],
        "margin_added": _money(addition.margin),
        "limits": len(plan.resting),
        "stop": {"old": _price(change.old_stop), "new": _price(change.stop)},
        "take_profits": _levels_json(change),
        "position": text(trade.ledger.position),
    }


def _levels_json(change: Changes) -> list[dict[str, object]]:
    """Old and new side by side by role, None where a role is only on one side."""
    old = {role: (price, share) for role, price, share in change.old_targets}
    new = {role: (price, share) for role, price, share in change.targets}
    rows: list[dict[str, object]] = []
    for role in new | old:
        was, becomes = old.get(role), new.get(role)
        rows.append(
            {
                "role": role,
                "old_price": None if was is None else text(was[0]),
                "price": None if becomes is None else text(becomes[0]),
                "old_share": None if was is None else text(was[1]),
                "share": None if becomes is None else text(becomes[1]),
            }
        )
    return rows


def _price(price: Decimal | None) -> str | None:
    return None if price is None else text(price)


def _money(value: Decimal) -> str:
    return text(value.quantize(Decimal("0.01")))
