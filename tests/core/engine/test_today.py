"""What a restart must not forget: the day's loss and the last stop (I1)."""

from decimal import Decimal

from core.account.gating import view_of
from core.account.state import AccountState
from core.days import DAY
from core.engine.memory_store import MemoryStore
from core.engine.pages import PAGE, ended
from core.engine.today import recall_today
from core.gate import Limits
from core.terms import Capabilities
from core.words import Environment
from ports.persistence import Batch
from tests.core.ledgers import trade

HOUR = 3_600_000
NOW = 10 * DAY + 12 * HOUR


def account(*, cooldown: int | None = None, ahead: int = 0) -> AccountState:
    """Main, with nothing known yet."""
    limits = Limits(cooldown_after_stop=cooldown)
    state = AccountState("main", Environment.PAPER, Capabilities(), {}, limits, offset=lambda _: ahead)
    state.now = NOW
    return state


async def recalled(state: AccountState) -> AccountState:
    """The account after a restart, with three trades behind it."""
    store = MemoryStore()
    yesterday = trade(23 * 3_600, "-50", day=9, reason="trailing_stop")
    today = [trade(3_600, "-7", day=10, reason="manual"), trade(7_200, "2", day=10, reason="all_tps")]
    await store.append(Batch(closed=(yesterday, *today, trade(9_000, "-99", day=10, account="mirror"))))
    await recall_today(store, {"main": state}, NOW)
    return state


async def test_the_days_loss_outlives_a_restart() -> None:
    """I1: -7 and +2 of today, not the -50 of yesterday nor the mirror's."""
    assert view_of(await recalled(account())).net_today == Decimal(-5)


async def test_the_zone_says_which_day_it_was() -> None:
    """I1: two hours ahead, 23:00 UTC of yesterday is today."""
    assert view_of(await recalled(account(ahead=2 * HOUR))).net_today == Decimal(-55)


async def test_a_day_ends_at_midnight() -> None:
    """I1, rel:I16: the next day begins with nothing lost, 24 hours after a loss or not, and the last is let go."""
    state = await recalled(account())
    state.now = 11 * DAY

    assert view_of(state).net_today == 0
    assert state.net_by_day == {}


async def test_a_stop_is_remembered_as_long_as_it_cools_down() -> None:
    """I1: thirteen hours ago a trailing stop was hit; with a cooldown of days one of last week counts too."""
    state = await recalled(account(cooldown=3 * DAY))

    assert state.last_stop_at == 9 * DAY + 23 * HOUR


async def test_a_long_history_comes_in_pages() -> None:
    """rel:I16: each once and in order, over the edge of a page."""
    store = MemoryStore()
    await store.append(Batch(closed=tuple(trade(number, "1") for number in range(2 * PAGE + 1))))

    assert [report.id for report in [each async for each in ended(store, 0)]] == [
        f"{number:010}" for number in range(2 * PAGE + 1)
    ]
