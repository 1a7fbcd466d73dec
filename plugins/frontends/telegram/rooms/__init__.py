"""Every screen but the trade wizard: what is, what can be done with it, and what it came to."""

from collections.abc import Mapping

from plugins.frontends.telegram.rooms import (
    alerts,
    dashboard,
    doctor,
    emergency,
    ended,
    helping,
    leaving,
    mirrors,
    modes,
    orders,
    pausing,
    picture,
    position,
    positions,
    preferences,
    settings,
    stats,
    status,
    steering,
    trades,
    user_alerts,
)
from plugins.frontends.telegram.rooms.commands import COMMANDS, Command
from plugins.frontends.telegram.turn import Handler

__all__ = ["ACTING", "COMMANDS", "Command", "screens"]


ACTING = frozenset({"steered", "mode_switched", "paused", "resumed", "doctor_fix", "emergency_do", "stats_reset_do"})
"""Screens that act; each is reached by a button that works once."""


def screens() -> Mapping[str, Handler]:
    """Every screen by its name."""
    return {**_looking(), **_acting(), **_telling()}


def _looking() -> Mapping[str, Handler]:
    """What shows trades and accounts."""
    return {
        "dashboard": dashboard.dashboard,
        "positions": positions.positions,
        "position": position.position,
        "orders": orders.orders,
        "trades": trades.trades,
        "ended": ended.ended,
        "mirror": mirrors.mirror,
        "chart": picture.chart,
        "equity": picture.equity,
        "stats": stats.stats,
        "stats_by": stats.by,
        "status": status.status,
        "settings": settings.settings,
        "help": helping.help_,
        "topic": helping.topic,
        "cancel": leaving.cancel,
    }


def _acting() -> Mapping[str, Handler]:
    """What previews acts, and does them."""
    return {
        "close": positions.close,
        "ask": steering.ask,
        "steer": steering.steer,
        "steered": steering.steered,
        "mode": modes.mode,
        "mode_switch": modes.switch,
        "mode_switched": modes.switched,
        "pause": pausing.pause,
        "paused": pausing.paused,
        "resume": pausing.resume,
        "resumed": pausing.resumed,
        "doctor": doctor.doctor,
        "doctor_fix": doctor.fix,
        "emergency": emergency.emergency,
        "emergency_look": emergency.look,
        "emergency_do": emergency.do,
        "stats_reset": stats.reset,
        "stats_reset_do": stats.reset_do,
    }


def _telling() -> Mapping[str, Handler]:
    """Alerts."""
    return {
        "alerts": alerts.alerts,
        "alert": alerts.alert,
        "report": alerts.report,
        "preferences": preferences.preferences,
        "preference": preferences.preference,
        "prefer": preferences.prefer,
        "user_alerts": user_alerts.user_alerts,
        "user_alert": user_alerts.user_alert,
        "user_alert_new": user_alerts.new,
        "user_alert_ask": user_alerts.ask,
        "user_alert_add": user_alerts.add,
        "user_alert_set": user_alerts.set_,
        "user_alert_value": user_alerts.value,
        "user_alert_remove": user_alerts.remove,
    }
