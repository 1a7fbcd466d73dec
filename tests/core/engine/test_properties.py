"""What must always hold (DESIGN section 5), over random trades, paths and venue policies."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from config.virtual import VirtualAccount, compose
from core.account.reporting import trade_report
from core.engine.virtual import VirtualRun
from core.mirror import Following
from core.plan import Rules
from core.reconcile import NOTHING, reconcile
from core.request import EntrySpec, FixedQuantity, Request
from core.words import Side
from plugins.exchanges.paper.market.steps import Steps
from plugins.exchanges.paper.stepped import SteppedVenue
from plugins.exchanges.paper.venue.policies import Oversize, Policies, Shrink
from plugins.strategies.conservative.strategy import Conservative
from tests.staging import AT, SYMBOL, instrument

POLICIES = st.builds(
    Policies, shrink=st.sampled_from(Shrink), oversize=st.sampled_from(Oversize), attached_stop_resets=st.booleans()
)
PATHS = st.lists(st.integers(84, 146), min_size=3, max_size=25)
SIZES = st.integers(3, 4_000)
STEPS = st.sampled_from(["1", "0.1", "5"])
RULES = st.builds(Rules, cancel_limits_on_tp1=st.booleans())


def asked(side: Side, size: int, step: Decimal) -> Request:
    """Three entries, four targets, one stop, around 100."""
    sign = 1 if side is Side.LONG else -1
    return Request(
        id="p1",
        strategy="conservative",
        symbol=SYMBOL,
        side=side,
        entries=(EntrySpec(None), EntrySpec(Decimal(100 - 3 * sign)), EntrySpec(Decimal(100 - 6 * sign))),
        take_profits=tuple(Decimal(100 + each * sign) for each in (6, 12, 18, 24)),
        stop=Decimal(100 - 10 * sign),
        leverage=Decimal(10),
        size=FixedQuantity(size * step),
        at=AT,
    )


def played(
    side: Side, size: int, step: str, path: list[int], policies: Policies, rules: Rules, *, mirror: bool = True
) -> tuple[SteppedVenue, VirtualRun]:
    """A whole run on main, and on a mirror of a third."""
    accounts = [VirtualAccount(name="main", balance=Decimal(3_000_000))]
    if mirror:
        following = Following(leader="main")
        accounts.append(VirtualAccount(name="mirror", balance=Decimal(1_000_000), following=following))
    traded = instrument(step=step)
    strategies = {"conservative": Conservative("conservative", rules)}
    world, run = compose(accounts, {SYMBOL: traded}, strategies, policies=policies)
    world.mover.add(Steps(SYMBOL, [Decimal(100), *map(Decimal, path)], AT))
    run.open(asked(side, size, traded.step), "main")
    run.run()
    return world, run


@given(st.sampled_from(Side), SIZES, STEPS, PATHS, POLICIES, RULES)
def test_nothing_is_ever_violated(
    side: Side, size: int, step: str, path: list[int], policies: Policies, rules: Rules
) -> None:
    """rel:I1, I2, I4, I6, I18: stop, targets, orphans, ledger and wallet agree with the venue at any end."""
    world, run = played(side, size, step, path, policies, rules)

    assert run.violations() == ()
    for account in world.venue.state.accounts.values():
        assert account.wallet == account.deposits + account.realised - account.fees - account.funding


@given(st.sampled_from(Side), SIZES, STEPS, PATHS, POLICIES, RULES)
def test_reconcile_is_idempotent_and_everything_lies_on_the_grids(
    side: Side, size: int, step: str, path: list[int], policies: Policies, rules: Rules
) -> None:
    """DESIGN 5: at rest reconcile finds nothing to do, and every wish is on tick and step."""
    _, run = played(side, size, step, path, policies, rules)
    for machine in run.machines.values():
        state = machine.state
        for box in state.boxes.values():
            wishes = box.strategy.desired(box.trade)
            diff = reconcile(box.trade, wishes, state.slots, {}, (), state.capabilities)
            traded = box.trade.plan.instrument
            assert diff == NOTHING
            assert all(want.total % traded.step == 0 for want in wishes.wants)
            assert all(want.price is None or traded.on_tick(want.price) for want in wishes.wants)
            assert all(traded.on_tick(stop.price) for stop in wishes.stops)


@given(st.sampled_from(Side), SIZES, STEPS, PATHS, POLICIES, RULES)
def test_main_never_notices_its_mirror(
    side: Side, size: int, step: str, path: list[int], policies: Policies, rules: Rules
) -> None:
    """rel:I14: what main does and books is the same with and without a mirror."""
    _, with_mirror = played(side, size, step, path, policies, rules)
    _, alone = played(side, size, step, path, policies, rules, mirror=False)

    def told(run: VirtualRun) -> list[object]:
        state = run.machines["main"].state
        live = [trade_report(box.trade, box.phase, "", box.last_stop, 0) for box in state.boxes.values()]
        rows = run.tape.accounts["main"].timeline
        kept = [{name: value for name, value in row.items() if name not in ("seq", "at")} for row in rows]
        return [kept, live, run.tape.accounts["main"].closed]

    assert told(with_mirror) == told(alone)


@given(st.sampled_from(Side), SIZES, STEPS, PATHS, POLICIES, RULES)
def test_at_most_one_order_per_role_and_revision(
    side: Side, size: int, step: str, path: list[int], policies: Policies, rules: Rules
) -> None:
    """rel:I5: no client id is ever accepted twice and no entry executes more than planned."""
    world, run = played(side, size, step, path, policies, rules)
    for name, account in world.venue.state.accounts.items():
        assert len(set(account.links.values())) == len(account.links)
        for report in run.tape.accounts[name].closed:
            assert all(leg.filled <= leg.planned for leg in report.entries)
