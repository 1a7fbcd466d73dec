"""A value that must never be seen: not in a log, a traceback, a file or JSON."""

from typing import Any, NoReturn

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import core_schema


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

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> core_schema.CoreSchema:
        """A setting declared as `Secret` takes nothing else; dumped, it is stars."""
        return core_schema.is_instance_schema(
            cls, serialization=core_schema.plain_serializer_function_ser_schema(str, when_used="json")
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        """For editors: a secret is named, never written out."""
        return {"type": "string", "description": "!env NAME or !file PATH"}
