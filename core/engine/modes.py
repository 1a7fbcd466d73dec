"""The position mode of an account's symbol (A5): read, and switched only on demand, flat and without orders."""

from collections.abc import Mapping

from core.commands import Code, Done, Outcome, Refused, Unknown
from core.engine.control import GOOD, USAGE, WRONG, Answer, Handler
from core.engine.repairing import Repairs
from core.engine.service import Service
from core.facts import Cut
from core.money import text
from core.words import PositionMode


class Modes:
    """Reads and switches modes of one service's accounts."""

    def __init__(self, service: Service, repairs: Repairs) -> None:
        """Nothing is read here."""
        self._service = service
        self._repairs = repairs

    def handlers(self) -> Mapping[str, Handler]:
        """Every command by its name."""
        return {"mode": self.mode}

    async def mode(self, arguments: Mapping[str, object]) -> Answer:
        """The mode of a symbol; with another one wanted what is against it, and unless it is a dry run the switch."""
        account = self._repairs.accounts({"account": arguments["account"]})[0]
        symbol, wanted = str(arguments["symbol"]).upper(), arguments.get("mode")
        if wanted is not None and wanted not in list(PositionMode):
            return {"exit": USAGE, "error": [f"a mode is one of {', '.join(PositionMode)}, not {wanted!r}"]}
        connections = self._service.connections
        now = (await connections.terms(account, symbol)).mode
        against = await self._against(account, symbol) if wanted not in (None, now) else ()
        data: dict[str, object] = {"account": account, "symbol": symbol, "mode": now.value, "against": list(against)}
        if wanted in (None, now) or arguments.get("dry_run", True):
            return {"exit": WRONG if against else GOOD, "data": data}
        if against:
            return {"exit": WRONG, "error": list(against)}
        return _switched(
            data, PositionMode(str(wanted)), await connections.switch_mode(account, symbol, PositionMode(str(wanted)))
        )

    async def _against(self, account: str, symbol: str) -> tuple[str, ...]:
        """What of the symbol is there; the venue would refuse for each."""
        state = self._service.states[account]
        cut = await self._service.connections.cut(account)
        trades = [f"{account} {symbol}: trade {box.id} is live" for box in state.on(symbol)]
        return (*trades, *_held(account, symbol, cut))


def _held(account: str, symbol: str, cut: Cut) -> tuple[str, ...]:
    sizes = [text(each.size) for each in cut.positions if each.slot.symbol == symbol and each.size]
    orders = [each.key for each in cut.orders if each.slot.symbol == symbol]
    found = [f"{account} {symbol}: a position of {size} is open" for size in sizes]
    found += [f"{account} {symbol}: the order {key} works" for key in orders]
    return tuple(found)


def _switched(data: dict[str, object], wanted: PositionMode, outcome: Outcome) -> Answer:
    if isinstance(outcome, Done) or (isinstance(outcome, Refused) and outcome.code is Code.SAME):
        return {"exit": GOOD, "data": {**data, "mode": wanted.value}}
    what = f"{data['account']} {data['symbol']}"
    if isinstance(outcome, Unknown):
        look = f"`tandem mode {data['account']} --symbol {data['symbol']}` or /mode shows which one holds"
        return {"exit": WRONG, "error": [f"{what}: not known whether it was switched ({outcome.reason}); {look}"]}
    return {"exit": WRONG, "error": [f"{what}: {outcome.reason}"]}
