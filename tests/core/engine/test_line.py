"""The messages that wait for one notifier: which may go next (D2)."""

from core.engine.delivery import Parcel, Stage, parcels
from core.engine.line import Line
from ports.contract.samples import critical, told
from ports.persistence import OutboxRow


def waiting(*given: tuple[str, str, bool]) -> tuple[Parcel, ...]:
    """A message for each (trade, chat, critical), in this order."""
    rows = [
        OutboxRow(
            id=number,
            notifier="chat",
            alert=(critical if pressing else told)(f"{number}", trade=trade),
            chat=chat,
            created_at=0,
            due_at=0,
            attempts=0,
            tried=False,
        )
        for number, (trade, chat, pressing) in enumerate(given)
    ]
    return parcels(rows, lambda row: Stage("chat", row.chat), 1)


def taken(line: Line, flying: tuple[str, ...] = (), shut: str = "") -> int | None:
    """Which goes now, while messages of the trades *flying* are under way and the chats in *shut* must wait."""
    parcel = line.take({("main", trade) for trade in flying}, lambda target: target.chat in shut)
    return parcel.ids[0] if parcel is not None else None


def test_each_goes_once_and_a_trade_in_order() -> None:
    """What was taken is gone, and what is behind it in its trade waits for it (D2)."""
    line = Line(waiting(("A", "1", False), ("A", "1", False), ("B", "1", False)))
    assert [taken(line), taken(line, ("A",)), taken(line, ("A",)), taken(line)] == [0, 2, None, 1]
    assert not line


def test_a_chat_that_must_wait_holds_up_no_other() -> None:
    """Nor does a trade whose first message waits go on in another chat."""
    line = Line(waiting(("A", "1", False), ("A", "2", False), ("B", "2", False)))
    assert [taken(line, shut="1"), taken(line, shut="1"), taken(line, shut="12")] == [2, None, None]


def test_nobody_less_urgent_takes_the_chat_of_a_critical_one() -> None:
    """A critical message that waits for its trade keeps its chat free, only until it has gone itself."""
    line = Line(waiting(("A", "1", False), ("A", "1", True), ("A", "1", False), ("B", "1", False)))
    assert [taken(line), taken(line, ("A",)), taken(line), taken(line, ("A",)), taken(line)] == [0, None, 1, 3, 2]


def test_a_trade_that_was_refused_leaves_the_line() -> None:
    """The store says anew what is next in it."""
    line = Line(waiting(("A", "1", False), ("B", "1", False), ("A", "1", False)))
    line.drop(("main", "A"))
    assert [taken(line), taken(line)] == [1, None]
