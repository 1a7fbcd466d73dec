"""Settings of an account at Bybit."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from plugins.exchanges.bybit.hosts import hosts
from ports.secret import Secret


def _known(value: str) -> str:
    hosts(value)
    return value


class BybitSettings(BaseModel):
    """An account at Bybit, reached with an API key that may trade and must not withdraw."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    environment: Annotated[str, AfterValidator(_known)] = Field(
        description="live, demo, testnet, or the address of a server on this machine that speaks Bybit's protocol."
    )
    key: Secret = Field(description="The API key: !env NAME or !file PATH.")
    secret: Secret = Field(description="The API secret: !env NAME or !file PATH.")
    threads: int = Field(default=8, ge=3, le=64, description="HTTP requests under way at once.")
    timeout: int = Field(default=10, ge=2, le=60, description="Seconds after which an answer is given up.")
