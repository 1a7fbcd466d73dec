"""Where secrets come from: environment variables and private files. They give the secret, or why there is none."""

import os
import re
import stat
from pathlib import Path

from config.saying import shown
from ports.secret import Secret

LARGEST = 1 << 16
VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,99}")


def from_environment(name: str) -> Secret | str:
    """The secret in a variable, without space around it; unset and empty are the same."""
    if not VARIABLE.fullmatch(name):
        return "!env takes the name of an environment variable: letters, digits and _"
    value = os.environ.get(name, "").strip()
    if not value:
        return unset(name)
    return Secret(value, f"!env {name}")


def unset(name: str) -> str:
    """What is said of a variable that holds nothing."""
    return f"the environment variable {name} is not set; export it before starting"


def from_file(name: str, base: Path) -> Secret | str:
    """The secret in a file that only its owner may read; *base* is where a relative path starts."""
    path = base / name
    try:
        reason = _refusal(path)
        value = "" if reason else path.read_text("utf-8").strip()
    except OSError as error:
        reason, value = f"can't be read: {error.strerror}", ""
    except ValueError:
        reason, value = "can't be read: it is no text, or its name is none", ""
    if not reason and not value:
        reason = "is empty"
    return f"the secret file {shown(path)} {reason}" if reason else Secret(value, f"!file {name}")


def _refusal(path: Path) -> str:
    """Why a file is not read as a secret, "" when it may be."""
    found = path.stat()
    if not stat.S_ISREG(found.st_mode):
        return "is no regular file"
    if found.st_mode & (stat.S_IRGRP | stat.S_IROTH):
        return "can be read by others; chmod 600 it"
    if found.st_size > LARGEST:
        return f"has {found.st_size} bytes; a secret has at most {LARGEST}"
    return ""
