"""Settings of a bot at Telegram."""

from pydantic import BaseModel, ConfigDict, Field

from ports.addresses import Address
from ports.ladder import Duration
from ports.secret import Secret


class TelegramSettings(BaseModel):
    """A bot at Telegram, as BotFather made it."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    token: Secret = Field(description="The bot's token: !env NAME or !file PATH.")
    chat: str = Field(
        default="",
        pattern=r"^(-?[0-9]{1,19}|@[A-Za-z][A-Za-z0-9_]{3,31})?$",
        description="Chat for alerts without one of their own; without it alerts.default_chat.",
    )
    base_url: Address = Field(
        default="https://api.telegram.org/bot", description="Where the Bot API is; the token is added to it."
    )
    base_file_url: Address = Field(
        default="https://api.telegram.org/file/bot", description="Where files are fetched; the token is added to it."
    )
    timeout: Duration = Field(default=10_000, ge=500, le=25_000, description="How long an answer may take, up to 25s.")
    chat_interval: Duration = Field(
        default=1_000, le=60_000, description="The least time between two alerts in one person's chat."
    )
    group_rate: int = Field(default=20, ge=1, le=1_000, description="Alerts a minute in one group.")
    overall_rate: int = Field(default=30, ge=1, le=1_000, description="Requests a second to all chats.")
