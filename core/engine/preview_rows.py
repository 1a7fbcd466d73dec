"""What an account offers, and what it would do for a request, as plain data."""

from core.engine.previewing import Preview
from core.money import text
from core.plan import Refusal
from core.preview import merge_json, preview_json
from core.request import Merge
from core.terms import Terms


def terms_data(terms: Terms) -> dict[str, object]:
    """Terms as plain data."""
    rules = terms.instrument
    numbers = {
        "tick": rules.tick,
        "step": rules.step,
        "min_quantity": rules.min_quantity,
        "min_notional": rules.min_notional,
        "max_leverage": rules.max_leverage,
        "last": terms.last,
        "available": terms.available,
        "equity": terms.equity,
        "taker": terms.taker,
        "maker": terms.maker,
    }
    shown: dict[str, object] = {name: text(value) for name, value in numbers.items()}
    modes = {"mode": terms.mode.value, "margin_mode": terms.margin_mode.value}
    return {**shown, **modes, "trading": rules.trading, "foreign": terms.foreign}


def preview_data(each: Preview, way: Merge | None = None) -> dict[str, object]:
    """One account's part of a preview; *way*: how it would be merged into a trade, if there is one (B13)."""
    plan = each.plan
    if isinstance(plan, Refusal):
        row: dict[str, object] = {"account": each.account, "refused": list(plan.reasons), "ask": list(plan.ask)}
        return row if way is None or each.into is None else {**row, "merge": {"prices": way.value}}
    data: dict[str, object] = {"account": each.account, "refused": [], "plan": preview_json(plan, each.terms)}
    return data if each.into is None else {**data, "merge": merge_json(each.into, plan)}
