"""Each live trade of a leader beside its mirrors' (A4)."""

from plugins.frontends.telegram.rooms.leading import home, page_of, turning
from plugins.frontends.telegram.rooms.money import Row
from plugins.frontends.telegram.rooms.texts import BAD, GOOD, HELD, block, bold, fitted, pairs, plain, price, said
from plugins.frontends.telegram.screen import Screen, go, row
from plugins.frontends.telegram.turn import Turn

PAGE = 8


async def mirror(turn: Turn) -> Screen:
    """What is expected of each mirror, and what explains where it is behind; what isn't explained stands first."""
    data = await turn.data("mirror_diff")
    found = sorted(data["rows"], key=lambda each: bool(each["explained"]))
    if not found:
        return Screen("<b>Mirrors</b>\nNo leader with mirrors has a live trade.", home())
    page, shown = page_of(turn.arguments, found, PAGE)
    wrong = sum(1 for each in found if not each["explained"])
    head = f"{BAD} {wrong} of {len(found)} differ" if wrong else f"{GOOD} {len(found)} as expected"
    rows = (*turning(page, len(found), PAGE, "mirror"), row(go("🔄 Refresh", "mirror")), *home())
    return Screen(fitted([f"<b>Mirrors</b> {head}", *map(_card, shown)]), rows)


def _card(each: Row) -> str:
    sign = BAD if not each["explained"] else HELD if each["note"] else GOOD
    figures = [
        (f"{each['leader']} entered", plain(each["leader_entered"])),
        (f"{each['mirror']} entered", _known(each["mirror_entered"])),
        (f"{each['mirror']} should have", price(each["expected"])),
        (f"{each['leader']} holds", plain(each["leader_position"])),
        (f"{each['mirror']} holds", _known(each["mirror_position"])),
        ("TPs hit", f"{each['leader_targets']}, {_known(each['mirror_targets'])}"),
    ]
    head = f"{sign} {bold(each['symbol'] + ' ' + str(each['side']).upper())}"
    return "\n".join([head, block(pairs(figures)), *([said(each["note"])] if each["note"] else [])])


def _known(value: object) -> str:
    return "-" if value is None else plain(value)
