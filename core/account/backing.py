"""Waiting longer after each refusal, and when to stop trying (C4)."""

from core.account.box import RETRY_AFTER, Backoff, Box
from core.account.naming import STOP_ROLE
from core.account.remembering import change_line
from core.account.state import AccountState
from core.account.timers import cut_at, want_cut
from core.alerts import AccountDegraded, ActionFailed, CloseFailed
from core.commands import Code, Refused
from core.facts import GivenUp
from core.ladder_alerts import frame
from core.lines import given_up
from core.plan import CLOSING_ROLE

SEVERAL_BLOCKS = 3
CROWDED_FOR = 60_000
"""Milliseconds for which a wish may wait for its turn among our own requests before people are told."""
BLOCK_WINDOW = 600_000


def back_off(state: AccountState, box: Box, role: str, refusal: Refused, action: str) -> None:
    """Wait longer after each refusal; after three tries the role is blocked until something is learned (C4)."""
    backoff = box.backoffs.setdefault(role, Backoff(began=state.now))
    backoff.reason = f"{refusal.code.value}: {refusal.reason}"
    if refusal.code is Code.CROWDED:
        _wait_turn(state, box, backoff, refusal, action)
        return
    backoff.tries += 1
    backoff.code = refusal.code
    if role == CLOSING_ROLE and backoff.tries >= len(RETRY_AFTER):
        _close_fails(state, box, backoff, refusal.retry_after or 0)
        return
    if backoff.tries <= len(RETRY_AFTER):
        backoff.until = state.now + max(RETRY_AFTER[backoff.tries - 1], refusal.retry_after or 0)
        state.wake(backoff.until)
        return
    if backoff.until is None:
        return
    backoff.until = None
    if backoff.told:
        # A stop is looked after at once, always: what it protects is open.
        again = state.timings.degraded if role == STOP_ROLE else backoff.patience(state.now)
        cut_at(state, state.now + again)
        return
    backoff.told = True
    _block(state)
    if not state.silent:
        _tell_blocked(state, box, action, backoff.reason)


def once_more(state: AccountState, box: Box, role: str, refusal: Refused, action: str) -> None:
    """As `back_off`, but the first time it is tried again at once."""
    back_off(state, box, role, refusal, action)
    if box.backoffs[role].tries == 1:
        box.backoffs[role].until = state.now


def _wait_turn(state: AccountState, box: Box, backoff: Backoff, refusal: Refused, action: str) -> None:
    """What never left was no try: it goes when there is room, however long that takes (rel:F04)."""
    backoff.until = state.now + max(RETRY_AFTER[1], refusal.retry_after or 0)
    state.wake(backoff.until)
    if backoff.told or backoff.waited or state.now - backoff.began < CROWDED_FOR:
        return
    backoff.waited = True
    if not state.silent:
        body = ActionFailed(action, backoff.reason, "it waits for its turn; what protects goes first")
        state.out.alerts.append(frame(box.trade.plan, body, state.now, f"crowded:{action}:{backoff.began}"))


def died(state: AccountState, box: Box, role: str, refusal: Refused) -> None:
    """An order that was taken and ended unfilled counts as a refusal, else placing it again would spin (A11).

    The first time it is placed again at once: the venue may just have made room for a smaller position. One that has
    worked for long since the last time was a success.
    """
    last = box.backoffs.get(role)
    if last is not None and last.until is not None and state.now - last.until > BLOCK_WINDOW:
        del box.backoffs[role]
    once_more(state, box, role, refusal, f"keep {role} working")
    box.backoffs[role].died = True


def give_up(state: AccountState, box: Box, role: str, code: str, reason: str) -> None:
    """Try a role no more (B4): durable, and told."""
    fact = GivenUp(role, code, reason, state.now)
    state.first(box.id, fact)
    change_line(state, box, given_up(box.trade.lines.get(role), role), fact)


def _close_fails(state: AccountState, box: Box, backoff: Backoff, retry_after: int) -> None:
    """Closing is tried for ever, every 5 s, more rarely where it lasts, and people are told once per row of failures.

    Not before the venue allows it.
    """
    backoff.until = state.now + max(backoff.patience(state.now), retry_after)
    state.wake(backoff.until)
    if backoff.tries == len(RETRY_AFTER) and not state.silent:
        body = CloseFailed(box.trade.ledger.position, backoff.reason)
        state.out.alerts.append(frame(box.trade.plan, body, state.now, f"close_failed:{box.trade.ledger.seq}"))


def _tell_blocked(state: AccountState, box: Box, action: str, reason: str) -> None:
    body = ActionFailed(action, reason, "tried again 3 times; it is tried again when the venue shows something new")
    state.out.alerts.append(frame(box.trade.plan, body, state.now, f"blocked:{action}:{state.now}"))


def _block(state: AccountState) -> None:
    state.blocks = [*(at for at in state.blocks if at > state.now - BLOCK_WINDOW), state.now]
    if len(state.blocks) >= SEVERAL_BLOCKS and "orders" not in state.troubles:
        state.troubles["orders"] = state.now
        detail = (
            f"{len(state.blocks)} orders were blocked within 10 minutes; no new entries until a look shows all is well"
        )
        state.tell(AccountDegraded("orders", detail), f"orders:{state.now}")
    want_cut(state)
