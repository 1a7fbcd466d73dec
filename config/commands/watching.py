"""watch: the status again and again, from the running service or, without one, from the store."""

import asyncio
import sys
import time
from collections.abc import Callable, Sequence
from itertools import count as counted
from pathlib import Path
from typing import Any, cast

from rich.live import Live

from config.commands.asking import from_either
from config.commands.printing import GOOD, complain, console, failing, print_json
from plugins.frontends.console import screens

Shown = Callable[[Any], None]


@failing
def watch(config: Path, every: float, count: int | None, *, as_json: bool) -> int:
    """Show the status every so many seconds, *count* times or until Ctrl-C; as JSON once, unless told."""
    times = count or (1 if as_json else None)
    if as_json or not sys.stdout.isatty():
        shown: Shown = print_json if as_json else _printed
        return _watch(config, every, times, shown, as_json=as_json)
    with Live(console=console(), auto_refresh=False, screen=True) as live:

        def drawn(data: Any) -> None:
            live.update(screens.status(data, live.console.height), refresh=True)

        return _watch(config, every, times, drawn, as_json=False)


def _printed(data: Any) -> None:
    console().print(screens.status(data))


def _watch(config: Path, every: float, times: int | None, shown: Shown, *, as_json: bool) -> int:
    try:
        for number in counted(1):
            answer = asyncio.run(from_either(config, "status", {}))
            if "error" in answer:
                return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
            shown(answer["data"])
            if number == times:
                break
            time.sleep(every)
    except KeyboardInterrupt:
        return GOOD
    return GOOD
