"""What the command line does, a module per kind of command.

`app.py` only parses words and exits with what these return.
"""

from config.commands.asking import Acting, Opening, act, open_trade, pause, show
from config.commands.backing import backup, restore
from config.commands.benching import bench
from config.commands.checking import check, plan, plugins, print_schema, run_setup
from config.commands.doctoring import Examination, clean_up, doctor
from config.commands.handling import Adopting, Emptying, Switching, adopt, emergency, mode, release
from config.commands.importing import import_env
from config.commands.playing import ReplayArguments, demo, replay
from config.commands.printing import DEFAULT_CONFIG
from config.commands.serving import run
from config.commands.simulating import Storms, simulate
from config.commands.verifying import mirror_diff, reload, verify
from config.commands.watching import watch

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
    "backup",
    "bench",
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
    "plan",
    "plugins",
    "print_schema",
    "release",
    "reload",
    "replay",
    "restore",
    "run",
    "run_setup",
    "show",
    "simulate",
    "verify",
    "watch",
]
