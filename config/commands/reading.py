"""status, its parts, trades, alerts, audited: what is and what was, from the running service or its store."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, cast

from rich.console import RenderableType

from config.commands.asking import from_either
from config.commands.printing import GOOD, WRONG, complain, failing, print_json, say
from config.commands.printing import show as render
from config.control_path import control_path
from core.engine.control import Answer, ask
from core.errors import ConfigError
from plugins.frontends.console import screens, tables

LISTS = ("alerts", "audited")
"""What has a command of its own; the rest is a part of the status."""


@failing
def show(what: str, config: Path, arguments: Mapping[str, Any], *, as_json: bool) -> int:
    """Print what is."""
    answer = asyncio.run(_asked(config, what, {**arguments, "fresh": what == "status"}))
    if answer["exit"] != GOOD:
        return complain(cast("Sequence[str]", answer["error"]), int(str(answer["exit"])), as_json=as_json)
    return _shown(what, cast("Any", answer["data"]), arguments, as_json=as_json)


async def _asked(config: Path, what: str, arguments: Mapping[str, Any]) -> Answer:
    """The service's answer, else the store's. Trades are live ones and ended ones together."""
    if what == "health":
        answer = await ask(control_path(config), "health", arguments)
        if answer is not None:
            return {"exit": GOOD, "data": answer["data"]} if "data" in answer else answer
    if what == "trades":
        live = await from_either(config, "status", arguments)
        ended = await from_either(config, "closed", arguments)
        for answer in (live, ended):
            if "error" in answer:
                return answer
        rows = {"live": cast("Any", live["data"])["trades"], "ended": ended["data"]}
        return {"exit": GOOD, "data": rows}
    command = what if what in LISTS else "status"
    return await from_either(config, command, arguments)


def _shown(what: str, data: Any, arguments: Mapping[str, Any], *, as_json: bool) -> int:
    if what == "trades":
        return _trades(data, arguments.get("trade"), as_json=as_json)
    if what == "health":
        return _health(data, as_json=as_json)
    part = data if what in ("status", *LISTS) else data[what]
    if as_json:
        print_json(part if what == "status" else {what: part})
        return GOOD
    renderers: dict[str, Callable[[Any], RenderableType]] = {
        "status": screens.status,
        "positions": tables.positions,
        "orders": tables.orders,
        "monitors": tables.monitors,
        "alerts": tables.alerts,
        "audited": tables.audited,
    }
    render(renderers[what](part))
    return GOOD


def _trades(data: Mapping[str, Any], trade: str | None, *, as_json: bool) -> int:
    live, ended = data["live"], data["ended"]
    if trade is not None:
        live = [row for row in live if trade.upper() in (row["trade"], row["symbol"])]
        ended = [row for row in ended if trade.upper() in (row["id"], row["symbol"])]
        if not live and not ended:
            raise ConfigError((f"no trade {trade!r}, live or ended",))
    if as_json:
        print_json({"live": live, "ended": ended})
        return GOOD
    for row in live if trade is not None else []:
        render(screens.ladder(row))
    if trade is None:
        render(tables.trades(live))
    render(tables.closed(ended))
    return GOOD


def _health(data: Mapping[str, Any], *, as_json: bool) -> int:
    if "well" not in data:  # from the store: nobody is there to be healthy
        data = {"well": False, "wrong": ["the service is not running"]}
    if as_json:
        print_json(data)
    elif "process" in data:
        render(screens.health(data))
    else:
        say("\n".join(data["wrong"]))
    return GOOD if data["well"] else WRONG
