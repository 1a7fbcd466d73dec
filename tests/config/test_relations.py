"""What must hold between the parts of a configuration, and that reading and checking complain together."""

from pathlib import Path

import pytest

from config.load import load, load_text
from config.registry import registry
from config.request import request_from_text
from core.errors import ConfigError

pytestmark = pytest.mark.unit

REGISTRY = registry(third_party=False)
MAIN = "accounts: {main: {use: paper}}\n"


def problems(text: str) -> list[str]:
    """The first line of every problem."""
    with pytest.raises(ConfigError) as caught:
        load_text(text, "t", REGISTRY)
    return [problem.splitlines()[0] for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("venue: {state: var/tandem.db}", "venue.state: var/tandem.db is also store.path"),
        ("store: {use: sqlite, path: a}\nvenue: {state: b/../a}", "venue.state: b/../a is also store.path"),
        (
            f"store: {{use: sqlite, path: a}}\nlog: {{path: {Path.cwd() / 'a'}}}",
            f"{Path.cwd() / 'a'} is also store.path",
        ),
        ("notifiers: [{use: file}, {use: file}]", "notifiers.1.path: var/alerts.jsonl is also notifiers.0.path"),
        ("log: {path: var/tandem.db}", "log.path: var/tandem.db is also store.path"),
        ("control: var/tandem.log", "control: var/tandem.log is also log.path"),
    ],
)
def test_no_two_parts_write_to_one_file(text: str, problem: str) -> None:
    """A file named twice, as a default or by another spelling, would be damaged by one of the two."""
    (found,) = problems(MAIN + text)

    assert found.endswith(f"{problem}; give each a file of its own")


@pytest.mark.parametrize(
    ("more", "place"), [("", "t:2:13"), (", notifier: telegram2", "t:2:49")], ids=["by default", "by its name"]
)
def test_a_front_end_needs_the_notifier_whose_bot_it_uses(more: str, place: str) -> None:
    """J2, rel:F57: found by `check`; at a start with positions open it stopped the whole service."""
    (found,) = problems(f"{MAIN}frontends: [{{use: telegram, users: {{7: trader}}{more}}}]")

    assert found.startswith(f"{place}: frontends.0.notifier: no notifier is called")
    assert "there are console; name one whose bot it may use, or add it: notifiers: [{use: telegram, ...}]" in found


@pytest.mark.parametrize("before", ["", "{use: telegram}, "], ids=["the only one", "the second"])
def test_a_notifier_whose_token_is_not_set_is_there_all_the_same(before: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """J2: that its variable is unset is one problem; that nobody is called so was another, and not true."""
    monkeypatch.delenv("TANDEM_TEST_UNSET", raising=False)
    notifiers = f"notifiers: [{before}{{use: telegram, token: !env TANDEM_TEST_UNSET}}]\n"
    name = "telegram2" if before else "telegram"
    found = problems(f"{MAIN}{notifiers}frontends: [{{use: telegram, notifier: {name}, users: {{7: trader}}}}]")

    assert not [each for each in found if "frontends" in each]
    assert "TANDEM_TEST_UNSET is not set" in found[-1]


def test_what_is_in_memory_is_no_file() -> None:
    """Store and venue may both be in memory: they share nothing."""
    settings = load_text(MAIN + "store: {use: sqlite, path: ':memory:'}\nvenue: {state: ':memory:'}", "t", REGISTRY)

    assert settings.leaders == ["main"]


def test_a_mirror_that_forgot_its_leader_leads_nothing() -> None:
    """An empty `follows:` is a problem: the account would open every trade as a leader, at full size (A1)."""
    assert problems("accounts: {main: {use: paper}, mirror: {use: paper, follows: }}") == [
        "t:1:53: accounts.mirror.follows: is empty; name the leading account, or leave the key out"
    ]


def test_reading_and_checking_complain_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that stands twice, a variable that isn't set and a value out of range need one run, not three."""
    monkeypatch.delenv("TANDEM_TEST_UNSET", raising=False)
    text = (
        "accounts: {main: {use: paper, taker: !env TANDEM_TEST_UNSET, balance: -1}}\n"
        "timezone: UTC\n"
        "timezone: UTC\n"
        "notifiers: !ours [{use: console}]\n"
    )

    assert problems(text) == [
        "t:1:31: accounts.main.taker: the environment variable TANDEM_TEST_UNSET is not set; export it before starting",
        "t:1:62: accounts.main.balance: must be greater than 0, not '-1'",
        "t:3:1: timezone: stands twice; the first one is on line 2",
        "t:4:1: notifiers: has the tag '!ours', which is not read on keys and lists",
    ]


@pytest.mark.parametrize("use", ["[paper]", "", "{a: b}", "!env PATH"])
def test_a_use_that_is_no_name_is_one_problem(use: str) -> None:
    """A list, nothing or a secret chooses no adapter, and is said once."""
    (found,) = problems(f"accounts: {{main: {{use: {use}}}}}")

    assert found.startswith("t:1:19: accounts.main.use: ")


@pytest.mark.parametrize("name", ["''", "a b", '"a\\nb"', "1st", "x" * 41])
def test_a_strategy_is_called_by_a_plain_name(name: str) -> None:
    """Requests, alerts and commands name it, so it must be writable everywhere."""
    (found,) = problems(MAIN + f"strategies: {{{name}: {{use: conservative}}}}")

    assert found.endswith(": a name has 1 to 40 letters, digits, - and _, a letter first")


def test_a_request_is_read_and_checked_at_once() -> None:
    """A doubled key does not hide the wrong side and the missing leverage."""
    with pytest.raises(ConfigError) as caught:
        request_from_text("symbol: A\nside: up\nentries: [market]\nentries: [1]\ntake_profits: [2]", identity="r", at=0)

    assert [problem.splitlines()[0] for problem in caught.value.problems] == [
        "request:1:1: leverage: is missing",
        "request:2:1: side: must be 'long' or 'short', not 'up'",
        "request:4:1: entries: stands twice; the first one is on line 3",
    ]


def test_a_nul_never_reaches_a_path() -> None:
    """What no file system takes is refused where it stands, not by a traceback when the file is opened."""
    assert problems(MAIN + 'store: {use: sqlite, path: "a\\0b"}') == [
        "t:2:22: store.path: 'a\\x00b' holds a NUL character, which no name or text can have"
    ]


@pytest.mark.parametrize(
    ("sample", "problem"),
    [
        (None, "s.yaml: can't be read: No such file or directory"),
        ("side: up", "s.yaml:1:1: symbol: is missing"),
        (
            "strategy: consrvative\nsymbol: A\nside: long\nentries: [1]\ntake_profits: [2]\nleverage: 1\nquantity: 1",
            "s.yaml: strategy: 'consrvative': unknown strategy; did you mean 'conservative'?",
        ),
    ],
)
def test_a_bad_sample_is_found_before_the_service_runs(tmp_path: Path, sample: str | None, problem: str) -> None:
    """A sample that isn't there, is no request or names no strategy is a problem of the configuration."""
    (tmp_path / "t.yaml").write_text(MAIN + "sample: s.yaml", "utf-8")
    if sample is not None:
        (tmp_path / "s.yaml").write_text(sample, "utf-8")
    with pytest.raises(ConfigError) as caught:
        load(tmp_path / "t.yaml", REGISTRY, sample=True)

    heads = [each.splitlines()[0] for each in caught.value.problems]
    assert f"{tmp_path}/{problem}" in heads
    assert heads[0].startswith(f"{tmp_path}/t.yaml:2:1: sample: this request is not good")


def test_a_bad_sample_keeps_nobody_from_looking_or_closing(tmp_path: Path) -> None:
    """E6, J1: an emergency doesn't need the request that a start begins with, so it isn't read for one."""
    (tmp_path / "t.yaml").write_text(MAIN + "sample: s.yaml", "utf-8")

    assert load(tmp_path / "t.yaml", REGISTRY).top.sample == "s.yaml"


def test_a_leader_that_there_is_not_is_said_beside_other_problems() -> None:
    """rel:F57: an account that is wrong in itself is still looked at for whom it follows."""
    found = problems("accounts: {main: {use: paper}, m: {use: paper, scale: -1, follows: mane}}")

    assert [each.split(": ")[1] for each in found] == ["accounts.m.scale", "accounts.m.follows"]
