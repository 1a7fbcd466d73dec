"""Settings of an account reached through ccxt."""

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ports.secret import Secret

NAMED = ("live", "demo", "testnet")
LOOPBACK = ("127.0.0.1", "localhost", "::1")


def _known(value: str) -> str:
    """Named, or a server on this machine: keys are shown to nobody else (A10)."""
    parts = urlsplit(value)
    if value not in NAMED and (parts.scheme not in {"http", "https"} or parts.hostname not in LOOPBACK):
        raise ValueError(
            f"is live, demo, testnet or an address on this machine such as http://127.0.0.1:8000, not {value!r}"
        )
    return value


class CcxtSettings(BaseModel):
    """An account at a venue that ccxt.pro serves."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    exchange: str = Field(default="bybit", description="ccxt's name of the exchange.")
    environment: Annotated[str, AfterValidator(_known)] = Field(
        description="live, demo, testnet, or the http address of a server on this machine with its protocol."
    )
    key: Secret = Field(description="The API key: !env NAME or !file PATH.")
    secret: Secret = Field(description="The API secret: !env NAME or !file PATH.")
    password: Secret | None = Field(default=None, description="A third secret, where the exchange has one.")
    timeout: int = Field(default=10, ge=2, le=60, description="Seconds after which an answer is given up.")
