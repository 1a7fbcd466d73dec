"""What a configuration says about the Telegram front end."""

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from ports.frontend import Role
from ports.secret import Secret


def _somebody(value: dict[int, Role]) -> dict[int, Role]:
    if not value:
        raise ValueError("names nobody; write your own numeric Telegram id: users: {123456: trader}")
    return value


class TelegramFrontendSettings(BaseModel):
    """Who is served, and by which bot."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    notifier: str = Field(default="telegram", description="The Telegram notifier whose bot this is.")
    users: Annotated[dict[int, Role], AfterValidator(_somebody)] = Field(
        description="Who is served, by numeric user id: viewer or trader (E1)."
    )
    chats: tuple[int, ...] = Field(
        default=(), description="Group chats in which these users are served; their private chats always are."
    )
    totp: Secret | None = Field(
        default=None, description="Base32 secret of one-time codes (RFC 6238), asked for before what `codes_for` names."
    )
    codes_for: Literal["dangerous", "all"] = Field(
        default="dangerous",
        description="Once `totp` is set: what needs a code. Dangerous: switching the mode, taking entries again, "
        "a new statistics period; closing never is.",
    )
    refresh: int = Field(default=45, ge=5, le=600, description="Seconds between two drawings of a watched dashboard.")
    watch_for: int = Field(default=300, ge=30, le=86_400, description="Seconds a dashboard is kept fresh untouched.")
    poll: int = Field(default=25, ge=0, le=50, description="Seconds one question for updates waits at Telegram.")
