"""Decisions about live trades: an operator's (B14), and what follows from the leader's (A4).

Each becomes an Act fact.
"""

from decimal import Decimal
from itertools import takewhile

from core.account import opening
from core.account.box import Box, Remembered
from core.account.effects import Reply
from core.account.hands import forgive
from core.account.inputs import LeaderIs, Operate
from core.account.naming import STOP_ROLE
from core.account.remembering import own
from core.account.state import KEPT_CLOSED, AccountState
from core.account.timers import cut_at
from core.facts import TO_BREAKEVEN, Act, ActKind, Merged
from core.ladder_closing import FOLLOWED
from core.ladder_state import LadderState, hits, reserved
from core.mirror import follows_close
from core.money import ZERO, text
from core.plan import Refusal
from core.request import Merge
from core.stops import better, breakeven_now
from core.words import Side


def operate(state: AccountState, asked: Operate) -> None:
    """Carry an operator's act out, or refuse it with every reason.

    Closing what a mirror still waits to open (A9) lets it wait no longer: who emptied an account finds it empty.
    """
    box, waiting = state.boxes.get(asked.trade), state.waiting.get(asked.trade)
    if box is None and waiting is not None and asked.kind is ActKind.CLOSE:
        opening.not_opened(state, waiting, "skipped", (f"{state.account}: closed by {asked.by} before it was opened",))
        state.out.replies.append(Reply(asked.trade, state.account, ask=asked.ask))
        return
    if box is None:
        found = f"{state.account}: trade {asked.trade} is not open here"
        state.out.replies.append(Reply(asked.trade, state.account, refusal=Refusal((found,)), ask=asked.ask))
        return
    refused = against(box, asked)
    if refused:
        state.out.replies.append(Reply(asked.trade, state.account, refusal=Refusal(refused), ask=asked.ask))
        return
    ledger = box.trade.ledger
    role = asked.role or (f"R{_reductions(box) + 1}" if asked.kind is ActKind.REDUCE else "")
    act = Act(box.id, asked.kind, state.now, ledger.seq, role, asked.price, asked.quantity, asked.reason, asked.by)
    own(state, box, act)
    forgive(state, box)
    box.backoffs.clear()  # what was refused is tried at once, and told anew: somebody waits for it
    if asked.kind is ActKind.PROTECT_AGAIN:
        cut_at(state, state.now)
    state.out.replies.append(Reply(asked.trade, state.account, ask=asked.ask))


def _reductions(box: Box) -> int:
    return len(box.trade.own.reduced) if isinstance(box.trade.own, LadderState) else 0


def _under_way(box: Box) -> Decimal:
    return reserved(box.trade) if isinstance(box.trade.own, LadderState) else ZERO


def against(box: Box, asked: Operate) -> tuple[str, ...]:
    """Why an act would be refused now, every reason; the market is asked only where the act carries its last price."""
    plan, ledger = box.trade.plan, box.trade.ledger
    found: list[str] = []
    where = f"{plan.account} {plan.symbol}"
    if box.phase.closing:
        return (f"{where}: trade {plan.trade} is closing already",)
    if asked.price is not None and not plan.instrument.on_tick(asked.price):
        found.append(f"{where}: {text(asked.price)} is not on the tick {text(plan.instrument.tick)}")
    if asked.kind is ActKind.MOVE_STOP and asked.price is not None and asked.last is not None:
        beyond = asked.price >= asked.last if plan.side is Side.LONG else asked.price <= asked.last
        if beyond or asked.price <= 0:
            found.append(
                f"{where}: a {plan.side.value}'s stop must lie on the loss side of the market, "
                f"{text(asked.price)} does not (last {text(asked.last)})"
            )
    if asked.kind is ActKind.MOVE_TARGET:
        found += _against_target(box, asked, where)
    if asked.kind is ActKind.REDUCE and (asked.quantity is None or not 0 < asked.quantity < ledger.position):
        found.append(f"{where}: a partial close takes more than zero and less than {text(ledger.position)}")
    least = plan.instrument.min_quantity
    if asked.kind is ActKind.REDUCE and asked.quantity is not None and 0 < asked.quantity < least:
        found.append(f"{where}: {text(asked.quantity)} is less than the venue's smallest order, {text(least)}")
    if asked.quantity is not None and asked.quantity != plan.instrument.floor_quantity(asked.quantity):
        found.append(f"{where}: {text(asked.quantity)} is not a multiple of the step {text(plan.instrument.step)}")
    under_way = _under_way(box) if asked.kind is ActKind.REDUCE else ZERO
    if under_way:
        # Its part of the position is counted still: asked again now, it would be taken twice.
        found.append(
            f"{where}: a partial close is under way, {text(under_way)} is yet to be closed; wait for it, or close all"
        )
    return tuple(found)


def _against_target(box: Box, asked: Operate, where: str) -> list[str]:
    plan = box.trade.plan
    level = next((number for number, each in enumerate(plan.levels, 1) if each.role == asked.role), None)
    if level is None:
        return [f"{where}: there is no take-profit {asked.role}"]
    if level in hits(box.trade):
        return [f"{where}: {asked.role} was hit already"]
    if asked.price is not None and asked.last is not None:
        beyond = asked.price <= asked.last if plan.side is Side.LONG else asked.price >= asked.last
        if beyond:
            return [f"{where}: {asked.role} must lie on the profit side of the market (last {text(asked.last)})"]
    return []


def follow(state: AccountState, word: LeaderIs) -> None:
    """Act on how the leader's trade stands; the latest word wins, repeating it is harmless (A4)."""
    following = state.following
    if following is None:
        return
    _remember(state, word)
    box = state.boxes.get(word.trade)
    if box is None:
        return
    if word.reason and follows_close(word.reason, following):
        _decide(state, box, ActKind.CLOSE, word, reason=FOLLOWED)
        return
    own_state = box.trade.own
    if not isinstance(own_state, LadderState) or box.phase.closing:
        return
    if following.sync_stop and box.leader_moved != word.moved:
        copied = not box.leader_heard and _copied(box, word)
        box.leader_moved = word.moved  # None: a merge took it away, and it may be moved to the same price once more
        if word.moved is not None and not copied:
            _copy(state, box, word, word.moved[0])
    box.leader_heard = True
    # Which came first doesn't follow from one word that tells both: this way the better of the two holds.
    if word.tp1 and not own_state.leader_tp1 and 1 not in hits(box.trade):
        _decide(state, box, ActKind.LEADER_TP1, word)


def _copy(state: AccountState, box: Box, word: LeaderIs, price: Decimal | None) -> None:
    """Move the stop as the leader's was; to breakeven it is each account's own, never worse than what is there (B9).

    Nor is it worse where this account's own take-profits have moved it: its leader's haven't been hit. Somebody has
    acted on the trade: what was left alone here is looked after again (A11).
    """
    forgive(state, box)
    plan, there = box.trade.plan, None if box.last_stop is None else box.last_stop[0]
    wish = breakeven_now(plan, box.trade.ledger) if price is None else price
    if wish is None:
        return
    if price is None or hits(box.trade):
        wish = better(there, wish, plan.side)
    _decide(state, box, ActKind.MOVE_STOP, word, reason=TO_BREAKEVEN if price is None else "", price=wish)


def joined(state: AccountState, trade: str) -> None:
    """A mirror that opened just now does what its leader's trade has told meanwhile (A4)."""
    word = state.words.get(trade)
    if word is not None and trade in state.boxes:
        follow(state, word)


def _copied(box: Box, word: LeaderIs) -> bool:
    """Whether the journal holds it: after a start the leader's word is told again, and is no second move."""
    last = last_copied(box, word.account)
    if last is None or word.moved is None:
        return False
    return last.price == word.moved[0] if word.moved[0] is not None else last.reason == TO_BREAKEVEN


def last_copied(box: Box, leader: str | None) -> Act | None:
    """The last move of the leader's stop that a mirror copied, None where a merge took it away again."""
    facts = takewhile(lambda fact: not _replaces(fact), (fact for _, _, fact in reversed(box.history)))
    acts = (fact for fact in facts if isinstance(fact, Act) and fact.kind is ActKind.MOVE_STOP)
    return next((act for act in acts if act.by == leader), None)


def _replaces(fact: Remembered) -> bool:
    """Whether a merge took the prices that hands had moved away (B13), on the leader too: what it tells came after."""
    return isinstance(fact, Merged) and fact.plan.additions[-1].request.merge is Merge.REPLACE


def _remember(state: AccountState, word: LeaderIs) -> None:
    """What its leader ends, or takes profit on, is not joined any more; a mirror that waits to join doesn't (A9)."""
    if word.reason:
        state.words.pop(word.trade, None)
        state.over[word.trade] = word
        if len(state.over) > KEPT_CLOSED:
            del state.over[next(iter(state.over))]
    else:
        state.words[word.trade] = word
    waiting = state.waiting.get(word.trade)
    why = None if waiting is None or state.rebuilding else opening.leader_over(state, waiting)
    if waiting is not None and why:
        opening.not_opened(state, waiting, "skipped", (why,))


def _decide(
    state: AccountState, box: Box, kind: ActKind, word: LeaderIs, reason: str = "", price: Decimal | None = None
) -> None:
    if kind is ActKind.CLOSE and box.strategy.desired(box.trade).phase.closing:
        return
    box.backoffs.pop(STOP_ROLE, None)  # the price that was refused is another now
    own(state, box, Act(box.id, kind, state.now, box.trade.ledger.seq, price=price, reason=reason, by=word.account))
