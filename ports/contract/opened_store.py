"""The store that each test of a store's contract begins with."""

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator

import pytest

from ports.persistence import Store

CHATS = ("first", "second")
"""The notifiers whose alerts it keeps."""


class OpenedStore(ABC):
    """What a store's author gives: `opened`."""

    @abstractmethod
    async def opened(self, notifiers: tuple[str, ...]) -> Store:
        """A started, empty store whose outbox serves *notifiers*."""

    @pytest.fixture
    async def store(self) -> AsyncIterator[Store]:
        """One store for one test."""
        store = await self.opened(CHATS)
        yield store
        await store.close()
