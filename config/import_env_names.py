"""What became of the reference bot's variables that Tandem has no setting for: one reason for each family of names.

Patterns are as for file names, the first that fits counts. No value is ever shown with these.
"""

from fnmatch import fnmatchcase

_STREAM = "Tandem acts on the venue's stream, not in a loop; limits.audit (60s) says how often it is compared"
_LOAD = "there are no load modes: a fact costs the same however many trades are open"
_ANALYSIS = "this version has no market analysis"
_ORPHANS = "orders of ours without a live trade are cancelled as soon as they are seen, always (C7)"
_BREAKEVEN = "the stop is tried at most 3 times, then `breakeven_failed` decides: close (the default) or keep (B9)"
_FILLS = "executions are the only source of quantity: there is nothing to detect, confirm or log apart (B7, B11)"
_HOUSEKEEPING = "nothing here has to be swept: what is kept is bounded, what must last is in the store"
_CONSTANT = "a constant of that bot's code, no setting of it"
_POOL = "the adapter keeps its connections itself; accounts.NAME.threads says how many requests may be under way"
_RETRY = "a change is never repeated by the connection: after a refusal the account tries at most 3 times (C4)"
_TIMEOUT = "one limit for every request: accounts.NAME.timeout, taken from BYBIT_TIMEOUT_SECONDS"

REASONS: tuple[tuple[str, str], ...] = (
    ("PERSISTENCE_FILE", "that bot's pickle is never read: its open trades are taken over by `tandem adopt`"),
    ("LLM_PROVIDER", _ANALYSIS),
    ("OPENAI_API_KEY", _ANALYSIS),
    ("AI_MODEL", _ANALYSIS),
    ("HTTP_*", _POOL),
    ("API_RETRY_*", _RETRY),
    ("API_RATE_LIMIT_*", "request budgets are learned from the venue's own headers"),
    ("API_*_TIMEOUT", _TIMEOUT),
    ("CONNECTION_POOL_REFRESH_INTERVAL", _HOUSEKEEPING),
    ("CONNECTION_POOL_*", _POOL),
    ("CONNECTION_RETRY_*", _RETRY),
    ("*CIRCUIT_BREAKER*", "an account in trouble holds its own entries back, and exits always pass (C4, C9)"),
    ("CACHE_*", "what is cached is kept by the adapter for as long as it holds"),
    ("POSITION_MONITOR_*", _STREAM),
    ("STABLE_POSITION_CACHE_TTL", _STREAM),
    ("STABLE_POSITION_THRESHOLD", _STREAM),
    ("*ORDER_CLEANUP*", _ORPHANS),
    ("ENABLE_PERIODIC_MONITOR_CLEANUP", _HOUSEKEEPING),
    ("MONITOR_CLEANUP_INTERVAL_SECONDS", _HOUSEKEEPING),
    ("PERFORMANCE_CLEANUP_*", _HOUSEKEEPING),
    ("HISTORICAL_DATA_CLEANUP_DAYS", _HOUSEKEEPING),
    ("MEMORY_*", _HOUSEKEEPING),
    ("MANAGE_EXTERNAL_POSITIONS", "what isn't Tandem's is never touched; `tandem adopt` takes one over by name (A6)"),
    ("AUTO_FIX_MISSING_ORDERS", "a missing take-profit or stop is always put back, and told (C3)"),
    ("BOT_ORDER_PREFIX_STRICT", "always so: only orders with Tandem's own ids are touched (A6)"),
    ("EXTERNAL_ORDER_PROTECTION", "always so: only orders with Tandem's own ids are touched (A6)"),
    ("ENABLE_ENHANCED_TP_SL", "there is one way of keeping take-profits and stops, and it is always on"),
    ("ENHANCED_FILL_DETECTION", _FILLS),
    ("ADAPTIVE_MONITORING_INTERVALS", _STREAM),
    ("BREAKEVEN_*", _BREAKEVEN),
    ("VERIFY_BREAKEVEN_PLACEMENT", "always so: a stop counts only when the venue shows it (B4)"),
    ("USE_DIRECT_ORDER_CHECKS", _STREAM),
    ("ORDER_CHECK_INTERVAL", _STREAM),
    ("TP_DETECTION_CONFIDENCE_THRESHOLD", _FILLS),
    ("ORDER_HISTORY_LOOKBACK", _FILLS),
    ("LOG_TP_DETECTION_DETAILS", _FILLS),
    ("ENABLE_REALIZED_PNL_TRACKING", "always so: profit is counted from executions"),
    ("TP_ALERT_DETAILED_CONTEXT", "always so: an alert says what remains and what covers it"),
    ("ENABLE_EXECUTION_SPEED_OPTIMIZATION", _LOAD),
    ("EXECUTION_MODE_*", _LOAD),
    ("ENABLE_ULTRA_PERFORMANCE_MODE", _LOAD),
    ("ENABLE_EXTREME_PERFORMANCE_MODE", _LOAD),
    ("*HIGH_POSITION_COUNT_THRESHOLD", _LOAD),
    ("EXTREME_*", _LOAD),
    ("*_POSITION_INTERVAL", _LOAD),
    ("*_DISTANCE_PERCENT", _LOAD),
    ("*_POSITION_THRESHOLD_MINUTES", _LOAD),
    ("FORCE_CRITICAL_MONITORING", _LOAD),
    ("EMERGENCY_OVERRIDE_ENABLED", _LOAD),
    ("ENABLE_LONG_TERM_STABILITY", _HOUSEKEEPING),
    ("AGGRESSIVE_MEMORY_CLEANUP", _HOUSEKEEPING),
    ("FORCE_GARBAGE_COLLECTION", _HOUSEKEEPING),
    ("CONNECTION_HEALTH_CHECK_INTERVAL", "a silent stream is noticed by itself and rebuilt"),
    ("STALE_CONNECTION_TIMEOUT", "a silent stream is noticed by itself and rebuilt"),
    ("ORPHANED_DATA_CLEANUP_INTERVAL", _HOUSEKEEPING),
    ("PICKLE_INTEGRITY_CHECK_INTERVAL", "there is no pickle: the store is checked whenever it is opened"),
    ("SYSTEM_HEALTH_CHECK_INTERVAL", "`tandem status --health` answers whenever it is asked"),
    ("AUTO_RECOVERY_ENABLED", "always so: an account that fails is tried again, what differs is repaired"),
    ("HEALTH_ALERT_THRESHOLD", "every trouble is told by itself; there is no score"),
    ("LOG_*", "the log is always rotated: 100 MB, 10 files"),
    ("MARKET_*", _ANALYSIS),
    ("ENABLE_ENHANCED_MARKET_ANALYSIS", _ANALYSIS),
    ("*_DETECTION_ENABLED", _ANALYSIS),
    ("*_ANALYSIS_ENABLED", _ANALYSIS),
    ("PRIMARY_MARKET_SYMBOLS", _ANALYSIS),
    ("SUPPORT_RESISTANCE_*", _ANALYSIS),
    ("ENABLE_GPT4_REASONING", _ANALYSIS),
    ("ENABLE_SOCIAL_SENTIMENT*", _ANALYSIS),
    ("REDDIT_*", _ANALYSIS),
    ("TWITTER_*", _ANALYSIS),
    ("YOUTUBE_*", _ANALYSIS),
    ("DISCORD_*", _ANALYSIS),
    ("CONVERSATION_TIMEOUT_SECONDS", _CONSTANT),
    ("ENABLE_MIRROR_ALERTS", f"{_CONSTANT}; here every account tells for itself"),
    ("ENHANCED_TP_SL_ALERTS_ONLY", _CONSTANT),
    ("ALERT_SETTINGS", _CONSTANT),
    ("MONITOR_CHECK_INTERVAL", _CONSTANT),
    ("MONITOR_TP_INTERVAL", _CONSTANT),
    ("TRADE_HISTORY_MAX", f"{_CONSTANT}; the store forgets nothing"),
    ("AUTO_REFRESH_INTERVAL", _CONSTANT),
    ("MIN_ORDER_VALUE", f"{_CONSTANT}; the venue's own minimum counts"),
)
UNKNOWN = "no variable of the reference bot, and none that Tandem knows"


def reason(name: str) -> str:
    """Why a variable has no place in a configuration of Tandem's."""
    return next((why for pattern, why in REASONS if fnmatchcase(name, pattern)), UNKNOWN)
