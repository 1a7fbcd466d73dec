"""A small believable trade to test adapters with: one plan, its fills, its alerts and its report."""

from decimal import Decimal

from core.alerts import Alert, EntriesPaused, LateClose, StopHit
from core.desired import Phase, StopKind
from core.facts import Cause, Filled, Funding, Paused
from core.instrument import Instrument
from core.plan import Leg, Level, Plan
from core.report import EntryReport, StopReport, TargetReport, TradeReport
from core.request import EntrySpec, MarginPercent, Request
from core.words import Environment, OrderSide, Side, Slot
from ports.notifier import Delivery
from ports.persistence import Audited, Record

SLOT = Slot("BTCUSDT", 0)
TRADE = "7K3QX9A2MD"
OTHER = "0000000001"
AT = 1_577_836_800_000


def plan(account: str = "main", trade: str = TRADE) -> Plan:
    """A long with a market leg, a limit and two take-profits."""
    request = Request(
        id=f"request {trade}",
        strategy="conservative",
        symbol="BTCUSDT",
        side=Side.LONG,
        entries=(EntrySpec(None), EntrySpec(Decimal(59_000))),
        take_profits=(Decimal(62_000), Decimal("63000.50")),
        stop=Decimal(56_000),
        leverage=Decimal(10),
        size=MarginPercent(Decimal(2)),
        at=AT,
    )
    return Plan(
        trade=trade,
        account=account,
        environment=Environment.PAPER,
        request=request,
        slot=SLOT,
        instrument=Instrument(
            symbol="BTCUSDT",
            tick=Decimal("0.1"),
            step=Decimal("0.001"),
            min_quantity=Decimal("0.001"),
            min_notional=Decimal(5),
            max_leverage=Decimal(100),
        ),
        legs=(
            Leg("E1", None, Decimal("0.018"), Decimal(1)),
            Leg("E2", Decimal(59_000), Decimal("0.017"), Decimal(1)),
        ),
        levels=(Level("TP1", Decimal(62_000), Decimal(85)), Level("TP2", Decimal("63000.50"), Decimal(15))),
        stop=Decimal(56_000),
        leverage=Decimal(10),
        margin=Decimal(200),
        market=Decimal(60_000),
        taker=Decimal("0.00055"),
        maker=Decimal("0.0002"),
        at=AT,
    )


def opened(account: str = "main", trade: str = TRADE) -> Record:
    """The journal line that begins a trade."""
    return Record(account=account, trade=trade, at=AT, what=plan(account, trade))


def filled(
    execution: str, seq: int, account: str = "main", trade: str | None = TRADE, symbol: str = "BTCUSDT"
) -> Record:
    """The journal line of an entry fill; *seq* is the venue's sequence, and later ones happen later."""
    fill = Filled(
        execution,
        Slot(symbol, 0),
        f"t1-{account}-{trade}-E1-00",
        OrderSide.BUY,
        Decimal("0.010"),
        Decimal("60000.0"),
        Decimal("0.33"),
        Cause.ORDER,
        AT + seq,
        seq,
    )
    return Record(account=account, trade=trade, at=AT + seq, what=fill)


def funded(execution: str, at: int, account: str = "main", trade: str | None = TRADE) -> Record:
    """The journal line of a funding payment *at* milliseconds after the beginning."""
    return Record(account=account, trade=trade, at=AT + at, what=Funding(execution, SLOT, Decimal("0.06"), AT + at))


def paused(account: str = "main", at: int = 1) -> Record:
    """A journal line about the account itself."""
    return Record(account=account, trade=None, at=AT + at, what=Paused(paused=True, by="ann", at=AT + at))


def told(cause: str, account: str = "main", trade: str = TRADE) -> Alert:
    """An alert that is not critical."""
    return _alert(LateClose(7_000), cause, account, trade)


def closed_late(seconds: int) -> Alert:
    """An alert that is not critical, told from others by its figure."""
    return _alert(LateClose(seconds * 1_000), str(seconds), "main", TRADE)


def critical(cause: str, account: str = "main", trade: str = TRADE) -> Alert:
    """A critical alert."""
    return _alert(StopHit(Decimal(56_000), Decimal("0.010"), StopKind.INITIAL, Decimal(-40)), cause, account, trade)


def service(cause: str) -> Alert:
    """An alert about no trade."""
    return Alert(
        body=EntriesPaused(paused=True, by="ann"), account="main", environment=Environment.PAPER, at=AT, cause=cause
    )


def _alert(body: LateClose | StopHit, cause: str, account: str, trade: str) -> Alert:
    return Alert(
        body=body,
        account=account,
        environment=Environment.PAPER,
        at=AT,
        cause=cause,
        symbol="BTCUSDT",
        side=Side.LONG,
        trade=trade,
    )


def delivery(alert: Alert, text: str = "Stop hit at 56000", *, repeat: bool = False, late: int = 0) -> Delivery:
    """An alert on its way."""
    return Delivery(alert=alert, text=text, repeat=repeat, late=late)


def report(account: str = "main", trade: str = TRADE, *, closed_at: int = AT + 100, net: str = "-42.66") -> TradeReport:
    """What is left of a trade that was stopped."""
    return TradeReport(
        id=trade,
        account=account,
        strategy="conservative",
        origin="cli",
        symbol="BTCUSDT",
        side=Side.LONG,
        phase=Phase.CLOSED,
        reason="stop",
        entered=Decimal("0.010"),
        position=Decimal("0.000"),
        average_entry=Decimal("60000.0"),
        gross=Decimal(-40),
        fees=Decimal("2.66"),
        funding=Decimal(0),
        net=Decimal(net),
        entries=(EntryReport(1, None, Decimal("0.018"), Decimal("0.010")),),
        targets=(TargetReport(1, Decimal(62_000), Decimal("0.008"), Decimal(0)),),
        stop=StopReport(Decimal(56_000), StopKind.INITIAL),
        leverage=Decimal(10),
        margin=Decimal(200),
        leader=None,
        opened_at=AT,
        closed_at=closed_at,
    )


def act(number: int) -> Audited:
    """What somebody did."""
    return Audited(at=AT + number, by="Alice (telegram 7)", command="pause", arguments='{"paused": true}', exit=0)
