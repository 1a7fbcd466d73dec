"""adopt, release, mode, emergency: acts on what an account holds; each previews, asks, then acts."""

import asyncio
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from config.alone import alone
from config.commands.asking import confirmed, left, running, told, told_by
from config.commands.printing import GOOD, failing, preview, print_json, say, show
from config.control_path import control_path
from config.load import load
from config.registry import registry
from config.request import request_text
from config.sole import Holder
from core.engine.control import Answer
from core.errors import ConfigError, Stopped
from plugins.frontends.console import screens


@dataclass(frozen=True, slots=True, kw_only=True)
class Adopting:
    """What `adopt` was told. Without a *request* it only shows what is there."""

    account: str
    symbol: str
    request: Path | None
    orders: tuple[str, ...]
    dry_run: bool
    yes: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Emptying:
    """What `emergency` was told."""

    account: str | None
    all_accounts: bool
    foreign: bool
    dry_run: bool
    yes: bool
    yes_foreign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Switching:
    """What `mode` was told. Without *to* it only shows the mode."""

    account: str
    symbol: str | None
    to: str | None
    dry_run: bool
    yes: bool


@failing
def adopt(config: Path, asked: Adopting, *, as_json: bool) -> int:
    """Show what is there; with a plan: preview, confirm, adopt."""
    if asked.orders and asked.request is None:
        raise ConfigError(("--order names what a plan replaces: say which plan with --request, nothing was done",))
    arguments: dict[str, object] = {
        "account": asked.account,
        "symbol": asked.symbol,
        "request": None if asked.request is None else request_text(asked.request),
        "orders": list(asked.orders),
    }
    answer = told(config, "adopt", {**arguments, "dry_run": True}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    data = cast("Any", answer["data"])
    if not as_json:
        _there(asked, data)
    if asked.request is None or asked.dry_run:
        return _ended(data, int(str(answer["exit"])), as_json=as_json)
    if not confirmed("Adopt it?", yes=asked.yes):
        return left(as_json=as_json)
    answer = told(config, "adopt", {**arguments, "dry_run": False}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    if not as_json:
        say(f"{asked.account}: adopted as {cast('Any', answer['data'])['adopted']}")
    return _ended(answer["data"], GOOD, as_json=as_json)


def _ended(data: object, code: int, *, as_json: bool) -> int:
    if as_json:
        print_json(data)
    return code


def _there(asked: Adopting, data: Mapping[str, Any]) -> None:
    if not data["there"]:
        say(f"{asked.account}: nothing on {asked.symbol} that isn't Tandem's")
    for row in data["there"]:
        stop = row["stop"] or "none"
        say(f"{asked.account}: {row['symbol']} {row['side'] or 'flat'} {row['size']}, stop {stop}, isn't Tandem's")
        for order in row["orders"]:
            say(f"  {_order(order)}")
    if "plan" in data:
        show(screens.preview([{"account": asked.account, "refused": [], "plan": data["plan"]}]))
        for key in data["would_cancel"]:
            say(f"  would cancel {key}")
    elif data["there"]:
        say("to adopt it, write a plan whose one entry is the price paid, and name the orders that it replaces:")
        say(f"  tandem adopt {asked.account} {asked.symbol} --request plan.yaml --order ID")


def _order(row: Mapping[str, Any]) -> str:
    at = f"at {row['price']}" if row["price"] else "at market"
    trigger = f", when {row['trigger']} trades" if row["trigger"] else ""
    only = ", reduce-only" if row["reduce_only"] else ""
    return f"{row['key']}: {row['side']} {row['quantity']} {row['symbol']} {at}{trigger}{only}"


@failing
def release(config: Path, trade: str, account: str | None, *, dry_run: bool, yes: bool, as_json: bool) -> int:
    """Preview, confirm, give the trade's position back."""
    arguments = {"trade": trade, "account": account}
    answer = told(config, "release", {**arguments, "dry_run": True}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    data = cast("Any", answer["data"])
    if not as_json:
        for row in data["would_release"]:
            say(
                f"{row['account']}: {row['symbol']} {row['side']} {row['position']} becomes yours with its stop "
                f"{row['stop'] or 'none'}; {len(row['cancels'])} orders of ours are cancelled"
            )
    if dry_run:
        return _ended(data, GOOD, as_json=as_json)
    if not confirmed("Release it? Nobody watches over it then.", yes=yes):
        return left(as_json=as_json)
    answer = told(config, "release", {**arguments, "dry_run": False}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    done = cast("Any", answer["data"])
    if not as_json:
        for row in done["released"]:
            refused = done["refused"].get(row["account"])
            say(f"{row['account']}: " + ("; ".join(refused) if refused else f"{row['trade']} is yours"))
    return _ended(done, int(str(answer["exit"])), as_json=as_json)


@failing
def emergency(config: Path, asked: Emptying, *, as_json: bool) -> int:
    """List what would be touched, confirm (what isn't ours once more), empty."""
    arguments: dict[str, object] = {
        "account": asked.account,
        "all_accounts": asked.all_accounts,
        "foreign": asked.foreign,
    }
    answer = _with_or_without(config, {**arguments, "dry_run": True}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    data = cast("Any", answer["data"])
    if not as_json:
        preview(lambda: _touches("would", data), agreed=asked.yes)
    others = _others(data)
    if asked.dry_run:
        return _ended(data, int(str(answer["exit"])), as_json=as_json)
    question = "Cancel and close all of this now?"
    if not confirmed(f"{question} Beside that other one." if others else question, yes=asked.yes):
        return left(as_json=as_json)
    theirs = [row for row in data["touches"] if row.get("foreign")]
    question = f"{len(theirs)} of these aren't Tandem's. Those too?"
    if theirs and not confirmed(question, yes=asked.yes_foreign, flag="--yes-really"):
        return left(as_json=as_json)
    answer = _with_or_without(config, {**arguments, "dry_run": False}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    done = cast("Any", answer["data"])
    if not as_json:
        _touches("did", done)
        _outcome(done)
    return _ended(done, int(str(answer["exit"])), as_json=as_json)


def _with_or_without(config: Path, arguments: Mapping[str, object], *, as_json: bool) -> Answer | int:
    """The running service's answer; without one this command takes its place, for nobody else is there."""
    try:
        answer = running(config, "emergency", arguments)
        why = f"no service answers at {control_path(config).absolute()}"
    except Stopped as error:  # nobody can listen there
        answer, why = None, str(error)
    if answer is None:
        sys.stderr.write(f"{why}: this command does it in its place\n")
        found = registry()
        answer = asyncio.run(alone(load(config, found), found, "emergency", arguments))
    return told_by(answer, as_json=as_json)


def _others(data: Mapping[str, Any]) -> bool:
    """Whether somebody works with these keys whom this command can't ask; people and logs are told."""
    found = [Holder(**each) for each in data.get("beside", ())]
    for each in found:
        how = f" (kill -TERM {each.pid})" if each.pid else ""  # 0 would be everything of this terminal
        sys.stderr.write(
            f"CAUTION {each.said} It does not know of this and may put orders back, entries too. Best stop it first"
            f"{how}, or say `tandem emergency` in its folder, with its configuration\n"
        )
    return bool(found)


def _touches(verb: str, data: Mapping[str, Any]) -> None:
    for row in data["touches"]:
        whose = ", which isn't Tandem's" if row.get("foreign") else ""
        say(f"{row['account']}: {verb} {_touch(row)}{whose}")
    for row in data["left_alone"]:
        say(f"{row['account']}: isn't Tandem's, left alone: {_thing(row)}")
    for account, why in data["not_reached"].items():
        say(f"{account}: CAN'T BE SEEN NOW, listed is what is known of it: {why}")
    for differing in data.get("differs", ()):
        say(f"{differing}: look in the exchange's app; is this the store of these accounts?")
    if not data["touches"]:
        say("nothing of ours is open")


def _touch(row: Mapping[str, Any]) -> str:
    if row["act"] == "cancel":
        return f"cancel {_order(row)}"
    return f"close {row['symbol']}: {row['side']} {row['quantity']} at market"


def _thing(row: Mapping[str, Any]) -> str:
    """What a touch would be of; nobody touches it."""
    if row["act"] == "cancel":
        return f"order {_order(row)}"
    return f"position {row['symbol']} {'long' if row['side'] == 'sell' else 'short'} {row['quantity']}"


def _outcome(done: Mapping[str, Any]) -> None:
    for reason in done["failed"]:
        say(f"FAILED {reason}")
    for row in done["still_open"]:
        say(f"{row['account']}: STILL OPEN: {_thing(row)}")
    unseen = ", ".join(done["not_reached"])
    if unseen:
        say(f"NOT KNOWN TO BE FLAT: {unseen}; do it again, or look in the exchange's app")
    if not done["failed"] and not done["still_open"] and not unseen:
        say("all of it is cancelled and closed, and the venues show it")


@failing
def mode(config: Path, asked: Switching, *, as_json: bool) -> int:
    """Show a symbol's position mode; with one wanted: check, confirm, switch."""
    if asked.to is not None and asked.symbol is None:
        raise ConfigError(("a mode belongs to a symbol: say which one with --symbol",))
    arguments: dict[str, object] = {"account": asked.account, "symbol": asked.symbol or "BTCUSDT", "mode": asked.to}
    answer = told(config, "mode", {**arguments, "dry_run": True}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    data = cast("Any", answer["data"])
    if not as_json:
        to = f", would be {asked.to}" if asked.to not in (None, data["mode"]) else ""
        say(f"{asked.account} {data['symbol']}: {data['mode']}{to}")
        for reason in data["against"]:
            say(f"  not while {reason}")
    if asked.to in (None, data["mode"]) or asked.dry_run or data["against"]:
        return _ended(data, int(str(answer["exit"])), as_json=as_json)
    if not confirmed(f"Switch to {asked.to}?", yes=asked.yes):
        return left(as_json=as_json)
    answer = told(config, "mode", {**arguments, "dry_run": False}, as_json=as_json)
    if isinstance(answer, int):
        return answer
    done = cast("Any", answer["data"])
    if not as_json:
        say(f"{asked.account} {done['symbol']}: {done['mode']} now")
    return _ended(done, int(str(answer["exit"])), as_json=as_json)
