"""import-env: the reference bot's .env as a checked configuration, and what became of each of its names."""

from pathlib import Path

from config.commands.printing import GOOD, WRONG, failing, print_json, say
from config.import_env import Imported, imported, parse_env
from config.load import load_text
from config.registry import registry
from config.secrets import unset
from config.setup import write_private
from core.errors import ConfigError


@failing
def import_env(source: Path, target: Path | None, *, as_json: bool) -> int:
    """Read *source*, check what it makes, write *target* (or print it), tell every name's fate."""
    try:
        values, broken = parse_env(source.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError((f"{source}: can't be read: {getattr(error, 'strerror', None) or error}",)) from None
    if target is not None and target.exists():
        raise ConfigError((f"{target} exists; move it away or name another file",))
    made = imported(values, broken)
    _check(made, str(target or source))
    if target is not None:
        write_private(target, made.yaml)
    wrong = [fate for fate in made.fates if fate.wrong]
    if as_json:
        print_json(_as_json(made, target))
    else:
        _tell(made, source, target)
    return WRONG if wrong else GOOD


def _check(made: Imported, name: str) -> None:
    """Load what was made; that its secrets aren't set yet is no fault of it."""
    expected = [unset(variable) for variable in made.variables]
    try:
        load_text(made.yaml, name, registry())
    except ConfigError as error:
        problems = tuple(each for each in error.problems if not any(why in each for why in expected))
        if problems:
            wrong = tuple(f"{each.name} {each.reason}" for each in made.fates if each.wrong)
            raise ConfigError(wrong or problems) from None


def _as_json(made: Imported, target: Path | None) -> dict[str, object]:
    left = [fate for fate in made.fates if not fate.key]
    return {
        "config": made.yaml,
        "written": None if target is None else str(target),
        "carried": [{"name": each.name, "key": each.key, "value": each.value} for each in made.fates if each.key],
        "left_out": [{"name": each.name, "reason": each.reason} for each in left if not each.wrong],
        "wrong": [{"name": each.name, "reason": each.reason} for each in left if each.wrong],
        "to_set": list(made.variables),
    }


def _tell(made: Imported, source: Path, target: Path | None) -> None:
    """As comments behind the configuration, so that printing it to a file keeps them."""
    if target is None:
        say(made.yaml.rstrip())
    mark = "# " if target is None else ""
    for fate in made.fates:
        if fate.key:
            say(f"{mark}{fate.name}: {fate.key}: {fate.value}")
    for fate in made.fates:
        if not fate.key:
            say(f"{mark}{fate.name}: {'WRONG: ' if fate.wrong else 'not carried over: '}{fate.reason}")
    if not any(fate.key.startswith("accounts.main.key") for fate in made.fates):
        say(f"{mark}{source} names no Bybit key, so main is on paper")
    if made.variables:
        say(f"{mark}before it can start, these must be set in the environment: {', '.join(made.variables)}")
    if target is not None:
        say(f"{target} is written. Look at it with: tandem check {target}")
