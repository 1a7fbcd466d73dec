"""What tests of the core share."""

import pytest

from core.codec import _codec


@pytest.fixture(scope="session", autouse=True)
def _codecs_made_anew() -> None:
    """Codecs are kept once made: where the tests run twice in one process (mutmut), they are of the code as it is."""
    _codec.cache_clear()
