"""What the venue shows, into what is known: each fact to where it belongs; positions, stops and prices here."""

from core.account import hands, owing, preparing, protection, regridding
from core.account.booking import executed, paid
from core.account.naming import STOP_ROLE
from core.account.remembering import own
from core.account.state import AccountState
from core.account.timers import cut_at
from core.account.tracking import shown
from core.alerts import AccountDegraded
from core.facts import (
    Cut,
    Ended,
    Filled,
    Funding,
    InstrumentIs,
    LeverageIs,
    Notice,
    PositionIs,
    Price,
    Reached,
    StopIs,
    Stream,
    VenueFact,
    Wallet,
    Working,
)
from core.slot_view import SlotView

STREAM = "stream"


def fold(state: AccountState, fact: VenueFact) -> None:
    """Take one fact of the venue in."""
    match fact:
        case Filled():
            executed(state, fact)
        case Working() | Ended():
            shown(state, fact)
        case StopIs():
            stop_shown(state, fact)
        case PositionIs():
            _position(state, fact)
        case Wallet():
            state.wallet = fact
        case Funding():
            paid(state, fact)
        case Price():
            _price(state, fact)
        case LeverageIs() | InstrumentIs():
            _of_symbol(state, fact)
        case Stream():
            _stream(state, fact)
        case Notice():
            state.tell(AccountDegraded(fact.what, fact.detail), fact.cause)
        case Cut():
            raise TypeError("a cut is taken in by core.account.cuts")


def stop_shown(state: AccountState, fact: StopIs, *, looked: bool = False) -> None:
    """Take in a stop as the venue shows it; *looked*: in a look that was asked for after the last one left."""
    view = state.view(fact.slot)
    if (fact.seq, fact.at) < (view.stop_seq, view.stop_at):
        return
    owner = state.owners.get(fact.slot)
    moved = view.stop != fact.price
    act = hands.on_stop(state, owner, view, fact) if moved and owner is not None else None
    if moved and owner is not None and view.stop is not None and (act is None or view.stop in owner.stops):
        owner.stops[view.stop] = state.now
    if moved and fact.price is None and owner is not None:
        owner.backoffs.pop(STOP_ROLE, None)  # what was refused while another stood says nothing of the one that is gone
    # Bybit shows the position after every order: only what is news makes the trade decide again.
    news = moved or not view.proven or view.stop_busy
    view.stop, view.proven, view.stop_seq, view.stop_at = fact.price, True, fact.seq, fact.at
    view.stop_busy = view.stop_busy and owner is not None and protection.disputed(state, owner, view, looked=looked)
    if news and owner is not None:
        state.touch(owner)
    if act is not None and owner is not None:
        own(state, owner, act)


def _position(state: AccountState, fact: PositionIs) -> None:
    view = state.view(fact.slot)
    _leverage(state, view, fact)
    if fact.seq < view.seq:
        return
    news = view.size != fact.size or (not fact.size and view.stop is not None)
    news = news or view.liquidation != fact.liquidation
    view.tell(fact.size, fact.seq)
    view.liquidation = fact.liquidation if fact.size else None
    if fact.at >= view.priced:
        view.mark, view.last, view.priced = fact.mark, fact.last, fact.at
    if not fact.size:
        view.stop, view.proven = None, True
    owner = state.owners.get(fact.slot)
    owing.note(state, fact.slot, owner)
    if owner is not None and not news:
        rules = owner.trade.plan.rules
        news = owner.passed_since is not None or view.passed(owner.trade.plan.side, rules.trigger_by)
    if news and owner is not None:
        state.touch(owner)


def _leverage(state: AccountState, view: SlotView, fact: PositionIs) -> None:
    """Take in the leverage of a row: nothing else tells of one that was changed in the app (B4).

    It is as old as the row, whatever has executed since; a row that doesn't say its age, where others do, may be older.
    """
    if fact.leverage is None or fact.at < view.priced or fact.seq < 0 <= view.seq:
        return
    preparing.shown(state, LeverageIs(fact.slot.symbol, fact.leverage, fact.at))


def _of_symbol(state: AccountState, fact: LeverageIs | InstrumentIs) -> None:
    if isinstance(fact, LeverageIs):
        preparing.shown(state, fact)
    else:
        regridding.heard(state, fact.instrument)


def _price(state: AccountState, fact: Price) -> None:
    for box in state.on(fact.symbol):
        wishes = box.desired
        if wishes is None:
            continue
        below = wishes.below is not None and fact.last <= wishes.below
        above = wishes.above is not None and fact.last >= wishes.above
        if below or above:
            own(state, box, Reached(box.id, fact.last, fact.at))


def _stream(state: AccountState, fact: Stream) -> None:
    """From down until a covering cut the account is degraded: entries wait, exits go on (rel:F19)."""
    state.stream_up = fact.up
    if fact.up:
        cut_at(state, state.now)
        return
    if STREAM not in state.troubles:
        state.troubles[STREAM] = state.now
        state.tell(AccountDegraded(STREAM, fact.reason or "the private stream is down"), f"stream:{state.now}")
    cut_at(state, state.now + state.timings.degraded)
