"""Names under which commands in flight, back-offs and troubles are kept."""

from core.commands import Amend, Cancel, Command, Place, Query, SetLeverage, SetStop
from core.reconcile import STOP_ROLE, stop_reference

__all__ = ["LEVERAGE_ROLE", "STARTING", "STOP_ROLE", "reference"]

LEVERAGE_ROLE = "leverage"
STARTING = "starting"
"""The trouble of an account that has not looked at its venue yet."""


def reference(command: Command) -> str:
    """What a command is about: one in flight per order, stop or leverage."""
    match command:
        case Amend() | Place() | Cancel():
            return command.key
        case SetStop(slot=slot):
            return stop_reference(slot)
        case SetLeverage(symbol=symbol):
            return f"leverage:{symbol}"
        case Query(key=key):
            return f"query:{key}"
