"""Where keys may be shown: the exchange itself, or a server on this machine."""

import pytest
from pydantic import BaseModel, ValidationError

from plugins.exchanges.bybit.hosts import hosts
from plugins.exchanges.bybit.settings import BybitSettings
from plugins.exchanges.ccxt.settings import CcxtSettings
from ports.secret import Secret


@pytest.mark.parametrize("adapter", [BybitSettings, CcxtSettings])
@pytest.mark.parametrize(
    "place", ["https://api.bybit.example", "http://127.0.0.1.example:80", "http://u@10.0.0.7", "ftp://127.0.0.1", "liv"]
)
def test_any_other_address_is_refused(adapter: type[BaseModel], place: str) -> None:
    """A10: before anything is sent there."""
    with pytest.raises(ValidationError, match="an address on this machine"):
        adapter.model_validate({"environment": place, "key": Secret("k"), "secret": Secret("s")})


@pytest.mark.parametrize("place", ["http://127.0.0.1:8555", "http://localhost", "https://[::1]:1"])
def test_a_server_on_this_machine_is_on_paper(place: str) -> None:
    """A10: shown as PAPER in every alert and table."""
    CcxtSettings.model_validate({"environment": place, "key": Secret("k"), "secret": Secret("s")})

    assert hosts(place).environment.value == "paper"
