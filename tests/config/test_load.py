"""Whole configurations: relations, defaults, and every problem at once."""

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.load import load, load_text
from config.models import Settings
from config.registry import Registry, registry
from config.request import read_request
from core.errors import ConfigError
from core.mirror import CloseWithMain, Following, Sizing, TooSmall

pytestmark = pytest.mark.unit

PROFILES = Path(__file__).resolve().parents[2] / "config" / "profiles"
REGISTRY = registry(third_party=False)


def problems(text: str, found: Registry = REGISTRY) -> list[str]:
    """The first line of every problem."""
    with pytest.raises(ConfigError) as caught:
        load_text(text, "t", found)
    return [problem.splitlines()[0] for problem in caught.value.problems]


def accounts(text: str) -> Settings:
    """Settings with these accounts and nothing else."""
    return load_text(f"accounts: {{{text}}}", "t", REGISTRY)


def test_the_paper_profile_and_its_sample_are_good() -> None:
    """What `make run` starts with loads, and its sample is a request."""
    settings = load(PROFILES / "paper.yaml", REGISTRY)

    assert settings.leaders == ["main"]
    assert list(settings.accounts) == ["main", "mirror"]
    assert settings.top.sample is not None
    assert read_request(PROFILES / settings.top.sample, identity="r", at=0).symbol == "BTCUSDT"


def test_everything_but_accounts_has_a_default() -> None:
    """One account is a whole configuration."""
    settings = accounts("main: {use: paper}")

    assert list(settings.strategies) == ["conservative"]
    assert [each.use for each in settings.notifiers] == ["console"]
    assert settings.store.use == "sqlite"
    assert settings.accounts["main"].following is None


def test_how_a_mirror_follows() -> None:
    """Every key about following reaches the core in its words (A2 to A4, A9)."""
    settings = accounts(
        "main: {use: paper}, m: {use: paper, follows: main, scale: 0.5, sizing: same, close_with_main: always,"
        " sync_stop: false, max_margin_percent: 30, max_notional: 1000.5, too_small: fewer_legs,"
        " late_join: {seconds: 5, bps: 7}}"
    )

    assert settings.accounts["m"].following == Following(
        leader="main",
        scale=Decimal("0.5"),
        sizing=Sizing.SAME,
        close_with_main=CloseWithMain.ALWAYS,
        sync_stop=False,
        max_margin_percent=Decimal(30),
        max_notional=Decimal("1000.5"),
        too_small=TooSmall.FEWER_LEGS,
        late_join_seconds=5,
        late_join_bps=Decimal(7),
    )


@pytest.mark.parametrize(
    ("text", "column", "expected"),
    [
        ("a: {use: paper, follows: b}, main: {use: paper}", 28, "a.follows: unknown account; there are main"),
        ("a: {use: paper, follows: mian}, main: {use: paper}", 28, "a.follows: unknown account; did you mean 'main'?"),
        ("a: {use: paper, follows: a}, main: {use: paper}", 28, "a.follows: an account can't follow itself"),
        (
            "a: {use: paper, follows: b}, b: {use: paper, follows: main}, main: {use: paper}",
            28,
            "a.follows: b follows main itself; follow that one",
        ),
        ("a: {use: paper, scale: 2}", 28, "a.scale: is for mirrors; say whom a follows, or leave it out"),
        ("a: {use: papr}", 16, "a.use: no exchanges adapter 'papr'; did you mean 'paper'?"),
        ("a: paper", 12, "a: needs keys and values, `use:` among them"),
        ("A: {use: paper}", 12, "A: an account's name has 1 to 12 small letters and digits, a letter first"),
        ("a: {use: paper, blance: 1}", 28, "a.blance: unknown key; did you mean 'balance'?"),
        ("a: {use: paper, folows: x}", 28, "a.folows: unknown key; did you mean 'follows'?"),
    ],
)
def test_what_is_wrong_with_accounts(text: str, column: int, expected: str) -> None:
    """Each mistake is one problem, at its key, with the nearest name (A1)."""
    assert problems(f"accounts: {{{text}}}") == [f"t:1:{column}: accounts.{expected}"]


def test_a_circle_of_mirrors_has_no_leader() -> None:
    """Two that follow each other are told so, each at its place (A1)."""
    found = problems("accounts: {a: {use: paper, follows: b}, b: {use: paper, follows: a}}")

    assert "t:1:1: accounts: every account follows another one; one of them must lead" in found
    assert len(found) == 3


def test_a_leader_that_is_wrong_in_itself_is_not_missing_too() -> None:
    """One mistake is one problem: the mirror isn't told that its leader doesn't exist."""
    assert problems("accounts: {main: {use: paper, balance: x}, m: {use: paper, follows: main}}") == [
        "t:1:31: accounts.main.balance: must be a number in plain digits, not 'x'"
    ]


def test_every_problem_comes_at_once_in_the_order_of_the_file() -> None:
    """Sections, adapters and keys: nobody has to mend one to see the next."""
    text = (
        "accounts: {main: {use: paper, balance: -1}}\n"
        "strategies: {c: {use: conservative, take_profit_shares: [50, 5], stop_after: {tp1: trial}}}\n"
        "notifiers: [{use: consle}]\n"
        "store: {use: sqlite, pth: x}\n"
        "limits: {max_trades: many}\n"
        "timezone: Mars/Olympus\n"
        "on_stop: cancel\n"
        "acounts: 1\n"
    )

    assert problems(text) == [
        "t:1:31: accounts.main.balance: must be greater than 0, not '-1'",
        "t:2:37: strategies.c.take_profit_shares: the shares sum to 55, not to 100",
        "t:2:66: strategies.c.stop_after: has 'trial'; use keep, breakeven, entry, tpN or {trail: percent}",
        "t:3:14: notifiers.0.use: no notifiers adapter 'consle'; did you mean 'console'?",
        "t:4:22: store.pth: unknown key; did you mean 'path'?",
        "t:5:10: limits.max_trades: must be a whole number in plain digits, not 'many'",
        "t:6:1: timezone: is no time zone; write UTC or a name such as Europe/Berlin",
        "t:7:1: on_stop: must be 'keep' or 'cancel_entries', not 'cancel'; did you mean 'cancel_entries'?",
        "t:8:1: acounts: unknown key; did you mean 'accounts'?",
    ]


@pytest.mark.parametrize("text", ["", "~", "- a", "hello", "accounts:", "accounts: []", "accounts: {}"])
def test_what_is_no_configuration(text: str) -> None:
    """Nothing, a list, a word, no account: one problem that says what is needed."""
    assert len(problems(text)) == 1


_SCALARS = st.sampled_from(
    [
        "paper",
        "main",
        "1",
        "-0.5",
        "1e9",
        "true",
        "no",
        "~",
        "''",
        "console",
        "sqlite",
        "5m",
        "tp1",
        "!x",
        "!env NO_SUCH",
    ]
)
_TOP = ["accounts", "strategies", "notifiers", "store", "venue", "limits", "timezone"]
_INNER = [
    "main",
    "mirror",
    "use",
    "follows",
    "balance",
    "path",
    "late_join",
    "seconds",
    "symbols",
    "instruments",
    "tick",
]
_LADDER = ["conservative", "stop_after", "tp1", "trail", "breakeven", "fees"]
_KEYS = st.sampled_from([*_TOP, *_INNER, *_LADDER])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]"),
        st.dictionaries(_KEYS, inner, max_size=4).map(
            lambda items: f"{{{', '.join(f'{key}: {value}' for key, value in items.items())}}}"
        ),
    ),
    max_leaves=12,
)


@given(st.dictionaries(_KEYS, _VALUES, max_size=5))
def test_any_configuration_is_settings_or_problems(sections: dict[str, str]) -> None:
    """Keys that exist at places where they don't belong, with values of any kind: no exception but ours."""
    text = "\n".join(f"{key}: {value}" for key, value in sections.items())
    try:
        outcome = tuple(f"t: {leader} leads" for leader in load_text(text, "t", REGISTRY).leaders)
    except ConfigError as error:
        outcome = error.problems

    assert outcome
    assert all(line.startswith("t:") for line in outcome)


def test_the_painter_is_chosen_like_any_adapter() -> None:
    """E5: Pillow unless told; its settings are checked, and a wrong name says what there is."""
    chosen = load_text("accounts: {main: {use: paper}}\npainter: {use: pillow, theme: light}", "t", REGISTRY).painter

    assert accounts("main: {use: paper}").painter.use == "pillow"
    assert chosen.settings.model_dump()["theme"] == "light"
    assert (
        "no painters adapter 'pilow'; did you mean 'pillow'?"
        in problems("accounts: {main: {use: paper}}\npainter: {use: pilow}")[0]
    )
    assert len(problems("accounts: {main: {use: paper}}\npainter: {use: pillow, scale: 9, them: dark}")) == 2
