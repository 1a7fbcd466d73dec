"""Taking over what somebody else opened, and giving back what is ours (A6). Both are facts in the journal like any.

An adopted position is booked as one execution of the plan's first entry, at the price that the operator names; a
released one leaves the ledger by a foreign execution, and the position with its stop stays at the venue.
"""

from collections.abc import Iterator

from core.account.answers import launch
from core.account.box import Box
from core.account.effects import Journaled, Reply
from core.account.explaining import RELEASED, give_way
from core.account.folding import fold
from core.account.inputs import Adopt, Release, TakeOut
from core.account.opening import admit
from core.account.remembering import change_line, own, refold
from core.account.state import AccountState
from core.account.timers import cut_at
from core.commands import Cancel
from core.facts import Act, ActKind, Cause, Ended, EndReason, Filled, Sent
from core.identity import key_text
from core.ladder_alerts import opened
from core.ledger import empty
from core.lines import saw_ended, sent
from core.money import ZERO, text
from core.plan import Refusal, entry_role
from core.trade import Trade
from core.words import Slot

ADOPTED = "adopted:"
"""Begins the id of the execution that adopted a position; what came before it on the slot isn't the trade's."""
GIVEN_BACK = "released"
"""The closing reason of a trade that was given back: it is over for us, and its position is open."""


def hand_over(state: AccountState, asked: Adopt | Release | TakeOut) -> None:
    """Do what an operator said about what is whose."""
    match asked:
        case Adopt():
            _adopt(state, asked)
        case Release():
            _release(state, asked)
        case TakeOut():
            _take_out(state, asked)


def adopted(box: Box) -> bool:
    """Whether a trade began by adoption: then it is its account's alone."""
    return any(execution.startswith(ADOPTED) for execution in box.seen)


def recall(state: AccountState, box: Box, fact: Filled) -> None:
    """Know again from the journal where an adopted trade begins, and where the user traded too."""
    if fact.execution.startswith(ADOPTED):
        box.after_seq = fact.seq
    elif fact.cause is Cause.FOREIGN:
        state.users.add(fact.slot)


def _adopt(state: AccountState, asked: Adopt) -> None:
    """Bind a position that isn't ours to a plan, take named orders of others out, and protect it; or refuse."""
    plan = asked.plan
    if asked.shown is not None:
        fold(state, asked.shown)
    against = tuple(f"{state.account}: {each}" for each in _against(state, asked))
    strategy = state.strategies.get(plan.request.strategy)
    if against or strategy is None:
        refusal = Refusal(against or (f"{state.account}: there is no strategy {plan.request.strategy!r}",))
        state.out.replies.append(Reply(plan.request.id, state.account, refusal=refusal, ask=asked.ask))
        return
    box = Box(Trade(plan, empty(plan.opening), {}, strategy.begin(plan)), strategy, None)
    admit(state, box)
    if plan.slot in state.lost.values():  # what the lost trade left there is in the way now
        state.known |= {trade for trade, slot in state.lost.items() if slot == plan.slot}
        state.lost = {trade: slot for trade, slot in state.lost.items() if slot != plan.slot}
        cut_at(state, state.now)
    state.out.first.append(Journaled(plan.trade, plan))
    _book(state, box)
    _take_out(state, TakeOut(tuple((key, plan.slot) for key in asked.orders), asked.by))
    state.out.replies.append(Reply(plan.request.id, state.account, plan=plan, ask=asked.ask))
    state.out.alerts.append(opened(plan))
    state.touch(box)


def _against(state: AccountState, asked: Adopt) -> Iterator[str]:
    plan = asked.plan
    view = state.view(plan.slot)
    if state.box(plan.trade) is not None or plan.trade in state.known:
        yield f"request {plan.request.id} was opened before"
    if state.troubles:
        yield f"the account is not well: {', '.join(sorted(state.troubles))}"
    for owner in state.on(plan.symbol):
        if owner.trade.plan.slot in (plan.slot, Slot(plan.symbol, 0)):  # in hedge mode each side has its own (A8)
            yield f"{plan.symbol} is taken by trade {owner.id}: release or close that first"
    held = view.held(plan.opening)
    if not 0 < plan.total <= held:
        way = plan.side if held >= 0 else plan.side.opposite
        found = f"{text(abs(held))} {way.value}" if held else "nothing"
        said = f"{text(plan.total)} {plan.side.value}"
        yield f"{plan.symbol} holds {found}, the plan says {said}: plan what is held, or less"
    for key in asked.orders:
        if state.find(key)[1] is not None:
            yield f"{key} is an order of Tandem's own: name orders that aren't"


def _take_out(state: AccountState, asked: TakeOut) -> None:
    """Cancel orders of others, which an operator named; never one of ours, which only its trade decides about."""
    for key, slot in asked.orders:
        if state.find(key)[1] is None and key not in state.busy:
            cancel = Cancel(key, slot)
            launch(state, None, cancel)
            state.out.soft.append(cancel)


def _book(state: AccountState, box: Box) -> None:
    """The position as one execution of the first entry; what is held beyond the plan stays the user's.

    Dated as the plan is, by the venue's clock: what was paid before that is none of the trade's.
    """
    plan = box.trade.plan
    view = state.view(plan.slot)
    role, zero = entry_role(1), ZERO
    key = key_text(plan.account, plan.trade, role, 0)
    price = plan.legs[0].price or plan.market
    facts = [
        Filled(
            f"{ADOPTED}{plan.trade}", plan.slot, key, plan.opening, plan.total, price, zero, Cause.ORDER,
            plan.at, view.seq,
        )
    ]  # fmt: skip
    rest = view.held(plan.opening) - plan.total
    if rest > 0:
        execution = f"{ADOPTED}{plan.trade}:rest"
        facts.append(
            Filled(execution, plan.slot, None, plan.opening, rest, price, zero, Cause.FOREIGN, plan.at, view.seq)
        )
    _, parts = state.find(key)
    if parts is None:
        raise ValueError(f"{key} is no key of {state.account}")
    ended = Ended(key, plan.total, EndReason.FILLED, state.now)
    line = sent(None, parts, key, zero, state.now)
    change_line(state, box, saw_ended(line, parts, ended, zero))
    state.first(box.id, Sent(key, state.now))
    state.first(box.id, ended)
    for fact in facts:
        _remember(state, box, fact)
    box.after_seq = view.seq
    refold(box)


def _remember(state: AccountState, box: Box, fact: Filled) -> None:
    """Put a fact of our own making behind everything known, durably and without an alert of its own."""
    box.seen.add(fact.execution)
    box.history.append((fact.seq, len(box.history), fact))
    state.first(box.id, fact)


def _release(state: AccountState, asked: Release) -> None:
    """Give a trade's position back to the user: our orders go, the position and its stop stay as they are."""
    box = state.boxes.get(asked.trade)
    found = "" if box is not None else f"{state.account}: trade {asked.trade} is not open here"
    if box is not None and box.phase.closing:
        found = f"{state.account}: trade {asked.trade} is closing already"
    if box is None or found:
        state.out.replies.append(Reply(asked.trade, state.account, refusal=Refusal((found,)), ask=asked.ask))
        return
    trade = box.trade
    plan, ledger = trade.plan, trade.ledger
    own(state, box, Act(box.id, ActKind.CLOSE, state.now, ledger.seq, reason=GIVEN_BACK, by=asked.by))
    if ledger.position > 0:
        price, quantity = ledger.average_entry or plan.market, ledger.position + max(ledger.foreign, ZERO)
        fact = Filled(
            f"{RELEASED}{plan.trade}", plan.slot, None, plan.closing, quantity, price, ZERO, Cause.FOREIGN,
            state.now, ledger.seq,
        )  # fmt: skip
        _remember(state, box, fact)
        give_way(box, fact)
        refold(box)
    state.users.add(plan.slot)
    state.touch(box)
    state.out.replies.append(Reply(asked.trade, state.account, ask=asked.ask))
