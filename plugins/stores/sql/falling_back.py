"""A start that finds the store damaged and goes on with a backup (rel:F47): what that still proves is carried over.

Trades wait for somebody who reads their alerts otherwise: the stops are at the venue, but nothing is resized on a fill.
"""

from plugins.stores.sql.backups import Backups
from plugins.stores.sql.faults import Damaged
from plugins.stores.sql.lease import inscription
from plugins.stores.sql.restoring import foreseen, restore
from ports.persistence import Mended


def fall_back(backups: Backups, error: Damaged, now: int) -> Mended | None:
    """Put the newest good backup in the place of the damaged store, which is kept; None where there is none.

    Nor is it put there where nothing says that it is a store of ours: a name typed wrong is another file. Nor where
    what is left says that the backup was made of another store. Raises as `restore` does, with everything as it was.
    """
    newest = backups.newest_good() if backups.place.lived_in() else None
    if newest is None or foreseen(backups.place, backups.shelf, newest).other:
        return None
    by = inscription((), f"falling back to {newest}", now)
    done = restore(backups.place, backups.shelf, newest, by, now)
    at = backups.shelf.made_at(newest)
    return Mended(
        damage=error.found,
        backup=str(newest),
        at=at,
        kept=done.kept,
        salvaged=done.salvaged,
        forgotten=done.forgotten or (),
    )
