"""Settings of an account reached through ccxt."""

from pydantic import BaseModel, ConfigDict, Field

from ports.secret import Secret


class CcxtSettings(BaseModel):
    """An account at a venue that ccxt.pro serves."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    exchange: str = Field(default="bybit", description="ccxt's name of the exchange.")
    environment: str = Field(description="live, demo, testnet, or the http address of a server with its protocol.")
    key: Secret = Field(description="The API key: !env NAME or !file PATH.")
    secret: Secret = Field(description="The API secret: !env NAME or !file PATH.")
    password: Secret | None = Field(default=None, description="A third secret, where the exchange has one.")
    timeout: int = Field(default=10, ge=2, le=60, description="Seconds after which an answer is given up.")
