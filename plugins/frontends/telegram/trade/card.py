"""The confirmation card: what each account would do, in numbers, before anything is sent (E3, A3, A10, B6)."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from core.draft import Draft, Part, said
from core.money import HUNDRED, text
from core.request import MarginPercent, MarginUsdt
from plugins.frontends.telegram.rooms import texts
from plugins.frontends.telegram.trade.market import Market

Row = Mapping[str, Any]
IN_FULL = 2
"""Accounts that are shown order by order; of more, only the leader is."""
NAME_WIDE = 14
"""Columns of the names before the numbers."""
WAYS = {"keep": "Keep its prices", "replace": "Replace its prices"}
"""How a trade can be added to another (B13)."""


def card(draft: Draft, rows: Sequence[Row], market: Market, *, confirmed: bool) -> str:
    """The card's text, from what `preview` says of each account."""
    head = f"{texts.tag(market.environments.values())}{draft.symbol} {said(draft, Part.SIDE).upper()}"
    parts = [f"<b>{texts.said(head)}</b> x{said(draft, Part.LEVERAGE)}, {texts.said(said(draft, Part.SIZE))}"]
    parts.append(f"{texts.said(draft.strategy)}, last {text(market.terms.last) if market.terms else '-'}")
    if draft.note:
        parts.append(f"Note: {texts.said(draft.note)}")
    whole = len(rows) <= IN_FULL
    for number, each in enumerate(rows):
        parts.append(_account(draft, each, market, whole=whole or not number))
    last = ["<b>You accepted</b> that a limit fills at once."] * confirmed
    if not rows[0]["refused"]:
        last.append("In USDT, after fees; a target's gain counts those before it.")
    room = texts.LONGEST - sum(len(each) + 1 for each in last)
    return "\n".join([texts.fitted(parts, room, more=": accounts this message has no room for"), *last])


def choosing(draft: Draft, ways: Mapping[str, Sequence[Row]], market: Market) -> str:
    """What a trade that is there already would become, each way (B13); *ways* are the previews by `merge`."""
    what = f"{texts.tag(market.environments.values())}{draft.symbol} {said(draft, Part.SIDE).upper()}"
    parts = [f"<b>{texts.said(what)}: a trade is live there.</b> This one can only be added to it. Choose:"]
    for way, rows in ways.items():
        parts.append(f"<b>{WAYS[way]}</b>")
        parts += [_way(each) for each in rows]
    return texts.fitted(parts)


def _way(each: Row) -> str:
    name = texts.bold(each["account"])
    if each["refused"]:
        return f"{name} would not\n{texts.sentences(each['refused'][:4])}"
    return "\n".join([name, *(f"• {texts.said(line)}" for line in _merged(each["merge"]))])


def _merged(merge: Row) -> list[str]:
    """What is added, and which prices become others."""
    stop = merge["stop"]
    moved = [("stop", stop["old"], stop["new"])]
    moved += [(row["role"], row["old_price"], row["price"]) for row in merge["take_profits"]]
    lines = [
        f"adds {', '.join(merge['added'])} to {merge['into']}, {texts.amount(merge['margin_added'])} USDT of margin"
    ]
    lines += [f"{what} {old or 'none'} becomes {new or 'none'}" for what, old, new in moved if old != new]
    return lines if len(lines) > 1 else [*lines, "stop and targets stay where they are"]


def _account(draft: Draft, each: Row, market: Market, *, whole: bool) -> str:
    mixed = len(set(market.environments.values())) > 1
    environment = texts.tag([market.environments.get(each["account"], "")]) if mixed else ""
    name = (
        f"<b>{texts.said(environment)} {texts.said(each['account'])}</b>"
        if environment
        else texts.bold(each["account"])
    )
    if each["refused"]:
        asked = [reason for reason in each["refused"] if reason in each.get("ask", ())]
        what = "asks first" if len(asked) == len(each["refused"]) else "would not open"
        return f"{name} {what}\n{texts.sentences(each['refused'][:6])}"
    plan = each["plan"]
    lines = [*_orders(plan), *_numbers(plan, market, each["account"])] if whole else _short(plan)
    merge = each.get("merge")
    changed = _changes(draft, plan, market, each["account"]) if merge is None else _merged(merge)
    return "\n".join([name, texts.block(lines), *(f"• {texts.said(change)}" for change in changed)])


def _orders(plan: Row) -> list[str]:
    entries = [(row["role"], row["price"], "", row["quantity"], "") for row in plan["entries"]]
    targets = [
        (row["role"], row["price"], f"{row['share']}%", row["quantity"], texts.gain(row["reward"]))
        for row in plan["take_profits"]
    ]
    stop = [("SL", plan["stop"], "", "", "")] if plan["stop"] is not None else []
    return ladder([*entries, *stop, *targets])


def ladder(rows: Sequence[tuple[str, str, str, str, str]]) -> list[str]:
    """Role, price, share, quantity, amount in columns; the amounts go beneath where all that is too wide.

    >>> ladder([("E1", "market", "", "0.034", ""), ("TP1", "62000", "85%", "0.028", "+55.10")])
    ['E1  market     0.034', 'TP1  62000 85% 0.028 +55.10']
    """
    wide = [max(len(each[column]) for each in rows) for column in range(5)]
    one_line = sum(wide) + 4 <= texts.WIDTH
    lines = []
    for role, price, share, quantity, amount in rows:
        cells = [role.ljust(wide[0]), price.rjust(wide[1]), share.rjust(wide[2]), quantity.rjust(wide[3])]
        if one_line:
            lines.append(" ".join([*cells, amount.rjust(wide[4])]).rstrip())
            continue
        lines.append(" ".join([*cells[:2], share.rjust(wide[2])]).rstrip())
        beneath = f"    {quantity}  {amount}".rstrip()
        fits = len(beneath) <= texts.WIDTH
        lines += [line for line in ([beneath] if fits else [f"    {quantity}", f"    {amount}"]) if line.strip()]
    return lines


def _numbers(plan: Row, market: Market, account: str) -> list[str]:
    loss = f"{texts.amount(plan['max_loss'])}{_of_equity(plan, market, account)}"
    return _named(
        [
            ("Average entry", plan["average_entry"]),
            ("Margin", _margin(plan)),
            ("Max loss", loss),
            ("Reward:risk", plan["risk_reward"] or "-"),
            ("Liquidation", plan["liquidation"] or "none"),
            ("Fees to enter", texts.amount(plan["entry_fees"])),
        ]
    )


def _short(plan: Row) -> list[str]:
    total = sum((Decimal(row["quantity"]) for row in plan["entries"]), Decimal(0))
    best = plan["take_profits"][-1]["reward"] if plan["take_profits"] else None
    return _named(
        [
            ("Quantity", f"{text(total)} in {len(plan['entries'])}"),
            ("Margin", _margin(plan)),
            ("Max loss", texts.amount(plan["max_loss"])),
            ("All targets", f"{texts.gain(best)}, {plan['risk_reward'] or '-'}:1"),
        ]
    )


def _named(rows: Sequence[tuple[str, str]]) -> list[str]:
    return [f"{name:<{NAME_WIDE}}{value}" for name, value in rows]


def _margin(plan: Row) -> str:
    margin = texts.amount(plan["margin"])
    return f"{margin} ({plan['margin_percent']} %)" if plan["margin_percent"] else margin


def _of_equity(plan: Row, market: Market, account: str) -> str:
    equity = market.equities.get(account)
    return f" ({texts.share(plan['max_loss'], equity).removesuffix('%')} %)" if equity else ""


def _changes(draft: Draft, plan: Row, market: Market, account: str) -> list[str]:
    """What rounding to lots changed, and which legs a small account leaves out (B6, A3)."""
    found = []
    left_out = [price for price in _prices(draft) if price not in {row["price"] for row in plan["entries"]}]
    if left_out:
        found.append(f"too small for {len(draft.entries)} entries: without {', '.join(left_out)}")
    shares = draft.shares or market.strategies.get(draft.strategy)
    if shares:
        planned = [Decimal(row["share"]) for row in plan["take_profits"]]
        if list(shares) != planned:
            found.append(f"too small for shares {_slashed(shares)}: {_slashed(planned)} instead")
    none = [row["role"] for row in plan["take_profits"] if Decimal(row["share"]) and not Decimal(row["quantity"])]
    if none:
        found.append(f"{', '.join(none)}: not a whole lot, so no order")
    asked = _asked_margin(draft, market, account)
    if asked is not None and Decimal(plan["margin"]) < asked * 99 / HUNDRED:
        found.append(f"whole lots make it {plan['margin']} of {texts.amount(asked)} USDT")
    return found


def _asked_margin(draft: Draft, market: Market, account: str) -> Decimal | None:
    """The margin that was asked of the leader; a mirror's own is scaled and capped."""
    if market.terms is None or account != market.terms.account:
        return None
    match draft.size:
        case MarginPercent(value):
            return market.terms.available * value / HUNDRED
        case MarginUsdt(value):
            return value
        case _:
            return None


def _prices(draft: Draft) -> list[str]:
    return ["market" if entry.price is None else text(entry.price) for entry in draft.entries]


def _slashed(shares: Sequence[Decimal]) -> str:
    return "/".join(text(share) for share in shares)
