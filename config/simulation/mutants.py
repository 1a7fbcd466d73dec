"""Deliberate defects, one line each: a harness that lets them live proves nothing (reliability.md 2.0 and 4.6).

Each names a module, a place that must be in it exactly once, and what stands there instead. D1 to D12 are the defects
hidden in the reference bots' own fixes, brought into this code's terms.
"""

from config.simulation.found_mutants import FOUND
from config.simulation.mutant import Mutant
from config.simulation.read_mutants import READ

_ANSWERS, _ASKING, _CUTS = "core.account.answers", "core.account.asking", "core.account.cuts"
_FOLDING, _BOOKING, _REMEMBERING = "core.account.folding", "core.account.booking", "core.account.remembering"
_DECIDING, _ENDING, _MACHINE = "core.account.deciding", "core.account.ending", "core.account.machine"
_RECONCILE, _LEDGER, _LINES, _TARGETS = "core.reconcile", "core.ledger", "core.lines", "core.targets"
_WISHES, _LADDER, _CLOSING, _STOP = "core.ladder_wishes", "core.ladder_state", "core.ladder_closing", "core.ladder_stop"
_EXITS_TOLD, _ACTING = "core.ladder_exit_alerts", "core.account.acting"
_BACKING, _COVERING, _MIRROR = "core.account.backing", "core.account.covering", "core.mirror"

MUTANTS: dict[str, Mutant] = {
    "d1_110001_is_cancelled": Mutant(
        _ANSWERS,
        """        case Refused() if outcome.code in NOT_OPEN:
            doubt(state, command.key, command.slot, state.now, sent)
            if box is not None:
                # Its lists may be behind: answer and question would go round at the network's speed until they aren't.
                once_more(state, box, role, outcome, _action(command, role))
""",
        """        case Refused() if outcome.code in NOT_OPEN:
            from core.facts import Ended, EndReason
            fold(state, Ended(command.key, __import__("decimal").Decimal(0), EndReason.CANCELLED, state.now))
""",
        "an order that was filled counts as cancelled, and is placed again",
    ),
    "d2_new_id_on_retry": Mutant(
        _LINES,
        "    return line.revision + 1 if line.state is LineState.ENDED else line.revision\n",
        "    return line.revision + 1\n",
        "a retry carries a new id: the order is there twice",
    ),
    "d3_others_numbers": Mutant(
        _EXITS_TOLD,
        "        max(ledger.position, ZERO),\n",
        "        max(ledger.entered, ZERO),\n",
        "an alert shows a number that is not the account's",
    ),
    "d4_dropped_while_pending": Mutant(
        _BOOKING,
        "    if fact.execution in box.seen or (key is None",
        "    if fact.key in state.flights or fact.execution in box.seen or (key is None",
        "what comes before its order's answer is dropped",
    ),
    "d5_dropped_during_sync": Mutant(
        _FOLDING,
        """        case Filled():
            executed(state, fact)
""",
        """        case Filled():
            executed(state, fact) if state.cuts.asked is None else None
""",
        "fills that come while a look is under way are dropped",
    ),
    "d6_short_is_flat": Mutant(
        _FOLDING,
        "    view.tell(fact.size, fact.seq)\n",
        "    view.tell(max(fact.size, view.size * 0), fact.seq)\n",
        "a live position is read as flat",
    ),
    "d7_sent_before_durable": Mutant(
        _DECIDING,
        """        case Place(reduce_only=False):
            state.out.hard.append(command)
""",
        """        case Place(reduce_only=False):
            state.out.urgent.append(command)
""",
        "entries leave before their plan is on disk",
    ),
    "d8_shrunk_is_hit": Mutant(
        _LADDER,
        "        if (line := lines.get(level.role)) is not None and line.complete and trade.booked(line)\n",
        "        if (line := lines.get(level.role)) is not None and trade.ledger.exited > 0\n",
        "a position that a user made smaller counts as TP1",
    ),
    "d9_entry_without_stop": Mutant(
        _WISHES,
        "        Want(leg.role, slot, side, leg.quantity, leg.price, reduce_only=False, stop=price, once=True)\n",
        "        Want(leg.role, slot, side, leg.quantity, leg.price, reduce_only=False, stop=None, once=True)\n",
        "entries are not born protected",
    ),
    "d10_naive_split": Mutant(
        _TARGETS,
        "        upto = summed * base // divisor * step\n",
        "        upto = before + share * base // divisor * step\n",
        "each share is rounded by itself: the last level takes what is left over",
    ),
    "d11_counted_twice": Mutant(
        _BOOKING,
        "    if fact.execution in box.seen or (key is None and 0 <= fact.seq <= box.after_seq):\n",
        "    if key is None and 0 <= fact.seq <= box.after_seq:\n",
        "an execution that is told twice is booked twice",
    ),
    "d12_closed_by_guess": Mutant(
        _ENDING,
        "    return not any(line.live or line.key in state.busy or not trade.booked(line) for line in ",
        "    return True or any(line.live or line.key in state.busy or not trade.booked(line) for line in ",
        "a trade is closed while orders of it may still work",
    ),
    "timeout_is_failure": Mutant(
        _ANSWERS,
        """        case Unknown():
            doubt(state, command.key, command.slot, sent + state.capabilities.request_lifetime, sent)
        case Refused(code=Code.DUPLICATE):
""",
        """        case Unknown():
            from core.facts import Ended, EndReason
            fold(state, Ended(command.key, __import__("decimal").Decimal(0), EndReason.REJECTED, state.now))
        case Refused(code=Code.DUPLICATE):
""",
        "a placement without an answer counts as never made",
    ),
    "timeout_is_success": Mutant(
        _ANSWERS,
        """        case Unknown():
            doubt(state, command.key, command.slot, sent + state.capabilities.request_lifetime, sent)
        case Refused(code=Code.DUPLICATE):
""",
        """        case Unknown():
            pass
        case Refused(code=Code.DUPLICATE):
""",
        "a placement without an answer counts as working",
    ),
    "change_without_answer_is_done": Mutant(
        _ANSWERS,
        """        case Unknown():
            state.busy[command.key] = command  # it may have been taken
            doubt(state, command.key, command.slot, sent + state.capabilities.request_lifetime, sent)
        case Refused(code=Code.SAME) if""",
        """        case Unknown() if box is not None and isinstance(command, Amend) and role in box.trade.lines:
            change_line(state, box, reshaped(box.trade.lines[role], command))
        case Refused(code=Code.SAME) if""",
        "an amendment without an answer counts as made",
    ),
    "duplicate_is_failure": Mutant(
        _ANSWERS,
        """        case Refused(code=Code.DUPLICATE):
            doubt(state, command.key, command.slot, state.now, sent)
            state.doubts[command.key].refusal = outcome
""",
        """        case Refused(code=Code.DUPLICATE):
            from core.facts import Ended, EndReason
            fold(state, Ended(command.key, __import__("decimal").Decimal(0), EndReason.REJECTED, state.now))
""",
        "an order that is there already counts as refused, and is placed once more",
    ),
    "dead_is_booked": Mutant(
        _RECONCILE,
        """        if line.state is LineState.ENDED and not trade.booked(line):
            return None
""",
        "",
        "a new revision before the last one's fills are booked: sold twice (DESIGN 8.2)",
    ),
    "absent_is_dead": Mutant(
        _ASKING,
        """    if state.now < sent + state.capabilities.request_lifetime and not lossless:
        known.due = sent + state.capabilities.request_lifetime
""",
        """    if not lossless:
        fold(state, Ended(command.key, __import__("decimal").Decimal(0), EndReason.VENUE, state.now))
        return
""",
        "an order that is not found counts as dead, and its next revision leaves",
    ),
    "no_gap_fill": Mutant(
        _CUTS,
        '    for execution in sorted(cut.executions, key=lambda fact: (fact.at, getattr(fact, "seq", 0))):\n',
        "    for execution in cut.executions[:0]:\n",
        "executions that the stream lost are never learned of",
    ),
    "stale_look_believed": Mutant(
        _COVERING,
        "        if view is not None and -1 < position.seq < view.seq:\n            return False\n",
        "        if view is None:\n            return False\n",
        "a look that is older than the stream is believed",
    ),
    "unexplained_at_once": Mutant(
        _CUTS,
        "        elif state.cuts.mismatched.get(slot) == held - ours:\n            del state.cuts.mismatched[slot]\n",
        "        elif held != ours:\n            state.cuts.mismatched.pop(slot, None)\n",
        "a fill that is only late is booked as the user's (C8)",
    ),
    "orders_never_missed": Mutant(
        _CUTS,
        "    elif cut.walked is not None:\n",
        "    elif cut.walked is not None and state.now < 0:\n",
        "an order whose end was lost is believed to work until the hourly look",
    ),
    "cursor_runs_ahead": Mutant(
        _COVERING,
        "OVERLAP = 60_000\n",
        "OVERLAP = -60_000\n",
        "executions before the last look are not read again",
    ),
    "restart_knows_all": Mutant(
        _MACHINE,
        "    state.troubles[STARTING] = now\n",
        "    state.cuts.full_due = 0\n",
        "after a restart entries are sent before the venue was looked at",
    ),
    "restart_reads_from_now": Mutant(
        _MACHINE,
        "    state.cuts.since = min(starts, default=now) - OVERLAP\n",
        "    state.cuts.since = now\n",
        "what was executed while the process was dead is not read",
    ),
    "acts_not_durable": Mutant(
        _REMEMBERING,
        """    \"\"\"Take one fact of our own in and remember it before anything it causes.\"\"\"
    state.first(box.id, fact)
""",
        """    \"\"\"Take one fact of our own in and remember it before anything it causes.\"\"\"
""",
        "a decision of ours has no second copy (DESIGN 8.3)",
    ),
    "fills_not_journaled": Mutant(
        _BOOKING,
        "    box.booked = state.now\n    state.behind(box.id, fact)\n    if corrects(",
        "    box.booked = state.now\n    if corrects(",
        "the journal doesn't hold what was executed",
    ),
    "arrival_order": Mutant(
        _REMEMBERING,
        "    put(box, fact, seq)\n    state.touch(box)\n",
        "    box.history.append((seq, len(box.history), fact))\n    box.trade = _folded(box, before, fact)\n"
        "    state.touch(box)\n",
        "what comes late is folded last: two accounts, two ladders (DESIGN 8.4)",
    ),
    # Only to leave out the question that follows, or to take the order for never sent, is no defect that can be seen
    # here: what works is shown by the next look, what doesn't is asked for by the next audit's walk (cuts).
    "untracked_execution_ignored": Mutant(
        _BOOKING,
        """    box.booked = state.now
    state.behind(box.id, fact)
    if corrects(""",
        """    box.booked = state.now
    if key is not None and key.role not in box.trade.lines:
        return
    state.behind(box.id, fact)
    if corrects(""",
        "what an order executed that only its execution tells of is not booked",
    ),
    "stop_home_forgotten": Mutant(
        _BOOKING,
        "        view.stop, view.proven, view.stop_seq = line.stop, False, fact.seq - 1\n",
        "        view.stop_seq = fact.seq - 1\n",
        "an entry's fill brings its old stop back unnoticed (DESIGN 8.1)",
    ),
    "attached_stop_not_amended": Mutant(
        _RECONCILE,
        "    stop = want.stop if want.stop is not None and want.stop != line.stop else None\n",
        "    stop = None\n",
        "resting entries keep the old stop",
    ),
    "unwanted_left": Mutant(
        _RECONCILE,
        "for role, line in lines.items() if line.key not in busy and role not in held\n",
        "for role, line in lines.items() if line.key not in busy and role not in held and line.reduce_only\n",
        "entries stay after TP1 and after the close",
    ),
    "targets_not_resized": Mutant(
        _RECONCILE,
        "    if resized is None and price is None and stop is None:\n        return None\n",
        "    if price is None and stop is None:\n        return None\n",
        "take-profits keep the size of the first fill",
    ),
    "entries_while_unwell": Mutant(
        _DECIDING,
        "    if (state.troubles or state.paused or box.preparing) and not box.phase.closing:\n",
        "    if (state.paused or box.preparing) and not box.phase.closing:\n",
        "entries are sent by an account that doesn't know how it stands (F19)",
    ),
    "no_back_off": Mutant(
        _BACKING,
        "        backoff.until = state.now + max(RETRY_AFTER[backoff.tries - 1], refusal.retry_after or 0)\n",
        "        backoff.until, backoff.tries = state.now, 0\n",
        "a refused wish spins at the speed of the network (C4)",
    ),
    "closing_reopens": Mutant(
        _CLOSING,
        "    if ledger.stopped:\n        stop = stop_of(trade)\n",
        "    if ledger.stopped and ledger.position <= 0:\n        stop = stop_of(trade)\n",
        "a trade whose stop fired goes on when an entry fills after it (R5)",
    ),
    "all_targets_not_the_end": Mutant(
        _CLOSING,
        '    if _ladder_done(trade):\n        return "all_tps"\n',
        "",
        "what an entry learned of late leaves is held for ever",
    ),
    "breakeven_forgotten": Mutant(
        _STOP,
        "    tiers = tiers_after(trade, reached)\n",
        "    tiers: tuple[int, ...] = ()\n",
        "the stop stays where it was after TP1",
    ),
    "mirror_goes_on": Mutant(
        _ACTING,
        "    if word.reason and follows_close(word.reason, following):\n",
        "    if not word.reason and follows_close(word.reason, following):\n",
        "a mirror keeps its trade when its leader's closed",
    ),
    "fees_forgotten": Mutant(
        _LEDGER,
        "        exit_fees=ledger.exit_fees + fee,\n",
        "        exit_fees=ledger.exit_fees,\n",
        "a report earns more than the wallet",
    ),
    "funding_as_income": Mutant(
        _LEDGER,
        "    return ledger._replace(funding=ledger.funding + amount)\n",
        "    return ledger._replace(funding=ledger.funding - amount)\n",
        "what was paid is told as received",
    ),
    "late_funding_lost": Mutant(
        _BOOKING,
        "        if began <= fact.at <= ended:\n            return box\n",
        "        if began <= fact.at <= ended:\n            return None\n",
        "funding that is learned of after the close is counted nowhere",
    ),
    "joins_what_is_over": Mutant(
        _ACTING,
        "        state.over[word.trade] = word\n",
        "        state.over.pop(word.trade, None)\n",
        "a mirror opens what its leader has closed already",
    ),
    "passed_stop_counts": Mutant(
        "core.slot_view",
        "        return self.stop is not None and passed(",
        "        return self.stop is None and passed(",
        "a stop that the market has passed and that never fires counts as protection (B4)",
    ),
    "bands_of_one_side": Mutant(
        _DECIDING,
        "    for other in state.on(symbol):\n        wishes = other.desired\n",
        "    for other in (box,):\n        wishes = other.desired\n",
        "with both sides held only the one that decided last is woken by its prices (A5)",
    ),
    **READ,
    **FOUND,
}
