"""The stories of an account, kept as text beside their scripts.

`python -m tests.core.account.scripts` writes them anew; what changed in them is then to be read, line by line.
"""

from pathlib import Path

from tests.core.account import scripts_accounts, scripts_losses, scripts_orders, scripts_requests, scripts_trades
from tests.core.account.scripting import SCRIPTS

FOLDER = Path(__file__).with_name("stories")
MODULES = (scripts_trades, scripts_orders, scripts_requests, scripts_accounts, scripts_losses)
"""Where scripts are: importing them fills SCRIPTS."""


def transcript(name: str) -> str:
    """What a story's file holds: its script's docstring, then everything that happened."""
    tell = SCRIPTS[name]
    return f"{tell.__doc__}\n\n{tell().text()}"


def main() -> None:
    """Write every story anew."""
    for name in SCRIPTS:
        (FOLDER / f"{name}.txt").write_text(transcript(name), "utf-8")


if __name__ == "__main__":
    main()
