"""Rebalances (C5): when the take-profits' quantities have to change, how it ended is told once, when all is known."""

from collections.abc import Iterable
from decimal import Decimal

from core.account.box import Box, Item, Round, failed
from core.account.naming import STARTING
from core.account.state import AccountState
from core.alerts import LevelLine, RebalanceResult, Resize, TargetsRebalanced, TargetsReplaced
from core.commands import OrderCommand
from core.desired import Desired
from core.identity import trade_and_role
from core.ladder_alerts import frame
from core.money import ZERO
from core.trade import Line, LineState


def begin(state: AccountState, box: Box, desired: Desired) -> None:
    """Note which take-profits have to change; the first placement of a ladder is no rebalance, nor is a lost TP's."""
    if box.phase.closing or not box.placed:
        return
    lines = box.trade.lines
    wanted = set()
    for want in desired.wants:
        role = want.role
        if not want.reduce_only or not role.startswith("TP"):
            continue
        wanted.add(role)
        line = lines.get(role)
        old = _total(line)
        if role in box.replaced or (box.unsettled and _told_failed(state, box, role, old, want.total)):
            continue
        if old < want.total or (old > want.total and line is not None and line.live):
            _note(state, box, role, old, want.total)
    for role, line in lines.items():
        if line.reduce_only and role not in wanted and line.live and role.startswith("TP"):
            old, new = _total(line), line.dead + line.filled
            if not (box.unsettled and _told_failed(state, box, role, old, new)):
                _note(state, box, role, old, new)


def _told_failed(state: AccountState, box: Box, role: str, old: Decimal, new: Decimal) -> bool:
    """Whether people know that this very change failed: every look tries it once more. Told again once it works."""
    before, wished = box.unsettled.get(role, (old, None))
    if wished != new:
        box.unsettled.pop(role, None)
        return False
    if old == new:
        line = box.trade.lines.get(role)
        if line is not None and line.key in state.busy:  # it is on its way, and may be refused as it was before
            return True
        del box.unsettled[role]
        _note(state, box, role, before, new)
    return True


def _total(line: Line | None) -> Decimal:
    if line is None:
        return ZERO
    return line.dead + (line.quantity if line.live else line.filled)


def _note(state: AccountState, box: Box, role: str, old: Decimal, new: Decimal) -> None:
    if box.round is None:
        box.rounds += 1
        box.round = Round(state.now, box.rounds)
    item = box.round.items.get(role)
    if item is None:
        box.round.items[role] = Item(old, new)
    elif item.new != new:
        item.new, item.error = new, ""


def tried(current: Round, changes: Iterable[OrderCommand]) -> None:
    """Note which take-profits' changes left for the venue."""
    for change in changes:
        item = current.items.get(trade_and_role(change.key)[1])
        if item is not None:
            item.tried = True


def caught_up(state: AccountState, box: Box, before: Line | None, line: Line) -> None:
    """Tell of a change that was sent in an earlier life and is shown by the first look after the start (rel:I8)."""
    if STARTING not in state.troubles or not line.role.startswith("TP"):
        return
    if line.live and line.revision and (before is None or before.state is not LineState.WORKING):
        box.replaced[line.role] = before.why.value if before is not None and before.why is not None else "lost"
    if before is None or before.state is not LineState.WORKING or not line.live or before.quantity == line.quantity:
        return  # what was only sent had no quantity before: its first showing is no re-sizing
    _note(state, box, line.role, _total(before), _total(line))
    if box.round is not None:
        box.round.items[line.role].tried = True


def settle(state: AccountState, box: Box, current: Round, desired: Desired) -> None:
    """Tell how the rebalance ended, once none of its changes is on its way or due to be tried again."""
    if _flying(state, box, current):
        return
    totals = {want.role: want.total for want in desired.wants}
    for role, item in current.items.items():
        item.new = totals.get(role, item.new)
        if not _settled(box, role, item):
            return
    box.round = None
    box.unsettled |= {role: (item.old, item.new) for role, item in current.items.items() if item.error}
    items = {role: item for role, item in current.items.items() if item.old != item.new or item.error}
    if items and not state.silent:
        _tell(state, box, current, items)


def _flying(state: AccountState, box: Box, current: Round) -> bool:
    """Whether any change is on its way: then nothing else need be asked."""
    for role in current.items:
        line = box.trade.lines.get(role)
        if line is not None and line.key in state.busy:
            return True
    return False


def _settled(box: Box, role: str, item: Item) -> bool:
    """Whether a change is done or has failed; sets the item's error when it failed."""
    line = box.trade.lines.get(role)
    item.error = ""
    if _total(line) == item.new or (line is not None and not line.live and line.complete):
        return True
    backoff = box.backoffs.get(role)
    if backoff is not None and backoff.until is None:
        item.error = backoff.reason
        return True
    if role in box.frozen:
        item.error = "left alone until someone acts: it was changed in the app again and again"
        return True
    if box.phase.closing:
        item.error = "the trade is closing"
        return True
    return False


def _tell(state: AccountState, box: Box, current: Round, items: dict[str, Item]) -> None:
    resizes = tuple(failed(item, role) for role, item in items.items())
    result, why = _result(items, resizes)
    levels = len(box.trade.plan.levels)
    body = TargetsRebalanced(result, resizes, levels, box.trade.ledger.position, why)
    state.out.alerts.append(frame(box.trade.plan, body, state.now, f"round:{current.number}:{current.began}"))


def _result(items: dict[str, Item], resizes: tuple[Resize, ...]) -> tuple[RebalanceResult, str]:
    errors = [resize.error for resize in resizes if resize.error]
    if not errors:
        return RebalanceResult.SUCCESS, ""
    if len(errors) < len(resizes):
        return RebalanceResult.PARTIAL, errors[0]
    if any(item.tried for item in items.values()):
        return RebalanceResult.FAILED, errors[0]
    return RebalanceResult.SKIPPED, errors[0]


def replaced(state: AccountState, box: Box) -> None:
    """Tell which take-profits were missing and work again (C3)."""
    if state.silent:
        return
    back = {
        role: why
        for role, why in box.replaced.items()
        if (line := box.trade.lines.get(role)) is not None and line.live and line.key not in state.busy
    }
    if not back:
        return
    lines = [box.trade.lines[role] for role in back]
    for role in back:
        del box.replaced[role]
    body = TargetsReplaced(
        tuple(LevelLine(line.role, line.price, line.quantity) for line in lines), "; ".join(sorted(set(back.values())))
    )
    cause = "replaced:" + ",".join(line.key for line in lines)
    state.out.alerts.append(frame(box.trade.plan, body, state.now, cause))
