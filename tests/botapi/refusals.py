"""What Telegram answers when it refuses, in its own words and codes; and what only this fake refuses."""

from collections.abc import Mapping


class Refusal(Exception):
    """A request that is answered with `ok: false`."""

    def __init__(self, code: int, description: str, parameters: Mapping[str, int] | None = None) -> None:
        super().__init__(f"{code} {description}")
        self.code = code
        self.description = description
        self.parameters = dict(parameters or {})


def bad(words: str) -> Refusal:
    """400 in Telegram's words."""
    return Refusal(400, f"Bad Request: {words}")


def forbidden(words: str) -> Refusal:
    """403 in Telegram's words."""
    return Refusal(403, f"Forbidden: {words}")


def too_many(seconds: int) -> Refusal:
    """429: nothing was carried out, and nothing will be before so many seconds have passed."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", {"retry_after": seconds})


def other_poller() -> Refusal:
    """409: somebody else polls with the same token."""
    words = "terminated by other getUpdates request; make sure that only one bot instance is running"
    return Refusal(409, f"Conflict: {words}")


def webhook_set() -> Refusal:
    """409: updates go to a webhook."""
    words = "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
    return Refusal(409, f"Conflict: {words}")


def unauthorized() -> Refusal:
    """401: no bot has this token."""
    return Refusal(401, "Unauthorized")


def strict(words: str) -> Refusal:
    """What Telegram would ignore or put right in silence, and what is a mistake of the caller's nevertheless."""
    return bad(f"the strict fake refuses this: {words}")


def not_modelled(what: str) -> Refusal:
    """501: a part of the Bot API that this fake hasn't got; whoever needs it writes it first."""
    return Refusal(501, f"Not Implemented: the fake has no {what}")


NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
