"""A value that must never be seen: not in a log, a traceback, a file or JSON."""

from typing import NoReturn


class Secret:
    """Holds a secret text. Printing, formatting, comparing and serialising it never show it; `reveal` does, once asked.

    Call `reveal` only where the value is handed to the SDK that needs it.
    """

    __slots__ = ("_value", "source")

    def __init__(self, value: str, source: str = "") -> None:
        """Keep *value*; *source* says where it came from (``!env BYBIT_KEY``) and may be shown."""
        self._value = value
        self.source = source

    def reveal(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        """Stars, whatever it holds."""
        return "Secret('***')"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        """Stars, whatever the format."""
        return "***"

    def __reduce__(self) -> NoReturn:
        """Refuse to be serialised."""
        raise TypeError("a secret can't be serialised")
