"""What commands make of answers that a service gives when something is wrong: never more than it said."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from config.commands.doctoring import Examination, doctor
from config.commands.handling import Emptying, emergency
from config.commands.reading import show
from config.commands.trading import Opening, open_trade
from core.engine.control import Answer, ControlServer, Handler
from tests.terminal import CONFIG, REQUEST

FLAT: Answer = {
    "exit": 1,
    "data": {"touches": [], "left_alone": [], "not_reached": {"main": "the venue did not answer within 5 s"},
             "still_open": [], "failed": [], "backup": ""},
}  # fmt: skip
"""An emergency while an account's venue says nothing and its machine knows of no trade."""
DOWN: Answer = {"exit": 1, "error": ["main: the venue does not answer"]}
WELL: Answer = {"exit": 0, "data": {"accounts": [], "monitors": [], "trades": []}}
HELD: Answer = {"exit": 0, "data": {"violations": [], "not_looked_at": {}}}


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A configuration and a request, where the service listens."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "r.yaml").write_text(REQUEST)
    (tmp_path / "t.yaml").write_text(CONFIG)
    return Path("t.yaml")


def giving(answer: Answer) -> Handler:
    """What always gives this answer."""

    async def handler(_: Mapping[str, object]) -> Answer:
        return answer

    return handler


async def told(answers: Mapping[str, Answer], run: Callable[..., int], *given: object, as_json: bool) -> int:
    """The exit code of a command while a service gives these answers."""
    server = ControlServer(Path("var/tandem.sock"), {name: giving(each) for name, each in answers.items()})
    await server.start()
    try:
        return await asyncio.to_thread(run, *given, as_json=as_json)
    finally:
        await server.close()


async def test_an_account_that_could_not_be_looked_at_is_not_called_flat(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """E6: nobody goes to bed over "all closed" that no venue showed; what to do is said, by account."""
    asked = Emptying(account=None, all_accounts=True, foreign=False, dry_run=False, yes=True, yes_foreign=False)
    code = await told({"emergency": FLAT}, emergency, config, asked, as_json=False)
    said = capsys.readouterr().out

    assert code == 1
    assert "the venues show it" not in said
    assert "NOT KNOWN TO BE FLAT: main" in said


async def test_a_trade_that_the_venue_does_not_show_is_said_to_be_only_in_the_journal(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """E6, C7: before it is confirmed: with another installation's store it may be the user's own that is sold."""
    differs = "main: BTCUSDT 7K3QX9A2MD: the journal has 1, the venue shows 0 of it"
    found: Answer = {"exit": 0, "data": {**cast("Any", FLAT["data"]), "differs": [differs]}}
    asked = Emptying(account=None, all_accounts=True, foreign=False, dry_run=True, yes=False, yes_foreign=False)
    await told({"emergency": found}, emergency, config, asked, as_json=False)

    assert f"{differs}: look in the exchange's app" in capsys.readouterr().out


async def test_an_emergency_beside_somebody_else_says_so_before_it_is_confirmed(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """E6, J2: who, where, and what may come of it; without a yes nothing is done."""
    other = {"account": "main", "pid": 77, "store": "/srv/other/tandem.db"}
    found: Answer = {"exit": 0, "data": {**cast("Any", FLAT["data"]), "beside": [other]}}
    asked = Emptying(account=None, all_accounts=True, foreign=False, dry_run=False, yes=False, yes_foreign=False)
    code = await told({"emergency": found}, emergency, config, asked, as_json=False)
    said = capsys.readouterr().err

    assert code == 1
    assert "CAUTION main: another Tandem on this machine trades with its key: pid 77, store /srv/other" in said
    assert "may put orders back" in said


async def test_trades_that_can_not_be_read_are_an_error_with_its_reason(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """J1: exit 1 and the service's sentence, whether it is of the live ones or of those that ended."""
    for answers in ({"status": DOWN, "closed": DOWN}, {"status": WELL, "closed": DOWN}):
        assert await told(answers, show, "trades", config, {"limit": 20}, as_json=True) == 1
        assert json.loads(capsys.readouterr().out) == {"error": ["main: the venue does not answer"]}


async def test_a_probe_that_the_service_did_not_answer_is_a_finding(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """J1: asked for the venues and told nothing of them, `doctor` isn't well."""
    asked = Examination(check_all=False, probe=True, fix=False)
    code = await told({"status": WELL, "verify": HELD, "probe": DOWN}, doctor, config, asked, as_json=True)
    wrong = [each for each in json.loads(capsys.readouterr().out)["checks"] if not each["well"]]

    assert code == 1
    assert [(each["check"], each["found"]) for each in wrong] == [
        ("venues", "not asked: main: the venue does not answer")
    ]


async def test_a_status_that_the_service_could_not_give_is_a_finding(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """J1: accounts and invariants that nobody looked at are not well for that."""
    asked = Examination(check_all=False, probe=False, fix=False)
    code = await told({"status": DOWN}, doctor, config, asked, as_json=False)

    assert code == 1
    assert "accounts: not looked at: main: the venue does not answer\n" in capsys.readouterr().out


@pytest.mark.parametrize("code", [1, 2])
async def test_a_preview_that_failed_costs_what_the_service_said(config: Path, code: int) -> None:
    """DESIGN 6: 2 is a request that can't stand; a venue that doesn't answer is 1."""
    asked = Opening(request=Path("r.yaml"), account=None, dry_run=True, yes=False, confirmed=False)

    assert await told({"preview": {**DOWN, "exit": code}}, open_trade, config, asked, as_json=True) == code
