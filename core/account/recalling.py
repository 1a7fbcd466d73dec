"""One line of a trade's journal into the machine, silently: at a start, and when a lost trade is made again."""

from core.account import adopting, opening
from core.account.booking import proves
from core.account.box import Box, Decided
from core.account.explaining import ELSEWHERE, corrects, give_way
from core.account.remembering import change_line, last_of, place_of, put, refold
from core.account.state import AccountState
from core.desired import Desired
from core.facts import (
    Act,
    ActKind,
    Ended,
    Fact,
    Filled,
    Funding,
    GivenUp,
    Heard,
    Merged,
    Paused,
    Reached,
    Regridded,
    Sent,
    Stream,
    Woke,
    Working,
)
from core.ledger import empty
from core.lines import given_up, saw_ended, saw_working, sent
from core.plan import Plan
from core.trade import Trade


def recall(state: AccountState, trade: str | None, what: Plan | Fact) -> None:
    """Fold one line; *trade* None: it is about the account itself."""
    if isinstance(what, Paused):
        state.paused = what.paused
        return
    if isinstance(what, Heard):
        state.known.add(what.request)
        return
    if isinstance(what, Plan):
        strategy = state.strategies.get(what.request.strategy)
        if strategy is not None:
            trade_of = Trade(what, empty(what.opening), {}, strategy.begin(what))
            box = Box(trade_of, strategy, None)
            opening.admit(state, box)
            box.desired = strategy.desired(box.trade)
        return
    known = state.boxes.get(trade) if trade is not None else None
    if known is None:
        return
    before = known.trade
    _recall_fact(state, known, what)
    if known.trade is not before and _moves_on(known, what):  # most lines of a long journal show an order as it was
        phase = known.strategy.desired(known.trade).phase
        known.phase = phase if isinstance(what, Merged) or phase.rank > known.phase.rank else known.phase


def _moves_on(box: Box, what: Fact) -> bool:
    """Whether a line may bring its trade a phase further, so that its wishes, the dear part of a start, are asked for.

    An order that leaves or works ends nothing (B12), and nothing but a merge leads out of closing.
    """
    return isinstance(what, Merged) or not (box.phase.closing or isinstance(what, Sent | Working))


def recalled(box: Box) -> Desired:
    """What a trade wishes once its whole journal is folded: how it stood then is what later facts find (rel:R5).

    Facts that came together were decided on together; line by line the trade may have seemed to close in between.
    """
    desired = box.desired = box.strategy.desired(box.trade)
    if desired.phase.rank > box.phase.rank or (box.phase.closing and not desired.phase.closing):
        box.phase = desired.phase
    return desired


def _recall_fact(state: AccountState, box: Box, what: Fact) -> None:
    match what:
        case Filled(execution=name) if name.startswith(ELSEWHERE):
            box.seen.add(name)
            give_way(box, what)
            refold(box)
        case Filled() | Funding():
            if what.execution not in box.seen:
                box.seen.add(what.execution)
                _recall_execution(state, box, what)
        case Act() | Woke() | Reached() | Merged() | Regridded():
            if isinstance(what, Act) and what.kind is ActKind.MOVE_STOP and what.price is not None:
                box.stops[what.price] = what.at
            put(box, what, what.seq if isinstance(what, Decided) else last_of(box))
        case GivenUp(role=role):
            change_line(state, box, given_up(box.trade.lines.get(role), role))
        case Sent(key=text, at=at):
            _, key = state.find(text)
            if key is not None:
                booked = box.trade.ledger.filled(key.role)
                change_line(state, box, sent(box.trade.lines.get(key.role), key, text, booked, at))
        case Working() | Ended():
            _recall_order(state, box, what)
        case Stream() | _:
            pass


def _recall_execution(state: AccountState, box: Box, what: Filled | Funding) -> None:
    """Put an execution or a payment in its place, as when it was first heard of (`booking.executed`)."""
    _, key = state.find(what.key) if isinstance(what, Filled) and what.key is not None else (None, None)
    if key is not None and isinstance(what, Filled):
        proves(state, box, key, what)
    if isinstance(what, Filled):
        adopting.recall(state, box, what)
        if corrects(box, what):
            refold(box)
            return
        if give_way(box, what) is not None:
            refold(box)
    put(box, what, place_of(box, what))


def _recall_order(state: AccountState, box: Box, what: Working | Ended) -> None:
    _, key = state.find(what.key)
    if key is None:
        return
    line = box.trade.lines.get(key.role)
    booked = box.trade.ledger.filled(key.role)
    new = saw_working(line, key, what, booked) if isinstance(what, Working) else saw_ended(line, key, what, booked)
    if new is not line:
        change_line(state, box, new)
    if key.role.startswith("TP"):
        box.placed.add(key.role)
