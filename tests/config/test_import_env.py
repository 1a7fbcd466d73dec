"""`tandem import-env`: every name of the reference bot's configuration has a fate, and no secret is ever shown."""

import json
from pathlib import Path

import pytest

from config.commands.importing import import_env
from config.import_env import Fate, imported, parse_env
from config.import_env_names import UNKNOWN
from config.load import load, load_text
from config.registry import registry

CARRIED = {
    "BYBIT_API_KEY": ("kkk1", "accounts.main.key", "!env BYBIT_API_KEY"),
    "BYBIT_API_SECRET": ("sss1", "accounts.main.secret", "!env BYBIT_API_SECRET"),
    "BYBIT_API_KEY_2": ("kkk2", "accounts.mirror.key", "!env BYBIT_API_KEY_2"),
    "BYBIT_API_SECRET_2": ("sss2", "accounts.mirror.secret", "!env BYBIT_API_SECRET_2"),
    "ENABLE_MIRROR_TRADING": ("true", "accounts.mirror.follows", "main"),
    "USE_TESTNET": ("true", "accounts.*.environment", "testnet"),
    "BYBIT_TIMEOUT_SECONDS": ("60", "accounts.*.timeout", "60"),
    "DEFAULT_ALERT_CHAT_ID": ("-1001", "alerts.default_chat", "'-1001'"),
    "TELEGRAM_TOKEN": ("ttt9", "notifiers.telegram.token", "!env TELEGRAM_TOKEN"),
    "MAX_CONCURRENT_MONITORS": ("20", "limits.max_trades", "20"),
    "BACKUP_RETENTION_DAYS": ("9", "store.backups.daily", "9"),
    "CANCEL_LIMITS_ON_TP1": ("false", "strategies.conservative.cancel_limits_on_tp1", "false"),
    "DYNAMIC_FEE_CALCULATION": ("false", "strategies.conservative.breakeven.fees", "0.06"),
    "BREAKEVEN_SAFETY_MARGIN": ("0.0001", "strategies.conservative.breakeven.margin", "0.01"),
}
"""Name -> what the file says, where it goes, what stands there."""

LEFT_OUT = [
    "LLM_PROVIDER",
    "OPENAI_API_KEY",
    "AI_MODEL",
    "PERSISTENCE_FILE",
    "HTTP_MAX_CONNECTIONS",
    "HTTP_MAX_CONNECTIONS_PER_HOST",
    "HTTP_KEEPALIVE_TIMEOUT",
    "HTTP_DNS_CACHE_TTL",
    "API_RETRY_MAX_ATTEMPTS",
    "API_RETRY_INITIAL_DELAY",
    "API_RETRY_BACKOFF_FACTOR",
    "API_DEFAULT_TIMEOUT",
    "API_CONNECT_TIMEOUT",
    "API_READ_TIMEOUT",
    "API_RATE_LIMIT_CALLS_PER_SECOND",
    "API_RATE_LIMIT_BURST",
    "API_RATE_LIMIT_WINDOW",
    "CONNECTION_POOL_SIZE",
    "CONNECTION_POOL_MAXSIZE",
    "CONNECTION_RETRY_TOTAL",
    "CONNECTION_RETRY_BACKOFF_FACTOR",
    "ENABLE_CIRCUIT_BREAKER",
    "CIRCUIT_BREAKER_FAILURE_THRESHOLD",
    "CIRCUIT_BREAKER_RECOVERY_TIMEOUT",
    "CACHE_DEFAULT_TTL",
    "CACHE_MAX_SIZE",
    "POSITION_MONITOR_INTERVAL",
    "POSITION_MONITOR_LOG_INTERVAL",
    "ENABLE_ORDER_CLEANUP",
    "ORDER_CLEANUP_INTERVAL_SECONDS",
    "ORDER_CLEANUP_ON_STARTUP",
    "ORDER_CLEANUP_STARTUP_DELAY",
    "ENABLE_PERIODIC_MONITOR_CLEANUP",
    "MONITOR_CLEANUP_INTERVAL_SECONDS",
    "STABLE_POSITION_CACHE_TTL",
    "STABLE_POSITION_THRESHOLD",
    "PERFORMANCE_CLEANUP_ENABLED",
    "PERFORMANCE_CLEANUP_INTERVAL",
    "HISTORICAL_DATA_CLEANUP_DAYS",
    "MEMORY_CLEANUP_INTERVAL",
    "MEMORY_CLEANUP_DURING_LOW_ACTIVITY",
    "MANAGE_EXTERNAL_POSITIONS",
    "AUTO_FIX_MISSING_ORDERS",
    "BOT_ORDER_PREFIX_STRICT",
    "EXTERNAL_ORDER_PROTECTION",
    "ENABLE_ENHANCED_TP_SL",
    "CANCEL_LIMITS_ON_TP",
    "ENHANCED_FILL_DETECTION",
    "ADAPTIVE_MONITORING_INTERVALS",
    "BREAKEVEN_FAILSAFE_ENABLED",
    "BREAKEVEN_MAX_RETRIES",
    "BREAKEVEN_EMERGENCY_SL_OFFSET",
    "BREAKEVEN_VERIFICATION_INTERVAL",
    "BREAKEVEN_PREFER_AMEND",
    "BREAKEVEN_ENABLE_PROGRESSIVE_RETRY",
    "BREAKEVEN_ENABLE_EMERGENCY_MODE",
    "BREAKEVEN_ALERT_FAILURES",
    "USE_DIRECT_ORDER_CHECKS",
    "ORDER_CHECK_INTERVAL",
    "TP_DETECTION_CONFIDENCE_THRESHOLD",
    "ORDER_HISTORY_LOOKBACK",
    "VERIFY_BREAKEVEN_PLACEMENT",
    "LOG_TP_DETECTION_DETAILS",
    "ENABLE_REALIZED_PNL_TRACKING",
    "TP_ALERT_DETAILED_CONTEXT",
    "ENABLE_EXECUTION_SPEED_OPTIMIZATION",
    "EXECUTION_MODE_MONITORING_INTERVAL",
    "EXECUTION_MODE_TIMEOUT",
    "EXECUTION_MODE_API_CONCURRENCY",
    "ENABLE_ULTRA_PERFORMANCE_MODE",
    "HIGH_POSITION_COUNT_THRESHOLD",
    "ULTRA_HIGH_POSITION_COUNT_THRESHOLD",
    "EXTREME_POSITION_THRESHOLD",
    "CRITICAL_POSITION_INTERVAL",
    "URGENT_POSITION_INTERVAL",
    "ACTIVE_POSITION_INTERVAL",
    "BUILDING_POSITION_INTERVAL",
    "STABLE_POSITION_INTERVAL",
    "DORMANT_POSITION_INTERVAL",
    "CRITICAL_DISTANCE_PERCENT",
    "URGENT_DISTANCE_PERCENT",
    "STABLE_POSITION_THRESHOLD_MINUTES",
    "DORMANT_POSITION_THRESHOLD_MINUTES",
    "FORCE_CRITICAL_MONITORING",
    "EMERGENCY_OVERRIDE_ENABLED",
    "ENABLE_EXTREME_PERFORMANCE_MODE",
    "EXTREME_CRITICAL_INTERVAL",
    "EXTREME_URGENT_INTERVAL",
    "EXTREME_ACTIVE_INTERVAL",
    "EXTREME_BUILDING_INTERVAL",
    "EXTREME_STABLE_INTERVAL",
    "EXTREME_DORMANT_INTERVAL",
    "EXTREME_EXECUTION_PAUSE_MONITORING",
    "EXTREME_EXECUTION_API_CONCURRENCY",
    "EXTREME_EXECUTION_TIMEOUT",
    "EXTREME_BATCH_SIZE",
    "EXTREME_BATCH_INTERVAL",
    "ENABLE_LONG_TERM_STABILITY",
    "AGGRESSIVE_MEMORY_CLEANUP",
    "FORCE_GARBAGE_COLLECTION",
    "MEMORY_USAGE_THRESHOLD_MB",
    "CONNECTION_POOL_REFRESH_INTERVAL",
    "CONNECTION_HEALTH_CHECK_INTERVAL",
    "STALE_CONNECTION_TIMEOUT",
    "CACHE_HEALTH_CHECK_INTERVAL",
    "CACHE_MAX_AGE_HOURS",
    "CACHE_SIZE_LIMIT_MB",
    "ORPHANED_DATA_CLEANUP_INTERVAL",
    "PICKLE_INTEGRITY_CHECK_INTERVAL",
    "SYSTEM_HEALTH_CHECK_INTERVAL",
    "AUTO_RECOVERY_ENABLED",
    "HEALTH_ALERT_THRESHOLD",
    "LOG_ROTATION_ENABLED",
    "LOG_MAX_SIZE_MB",
    "LOG_BACKUP_COUNT",
    "LOG_CLEANUP_INTERVAL",
    "ENABLE_ENHANCED_MARKET_ANALYSIS",
    "MARKET_DATA_CACHE_TTL",
    "MARKET_ANALYSIS_TIMEOUT",
    "ENABLE_SOCIAL_SENTIMENT_INTEGRATION",
    "MARKET_ANALYSIS_MIN_CONFIDENCE",
    "MARKET_DATA_MIN_QUALITY",
    "REGIME_DETECTION_ENABLED",
    "VOLATILITY_ANALYSIS_ENABLED",
    "MOMENTUM_ANALYSIS_ENABLED",
    "PRIMARY_MARKET_SYMBOLS",
    "MARKET_STATUS_ENHANCED_METRICS",
    "MARKET_STATUS_SUPPORT_RESISTANCE",
    "MARKET_STATUS_FUNDING_DISPLAY",
    "MARKET_STATUS_VOLUME_PROFILE",
    "MARKET_STATUS_STRUCTURE_ANALYSIS",
    "SUPPORT_RESISTANCE_LOOKBACK",
    "SUPPORT_RESISTANCE_SENSITIVITY",
    "ENABLE_GPT4_REASONING",
    "ENABLE_SOCIAL_SENTIMENT",
    "REDDIT_CLIENT_ID",
    "REDDIT_CLIENT_SECRET",
    "TWITTER_BEARER_TOKEN",
    "YOUTUBE_API_KEY",
    "DISCORD_BOT_TOKEN",
    "CONVERSATION_TIMEOUT_SECONDS",
    "ENABLE_MIRROR_ALERTS",
    "ENHANCED_TP_SL_ALERTS_ONLY",
    "ALERT_SETTINGS",
    "MONITOR_CHECK_INTERVAL",
    "MONITOR_TP_INTERVAL",
    "TRADE_HISTORY_MAX",
    "AUTO_REFRESH_INTERVAL",
    "MIN_ORDER_VALUE",
]

WHOLE = {name: value for name, (value, _, _) in CARRIED.items()} | dict.fromkeys(LEFT_OUT, "7")


def fate(name: str, values: dict[str, str]) -> Fate:
    """What becomes of one name."""
    return next(each for each in imported(values).fates if each.name == name)


@pytest.mark.parametrize("name", CARRIED)
def test_a_name_with_a_place_is_carried_to_it(name: str) -> None:
    """I: reference-bot.md section 9, the names that Tandem has a setting for."""
    _, key, value = CARRIED[name]

    assert fate(name, WHOLE) == Fate(name, key, value)


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_name_without_a_place_has_a_reason(name: str) -> None:
    """I: reference-bot.md section 9, all the other names: each is known, and says why it was left out."""
    found = fate(name, WHOLE)

    assert found.key == ""
    assert found.reason not in ("", UNKNOWN)
    assert not found.wrong


def test_the_whole_file_becomes_a_private_good_configuration(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every name at once: exit 0, mode 0600, it loads with the variables set, and no value of a secret is anywhere."""
    source, target = tmp_path / ".env", tmp_path / "t.yaml"
    secrets = {"OPENAI_API_KEY": "ooo9"}
    source.write_text("".join(f"{name}={value}\n" for name, value in (WHOLE | secrets).items()))
    assert import_env(source, target, as_json=True) == 0
    said = capsys.readouterr().out
    for name in ("TELEGRAM_TOKEN", "BYBIT_API_KEY", "BYBIT_API_SECRET", "BYBIT_API_KEY_2", "BYBIT_API_SECRET_2"):
        monkeypatch.setenv(name, WHOLE[name])

    settings = load(target, registry(third_party=False))

    assert settings.top.limits.max_trades == 20
    assert settings.accounts["mirror"].following is not None
    assert target.stat().st_mode & 0o077 == 0
    for secret in ("kkk1", "sss1", "kkk2", "sss2", "ttt9", "ooo9"):
        assert secret not in said + target.read_text()


@pytest.mark.parametrize(
    ("line", "name", "why"),
    [
        ("MAX_CONCURRENT_MONITORS=many", "MAX_CONCURRENT_MONITORS", "whole number"),
        ("BREAKEVEN_SAFETY_MARGIN=2", "BREAKEVEN_SAFETY_MARGIN", "fraction"),
        ("DYNAMIC_FEE_CALCULATION=perhaps", "DYNAMIC_FEE_CALCULATION", "neither"),
        ("DEFAULT_ALERT_CHAT_ID=123:secret", "DEFAULT_ALERT_CHAT_ID", "chat id"),
        ("a line of secret words", "line 1", "NAME=value"),
    ],
)
def test_what_should_be_carried_and_cannot_is_wrong(
    line: str, name: str, why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1: the name and what would mend it; what may be a secret is not repeated."""
    (tmp_path / ".env").write_text(line + "\n")
    assert import_env(tmp_path / ".env", None, as_json=True) == 1
    wrong = json.loads(capsys.readouterr().out)["wrong"]

    assert [row["name"] for row in wrong] == [name]
    assert why in wrong[0]["reason"]
    assert "secret" not in wrong[0]["reason"].replace("may hold a secret", "")


def test_a_key_without_its_secret_makes_no_configuration(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 2 naming what is missing; nothing is written."""
    (tmp_path / ".env").write_text("BYBIT_API_KEY=kkk1\n")

    assert import_env(tmp_path / ".env", tmp_path / "t.yaml", as_json=True) == 2
    assert "BYBIT_API_SECRET is missing" in capsys.readouterr().out
    assert not (tmp_path / "t.yaml").exists()


def test_a_mirror_with_the_main_accounts_key_is_left_out() -> None:
    """rel:F57: two accounts with one key would trade against each other; the mirror's other key has no use then."""
    found = imported(WHOLE | {"BYBIT_API_KEY_2": "kkk1"})

    assert "mirror" not in found.yaml
    assert [each.name for each in found.fates if each.wrong] == ["BYBIT_API_KEY_2"]


def test_without_a_key_main_is_on_paper() -> None:
    """A10: a file without keys never makes an account that could trade."""
    made = imported({"USE_TESTNET": "false", "MAX_CONCURRENT_MONITORS": "9"})

    assert "main: {use: paper}" in made.yaml
    assert "live" not in made.yaml


@pytest.mark.parametrize(("said", "exits", "written"), [("treu", 2, None), ("false", 0, "live"), (None, 0, "live")])
def test_a_network_that_nobody_can_read_is_not_taken_for_the_real_one(
    said: str | None, exits: int, written: str | None, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A10, I: a slip in USE_TESTNET made a file for real money; now none, and why. Unset it was that bot's live."""
    lines = ["BYBIT_API_KEY=kkk1", "BYBIT_API_SECRET=sss1", *([] if said is None else [f"USE_TESTNET={said}"])]
    (tmp_path / ".env").write_text("\n".join(lines))
    made = tmp_path / "t.yaml"

    assert import_env(tmp_path / ".env", made, as_json=False) == exits
    assert made.exists() is (written is not None)
    assert written is None or f"environment: {written}," in made.read_text()
    assert ("USE_TESTNET 'treu' is neither true nor false" in capsys.readouterr().err) is (said == "treu")


def test_lines_are_read_as_shells_write_them() -> None:
    """Comments, export, quotes, a # inside quotes, and the last of two."""
    content = "# x\n\nexport A='1 # 2'\nB = \"two\"  # said\nC=3 # three\nC=4\nD=\n"

    assert parse_env(content) == ({"A": "1 # 2", "B": "two", "C": "4", "D": ""}, ())


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    """Exit 2, and the file is as it was."""
    (tmp_path / ".env").write_text("USE_TESTNET=true\n")
    (tmp_path / "t.yaml").write_text("mine")

    assert import_env(tmp_path / ".env", tmp_path / "t.yaml", as_json=True) == 2
    assert (tmp_path / "t.yaml").read_text() == "mine"


def test_a_file_from_another_editor_is_read_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A byte order mark and lines that end as on Windows."""
    (tmp_path / ".env").write_bytes("\ufeffMAX_CONCURRENT_MONITORS=9\r\nUSE_TESTNET=true\r\n".encode())

    assert import_env(tmp_path / ".env", None, as_json=True) == 0
    assert "max_trades: 9" in capsys.readouterr().out


@pytest.mark.parametrize(("chat", "users"), [("42", {"42": "trader"}), ("-1001", None)])
def test_whose_private_chat_it_was_may_steer(chat: str, users: object, monkeypatch: pytest.MonkeyPatch) -> None:
    """E1: a private chat's number is its person's; a group's is nobody's, and the file says what to add."""
    monkeypatch.setenv("TELEGRAM_TOKEN", "1:x")
    made = imported({"TELEGRAM_TOKEN": "1:x", "DEFAULT_ALERT_CHAT_ID": chat})
    settings = load_text(made.yaml, "made", registry())
    found = [each.settings.model_dump(mode="json")["users"] for each in settings.frontends]

    assert found == ([users] if users else [])
    assert ("# To steer it" in made.yaml) is (users is None)


def test_a_token_that_is_not_exported_yet_keeps_nobody_from_steering(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """J1: bot and private chat together, as that bot's file has them: the file is made before anything is exported."""
    monkeypatch.delenv("TELEGRAM_TOKEN", raising=False)
    (tmp_path / ".env").write_text("TELEGRAM_TOKEN=1:x\nDEFAULT_ALERT_CHAT_ID=42\n")

    assert import_env(tmp_path / ".env", tmp_path / "t.yaml", as_json=True) == 0
    assert "frontends: [{use: telegram, users: {42: trader}}]" in (tmp_path / "t.yaml").read_text()
