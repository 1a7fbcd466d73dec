"""Which backups are kept: 24 latest, 7 daily, and whatever has a reason in its name."""

from pathlib import Path

from plugins.stores.sql.shelf import Shelf

QUARTER = 15 * 60_000
DAY = 96 * QUARTER
NOON = 1_577_880_000_000


def shelf(folder: Path, *ages: int) -> Shelf:
    """A shelf with empty backups of these ages before noon, 2020-01-01."""
    made = Shelf(folder=folder, stem="tandem", suffix=".db")
    for age in ages:
        made.place(NOON - age).touch()
    return made


def names(paths: list[Path]) -> list[str]:
    """What the files are called."""
    return [path.name for path in paths]


def test_names_sort_as_their_times_do(tmp_path: Path) -> None:
    """Newest first, whatever the folder's own order."""
    made = shelf(tmp_path, DAY, 0, QUARTER)

    assert names(made.all()) == [
        "tandem-20200101T120000.000Z.db",
        "tandem-20200101T114500.000Z.db",
        "tandem-20191231T120000.000Z.db",
    ]


def test_24_latest_and_the_last_of_7_days_are_kept(tmp_path: Path) -> None:
    """Ten days of a backup every quarter of an hour (rel:P7)."""
    made = shelf(tmp_path, *range(0, 10 * DAY, QUARTER))
    gone = set(made.superfluous(NOON))
    kept = [path for path in made.all() if path not in gone]

    assert names(kept[:24]) == [made.place(NOON - n * QUARTER).name for n in range(24)]
    assert [name[7:22] for name in names(kept[24:])] == [f"201912{day}T234500" for day in range(31, 25, -1)]


def test_days_without_a_backup_push_nothing_out(tmp_path: Path) -> None:
    """Seven days that have one, not the last seven days: a service that slept a month keeps its history."""
    made = shelf(tmp_path, *(n * 30 * DAY for n in range(5)))

    assert made.superfluous(NOON) == []


def test_reasons_and_strangers_stay(tmp_path: Path) -> None:
    """What was made before a migration, and whatever else lies there, is nobody's to remove."""
    made = Shelf(folder=tmp_path, stem="tandem", suffix=".db", latest=1, daily=0)
    for path in (
        made.place(NOON),
        made.place(NOON - 1),
        made.place(NOON - 2, "before-schema-2"),
        tmp_path / "tandem-notes.db",
        tmp_path / "other-20191231T120000.000Z.db",
    ):
        path.touch()

    assert made.superfluous(NOON) == [made.place(NOON - 1)]
    assert made.place(NOON - 2, "before-schema-2") in made.all()
    assert made.place(NOON - 2, "before-schema-2") not in made.regular()


def test_the_last_one_says_whether_one_is_due(tmp_path: Path) -> None:
    """One from the future (a clock that was wrong) is no reason to make none."""
    made = shelf(tmp_path, 10_000, -DAY)

    assert made.has_one(NOON - 10_001, NOON)
    assert not made.has_one(NOON - 10_000, NOON)


def test_a_folder_that_is_not_there_holds_nothing(tmp_path: Path) -> None:
    """Before the first backup."""
    assert shelf(tmp_path / "none").all() == []


def test_what_a_dead_process_left_unfinished_may_go(tmp_path: Path) -> None:
    """It is no backup, and it is nobody's once it is old."""
    made = shelf(tmp_path)
    old, young = made.unfinished(made.place(NOON - QUARTER)), made.unfinished(made.place(NOON))
    for path in (old, young):
        path.touch()

    assert made.all() == []
    assert made.abandoned(NOON - 1) == [old]


def test_a_clock_that_was_wrong_pushes_nothing_out(tmp_path: Path) -> None:
    """Thirty backups dated next year: what is made now is kept all the same (rel:F48)."""
    made = shelf(tmp_path, 0, QUARTER, *(-365 * DAY - n * QUARTER for n in range(30)))

    assert made.superfluous(NOON) == []
