"""check, plan, plugins, schema, setup, import-env: how they are asked for."""

from pathlib import Path
from typing import Annotated

import typer

from config import commands
from config.commands.syntax.shared import Json, end


def check(config: Annotated[Path, typer.Argument(help="The configuration file.")], json_: Json = False) -> None:
    """Check a configuration and explain every problem at once."""
    end(commands.check(config, as_json=json_))


def plan(
    config: Annotated[Path, typer.Argument(help="The configuration file.")],
    request: Annotated[Path, typer.Argument(help="The request file.")],
    json_: Json = False,
) -> None:
    """Show the exact orders that each account would get; send nothing."""
    end(commands.plan(config, request, as_json=json_))


def plugins(json_: Json = False) -> None:
    """List the adapters with their settings."""
    end(commands.plugins(as_json=json_))


def schema() -> None:
    """Print the JSON Schema of the configuration, for editors."""
    end(commands.print_schema())


def setup(target: Annotated[Path, typer.Argument(help="Where to write it.")] = Path("tandem.yaml")) -> None:
    """Ask a few questions and write a checked configuration."""
    end(commands.run_setup(target))


def import_env(
    source: Annotated[Path, typer.Argument(help="The reference bot's .env file.")],
    to: Annotated[
        Path | None, typer.Option("--to", help="Write the configuration here instead of printing it.")
    ] = None,
    json_: Json = False,
) -> None:
    """Turn the reference bot's .env into a configuration and say what became of each name; secrets are only named."""
    end(commands.import_env(source, to, as_json=json_))
