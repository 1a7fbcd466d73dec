"""The reference bot's .env file as a configuration of Tandem's, with what became of every name in it.

Secrets are only ever named (`!env NAME`), in the file and in what is said about it.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from config.import_env_names import reason
from config.saying import shown
from core.money import decimal, text

_LINE = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_]{0,99})\s*=(.*)", re.DOTALL)
_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_FIXED_FEE = "0.06"
"""Percent: what that bot counts for fees when it does not look them up."""
_TIMEOUTS = (2, 60)
_NETWORK, _ENVIRONMENT = "USE_TESTNET", "accounts.*.environment"


@dataclass(frozen=True, slots=True)
class Fate:
    """What became of one name. Carried: *key* and *value* are set; else *reason* says why not.

    *wrong*: it should have been carried, and somebody must look at it.
    """

    name: str
    key: str = ""
    value: str = ""
    reason: str = ""
    wrong: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """A configuration in YAML, every name's fate, and the variables that must be set before it can start."""

    yaml: str
    fates: tuple[Fate, ...]
    variables: tuple[str, ...]


def parse_env(content: str) -> tuple[dict[str, str], tuple[Fate, ...]]:
    """The variables of an .env file, the last of several counting; lines that are none are fates that are wrong."""
    values: dict[str, str] = {}
    broken = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line)
        if match is None:
            broken.append(
                Fate(f"line {number}", reason="is no NAME=value (it is not shown: it may hold a secret)", wrong=True)
            )
        else:
            values[match[1]] = _unquoted(match[2].strip())
    return values, tuple(broken)


def _unquoted(value: str) -> str:
    for quote in ("'", '"'):
        if value.startswith(quote) and value.find(quote, 1) > 0:
            return value[1 : value.find(quote, 1)]
    return re.split(r"\s#", f" {value}", maxsplit=1)[0].strip()


def imported(values: Mapping[str, str], broken: tuple[Fate, ...] = ()) -> Imported:
    """The configuration that these variables make. Without a key the main account is on paper, which is said."""
    fates = {fate.name: fate for fate in _fates(values)}
    missing = tuple(fate for name, fate in fates.items() if name not in values)
    every = (*(fates.get(name) or Fate(name, reason=reason(name)) for name in values), *missing, *broken)
    variables = tuple(fate.name for fate in every if fate.value.startswith("!env "))
    carried = {fate.key: fate.value for fate in every if fate.key}
    if not any(fate.wrong and fate.name == _NETWORK for fate in every):
        carried.setdefault(_ENVIRONMENT, "live")  # that bot's own default; a word that nobody can read is none
    return Imported("\n".join(_lines(carried)) + "\n", every, variables)


def _fates(values: Mapping[str, str]) -> Iterator[Fate]:
    mirrored = _flag(values, "ENABLE_MIRROR_TRADING") is True
    yield from _account_keys(values, "main", "", mirrored=mirrored)
    yield from _mirror(values) if mirrored else _no_mirror(values)
    yield from _of_every_account(values)
    yield from _chat(values)
    yield from _telegram(values)
    yield from _whole(values, "MAX_CONCURRENT_MONITORS", "limits.max_trades", (1, 10_000))
    yield from _whole(values, "BACKUP_RETENTION_DAYS", "store.backups.daily", (1, 365))
    yield from _breakeven(values)


def _mirror(values: Mapping[str, str]) -> Iterator[Fate]:
    """The mirror with both its keys; with one that can't be, none of it, and why."""
    found = [
        *_account_keys(values, "mirror", "_2", mirrored=True),
        *_flagged(values, "ENABLE_MIRROR_TRADING", "accounts.mirror.follows", {True: "main"}),
    ]
    whole = not any(fate.wrong for fate in found)
    why = "there is no mirror, because its other key is wrong"
    yield from (fate if whole or fate.wrong else Fate(fate.name, reason=why) for fate in found)


def _no_mirror(values: Mapping[str, str]) -> Iterator[Fate]:
    why = "ENABLE_MIRROR_TRADING is not true, so there is no mirror"
    yield from (Fate(name, reason=why) for name in ("BYBIT_API_KEY_2", "BYBIT_API_SECRET_2") if name in values)
    yield from _flagged(values, "ENABLE_MIRROR_TRADING", "", {False: "there is no mirror"})


def _account_keys(values: Mapping[str, str], account: str, ending: str, *, mirrored: bool) -> Iterator[Fate]:
    names = {"key": f"BYBIT_API_KEY{ending}", "secret": f"BYBIT_API_SECRET{ending}"}
    needed = mirrored or any(values.get(name) for name in names.values())
    for key, name in names.items():
        twin = name.removesuffix("_2")
        if not values.get(name):
            if needed:
                yield Fate(name, reason=f"is missing or empty, and the account {account} needs it", wrong=True)
            elif name in values:
                yield Fate(name, reason=f"is empty, so {account} is on paper")
        elif name != twin and values[name] == values.get(twin):
            yield Fate(name, reason=f"is the same as {twin}: a mirror needs an account of its own", wrong=True)
        else:
            yield Fate(name, f"accounts.{account}.{key}", f"!env {name}")


def _of_every_account(values: Mapping[str, str]) -> Iterator[Fate]:
    if values.get("BYBIT_API_KEY"):
        yield from _flagged(values, _NETWORK, _ENVIRONMENT, {True: "testnet", False: "live"})
        yield from _whole(values, "BYBIT_TIMEOUT_SECONDS", "accounts.*.timeout", _TIMEOUTS)
    else:
        names = [name for name in (_NETWORK, "BYBIT_TIMEOUT_SECONDS") if name in values]
        yield from (Fate(name, reason="main is on paper, because the file has no BYBIT_API_KEY") for name in names)


def _chat(values: Mapping[str, str]) -> Iterator[Fate]:
    chat = values.get("DEFAULT_ALERT_CHAT_ID", "")
    if re.fullmatch(r"-?[0-9]{1,20}", chat):
        yield Fate("DEFAULT_ALERT_CHAT_ID", "alerts.default_chat", f"'{chat}'")
    elif chat:
        yield Fate("DEFAULT_ALERT_CHAT_ID", reason="is no chat id: a whole number is", wrong=True)
    elif "DEFAULT_ALERT_CHAT_ID" in values:
        yield Fate("DEFAULT_ALERT_CHAT_ID", reason="is empty")


def _telegram(values: Mapping[str, str]) -> Iterator[Fate]:
    if values.get("TELEGRAM_TOKEN"):
        yield Fate("TELEGRAM_TOKEN", "notifiers.telegram.token", "!env TELEGRAM_TOKEN")
    elif "TELEGRAM_TOKEN" in values:
        yield Fate("TELEGRAM_TOKEN", reason="is empty, so alerts go to the console and to var/alerts.jsonl")


def _breakeven(values: Mapping[str, str]) -> Iterator[Fate]:
    ladder = "strategies.conservative"
    fees = {True: "dynamic", False: _FIXED_FEE}
    names = [name for name in ("CANCEL_LIMITS_ON_TP1", "CANCEL_LIMITS_ON_TP") if name in values]
    for name in names[:1]:
        yield from _flagged(values, name, f"{ladder}.cancel_limits_on_tp1", {True: "true", False: "false"})
    for name in names[1:]:
        yield Fate(name, reason=f"{names[0]} says the same thing, and it counts")
    yield from _flagged(values, "DYNAMIC_FEE_CALCULATION", f"{ladder}.breakeven.fees", fees)
    yield from _margin(values, f"{ladder}.breakeven.margin")


def _margin(values: Mapping[str, str], key: str) -> Iterator[Fate]:
    """That bot's margin is a fraction, Tandem's a percentage."""
    name = "BREAKEVEN_SAFETY_MARGIN"
    if name not in values:
        return
    try:
        fraction = decimal(values[name])
    except ValueError:
        fraction = Decimal(-1)
    if 0 <= fraction < Decimal("0.1"):
        yield Fate(name, key, text(fraction * 100))
    else:
        yield Fate(name, reason=f"{shown(values[name])} is no fraction from 0 to 0.1", wrong=True)


def _flag(values: Mapping[str, str], name: str) -> bool | None:
    """A switch's state; None when it is unset or unreadable."""
    word = values.get(name, "").lower()
    return True if word in _TRUE else False if word in _FALSE else None


def _flagged(values: Mapping[str, str], name: str, key: str, meaning: Mapping[bool, str]) -> Iterator[Fate]:
    """What a switch means under *key*; without a key the meaning is only said."""
    if name not in values:
        return
    state = _flag(values, name)
    if state is None:
        yield Fate(name, reason=f"{shown(values[name])} is neither true nor false", wrong=True)
    elif key:
        yield Fate(name, key, meaning[state])
    else:
        yield Fate(name, reason=meaning[state])


def _whole(values: Mapping[str, str], name: str, key: str, bounds: tuple[int, int]) -> Iterator[Fate]:
    if name not in values:
        return
    least, most = bounds
    if re.fullmatch(r"[0-9]{1,9}", values[name]) and least <= int(values[name]) <= most:
        yield Fate(name, key, str(int(values[name])))
    else:
        yield Fate(name, reason=f"{shown(values[name])} is no whole number from {least} to {most}", wrong=True)


def _lines(carried: Mapping[str, str]) -> Iterator[str]:
    """The file: what was carried at its place, and nothing that is a default anyway."""
    yield "accounts:"
    accounts = [name for name in ("main", "mirror") if f"accounts.{name}.key" in carried]
    for name in accounts:
        yield f"  {name}: {{{', '.join(_account(carried, name))}}}"
    if not accounts:
        yield "  main: {use: paper}"
    ladder = [f"{key}: {value}" for key, value in _under(carried, "strategies.conservative.")]
    margins = [f"{key}: {value}" for key, value in _under(carried, "strategies.conservative.breakeven.")]
    if margins:
        ladder.append(f"breakeven: {{{', '.join(margins)}}}")
    yield "strategies:"
    yield f"  conservative: {{{', '.join(['use: conservative', *ladder])}}}"
    yield from _people(carried)
    if "store.backups.daily" in carried:
        yield f"store: {{use: sqlite, backups: {{daily: {carried['store.backups.daily']}}}}}"
    for section in ("limits", "alerts"):
        rest = [f"{key}: {value}" for key, value in _under(carried, f"{section}.")]
        if rest:
            yield f"{section}: {{{', '.join(rest)}}}"


def _people(carried: Mapping[str, str]) -> Iterator[str]:
    """Who is told, and who may steer: whose private chat it was, for that chat's number is theirs (E1)."""
    token = carried.get("notifiers.telegram.token")
    told = f", {{use: telegram, token: {token}}}" if token else ""
    yield f"notifiers: [{{use: console}}, {{use: file, path: var/alerts.jsonl}}{told}]"
    user = carried.get("alerts.default_chat", "").strip("'")
    if token and user.isdigit():
        yield f"frontends: [{{use: telegram, users: {{{user}: trader}}}}]"
    elif token:
        yield "# To steer it from Telegram, too: frontends: [{use: telegram, users: {YOUR_NUMERIC_ID: trader}}]"


def _account(carried: Mapping[str, str], name: str) -> Iterator[str]:
    yield "use: bybit"
    if _ENVIRONMENT in carried:
        yield f"environment: {carried[_ENVIRONMENT]}"
    for key, value in (*_under(carried, f"accounts.{name}."), *_under(carried, "accounts.*.")):
        if key != "environment":
            yield f"{key}: {value}"


def _under(carried: Mapping[str, str], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in carried.items():
        rest = key.removeprefix(prefix)
        if rest != key and "." not in rest:
            yield rest, value
