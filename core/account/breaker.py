"""The circuit breaker of an account (C9): after some failed calls in a row nothing new is begun for a while.

It holds entries only. Stops, cancels, closes, take-profits, queries by key and cuts go on; the first success closes it.
"""

from collections.abc import Sequence

from core.account.state import AccountState
from core.alerts import AccountDegraded, AccountRestored
from core.commands import TRANSIENT, Code, Outcome, Refused, Unknown

BREAKER = "breaker"
MOST = 5
"""So many calls in a row may fail."""
OPEN_FOR = 60_000
"""Milliseconds for which it stays open without a success."""


def answered(state: AccountState, outcomes: Sequence[Outcome]) -> None:
    """Take in how one submission went: failed only if all of it did. A plain refusal is an answer, so a success.

    What never left for want of room says nothing of the venue.
    """
    outcomes = [each for each in outcomes if not (isinstance(each, Refused) and each.code is Code.CROWDED)]
    if not outcomes:
        return
    if all(_failed(outcome) for outcome in outcomes):
        reason = next((outcome.reason for outcome in outcomes if isinstance(outcome, Refused | Unknown)), "")
        failed(state, reason)
    else:
        succeeded(state)


def _failed(outcome: Outcome) -> bool:
    if isinstance(outcome, Refused):
        return outcome.code in TRANSIENT or outcome.code is Code.DENIED
    return isinstance(outcome, Unknown)


def failed(state: AccountState, reason: str) -> None:
    """One more call failed."""
    state.failures += 1
    if state.failures < MOST or BREAKER in state.troubles:
        return
    state.troubles[BREAKER] = state.now
    state.wake(state.now + OPEN_FOR)
    if state.breaker_told is not None:
        return
    state.breaker_told = state.now
    detail = (
        f"{state.failures} calls in a row failed, the last: {reason}; no new entries for 60 s or until one succeeds"
    )
    state.tell(AccountDegraded(BREAKER, detail), f"{BREAKER}:{state.now}")


def succeeded(state: AccountState) -> None:
    """A call was answered: people are told, once, however often it opened meanwhile."""
    state.failures = 0
    _close(state)
    since, state.breaker_told = state.breaker_told, None
    if since is not None:
        state.tell(AccountRestored(BREAKER, (state.now - since) // 1_000), f"restored:{BREAKER}:{since}")


def due(state: AccountState) -> None:
    """Close it when its time is over; a single further failure then opens it again, and that is no new alarm."""
    since = state.troubles.get(BREAKER)
    if since is None:
        return
    if state.now < since + OPEN_FOR:
        state.wake(since + OPEN_FOR)
        return
    state.failures = MOST - 1
    _close(state)


def _close(state: AccountState) -> None:
    if state.troubles.pop(BREAKER, None) is None:
        return
    for box in state.boxes.values():
        state.touch(box)
    if not state.troubles and state.waiting:
        state.out.reopen.extend(state.waiting)
