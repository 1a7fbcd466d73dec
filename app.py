"""Composition root and command line: the list of all commands, in the order of `tandem --help`.

Every command is thin: parse (`config.commands.syntax`), ask, print, exit 0 = good, 1 = wrong, 2 = usage.
"""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

ROOMS = ("core", "ports", "plugins", "config")


def _beside() -> None:
    """The rooms must lie beside this file: another package of the same name would be run in their place."""
    here = Path(__file__).resolve().parent
    for room in ROOMS:
        found = __import__(room).__file__
        if found is None or Path(found).resolve().parent.parent != here:
            sys.exit(f"tandem: package {room!r} was found at {found}, not beside {here}/app.py; remove the other one")


_beside()

from config.collecting import uncollected  # noqa: E402 - only once the rooms are known to be ours

with uncollected():
    from config.commands.printing import logs_to_stderr
    from config.commands.streams import finish, open_streams
    from config.commands.syntax import (
        alerting,
        configuring,
        counting,
        holding,
        measuring,
        mending,
        playing,
        reading,
        serving,
        shared,
        trading,
    )
    from config.commands.syntax.usage import Commands

COMMANDS: Mapping[str, Callable[..., None]] = {
    "demo": playing.demo,
    "replay": playing.replay,
    "run": serving.run,
    "check": configuring.check,
    "plan": configuring.plan,
    "plugins": configuring.plugins,
    "schema": configuring.schema,
    "setup": configuring.setup,
    "import-env": configuring.import_env,
    "status": reading.status,
    "positions": reading.positions,
    "orders": reading.orders,
    "trades": reading.trades,
    "monitors": reading.monitors,
    "alerts": reading.alerts,
    "report": reading.report,
    "audited": reading.audited,
    "open": trading.open_,
    "close": trading.close,
    "move-stop": trading.move_stop,
    "cancel-entries": trading.cancel_entries,
    "reload": serving.reload,
    "adopt": holding.adopt,
    "release": holding.release,
    "mode": holding.mode,
    "emergency": holding.emergency,
    "watch": reading.watch,
    "chart": reading.chart,
    "equity": reading.equity,
    "pause": trading.pause,
    "resume": trading.resume,
    "verify": mending.verify,
    "doctor": mending.doctor,
    "clean-up": mending.clean_up,
    "venue": serving.venue,
    "simulate": measuring.simulate,
    "bench": measuring.bench,
    "backup": mending.backup,
    "restore": mending.restore,
}
GROUPS = {"alert-rules": alerting.alert_rules, "stats": counting.stats, "mirror": mending.mirror}
"""Commands of more than one word; without the second, the first two list and show."""


def _application() -> typer.Typer:
    made = typer.Typer(cls=Commands, add_completion=False, no_args_is_help=True)
    made.callback()(shared.tandem)
    for name, command in COMMANDS.items():
        made.command(name=name)(command)
    for name, group in GROUPS.items():
        made.add_typer(group, name=name)
    return made


app = _application()


def main() -> None:
    """The console script."""
    open_streams()
    logs_to_stderr()
    finish(app)


if __name__ == "__main__":
    main()
