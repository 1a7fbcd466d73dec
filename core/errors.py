"""The error tree, split by what the caller does about it.

    TandemError
      ConfigError      fix the configuration (or the request): carries every problem found, each with its place
      Unavailable      retry later: the other side can't be reached or isn't ready
        RateLimited    retry after `retry_after_seconds`
        Unreached      retry later: it never got there, so nothing can have happened on the other side
      Declined         the other side understood and said no: the same again is useless until somebody mends it
      Stopped          stop and tell a person: going on would risk money or data
      (anything else)  a bug: let it crash

An unknown outcome of a request is not an error: it is `core.commands.Unknown`.
Every message names the account or file, what was found, and what would mend it. No message ever holds a secret.
"""


class TandemError(Exception):
    """Root of every error that Tandem raises on purpose."""


class ConfigError(TandemError):
    """What was asked for can't be: fix the configuration, the request or the command line. Carries all problems."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        """Keep every problem; the message lists them a line each."""
        self.problems = problems
        super().__init__("\n".join(problems))


class Unavailable(TandemError):
    """The other side can't be reached or isn't ready: try again later."""


class RateLimited(Unavailable):
    """Too fast: try again after a while."""

    def __init__(self, message: str, retry_after_seconds: float) -> None:
        """Keep the time that the other side named."""
        self.retry_after_seconds = retry_after_seconds
        super().__init__(message)


class Unreached(Unavailable):
    """It never got to the other side, so nothing can have happened there: the same again is no repeat."""


class Declined(TandemError):
    """The other side understood and said no (a chat unknown or forbidden, a bad message): D2 counts it."""


class Stopped(TandemError):
    """Going on would risk money or data: stop and tell a person what was found and what would mend it."""
