"""What /help explains: a short page on each topic. Telegram HTML, written here and nowhere else."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Topic:
    """One page; *text* is HTML already."""

    title: str
    text: str


TOPICS: Mapping[str, Topic] = MappingProxyType(
    {
        "trade": Topic(
            "Opening a trade",
            "/trade asks step by step. The same in one line:\n"
            "<code>/trade BTCUSDT long market,59000,58000 tp 62000,63000,64000,65000 sl 56000 x10 2%</code>\n\n"
            "<b>2%</b> is a share of what is available; <b>500usdt</b> is a fixed margin; <b>risk 1%</b> is sized so "
            "that the stop loses that share.\n\n"
            "Nothing is sent before you confirm the card. It shows what each account would do, the most that can be "
            "lost, and what a mirror can't do.",
        ),
        "ladder": Topic(
            "Take-profits and the stop",
            "Every entry is sent together with the stop. As entries fill, the take-profits grow with them: 85, 5, 5 "
            "and 5 % of what is filled, unless the strategy says otherwise.\n\n"
            "When TP1 is filled, unfilled entries are cancelled and the stop moves to breakeven, fees included. After "
            "the last take-profit nothing is left at the exchange.",
        ),
        "acts": Topic(
            "Acting on a position",
            "Open it with /positions. You can move the stop or a take-profit, put the stop to breakeven, cancel "
            "entries, close a part or all, and have protection put back.\n\n"
            "Each act shows first what it would do on each account. The confirm button works once, for you, in this "
            "chat, for 60 seconds. If the trade has changed meanwhile, nothing is done and you are told to look "
            "again; closing all of it alone closes whatever is held by then.",
        ),
        "mirrors": Topic(
            "Mirrors",
            "A mirror follows one leader with the same prices and the same share of its own balance. It lives on its "
            "own fills, closes with its leader, and copies a stop that was moved by hand, unless its settings say "
            "otherwise.\n\n/mirror shows each trade beside its mirrors' and why one is behind.",
        ),
        "alerts": Topic(
            "Alerts",
            "Every fill, hit, move and trouble is told. An alert is kept until it is delivered; one that comes late or "
            "may be a repeat says so. Critical ones can't be switched off.\n\n"
            "/alerts lists the latest, lets you choose what is told, and holds your own alerts on prices, positions "
            "and risk.",
        ),
        "trouble": Topic(
            "When something is wrong",
            "🔴 on the dashboard names what is wrong with an account. New entries wait then; stops and exits go on, "
            "and the stops stand at the exchange whatever happens to this machine.\n\n"
            "/status says what to do about each red line. /doctor looks for what is wrong and puts it right. "
            "<b>Stop NOT PROVEN</b>: set a stop by hand in the exchange's app at once.",
        ),
        "emergency": Topic(
            "Emergency",
            "/emergency lists what it would touch: our orders are cancelled, our positions closed at market. Then it "
            "looks again and says whether all is flat. What isn't ours is listed and left alone.\n\n"
            "It may be repeated as long as something is open.",
        ),
        "safety": Topic(
            "Who may do what",
            "Only people and chats in the configuration are served; others get no answer. A viewer may look, a trader "
            "may act too. Every act is kept with who did it.\n\n"
            "Some acts may ask for a one-time code. Tandem never asks for a password or an API key in a chat.",
        ),
    }
)
