"""Requests: refused with every reason, kept for a while by a mirror that isn't ready (A9), or made a trade."""

from collections.abc import Callable
from dataclasses import replace

from core.account import preparing
from core.account.box import Box
from core.account.effects import Journaled, Reply
from core.account.gating import view_of
from core.account.hands import forgive
from core.account.inputs import Open, Unoffered
from core.account.reporting import unopened
from core.account.state import AccountState
from core.alerts import Alert, EntriesPaused, MirrorSkipped
from core.facts import Heard, Paused
from core.gate import reasons
from core.ladder_alerts import opened
from core.ledger import empty
from core.mirror import Following, TooSmall, capped, follows_close, may_join
from core.money import text
from core.plan import Plan, Refusal
from core.request import Request
from core.sizing import sized
from core.strategy import Strategy
from core.terms import Terms
from core.trade import Trade
from core.validation import expired, small_legs
from core.words import iso, slot_for


def open_trade(state: AccountState, asked: Open, accept: Callable[[AccountState, Open], None] | None = None) -> None:
    """Take a request in. The same id twice opens once (A9): the second is answered with the first's plan.

    *accept* does what the request is for; without it, that is a trade of its own.
    """
    known = state.box(asked.trade) or _merged_before(state, asked.trade)
    if known is not None:
        state.out.replies.append(Reply(asked.request.id, state.account, plan=known.trade.plan, ask=asked.ask))
        return
    if asked.trade in state.known or asked.trade in state.lost:
        why = f"{state.account}: request {asked.request.id} was opened before"
        state.out.replies.append(Reply(asked.request.id, state.account, refusal=Refusal((why,)), ask=asked.ask))
        return
    if state.rebuilding and asked.leader is not None:  # the first look tells whether it was opened before (C7)
        state.waiting[asked.trade] = asked
        return
    if asked.refused:
        refuse(state, asked, Refusal(asked.refused))
        return
    if state.troubles and asked.leader is not None and asked.until is not None and state.now < asked.until:
        state.waiting[asked.trade] = asked
        state.wake(asked.until)
        return
    why = leader_over(state, asked) or _too_late(state, asked)
    if why:
        state.out.replies.append(Reply(asked.request.id, state.account, refusal=Refusal((why,)), ask=asked.ask))
        not_opened(state, asked, "skipped", (why,))
        return
    (accept or _plan)(state, asked)


def _merged_before(state: AccountState, identity: str) -> Box | None:
    """The trade that a request was merged into (B13)."""
    if identity not in state.known:
        return None
    every = (*state.boxes.values(), *state.ended.values())
    return next((box for box in every if any(each.id == identity for each in box.trade.plan.additions)), None)


def leader_over(state: AccountState, asked: Open) -> str:
    """Why a mirror must not open what its leader has ended, reduced or taken profit on meanwhile (A4); "" when it may.

    An addition is another thing than what somebody took back of the trade before.
    """
    word = state.words.get(asked.into or asked.trade) or state.over.get(asked.into or asked.trade)
    if word is None:
        return ""
    if word.tp1:
        return f"{state.account}: too late to join: TP1 of the leader's trade was hit"
    if word.less and not word.reason and not asked.into:
        return f"{state.account}: too late to join the leader's trade: {word.less}"
    if not word.reason or state.following is None or not follows_close(word.reason, state.following):
        return ""
    return f"{state.account}: the leader's trade is over ({word.reason})"


def _too_late(state: AccountState, asked: Open) -> str:
    """Why a mirror that is asked late, or was not ready at once, can't join any more (A9); "" when it may."""
    kept = state.waiting.get(asked.trade)
    since = asked.since or (None if kept is None else (kept.request.at, kept.terms.last))
    if since is None or state.following is None:
        return ""
    (began, price), last = since, asked.terms.last
    if may_join(state.following, began, price, state.now, last):
        return ""
    return f"{state.account}: too late to join: the leader opened at {text(price)} ({iso(began)}), now {text(last)}"


def _plan(state: AccountState, asked: Open) -> None:
    request, terms = asked.request, asked.terms
    against = standing_against(state, asked)
    strategy = state.strategies.get(request.strategy)
    if strategy is None:
        against = (*against, f"{state.account}: there is no strategy {request.strategy!r} in the configuration")
        refuse(state, asked, Refusal(against))
        return
    plan = planned(strategy, request, terms, asked.trade, state.following)
    if isinstance(plan, Refusal):
        refuse(state, asked, Refusal(against + plan.reasons, plan.too_small, plan.ask))
        return
    plan = replace(plan, leader=asked.leader)
    held = reasons(plan, state.limits, view_of(state), state.now)
    if against or held:
        refuse(state, asked, Refusal(against + held))
        return
    _accept(state, asked, plan, Box(_begin(plan, strategy), strategy, terms))


def planned(
    strategy: Strategy, request: Request, terms: Terms, trade: str, following: Following | None
) -> Plan | Refusal:
    """The strategy's plan; a mirror that may drops the last leg that is too small, again and again (A3)."""
    return with_fewer_legs(lambda asked: strategy.open(asked, terms, trade), request, terms, following)


def with_fewer_legs(
    plan_of: Callable[[Request], Plan | Refusal], request: Request, terms: Terms, following: Following | None
) -> Plan | Refusal:
    """The plan that *plan_of* makes of the request; a mirror that may drops legs until it does (A3)."""
    first = plan = plan_of(request)
    while isinstance(plan, Refusal) and plan.too_small and len(request.entries) > 1:
        if following is None or following.too_small is not TooSmall.FEWER_LEGS:
            return first
        lots = sized(request, terms)
        if isinstance(lots, Refusal):
            return first
        dropped = small_legs(request, terms, lots)[-1]
        entries = tuple(entry for leg, entry in enumerate(request.entries) if leg != dropped)
        request = capped(replace(request, entries=entries), terms, following)
        plan = plan_of(request)
    return first if isinstance(plan, Refusal) else plan


def _begin(plan: Plan, strategy: Strategy) -> Trade:
    return Trade(plan, empty(plan.opening), {}, strategy.begin(plan))


def standing_against(state: AccountState, asked: Open) -> tuple[str, ...]:
    """What speaks against a trade of its own here, whatever its plan: the account, and who has the slot."""
    return (*account_against(state, asked), *_slot_against(state, asked))


def account_against(state: AccountState, asked: Open) -> tuple[str, ...]:
    """What the account itself has against a request, whatever the strategy: age, health."""
    found = []
    if expired(asked.request, state.now):
        made = iso(asked.request.at)
        found.append(f"{state.account}: the request of {made} is older than it may be; make it again")
    if state.troubles:
        found.append(f"{state.account} takes no new entries: {', '.join(sorted(state.troubles))}")
    return tuple(found)


def _slot_against(state: AccountState, asked: Open) -> tuple[str, ...]:
    """Who has the slot already (A7, A8)."""
    found = []
    symbol = asked.request.symbol
    for owner in state.on(symbol):
        plan = owner.trade.plan
        if plan.slot.index == 0 or plan.side is asked.request.side:
            mend = "close it first"
            if plan.side is asked.request.side and asked.leader is None:
                mend = "add to it with `merge: keep` (its prices) or `merge: replace` (these prices), or close it first"
            found.append(f"{state.account}: {symbol} is taken by trade {plan.trade} ({plan.side.value}); {mend}")
        elif plan.leverage != asked.request.leverage:  # either would set it for both, again and again (B4)
            found.append(
                f"{state.account}: trade {plan.trade} ({plan.side.value}) has leverage {text(plan.leverage)} and the "
                f"request {text(asked.request.leverage)}: {symbol} has one, ask with {text(plan.leverage)}"
            )
    if any(slot.symbol == symbol for slot in state.lost.values()):
        found.append(f"{state.account}: {symbol} has orders of a trade that the store has lost; see its alert")
    slot = slot_for(symbol, asked.request.side, asked.terms.mode)
    view = state.slots.get(slot)
    if view is not None and view.size and slot not in state.owners:
        found.append(f"{state.account}: {symbol} holds a position that isn't Tandem's; close or adopt it first")
    return tuple(found)


def _accept(state: AccountState, asked: Open, plan: Plan, box: Box) -> None:
    admit(state, box)
    state.waiting.pop(asked.trade, None)
    state.out.first.append(Journaled(plan.trade, plan))
    state.out.replies.append(Reply(asked.request.id, state.account, plan=plan, ask=asked.ask))
    state.out.alerts.append(opened(plan))
    preparing.begin(state, box)
    state.touch(box)


def admit(state: AccountState, box: Box) -> None:
    """Put a trade among the live ones; it owns its slot."""
    state.boxes[box.id] = box
    state.known.add(box.id)
    state.owners[box.trade.plan.slot] = box


def refuse(state: AccountState, asked: Open, refusal: Refusal) -> None:
    state.out.replies.append(Reply(asked.request.id, state.account, refusal=refusal, ask=asked.ask))
    if asked.leader is not None:
        not_opened(state, asked, "rejected", refusal.reasons)


def unoffered(state: AccountState, asked: Unoffered) -> None:
    """Say it once, unless it was opened after all, or waits."""
    if asked.trade not in state.known and asked.trade not in state.waiting:
        not_opened(state, asked, asked.outcome, (asked.why,))


def not_opened(state: AccountState, asked: Open | Unoffered, outcome: str, why: tuple[str, ...]) -> None:
    """A mirror did not open: said once, reported with zeros (A3)."""
    state.waiting.pop(asked.trade, None)
    state.known.add(asked.trade)
    request = asked.request
    if asked.into:
        state.first(None, Heard(asked.trade, state.now))
    else:
        state.out.closed.append(unopened(request, state.account, asked.trade, asked.leader, outcome, state.now))
    state.out.alerts.append(
        Alert(
            body=MirrorSkipped(outcome, why, asked.leader or "", adding=bool(asked.into)),
            account=state.account,
            environment=state.environment,
            at=state.now,
            cause=f"{outcome}:{asked.trade}" if asked.into else outcome,
            symbol=request.symbol,
            side=request.side,
            trade=asked.into or asked.trade,
            chat=request.chat,
        )
    )


def expire_waiting(state: AccountState) -> None:
    """Mirrors that weren't ready in time are skipped (A9), once it is known what was opened before (C7)."""
    for asked in tuple(state.waiting.values()) if not state.rebuilding else ():
        if asked.until is not None and state.now >= asked.until:
            why = ", ".join(sorted(state.troubles)) or "not ready"
            not_opened(state, asked, "skipped", (f"{state.account} was not ready in time: {why}",))
        elif asked.until is not None:
            state.wake(asked.until)


def pause(state: AccountState, by: str, paused: bool) -> None:  # noqa: FBT001 - the new state
    """Take no new entries, or again (I1); durable. Exits are never held.

    What a trade has not sent yet waits too: it leaves when it may, or is told of when its request's time is over (A9).
    """
    state.paused = paused
    if not paused:
        forgive(state, *state.boxes.values())
        for box in state.boxes.values():
            state.touch(box)
    state.first(None, Paused(paused, by, state.now))
    state.tell(EntriesPaused(paused, by), f"paused:{state.now}")
