"""alert-rules: how people ask to be told of something."""

from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import DEFAULT, Account, ConfigFile, Json, end

alert_rules = typer.Typer(help="People's own alerts: what to tell when.")


RuleId = Annotated[str, typer.Argument(help="The rule's id.")]


@alert_rules.callback(invoke_without_command=True)
def alert_rules_(context: typer.Context, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """People's own alerts on price, position and risk: list them (without a word more), add, on, off, remove."""
    if context.invoked_subcommand is None:
        end(commands.alert_rules(config, as_json=json_))


@alert_rules.command(name="add")
def alert_rules_add(
    kind: Annotated[str, typer.Argument(help="What to watch for: see the list.")],
    value: Annotated[str, typer.Argument(help="The price, USDT, percent or number.")],
    symbol: Annotated[str | None, typer.Option(help="The symbol; needed for prices.")] = None,
    account: Account = None,
    once: Annotated[bool, typer.Option("--once", help="Tell once, then switch it off.")] = False,
    note: Annotated[str, typer.Option(help="Words of your own that are told with it.")] = "",
    config: ConfigFile = DEFAULT,
    json_: Json = False,
) -> None:
    """Tell me when: looked at every 30 s, quiet for 30 minutes after each time."""
    wish = {"kind": kind, "value": value, "symbol": symbol, "account": account, "repeat": not once, "note": note}
    end(commands.alert_rule(config, "add", wish, as_json=json_))


@alert_rules.command(name="on")
def alert_rules_on(rule: RuleId, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Switch a rule on; it is awake at once."""
    end(commands.alert_rule(config, "change", {"id": rule, "enabled": True}, as_json=json_))


@alert_rules.command(name="off")
def alert_rules_off(rule: RuleId, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Switch a rule off; it is kept."""
    end(commands.alert_rule(config, "change", {"id": rule, "enabled": False}, as_json=json_))


@alert_rules.command(name="remove")
def alert_rules_remove(rule: RuleId, config: ConfigFile = DEFAULT, json_: Json = False) -> None:
    """Forget a rule."""
    end(commands.alert_rule(config, "remove", {"id": rule}, as_json=json_))
