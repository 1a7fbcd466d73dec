"""Deliberate defects as campaigns of some 100,000 storms found them: rows of events that hardly any storm draws."""

from config.simulation.mutant import Mutant

FOUND: dict[str, Mutant] = {
    "apps_undo_is_ours": Mutant(
        "core.account.hands",
        "(asked is not None and state.now - max(asked, state.began) < BEHIND)",
        "asked is not None",
        "a stop that is moved back in the app to where Tandem once had it is moved away again (A11)",
    ),
    "unlisted_sale_meets": Mutant(
        "core.account.netting",
        "    held = against.held + min(unlisted(holder.trade), ZERO)\n",
        "    held = against.held\n",
        "a late fill counts as met by what the later trade has sold already, and a part of it stays, nobody's (A8)",
    ),
    "told_close_forgotten": Mutant(
        "core.account.deciding",
        "    if desired.phase.closing and not was and _refused_entry(box):\n",
        "    if desired.phase.closing and not was and state.now < 0:\n",
        "a trade goes on after a start whose mirrors were told that it closes (A4, B12)",
    ),
    "dead_rest_off_step": Mutant(
        "core.targets",
        "        gone = executed[level] if dead and dead[level] else ZERO\n",
        "        gone = ZERO\n",
        "what is left of a dead order is rounded with what it executed by a finer step of before (rel:F37)",
    ),
    "entry_is_guessed": Mutant(
        "core.account.explaining",
        "cause is not Cause.FOREIGN and not entered\n",
        "cause is not Cause.FOREIGN\n",
        "an entry that fills just after looks agreed on a growth is taken for that: what it bought is nobody's (C8)",
    ),
}
