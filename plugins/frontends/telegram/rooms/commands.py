"""The commands of E1, as Telegram's menu and /help show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Command:
    """What a command opens, and one sentence on what it is good for."""

    screen: str
    help: str


COMMANDS: Mapping[str, Command] = MappingProxyType(
    {
        "start": Command("dashboard", "The dashboard: money, health, positions"),
        "dashboard": Command("dashboard", "The dashboard: money, health, positions"),
        "trade": Command("trade", "Open a trade, step by step or in one line"),
        "positions": Command("positions", "Open positions, and everything you can do with them"),
        "orders": Command("orders", "Orders that work at the exchange"),
        "trades": Command("trades", "Live and ended trades, each in full"),
        "close": Command("close", "Close a position, or all of one trade"),
        "stats": Command("stats", "Statistics and the equity curve"),
        "alerts": Command("alerts", "Latest alerts, your own alerts, what is told how"),
        "mirror": Command("mirror", "Each trade of a leader beside its mirrors"),
        "mode": Command("mode", "One-way or hedge mode of a symbol"),
        "status": Command("status", "How well Tandem itself is, with advice"),
        "doctor": Command("doctor", "Look for what is wrong, and put it right"),
        "pause": Command("pause", "Open nothing new; what is open goes on"),
        "resume": Command("resume", "Open new trades again"),
        "settings": Command("settings", "What is configured"),
        "emergency": Command("emergency", "Cancel and close everything that is ours"),
        "help": Command("help", "Every command, and a page on each topic"),
        "cancel": Command("cancel", "Leave what you are being asked"),
    }
)
"""In the order of the menu: what is used most stands first."""
