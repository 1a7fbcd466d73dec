"""Where a configuration's service listens, read without the rest: an operator's shell need not hold its secrets."""

import re
from pathlib import Path

from config.models import TopSettings
from config.nodes import read_file
from config.presence import started_by
from core.errors import ConfigError

_DEFAULT = str(TopSettings.model_fields["control"].default)
_ACCOUNTS = re.compile(r"^accounts[ \t]*:", re.MULTILINE)
_CONTROL = re.compile(r"""^control[ \t]*:[ \t]+(["']?)([\w.][\w./-]*|/[\w./-]+)\1[ \t]*(?:#.*)?$""", re.MULTILINE)


def control_path(config: Path) -> Path:
    """The control socket's path; raises ConfigError when the file can't be read as keys and values at all.

    A configuration that was broken while somebody wrote in it keeps nobody from its service, which goes by what it read
    before: its `control:` line is found as text. Of one that tells nothing (gone, emptied, not readable) the service at
    the usual place is meant only when it was started by that very file.
    """
    document = read_file(config)
    found = document.value.get("control") if isinstance(document.value, dict) else _as_text(document.text)
    if found is None and not isinstance(document.value, dict) and not started_by(config, Path(_DEFAULT)):
        raise ConfigError(document.rendered() or (f"{config}: a configuration has keys and values",))
    return Path(found if isinstance(found, str) else _DEFAULT)


def _as_text(broken: str) -> str | None:
    """The one plain `control:` of a text that is no YAML but has accounts; None when that isn't sure."""
    if not _ACCOUNTS.search(broken):
        return None
    if "control" not in broken:
        return _DEFAULT
    lines = _CONTROL.findall(broken)
    return str(lines[0][1]) if len(lines) == 1 and broken.count("control") == 1 else None
