"""chart, equity: pictures from the running service into a file."""

import asyncio
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any, cast

from config.commands.asking import not_running, told_by
from config.commands.printing import GOOD, WRONG, complain, failing, print_json, say
from config.control_path import control_path
from core.engine.control import ask
from core.errors import ConfigError

THERE = "{}: is there already; name another file by --out, or replace it with --force"


@failing
def picture(
    config: Path, command: str, arguments: Mapping[str, object], out: Path, *, force: bool, as_json: bool
) -> int:
    """Ask for a picture and write it; by *force* also over a file that is there."""
    if out.exists() and not force:
        raise ConfigError((THERE.format(out),))
    asked = {key: value for key, value in arguments.items() if value is not None}
    answer = asyncio.run(ask(control_path(config), command, asked))
    if answer is None:
        return complain((not_running(config),), WRONG, as_json=as_json)
    heard = told_by(answer, as_json=as_json)
    if isinstance(heard, int):
        return heard
    data = cast("dict[str, Any]", heard["data"])
    try:
        with out.open("wb" if force else "xb") as file:
            file.write(b64decode(data["png"]))
    except FileExistsError:
        raise ConfigError((THERE.format(out),)) from None
    except OSError as error:
        raise ConfigError(
            (f"{out}: can't be written: {error.strerror or error}; name another file by --out",)
        ) from None
    if as_json:
        print_json({"file": str(out), "caption": data["caption"]})
    else:
        say(f"{data['caption']}\n{out}")
    return GOOD
