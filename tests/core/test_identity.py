"""Client order ids: C2."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.identity import (
    ACCOUNT_NAME,
    MAX_REVISION,
    ROLE_NAME,
    TRADE_ID,
    Key,
    key_text,
    parse_key,
    trade_and_role,
    trade_id,
)

KEYS = st.builds(
    Key,
    st.from_regex(ACCOUNT_NAME, fullmatch=True),
    st.from_regex(TRADE_ID, fullmatch=True),
    st.from_regex(ROLE_NAME, fullmatch=True),
    st.integers(0, MAX_REVISION),
)


@given(KEYS)
def test_key_reads_back_and_fits_the_venue(key: Key) -> None:
    """C2: at most 36 of [A-Za-z0-9_-], and every part can be read without the database."""
    assert parse_key(key.text) == key
    assert len(key.text) <= 36
    assert re.fullmatch(r"[A-Za-z0-9_-]+", key.text)


@given(KEYS, KEYS)
def test_two_wishes_have_two_keys(one: Key, other: Key) -> None:
    """C2: unique for ever, the account visible."""
    assert (one.text == other.text) == (one == other)
    assert f"-{one.account}-" in one.text


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "my own order",
        "t2-main-7K3QX9A2MD-TP1-11",
        "t1-Main-7K3QX9A2MD-TP1-11",
        "t1-main-7K3QX9A2M-TP1-11",
        "t1-main-7K3QX9A2MU-TP1-11",
        "t1-main-7K3QX9A2MD-tp1-11",
        "t1-main-7K3QX9A2MD-TP1-1",
        "t1-main-7K3QX9A2MD-TP1-11\n",
        "xt1-main-7K3QX9A2MD-TP1-11",
    ],
)
def test_what_is_not_ours_is_nobodys(foreign: str) -> None:
    """A6: anything that isn't exactly a key of ours is never touched."""
    assert parse_key(foreign) is None


@given(KEYS)
def test_trade_and_role_are_those_that_the_whole_key_names(key: Key) -> None:
    """C2: the quick look and the exact one read the same."""
    assert trade_and_role(key.text) == (key.trade, key.role)


@pytest.mark.parametrize(
    "foreign", ["", "my order", "a-b-c-E1-00", "t1-main-7K3QX9A2MD-TP1", "t1-main-7K3QX9A2MD-TP1-11-2"]
)
def test_what_is_not_ours_has_neither_trade_nor_role(foreign: str) -> None:
    """A6: somebody else's id is no entry of ours, whatever stands in its middle."""
    assert trade_and_role(foreign) == ("", "")


@pytest.mark.parametrize("revision", [-1, MAX_REVISION + 1])
def test_revision_that_does_not_fit_is_a_bug(revision: int) -> None:
    """Never a key that reads back as another revision."""
    with pytest.raises(ValueError, match="does not fit"):
        key_text("main", "7K3QX9A2MD", "TP1", revision)


def test_trade_id_is_the_requests_for_ever() -> None:
    """A9: the same request in the same installation is the same trade, in another one it isn't."""
    ids = {trade_id("salt", "r1"), trade_id("salt", "r2"), trade_id("other", "r1")}

    assert trade_id("salt", "r1") == "NMWEZC8MPA"
    assert len(ids) == 3
    assert all(TRADE_ID.fullmatch(one) for one in ids)
