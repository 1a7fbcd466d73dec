"""What the command line does, a module per kind of command.

How a command is written is in `syntax`, which only parses words and exits with what these return. A module is imported
when one of its commands is called: who asks the running service need not wait for the store's libraries.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from config.collecting import uncollected

if TYPE_CHECKING:
    from config.commands.backing import backup, restore
    from config.commands.benching import bench
    from config.commands.checking import check, plan, plugins, print_schema, run_setup
    from config.commands.counting import stats, stats_export, stats_reset
    from config.commands.doctoring import Examination, clean_up, doctor
    from config.commands.handling import Adopting, Emptying, Switching, adopt, emergency, mode, release
    from config.commands.importing import import_env
    from config.commands.picturing import picture
    from config.commands.playing import ReplayArguments, demo, replay
    from config.commands.printing import DEFAULT_CONFIG
    from config.commands.reading import show
    from config.commands.serving import run
    from config.commands.simulating import Storms, simulate
    from config.commands.trading import Acting, Opening, act, cancel_entries, open_trade, pause
    from config.commands.verifying import mirror_diff, reload, verify
    from config.commands.watching import watch
    from config.commands.wishing import alert_rule, alert_rules, report

__all__ = [
    "DEFAULT_CONFIG",
    "Acting",
    "Adopting",
    "Emptying",
    "Examination",
    "Opening",
    "ReplayArguments",
    "Storms",
    "Switching",
    "act",
    "adopt",
    "alert_rule",
    "alert_rules",
    "backup",
    "bench",
    "cancel_entries",
    "check",
    "clean_up",
    "demo",
    "doctor",
    "emergency",
    "import_env",
    "mirror_diff",
    "mode",
    "open_trade",
    "pause",
    "picture",
    "plan",
    "plugins",
    "print_schema",
    "release",
    "reload",
    "replay",
    "report",
    "restore",
    "run",
    "run_setup",
    "show",
    "simulate",
    "stats",
    "stats_export",
    "stats_reset",
    "verify",
    "watch",
]

_NAMES = {
    "backing": ("backup", "restore"),
    "benching": ("bench",),
    "checking": ("check", "plan", "plugins", "print_schema", "run_setup"),
    "counting": ("stats", "stats_export", "stats_reset"),
    "doctoring": ("Examination", "clean_up", "doctor"),
    "handling": ("Adopting", "Emptying", "Switching", "adopt", "emergency", "mode", "release"),
    "importing": ("import_env",),
    "picturing": ("picture",),
    "playing": ("ReplayArguments", "demo", "replay"),
    "printing": ("DEFAULT_CONFIG",),
    "reading": ("show",),
    "serving": ("run",),
    "simulating": ("Storms", "simulate"),
    "trading": ("Acting", "Opening", "act", "cancel_entries", "open_trade", "pause"),
    "verifying": ("mirror_diff", "reload", "verify"),
    "watching": ("watch",),
    "wishing": ("alert_rule", "alert_rules", "report"),
}
_HOMES = {name: home for home, names in _NAMES.items() for name in names}

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """A command, or what one is told, from its module."""
        if name not in _HOMES:
            raise AttributeError(f"there is no command {name!r}")
        with uncollected():
            return getattr(import_module(f"config.commands.{_HOMES[name]}"), name)
