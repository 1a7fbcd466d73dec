"""Every screen as it stands, text and buttons, through one evening; `screens.txt` beside this was proof-read.

`python -m tests.plugins.frontends.telegram.rooms.test_transcript` writes it anew: read the difference before keeping.
"""

import asyncio
import re
from pathlib import Path

from config.load import load
from config.registry import registry
from config.showing import Showing
from core.engine.pictures import Pictures
from plugins.painters.pillow.plugin import build
from plugins.painters.pillow.settings import PillowSettings
from tests.plugins.frontends.telegram.rooms.walking import Rooms, Walk, door_of, rooms

BESIDE = Path(__file__).with_name("screens.txt")
TRADE = "PD657GG6BD"
CHANGING = (
    (r"\d\d:\d\d(:\d\d)?", "12:34"),
    (r"\d\d-\d\d 12:34", "11-21 12:34"),
    (r" +[\d.]+ MiB$", " N MiB"),
    (r"^(Held .*?) +[\d.]+ s$", r"\1 N s"),
    (r"^\w+ +\d+/\d+ ms\n", ""),
    (r" +[\d.]+ s ago", " N s ago"),
    (r" +\d+ ms$", " N ms"),
    (r"(Threads|CPU) .*", r"\1 N"),
    (r"up [\d.]+ s", "up N s"),
    (r"back in 4m \d\ds", "back in 4m 59s"),
    (r"20\d\d-11-21 12:34 WAT", "2026-11-21 12:34 WAT"),
)
"""What no two evenings have in common."""


def written(walk: Walk, what: str) -> str:
    """A screen as the transcript has it."""
    shown = walk.words
    for changing, fixed in CHANGING:
        shown = re.sub(changing, fixed, shown, flags=re.MULTILINE)
    rows = [" ".join(f"[{button.label}]" for button in row) for row in walk.screen.rows]
    picture = ["<picture>"] if walk.screen.picture else []
    return "\n".join([f"===== {what}", *picture, shown, *rows])


async def evening(at: Rooms) -> str:
    """Look at everything while a trade is open, steer it, end it, look again."""
    settings = load(Path("config/profiles/paper.yaml"), registry())
    service = at.house.service
    more = {
        **Showing(lambda: settings, service.states).handlers(),
        **Pictures(service, build(PillowSettings())).handlers(),
    }
    walk = Walk(door_of(at.house, more, zone="Africa/Lagos"))
    told = []
    for name in ("dashboard", "positions", "close", "orders", "mirror", "mode", "status", "doctor", "settings",
                 "user_alert_new", "pause", "resume", "emergency", "help", "stats", "trades"):  # fmt: skip
        await walk.open(name)
        told.append(written(walk, name))
    await walk.open("position", t=TRADE)
    told.append(written(walk, "position"))
    for press, typed in (("Chart", ""), ("Trade", ""), ("Move stop", "93"), ("Don't", ""), ("Move TP2", "125"),
                         ("Confirm", ""), ("Trade", ""), ("50%", ""), ("Only main", ""), ("Confirm", "")):  # fmt: skip
        await walk.press(press)
        told.append(written(walk, press))
        if typed:
            await walk.type(typed)
            told.append(written(walk, typed))
        await at.house.settled()
    await at.house.price(111)
    # Prices are remembered for some seconds: whether they are over depends on the machine, so somebody new looks.
    walk = Walk(door_of(at.house, more, zone="Africa/Lagos"), memory=walk.memory)
    for name in ("dashboard", "position"):
        await walk.open(name, t=TRADE)
        told.append(written(walk, f"{name} after TP1"))
    await walk.open("emergency_look", a="*")
    told.append(written(walk, "emergency"))
    await walk.press("CLOSE ALL")
    told.append(written(walk, "CLOSE ALL"))
    await at.house.service.writer.flush()
    for name, account in (
        ("emergency_look", "*"),
        ("dashboard", ""),
        ("ended", "main"),
        ("stats", ""),
        ("equity", "main"),
    ):
        await walk.open(name, t=TRADE, a=account)
        told.append(written(walk, f"{name} afterwards"))
    return "\n".join([*told, ""])


async def test_every_screen_reads_as_it_was_proof_read() -> None:
    """E1, E4, E6: an evening's screens, word for word."""
    async with rooms() as at:
        told = await evening(at)

    assert told == BESIDE.read_text("utf-8")


async def _write() -> None:
    async with rooms() as at:
        BESIDE.write_text(await evening(at), "utf-8")


if __name__ == "__main__":
    asyncio.run(_write())
