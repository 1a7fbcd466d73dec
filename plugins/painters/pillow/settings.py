"""How pictures look."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field


class PillowSettings(BaseModel):
    """Size and colours of pictures."""

    model_config = ConfigDict(extra="forbid", frozen=True, defer_build=True)

    width: int = Field(default=1080, ge=320, le=2160, description="Pixels across.")
    height: int = Field(default=1200, ge=320, le=2880, description="Pixels down.")
    scale: int = Field(default=2, ge=1, le=3, description="Drawn so many times larger, then reduced: smoother edges.")
    theme: Literal["dark", "light"] = Field(default="dark", description="Dark or light.")
