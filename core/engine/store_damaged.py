"""What people are told when a start went on with a backup, the store being damaged (rel:F47, D1)."""

from core.alerts import StoreDamaged
from core.money_text import duration_text
from core.words import iso
from ports.persistence import Mended

_REMADE = "these are, by today's rules, and what can't be told of one is left alone, with an alert of its own"


def told(mended: Mended, now: int) -> StoreDamaged:
    """What was found, with what it goes on, and what that means for what happened since."""
    age = f", {duration_text(max(now - mended.at, 0))} old" if mended.at else ""
    made = f" of {iso(mended.at)[:16].replace('T', ' ')} UTC{age}" if mended.at else ""
    doing = [f"going on with the backup{made}: {mended.backup}"]
    if mended.salvaged:
        doing.append(f"{mended.salvaged} newer journal lines that the damaged one still proved were added")
    doing.append("the venue tells what happened since, trades opened since are made again from it")
    names = ", ".join(f"{trade} on {account}" for account, trade in mended.forgotten)
    if names:
        doing.append(f"{_REMADE}: {names}")
    doing.append(f"the damaged one is kept: {mended.kept}")
    return StoreDamaged(mended.damage, "; ".join(doing))
