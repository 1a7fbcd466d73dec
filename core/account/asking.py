"""Orders in doubt: what the venue says when asked for one by key, and when absence proves anything (C4, rel:F21)."""

from core.account.backing import once_more
from core.account.box import Box
from core.account.folding import fold
from core.account.remembering import change_line
from core.account.state import AccountState
from core.commands import Done, Outcome, Query, Refused, Unknown
from core.facts import Ended, EndReason, Woke, Working
from core.lines import never_accepted
from core.trade import Line, LineState

SHOWN = 24 * 3_600_000
"""How long venues show an order that was cancelled, milliseconds (V5 order history)."""


def answered(state: AccountState, command: Query, outcome: Outcome) -> None:
    """Take the answer to a question: what was shown ends the doubt, absence may prove something, else ask again."""
    known = state.doubts.get(command.key)
    if known is None:
        return
    known.asking = False
    match outcome:
        case Done(facts=facts) if any(isinstance(fact, Working | Ended) for fact in facts):
            state.doubts.pop(command.key, None)
            state.busy.pop(command.key, None)
        case Done():
            _absent(state, command, known.sent)
        case Unknown() | Refused():
            known.due = state.now + state.timings.degraded // 5
            state.wake(known.due)


def _absent(state: AccountState, command: Query, sent: int) -> None:
    """Absent everywhere: proof only twice, 3 s apart, the first look later than the request can live (C4, rel:F21)."""
    known = state.doubts[command.key]
    lossless = state.capabilities.lossless_stream
    if state.now < sent + state.capabilities.request_lifetime and not lossless:
        known.due = sent + state.capabilities.request_lifetime
    elif known.absent is None and not lossless:
        known.absent, known.due = state.now, state.now + state.timings.absence
    elif known.absent is not None and state.now < known.absent + state.timings.absence:
        known.due = known.absent + state.timings.absence
    else:
        _proven_absent(state, command)
        return
    state.wake(known.due)


def _proven_absent(state: AccountState, command: Query) -> None:
    refusal = state.doubts.pop(command.key).refusal
    state.busy.pop(command.key, None)
    box, parts = state.find(command.key)
    if box is not None:
        state.touch(box)  # it may have waited for this alone, to end
    line = box.trade.lines.get(parts.role) if box is not None and parts is not None else None
    if box is None or parts is None or line is None or line.key != command.key:
        return
    unfilled = line.state is LineState.SENT and not box.trade.ledger.filled(parts.role) - line.dead
    if unfilled and state.now - line.at < SHOWN:
        unsent(state, box, line)
        if refusal is not None:
            # The venue has it and shows it nowhere: that would go round for ever, and nobody know.
            once_more(state, box, parts.role, refusal, f"place {parts.role}")
    elif line.live:  # sent longer ago it may have been taken: over it is in either case, and its key perhaps spent
        filled = box.trade.ledger.filled(parts.role) - line.dead
        fold(state, Ended(command.key, filled, EndReason.VENUE, state.now, "not found at the venue"))


def unsent(state: AccountState, box: Box, line: Line, *, final: bool = False) -> None:
    """Take an order for never sent. An entry whose time ended meanwhile never is: told now, unless why it failed is."""
    change_line(state, box, never_accepted(line), None if final else Woke(box.id, state.now))
