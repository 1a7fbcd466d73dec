"""Words for accounts, mirrors, the service and its store: what is wrong, what goes on, what to check."""

from typing import assert_never

from core.alert_text.said import Said, wrapped
from core.alerts import (
    AccountDegraded,
    AccountRestored,
    ActionFailed,
    AuditFailed,
    EntriesPaused,
    MirrorDiffers,
    MirrorSkipped,
    PluginFailed,
    ServiceDegraded,
    ServiceRestored,
    StoreDamaged,
)
from core.money import text
from core.money_text import duration_text

HealthBody = (
    ActionFailed
    | MirrorSkipped
    | MirrorDiffers
    | AccountDegraded
    | AccountRestored
    | ServiceDegraded
    | ServiceRestored
    | EntriesPaused
    | StoreDamaged
    | AuditFailed
    | PluginFailed
)

ACCOUNT_TROUBLES = {
    "stream": ("private stream", "DOWN", "network and the exchange's status page"),
    "connection": ("connection", "DOWN", "what the reason names; the others go on"),
    "start": ("start", "REFUSED", "what the reason names; no account runs"),
    "rate": ("rate limit", "REACHED", "other programs that use this key"),
    "breaker": ("circuit breaker", "OPEN", "the exchange's status page"),
    "key": ("API key", "REFUSED OR EXPIRING", "the key in the exchange's settings"),
    "clock": ("clock", "OFF", "this machine's time service"),
    "orders": ("orders", "NOT AS ASKED", "open orders in the app"),
    "cut": ("looks at the venue", "FAILING", "network, key and the exchange's status page"),
    "symbol": ("symbol", "LEAVING THE EXCHANGE", "what is open there, in the app"),
    "hands": ("stop or targets", "TAKEN AWAY BY HAND", "who does that; then resume"),
    "rules": ("trading rules", "CHANGED BY THE EXCHANGE", "stop and targets in the app"),
    "account": ("account at the exchange", "IS ANOTHER ONE", "whether that was meant"),
}
"""What can be wrong with an account: its name, its state, what a person should look at."""

NOW = {
    "rate": "trading goes on",
    "clock": "trading goes on",
    "rules": "trading goes on by the new rules",
    "connection": "nobody watches its trades",
    "start": "nobody watches its trades",
    "account": "trading goes on there",
}
"""What becomes of an account's trades meanwhile; with all else its entries wait and its exits go on."""

SERVICE_TROUBLES = {
    "loop": ("service", "slow", "what else this machine is doing"),
    "memory": ("memory", "growing", "memory use; restart at a quiet time"),
    "disk": ("disk", "nearly full", "free space where the store lies"),
    "database": ("database", "failing", "disk and permissions of the store"),
    "backup": ("backups", "failing", "the backup folder; trading goes on"),
    "watch": ("a watch", "failing", "the log; trading goes on"),
    "outbox": ("alert delivery", "behind", "the notifiers' connection"),
    "notifier": ("a notifier", "OFF", "what the reason names"),
    "frontend": ("Telegram commands", "OFF", "what the reason names"),
    "accounts": ("trades", "UNWATCHED", "those accounts in the app"),
    "chat": ("Telegram group", "HAS ANOTHER NUMBER", "the configuration, at a quiet time"),
}
"""The same for the service itself."""


def said(body: HealthBody) -> Said:
    """The words for one body."""
    match body:
        case ActionFailed():
            return Said(f"could not {body.action}", (*wrapped(body.reason), *wrapped(f"Now: {body.what_now}")))
        case MirrorSkipped():
            reasons = tuple(line for reason in body.reasons for line in wrapped(reason))
            what = "add to its trade" if body.adding else "open"
            return Said(f"mirror did not {what}: {body.outcome}", (*reasons, f"{body.leader} goes on untouched"))
        case MirrorDiffers():
            return _differs(body)
        case AccountDegraded() | AccountRestored():
            return _account(body)
        case ServiceDegraded() | ServiceRestored():
            return _service(body)
        case EntriesPaused():
            state = "paused" if body.paused else "resumed"
            return Said(f"new entries {state}", (f"By {body.by}", "Exits and stops go on as always"))
        case StoreDamaged():
            check = "Check: disk, then the newest backup"
            return Said("STORE DAMAGED", (*wrapped(body.detail), *wrapped(f"Now: {body.doing}"), check))
        case AuditFailed():
            going_on = wrapped("Now: nothing; orders and stops stay as they are")
            look = wrapped("Check: position, stop and orders in the app; then `tandem verify`, `tandem doctor --fix`")
            return Said("AUDIT FAILED", (*wrapped(body.detail), *going_on, *look))
        case PluginFailed():
            return Said(f"plugin {body.plugin} failed", (*wrapped(body.detail), *wrapped(f"Now: {body.doing}")))
        case _:
            assert_never(body)


def _differs(body: MirrorDiffers) -> Said:
    expected = "" if body.expected is None else f", expected {text(body.expected)}"
    return Said(
        f"trade differs from {body.leader}'s",
        (
            f"Entered here {text(body.quantity)}{expected}",
            f"{body.leader} entered {text(body.leader_quantity)}",
            *wrapped(body.note),
            "Check: `tandem mirror diff`, then both in the app",
        ),
    )


def _account(body: AccountDegraded | AccountRestored) -> Said:
    name, state, check = ACCOUNT_TROUBLES.get(body.what, (body.what, "DEGRADED", "this account in the app"))
    match body:
        case AccountDegraded():
            now = NOW.get(body.what, "new entries wait, exits go on")
            going_on = (*wrapped(f"Now: {now}"), "Stops stay at the venue")
            return Said(f"{name} {state}", (*wrapped(body.detail), *going_on, *wrapped(f"Check: {check}")))
        case AccountRestored():
            return Said(f"{name} well again", (f"After {duration_text(body.seconds * 1000)}",))


def _service(body: ServiceDegraded | ServiceRestored) -> Said:
    name, state, check = SERVICE_TROUBLES.get(body.what, (body.what, "degraded", "the log"))
    match body:
        case ServiceDegraded():
            return Said(f"{name} {state}", (*wrapped(body.detail), *wrapped(f"Check: {check}")))
        case ServiceRestored():
            return Said(f"{name} well again")
