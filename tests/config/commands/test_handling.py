"""watch, release, adopt, mode, emergency through the socket: previewed, confirmed, done, and told in JSON."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.terminal import CONFIG, REQUEST, ROOT, Running, tandem, tandem_json

pytestmark = pytest.mark.integration

PLAN = """
symbol: BTCUSDT
side: long
entries: [60000]
take_profits: [62000, 63000, 64000, 65000]
stop: 56000
leverage: 10
quantity: 0.168
"""


def trading(folder: Path) -> Running:
    """A service that is well, with a trade on."""
    (folder / "t.yaml").write_text(CONFIG)
    (folder / "r.yaml").write_text(REQUEST)
    (folder / "p.yaml").write_text(PLAN)
    service = Running(folder).well()
    service.traded()
    return service


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A service of the test's own."""
    service = trading(tmp_path)
    yield service
    service.end()


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service for the tests after which it is as it was before."""
    service = trading(tmp_path_factory.mktemp("untouched"))
    yield service
    service.end()


def test_release_then_adopt_then_emergency(running: Running) -> None:
    """A6, E6: given back, taken over again, emptied; each dry run changes nothing and says what would be."""
    assert len(running.ask("release", "BTCUSDT", "--dry-run")["would_release"]) == 2
    assert len(running.ask("orders")["orders"]) == 10
    running.ask("release", "BTCUSDT", "--yes")
    assert running.ask("orders")["orders"] == []

    there = running.ask("adopt", "main", "BTCUSDT")["there"]
    assert [(row["size"], row["stop"]) for row in there] == [("0.168", "56000")]
    running.ask("adopt", "main", "BTCUSDT", "--request", "p.yaml", "--yes")
    assert len(running.until(lambda shown: len(shown["orders"]) == 4, "orders")["orders"]) == 4

    would = running.ask("emergency", "--all-accounts", "--dry-run")
    assert [row["act"] for row in would["touches"]].count("cancel") == 4
    assert [row["account"] for row in would["left_alone"]] == ["mirror"]
    words = ("emergency", "--all-accounts", "--foreign", "--dry-run", "--config", "t.yaml")
    lines = tandem(*words, folder=running.folder).splitlines()
    assert [line.split(":")[0] for line in lines if line.endswith(", which isn't Tandem's")] == ["mirror"]
    done = running.ask("emergency", "--all-accounts", "--foreign", "--yes", "--yes-really")
    assert done["still_open"] == []
    assert running.ask("verify")["well"]


def test_without_a_word_nothing_is_done(untouched: Running) -> None:
    """Exit 1: nobody is there to confirm, and what would make it yes is said."""
    folder = untouched.folder
    said = tandem("emergency", "--config", "t.yaml", folder=folder, expected=1)

    assert "--yes" in said
    assert "not confirmed" in untouched.ask("emergency", expected=1)["error"][0]
    assert len(untouched.ask("orders")["orders"]) == 10


@pytest.mark.parametrize("words", [("emergency", "--yes"), ("close", "BTCUSDT", "--yes")])
def test_what_can_not_be_printed_is_done_all_the_same(running: Running, words: tuple[str, ...]) -> None:
    """E6, rel:F45: with its list on a full disk it ended before it closed anything; agreed to, it goes on."""
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, str(ROOT / "app.py"), *words, "--config", "t.yaml"]
        done = subprocess.run(command, cwd=running.folder, stdout=full, stderr=subprocess.PIPE, text=True, check=False)

    assert (done.returncode, "No space left on device" in done.stderr) == (0, True)
    assert "Traceback" not in done.stderr
    assert running.until(lambda shown: not shown["orders"], "orders")["orders"] == []


@pytest.mark.parametrize("served", [True, False])
def test_an_emergency_whose_log_is_full_closes_all_the_same(running: Running, *, served: bool) -> None:
    """E6, rel:F45: with both streams on the full disk (`>> log 2>&1`) it ended over its own words."""
    if not served:
        running.stop(signal.SIGKILL)
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, str(ROOT / "app.py"), "emergency", "--yes", "--config", "t.yaml"]
        subprocess.run(command, cwd=running.folder, stdout=full, stderr=full, check=False)

    assert running.until(lambda shown: not shown["orders"], "orders")["orders"] == []


def test_mode_is_shown_and_not_switched_under_a_trade(untouched: Running) -> None:
    """A5: exit 1 with the reasons; a switch without a symbol is a usage error."""
    assert untouched.ask("mode", "main")["mode"] == "one_way"
    assert untouched.ask("mode", "main", "hedge", "--symbol", "BTCUSDT", "--yes", expected=1)["against"]
    assert "--symbol" in tandem("mode", "main", "hedge", "--config", "t.yaml", folder=untouched.folder, expected=2)


UNKNOWN_TRADE = ("close", "move-stop", "cancel-entries", "release", "chart", "trades")
ON_ACCOUNT = {"adopt": "nobody BTCUSDT", "mode": "nobody", "open": "r.yaml", "alert-rules add": "drawdown 5",
              "move-stop": "BTCUSDT 55000", "chart": "BTCUSDT --out c.png", "equity": "--out e.png",
              "stats export": "--out t.csv", **dict.fromkeys(("close", "cancel-entries", "release"), "BTCUSDT"),
              **dict.fromkeys(("pause", "resume", "clean-up", "emergency", "stats"), "")}  # fmt: skip


@pytest.mark.parametrize("command", UNKNOWN_TRADE)
def test_a_trade_that_there_is_not_is_a_wrong_word_of_every_command(untouched: Running, command: str) -> None:
    """J1: exit 2, as for every name that there is not; `trades` said 1, which is for something that is wrong."""
    more = {"move-stop": ("1",), "chart": ("--out", "c.png")}.get(command, ())

    assert "'NOPE'" in untouched.ask(command, "NOPE", *more, expected=2)["error"][0]


@pytest.mark.parametrize(("command", "more"), ON_ACCOUNT.items())
def test_an_account_that_there_is_not_is_named_with_those_that_are(untouched: Running, command: str, more: str) -> None:
    """J1: `close --account mirorr` said that there was no live trade, and one was."""
    words = (*command.split(), *more.split())
    named = words if "nobody" in words else (*words, "--account", "nobody")

    assert untouched.ask(*named, expected=2)["error"] == ["there is no account 'nobody'; there are main, mirror"]


def test_an_order_to_replace_needs_the_plan_that_replaces_it(untouched: Running) -> None:
    """A6: without a plan `--order` was passed over in silence, and the order stayed."""
    assert "--request" in untouched.ask("adopt", "main", "BTCUSDT", "--order", "1a2b", expected=2)["error"][0]


def test_watch_shows_the_status_as_often_as_asked(untouched: Running) -> None:
    """J1: from the service; in JSON one object unless more are asked for."""
    assert untouched.ask("watch")["running"]
    shown = tandem("watch", "--count", "2", "--every", "0.2", "--config", "t.yaml", folder=untouched.folder)

    assert shown.count("running") == 2


def test_without_a_service_the_acts_say_so(tmp_path: Path) -> None:
    """Exit 1 and how to start it."""
    (tmp_path / "t.yaml").write_text(CONFIG)
    for words in (("release", "BTCUSDT"), ("adopt", "main", "BTCUSDT"), ("mode", "main"), ("verify",)):
        shown = tandem_json(*words, "--config", "t.yaml", folder=tmp_path, expected=1)
        assert "tandem run" in json.dumps(shown)


def test_an_emergency_does_not_need_a_service(running: Running) -> None:
    """E6, rel:F43: killed mid-trade; the dry run sends nothing, the command then does it in the service's place."""
    running.stop(signal.SIGKILL)
    before = running.ask("orders")
    would = running.ask("emergency", "--dry-run")
    assert running.ask("orders") == before
    done = running.ask("emergency", "--yes")
    ended = running.ask("trades")["ended"]

    assert [row["act"] for row in would["touches"]].count("cancel") == 10
    assert would["touches"] == done["touches"]
    assert (done["still_open"], done["failed"]) == ([], [])
    assert {row["close_reason"] for row in ended} == {"emergency"}
    again = Running(running.folder)
    assert again.ask("positions")["positions"] == []
    again.end()


def test_an_emergency_after_a_lost_store_lists_what_it_does(running: Running) -> None:
    """C7, E6: killed and the store gone; the trades are made again and closed, so nothing is listed as left alone."""
    running.stop(signal.SIGKILL)
    for each in running.folder.glob("var/tandem.db*"):
        each.unlink()
    would = running.ask("emergency", "--dry-run")
    done = running.ask("emergency", "--yes")

    assert sorted(row["act"] for row in would["touches"]) == ["cancel"] * 10 + ["close"] * 2
    assert (would["touches"], would["left_alone"]) == (done["touches"], done["left_alone"])
    assert (done["left_alone"], done["still_open"], done["failed"]) == ([], [], [])
