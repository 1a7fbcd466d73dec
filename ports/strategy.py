"""The Strategy port, with the words a strategy's author needs. The shape itself stands in `core.strategy`."""

from core.alerts import Alert
from core.desired import Desired, Phase, StopKind, Want, WantedStop
from core.plan import Leg, Level, Plan, Refusal
from core.request import Request
from core.strategy import Strategy
from core.terms import Terms
from core.trade import Line, LineState, Trade

__all__ = [
    "Alert",
    "Desired",
    "Leg",
    "Level",
    "Line",
    "LineState",
    "Phase",
    "Plan",
    "Refusal",
    "Request",
    "StopKind",
    "Strategy",
    "Terms",
    "Trade",
    "Want",
    "WantedStop",
]
