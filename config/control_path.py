"""Where a configuration's service listens, read without the rest: an operator's shell need not hold its secrets."""

from pathlib import Path

from config.models import TopSettings
from config.nodes import read_file
from core.errors import ConfigError


def control_path(config: Path) -> Path:
    """The control socket's path; raises ConfigError when the file can't be read as keys and values at all."""
    document = read_file(config)
    if not isinstance(document.value, dict):
        raise ConfigError(document.rendered() or (f"{config}: a configuration has keys and values",))
    written = document.value.get("control")
    return Path(written if isinstance(written, str) else str(TopSettings.model_fields["control"].default))
