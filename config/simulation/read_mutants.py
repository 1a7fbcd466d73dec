"""Defects that the machine once had and no storm had shown: each was found by thinking of an order of events.

Storms have drawn such orders since (`turns`), and something has judged them (`traces`, `watch`); these prove it.
"""

from config.simulation.mutant import Mutant

_ACTING, _BOOKING, _CUTS = "core.account.acting", "core.account.booking", "core.account.cuts"
_DECIDING, _RECALLING, _OPENING = "core.account.deciding", "core.account.recalling", "core.account.opening"
_NETTING = "core.account.netting"
_STATE, _CLOSING = "core.ladder_state", "core.ladder_closing"

READ: dict[str, Mutant] = {
    "phase_sticks_at_restart": Mutant(
        _RECALLING,
        " or (box.phase.closing and not desired.phase.closing)",
        "",
        "a trade that trades on counts as closing after a restart: no act on it is taken (I19)",
    ),
    "wishes_forgotten_at_restart": Mutant(
        _RECALLING,
        "    desired = box.desired = box.strategy.desired(box.trade)\n",
        "    desired = box.strategy.desired(box.trade)\n",
        "a closing that only followed from the facts is forgotten: a late fill goes on instead of being flattened (R5)",
    ),
    "unheard_while_waiting": Mutant(
        "core.account.machine",
        "        acting.joined(self.state, each.trade)\n",
        "",
        "a mirror that joins late has its stop where the leader's was at the beginning (A4)",
    ),
    "joins_after_leaders_tp1": Mutant(
        _OPENING,
        "    if word.tp1:\n",
        "    if word.tp1 and state.now < 0:\n",
        "a mirror begins a trade whose leader has taken its profit (A4, A9)",
    ),
    "second_move_not_copied": Mutant(
        _ACTING,
        "    if following.sync_stop and box.leader_moved != word.moved:\n",
        "    told = None if box.leader_moved is None else box.leader_moved[1]\n"
        "    if following.sync_stop and word.moved is not None and told != word.moved[1]:\n",
        "of two moves of the leader's stop without a fill between them mirrors copy the first (A4)",
    ),
    "copied_again_at_restart": Mutant(
        _ACTING,
        "        copied = not box.leader_heard and _copied(box, word)\n",
        "        copied = False\n",
        "after a restart a mirror's own moved stop gives way to the leader's of before (A4)",
    ),
    "leaders_profit_is_external": Mutant(
        _CLOSING,
        "    if state.leader_tp1:\n        return FOLLOWED\n",
        "",
        "a mirror that ended with its leader is reported as closed by its user (G2)",
    ),
    "left_alone_stays": Mutant(
        _DECIDING,
        "    held = _left_alone(box) if box.frozen else set()\n",
        "    held = set(box.frozen)\n",
        "what was left alone works on after its trade's end, which never comes (B10)",
    ),
    "part_off_the_step": Mutant(
        _ACTING,
        "    if asked.quantity is not None and asked.quantity != ",
        "    if asked.quantity is not None and ledger is None and asked.quantity != ",
        "a partial close that the venue refuses takes its share from the take-profits (B14)",
    ),
    "users_funding_is_ours": Mutant(
        _BOOKING,
        "    return None if owner is None or fact.at < _began(owner) else owner\n",
        "    return owner\n",
        "what the user paid before is told as the trade's cost (I10)",
    ),
    "listed_late_counts_twice": Mutant(
        _BOOKING,
        "    guess = give_way(box, fact)\n    if guess",
        "    guess = None\n    if guess",
        "an execution that looks had explained is booked once more, and ours left open as the user's (C8)",
    ),
    "stop_listed_late_is_lost": Mutant(
        _BOOKING,
        "    return ended_with(state, fact) or _missed_by(state, fact)\n",
        "    return None\n",
        "a trade that looks had closed keeps a guessed price for what its stop cost (I10)",
    ),
    "left_out_stays_taken": Mutant(
        _CUTS,
        "    vacant.look(state, cut)\n",
        "",
        "nothing opens any more where a user's position was closed and no frame told of it (A7)",
    ),
    "gap_looked_at_twice": Mutant(
        _CUTS,
        "    again = min(max(state.now - state.cuts.well_at, state.timings.absence), state.timings.audit)\n",
        "    again = state.timings.audit\n",
        "lists that lag behind for five seconds after a gap are believed for a minute (rel:F20)",
    ),
    "size_without_side": Mutant(
        "core.slot_view",
        "        self.size += fact.side.signed(fact.quantity)\n",
        "        self.size += fact.side.signed(fact.quantity) * (1 if self.size >= 0 else -1)\n",
        "a user's short that was bought back in part counts as grown: it is taken over as what it isn't (A6, C8)",
    ),
    "late_leg_untold": Mutant(
        "core.account.asking",
        "None if final else Woke(box.id, state.now)",
        "None",
        "nobody is told of an entry that came back unsent after its request's time (A9)",
    ),
    "late_leg_told_again": Mutant(
        "core.ladder_entry_alerts",
        "        alike = [other for other in alike if not too_late(after, other)]  # that",
        "        # that",
        "an entry that was not sent in time is told as cancelled once more (A9)",
    ),
    "passed_by_counts_not": Mutant(
        _STATE,
        "    return reached if not reached or reached[-1] == len(reached) else tuple(range(1, reached[-1] + 1))\n",
        "    return reached\n",
        "a trade part closed in the middle of TP1 comes to no breakeven (B15)",
    ),
    "merge_makes_younger": Mutant(
        "core.plan",
        "            yield each.legs, request.at + request.valid_for + 1\n",
        "",
        "a merge sends what was asked for too long ago (A9)",
    ),
    "operator_waits": Mutant(
        _ACTING,
        "    box.backoffs.clear()  # what was refused",
        "    # what was refused",
        "after one refused stop the operator's next price stands still for up to a minute (B14)",
    ),
    "old_refusal_counts": Mutant(
        "core.account.answers",
        "    if about_price and anew:\n",
        "    if about_price and anew and state.now < 0:\n",
        "the refusal of a stop that is wished no more holds back, or closes, what has the next one coming (B14, B9)",
    ),
    "asked_for_again_waits": Mutant(
        "core.account.answers",
        "    anew = _acted_since(box, sent) or ",
        "    anew = ",
        "the price asked for while it is on its way and refused stands still for five seconds (B14)",
    ),
    "plans_row_unread": Mutant(
        "core.account.adopting",
        "    if asked.shown is not None:\n",
        "    if asked.shown is not None and state.now < 0:\n",
        "what the plan of an adoption has counted already is taken off the trade once more when heard of (A6, C9)",
    ),
    "leader_waits": Mutant(
        _ACTING,
        "    box.backoffs.pop(STOP_ROLE, None)  # the price",
        "    # the price",
        "after one refused stop a mirror's copy of the leader's next stands still for up to a minute (A4)",
    ),
    "netted_waits": Mutant(
        _NETTING,
        "    if met > 0 and later is not None:\n",
        "    if met > 0 and later is None:\n",
        "a late fill that a later trade's opposite position netted is closed out of that trade's (A8)",
    ),
    "netted_whole": Mutant(
        _NETTING,
        "    met = min(box.trade.ledger.position, other_way)\n",
        "    met = box.trade.ledger.position\n",
        "what a late fill leaves over of a later trade's opposite position is nobody's, and stays open (A8, B10)",
    ),
    "netted_on_one_side": Mutant(
        _NETTING,
        "        _book(state, holder, opening, met, later, ZERO)\n",
        "        pass\n",
        "a late fill is gone, and what it took of a later trade's opposite position is believed held (A8, B11)",
    ),
    "passed_entry_is_external": Mutant(
        _CLOSING,
        '    if state.stop_by != "app" and any(passed_by_stop(trade, leg) for leg in trade.plan.legs):\n',
        '    if state.stop_by == "app" and any(passed_by_stop(trade, leg) for leg in trade.plan.legs):\n',
        "a trade whose entries a moved stop passed is reported as closed by its user (G2)",
    ),
    "leverage_of_before": Mutant(
        "core.account.folding",
        "    if fact.leverage is None or fact.at",
        "    if state.now >= 0 or fact.leverage is None or fact.at",
        "the next trade begins at the leverage that the user has chosen for himself (B4)",
    ),
    "wrong_mode_tried_again": Mutant(
        "core.account.answers",
        "    if not command.reduce_only and refusal.code not in TRANSIENT:\n",
        "    if not command.reduce_only and refusal.code not in {*TRANSIENT, Code.MODE}:\n",
        "an entry that the account's mode has no place for is sent again and again (rel:F34)",
    ),
    "woken_is_over": Mutant(
        "core.account.machine",
        "    if _came_back(box, report):\n        return\n",
        "",
        "what a late fill opened after a trade's report is held for ever once the process died before closing it (B10)",
    ),
    "unknown_age_first": Mutant(
        "core.account.remembering",
        "        return fact.seq if fact.seq >= 0 else last_of(box)\n",
        "        return fact.seq\n",
        "a close in the app that nobody saw counts as the ladder's, and as of the entry's fill (G2)",
    ),
    "owed_is_a_hand": Mutant(
        _CUTS,
        "        if not gone and (held == ours or held - ours == awaited(state, box)):\n",
        "        if not gone and held == ours:\n",
        "a take-profit's fill that is listed late is told as the user's, and the rest is resized (B11)",
    ),
    "heard_of_anew": Mutant(
        "core.lines",
        "    return Line(key.role, key.revision, LineState.SENT, dead=booked, complete=complete, key=text)\n",
        "    return Line(key.role, key.revision, LineState.SENT, complete=complete, key=text)\n",
        "what a role sold before counts as the next revision's, of which a crash lost the sending (R2)",
    ),
    "hand_after_leaders_tp1": Mutant(
        _STATE,
        "outlived=state.leader_tp1, ",
        "",
        "after its leader's TP1 nobody can move a mirror's stop back, though each move is taken (A4, B14)",
    ),
    "cancelled_growing_is_hit": Mutant(
        "core.lines",
        "    total = line.quantity if fact.quantity is None else fact.quantity\n",
        "    total = line.quantity\n",
        "a take-profit that is cancelled while it is amended counts as hit: breakeven, entries cancelled (B7)",
    ),
    "merge_loses_the_move": Mutant(
        "core.account.merging",
        "    if copied is not None and copied.at > asked.request.at and ",
        "    if copied is not None and copied.at < 0 and ",
        "a mirror that merges late has its stop where the leader's was before it moved it (A4, B13)",
    ),
    "failed_rebalance_told_again": Mutant(
        "core.account.rounds",
        "        if role in box.replaced or (box.unsettled and _told_failed(state, box, role, old, want.total)):\n",
        "        if role in box.replaced:\n",
        "what the venue refuses is told anew every five seconds (C5)",
    ),
    "paused_entries_leave": Mutant(
        _DECIDING,
        "    if (state.troubles or state.paused or box.preparing) and not box.phase.closing:\n",
        "    if (state.troubles or box.preparing) and not box.phase.closing:\n",
        "what waited to be sent leaves while new entries are paused (I1)",
    ),
}
