"""What is told when a start went on with a backup (rel:F47, D1)."""

from core.engine.store_damaged import told
from ports.persistence import Mended

AT = 1_577_836_800_000


def test_it_says_how_old_what_it_goes_on_with_is_and_what_it_forgot() -> None:
    """D1: read at 3 a.m. with a position open: what is watched, by what, and where the old one lies."""
    mended = Mended(
        damage="page 7 is malformed", backup="var/backups/b.db", at=AT, kept="var/tandem.db.replaced-x", salvaged=3,
        forgotten=(("main", "7K3QX9A2MD"),),
    )  # fmt: skip
    body = told(mended, AT + 720_000)

    assert body.detail == "page 7 is malformed"
    assert body.doing == (
        "going on with the backup of 2020-01-01 00:00 UTC, 12m 00s old: var/backups/b.db; "
        "3 newer journal lines that the damaged one still proved were added; "
        "the venue tells what happened since, trades opened since are made again from it; "
        "these are, by today's rules, and what can't be told of one is left alone, with an alert of its own: "
        "7K3QX9A2MD on main; the damaged one is kept: var/tandem.db.replaced-x"
    )


def test_what_isnt_known_isnt_said() -> None:
    """D1: a backup without a time in its name, nothing added, nothing forgotten."""
    body = told(Mended(damage="torn", backup="b.db", at=0, kept="k"), AT)

    since = "the venue tells what happened since, trades opened since are made again from it"
    assert body.doing == f"going on with the backup: b.db; {since}; the damaged one is kept: k"
