"""A notifier: every alert becomes one line in a notebook."""

import asyncio
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from ports.errors import Unavailable
from ports.notifier import Delivery, Receipt


class NotebookSettings(BaseModel):
    """What stands beside `use: notebook` in YAML."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    path: str = Field(default="var/notebook.txt", description="The file that alerts are written to.")


class Notebook:
    """Writes the first line of every alert."""

    def __init__(self, settings: NotebookSettings, *, name: str) -> None:
        self.name = name
        self._path = Path(settings.path)

    async def start(self) -> None:
        await asyncio.to_thread(self._path.parent.mkdir, parents=True, exist_ok=True)

    async def close(self) -> None:
        """Nothing stays open."""

    async def deliver(self, delivery: Delivery) -> Receipt:
        try:
            return await asyncio.to_thread(self._write, delivery.text.splitlines()[0])
        except OSError as error:
            raise Unavailable(f"notebook {self._path}: {error.strerror}") from error

    def _write(self, line: str) -> Receipt:
        with self._path.open("a", encoding="utf-8") as notebook:
            notebook.write(f"{line}\n")
            return Receipt(f"{self._path}:{notebook.tell()}")
