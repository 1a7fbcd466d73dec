"""The position mode of an account's symbol (A5): shown, and switched in two steps."""

from dataclasses import replace
from typing import Any

from plugins.frontends.telegram.rooms.leading import Rows, acting, back, home, in_rows
from plugins.frontends.telegram.rooms.texts import GOOD, bold, fitted, plain, said, sentences
from plugins.frontends.telegram.rooms.typed import is_symbol
from plugins.frontends.telegram.screen import Button, Goes, Screen, go, row
from plugins.frontends.telegram.turn import Turn

NAMES = {"one_way": "one-way", "hedge": "hedge"}
PATIENCE = 300_000


async def mode(turn: Turn) -> Screen:
    """Which account, then which symbol, then its mode with a button to the other one."""
    account, symbol = turn.arguments.get("a", ""), turn.arguments.get("s", "") or turn.text.strip().upper()
    status = await turn.data("status")
    names = [each["account"] for each in status["accounts"]]
    if not account:
        kept = {"s": symbol} if is_symbol(symbol) else {}
        choices = [go(name, "mode", a=name, **kept) for name in names]
        return Screen("<b>Position mode</b>\nOf which account?", (*in_rows(choices, 3), *home()))
    if not is_symbol(symbol):
        traded = sorted({each["symbol"] for each in status["trades"] if each["account"] == account})
        likely = [go(plain(each, 16), "mode", a=account, s=each) for each in (traded or ["BTCUSDT", "ETHUSDT"])[:6]]
        return Screen(
            f"<b>Position mode</b> of {said(account)}\nOf which symbol? Send it, like BTCUSDT.",
            (*in_rows(likely, 3), *back("Accounts", "mode")),
            awaits=Goes("mode", {"a": account}),
            patience=PATIENCE,
            forgotten="No answer came; nothing was changed.",
        )
    return _shown(turn, await turn.data("mode", account=account, symbol=symbol, dry_run=True))


def _shown(turn: Turn, data: dict[str, Any]) -> Screen:
    account, symbol, now = str(data["account"]), str(data["symbol"]), str(data["mode"])
    other = "hedge" if now == "one_way" else "one_way"
    text = f"{bold(f'{account} {symbol}')}\nMode: {said(NAMES.get(now, now))}"
    switch = row(go(f"Switch to {NAMES[other]}", "mode_switch", a=account, s=symbol, m=other))
    return Screen(text, (*acting(turn, switch), *back("Accounts", "mode")))


async def switch(turn: Turn) -> Screen:
    """What is against it, or the button that does it."""
    asked = _asked(turn)
    data = await turn.data("mode", **asked, dry_run=True)
    wanted = NAMES.get(asked["mode"], asked["mode"])
    head = f"<b>Switch to {said(wanted)}?</b>\n{said(asked['account'])} {said(asked['symbol'])}"
    rows: Rows = back("Don't", "mode", a=asked["account"], s=asked["symbol"])
    if data["against"]:
        return Screen(fitted([head, "Only flat and without orders:", sentences(data["against"])]), rows)
    confirm = Button("✅ Confirm", Goes("mode_switched", dict(turn.arguments)), once=True, code=True)
    return Screen(f"{head}\nNothing is open there.", (*acting(turn, row(confirm)), *rows))


async def switched(turn: Turn) -> Screen:
    """Do it. A switch that was not confirmed may have been made all the same: the exchange is asked."""
    asked = _asked(turn)
    answer = await turn.ask("mode", **asked, dry_run=False)
    if "error" in answer:
        reasons: Any = answer["error"]
        now = _shown(turn, await turn.data("mode", account=asked["account"], symbol=asked["symbol"], dry_run=True))
        return replace(now, text=fitted(["<b>Not confirmed</b>", sentences(reasons), "By the exchange now:", now.text]))
    data: Any = answer["data"]
    name = NAMES.get(str(data["mode"]), str(data["mode"]))
    return Screen(f"{GOOD} {said(data['account'])} {said(data['symbol'])} is in {said(name)} mode now.", home())


def _asked(turn: Turn) -> dict[str, str]:
    names = {"account": "a", "symbol": "s", "mode": "m"}
    return {name: turn.arguments.get(short, "") for name, short in names.items()}
