"""Cancelling all, and a restart that forgets the closed orders (V5 cancel-all and open orders pages; rel:F20)."""

import pytest

from tests.plugins.exchanges.paper.desk import OTHER, SYMBOL, Desk, code, d, desk, seen


def _busy() -> Desk:
    """Ten held, with an entry, a take-profit, a conditional and a partial stop; another entry elsewhere."""
    trade = desk()
    trade.buy(10)
    trade.buy(1, 90, link="entry")
    trade.sell(10, 110, reduce_only=True, link="target")
    trade.buy(1, trigger=120, direction=1, link="waits")
    trade.buy(1, 90, symbol=OTHER, link="other")
    trade.venue.set_levels("a", SYMBOL, 0, stop=d(80), size=d(5))
    trade.venue.set_levels("a", SYMBOL, 0, stop=d(70))
    trade.venue.drain()
    return trade


@pytest.mark.parametrize(
    ("symbol", "conditional", "gone"),
    [
        (None, None, ["entry", "target", "waits", "other", ""]),
        (SYMBOL, None, ["entry", "target", "waits", ""]),
        (SYMBOL, True, ["waits", ""]),
        (SYMBOL, False, ["entry", "target"]),
        (OTHER, None, ["other"]),
        ("CCCUSDT", None, []),
    ],
)
def test_what_is_taken(symbol: str | None, conditional: bool | None, gone: list[str]) -> None:
    """All or one symbol's; all kinds or one: and the rest works on."""
    trade = _busy()
    before = {each.link for each in trade.account.orders.values()}

    assert [each.link for each in trade.venue.cancel_all("a", symbol, conditional=conditional)] == gone
    assert {each.link for each in trade.account.orders.values()} == before - set(gone)


def test_each_ends_as_if_cancelled_alone() -> None:
    """An order that waited is Deactivated, the others Cancelled, all by the user; each is told."""
    trade = _busy()
    ended = trade.venue.cancel_all("a", SYMBOL)

    assert [each.status.value for each in ended] == ["Cancelled", "Cancelled", "Deactivated", "Deactivated"]
    assert {each.cancel_type.value for each in ended} == {"CancelByUser"}
    assert len(trade.venue.drain()) == 4


def test_the_position_keeps_its_own_stop() -> None:
    """A Full stop is no order: cancelling all takes no protection away."""
    trade = _busy()
    trade.venue.cancel_all("a", None)

    assert seen(trade.held().size, trade.held().stop) == (10, 70)


def test_other_accounts_are_left_alone() -> None:
    """Neither their orders nor their levels."""
    trade = _busy()
    trade.buy(1, 90, account="b", link="theirs")
    trade.venue.cancel_all("a", None)

    assert [each.link for each in trade.venue.state.accounts["b"].orders.values()] == ["theirs"]


def test_nothing_open_is_nothing_to_do() -> None:
    """An empty list, no refusal and no event."""
    trade = desk()

    assert trade.venue.cancel_all("a", None) == []
    assert trade.venue.drain() == []


def test_a_client_id_that_looks_like_the_venues_confuses_nobody() -> None:
    """A foreign client may name its order as the venue names another one."""
    trade = desk()
    trade.buy(1, 90, link="o00000002")
    second = trade.buy(1, 91)

    assert second.id == "o00000002"
    assert trade.account.find("o00000002") is second
    assert len(trade.venue.cancel_all("a", None)) == 2


def test_a_restart_forgets_the_closed_orders_and_no_id() -> None:
    """Asked by key nothing is found, yet the id stays taken (110072) and open orders work on."""
    trade = _busy()
    trade.venue.cancel("a", "entry")
    trade.venue.forget_closed()

    assert trade.account.find("entry") is None
    assert code(lambda: trade.buy(1, 90, link="entry")) == 110072
    assert trade.account.find("target") is not None
    assert trade.account.executions != []
