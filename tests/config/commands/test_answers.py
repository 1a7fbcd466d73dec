"""What commands make of answers that a service gives when something is wrong: never more than it said."""

import asyncio
import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, cast

import pytest

from config.commands.doctoring import Examination, clean_up, doctor
from config.commands.handling import Adopting, Emptying, Switching, adopt, emergency, mode, release
from config.commands.reading import show
from config.commands.trading import Acting, Opening, act, open_trade
from config.commands.verifying import mirror_diff, verify
from config.commands.watching import watch
from core.engine.control import Answer, ControlServer, Handler
from tests.config.commands.test_trading import row
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


ORDER = {"account": "main", "act": "cancel", "key": "his", "symbol": "BTCUSDT", "side": "buy", "quantity": "0.1",
         "price": "59000", "trigger": None, "reduce_only": False}  # fmt: skip


class Asked:
    """A handler that always gives the same answer, and knows whether it was told to act."""

    def __init__(self, **data: object) -> None:
        """Exit 0 with this data."""
        self.answer: Answer = {"exit": 0, "data": data}
        self.acts: list[bool] = []

    async def __call__(self, arguments: Mapping[str, object]) -> Answer:
        """Once more."""
        self.acts.append(not arguments["dry_run"])
        return self.answer


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


async def told(
    answers: Mapping[str, Answer | Asked], run: Callable[..., int], *given: object, as_json: bool, **named: object
) -> int:
    """The exit code of a command while a service gives these answers."""
    handlers = {name: each if isinstance(each, Asked) else giving(each) for name, each in answers.items()}
    server = ControlServer(Path("var/tandem.sock"), handlers)
    await server.start()
    try:
        return await asyncio.to_thread(run, *given, **named, as_json=as_json)
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


async def test_one_yes_does_not_touch_what_is_not_ours(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A6, E6: --foreign takes a word of its own; without it nothing at all is done, and which word is said."""
    there = Asked(touches=[{**ORDER, "foreign": True}], left_alone=[], not_reached={})
    asked = Emptying(account=None, all_accounts=True, foreign=True, dry_run=False, yes=True, yes_foreign=False)

    assert await told({"emergency": there}, emergency, config, asked, as_json=False) == 1
    assert there.acts == [False]
    assert "add --yes-really" in capsys.readouterr().err


async def test_a_dry_run_acts_on_nothing_though_yes_was_said(config: Path) -> None:
    """J1: mode, adopt and release end at what they would do."""
    mode_of = Asked(account="main", symbol="BTCUSDT", mode="one_way", against=[])
    switching = Switching(account="main", symbol="BTCUSDT", to="hedge", dry_run=True, yes=True)
    there = Asked(there=[])
    adopting = Adopting(account="main", symbol="BTCUSDT", request=Path("r.yaml"), orders=(), dry_run=True, yes=True)
    held = Asked(would_release=[])
    codes = [
        await told({"mode": mode_of}, mode, config, switching, as_json=True),
        await told({"adopt": there}, adopt, config, adopting, as_json=True),
        await told({"release": held}, release, config, "BTCUSDT", None, as_json=True, dry_run=True, yes=True),
    ]

    assert codes == [0, 0, 0]
    assert (mode_of.acts, there.acts, held.acts) == ([False], [False], [False])


async def test_what_one_account_would_not_release_is_told_by_account(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A6: exit 1; nobody takes the mirror's for his own while we still watch over it."""
    row: dict[str, object] = {
        "symbol": "BTCUSDT",
        "side": "long",
        "position": "1",
        "stop": None,
        "cancels": [],
        "trade": "T",
    }
    rows = [{**row, "account": name} for name in ("mirror", "main")]
    done = Asked(would_release=rows, released=rows, refused={"mirror": ["it is closing"]})
    done.answer["exit"] = 1

    assert await told({"release": done}, release, config, "T", None, as_json=False, dry_run=False, yes=True) == 1
    assert capsys.readouterr().out.splitlines()[-2:] == ["mirror: it is closing", "main: T is yours"]


@pytest.mark.parametrize("as_json", [False, True])
async def test_what_was_found_is_an_exit_code_for_scripts(config: Path, *, as_json: bool) -> None:
    """J1: clean-up, verify and mirror diff cost what the service says, in words and in JSON alike."""
    stray = Asked(would_cancel=[{**ORDER, "key": "ours"}], not_done={}, lost={})
    stray.answer["exit"] = 1
    broken: Answer = {"exit": 1, "data": {"topic": "all", "violations": [], "not_looked_at": {"main": "away"}}}
    apart: Answer = {"exit": 1, "data": {"rows": []}}
    codes = [
        await told({"clean_up": stray}, clean_up, config, None, as_json=as_json, act=False),
        await told({"verify": broken}, verify, config, None, as_json=as_json),
        await told({"mirror_diff": apart}, mirror_diff, config, as_json=as_json),
    ]

    assert codes == [1, 1, 1]


async def test_an_account_that_was_not_looked_at_does_not_hold(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """J1: by name and with the reason, never "all holds"."""
    broken: Answer = {"exit": 1, "data": {"topic": "all", "violations": [], "not_looked_at": {"main": "it is away"}}}
    await told({"verify": broken}, verify, config, None, as_json=False)

    assert capsys.readouterr().out == "main was not looked at: it is away\n"


async def test_a_watch_that_is_told_nothing_ends_with_the_reason(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """J1: an empty screen must not look like no positions."""
    assert await told({"status": DOWN}, watch, config, 1.0, 1, as_json=True) == 1
    assert json.loads(capsys.readouterr().out) == {"error": ["main: the venue does not answer"]}


async def test_a_position_without_its_stop_is_the_doctor_s_business(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """rel:I1, J1: which account, which symbol, which trade, and what to do now."""
    bare = {"account": "mirror", "symbol": "BTCUSDT", "trade": "T7", "protected": False}
    status: Answer = {"exit": 0, "data": {"accounts": [], "monitors": [bare], "trades": []}}
    asked = Examination(check_all=False, probe=False, fix=False)
    code = await told({"status": status, "verify": HELD}, doctor, config, asked, as_json=False)
    said = capsys.readouterr().out

    assert code == 1
    assert "WRONG   protection mirror: BTCUSDT T7 is not proven to have its stop\n" in said
    assert "-> set a stop by hand now\n" in said


OPENED = [{"account": "main", "trade": "7K3QX9A2MD", "merged": False, "refused": []}]
REFUSED = [{"account": "main", "trade": None, "merged": False, "refused": ["110007: not enough"]}]


def asked_to_open(*, dry_run: bool = False) -> Opening:
    """A request, confirmed."""
    return Opening(request=Path("r.yaml"), account=None, merge=None, confirmed=False, dry_run=dry_run, yes=True)


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize(
    ("previewed", "dry_run", "opened", "code"),
    [
        (0, False, {"exit": 0, "data": OPENED}, 0),
        (0, False, {"exit": 1, "data": REFUSED}, 1),
        (0, False, DOWN, 1),
        (0, True, None, 0),
        (1, False, None, 1),
        (2, False, None, 2),
    ],
)
async def test_open_ends_with_what_came_of_it(
    config: Path, previewed: int, dry_run: bool, opened: Answer | None, code: int, as_json: bool
) -> None:
    """J1, B2: scripts go by it: refused by the venue 1, by validation 2, and nothing is opened then."""
    answers: dict[str, Answer] = {"preview": {"exit": previewed, "data": []}}
    if opened is not None:
        answers["open"] = opened

    assert await told(answers, open_trade, config, asked_to_open(dry_run=dry_run), as_json=as_json) == code


async def test_an_open_beside_a_live_trade_says_between_what_to_choose(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A7, J1: both previews are shown, and nothing is done: a person has to know what that waits for."""
    await told({"preview": {"exit": 1, "data": []}}, open_trade, config, asked_to_open(), as_json=False)

    assert "choose one of the two with --merge keep or --merge replace" in capsys.readouterr().err


async def test_an_open_that_the_service_did_not_live_to_answer_is_not_called_good(
    config: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """J1, F43: the trade may be open: exit 1, and where to look."""

    async def last(_: Mapping[str, object]) -> Answer:
        await asyncio.to_thread(Path("var/tandem.sock").unlink)
        return {"exit": 0, "data": []}

    server = ControlServer(Path("var/tandem.sock"), {"preview": last})
    await server.start()
    code = await asyncio.to_thread(open_trade, config, asked_to_open(), as_json=True)
    await server.close()

    assert code == 1
    assert "stopped before it answered; see `tandem status`" in capsys.readouterr().out


@pytest.mark.parametrize(("refused", "code"), [([], 0), (["no such price"], 1)])
async def test_a_dry_run_of_an_act_ends_with_whether_it_would_be_done(
    config: Path, refused: list[str], code: int
) -> None:
    """J1, B14: a script that asks first may not read a refusal as a yes."""
    would: Answer = {"exit": 0, "data": [row("close"), row("close", account="mirror", refused=refused)]}
    asked = Acting(kind="close", trade="7K3QX9A2MD", dry_run=True)

    assert await told({"act": would}, act, config, asked, as_json=True) == code
