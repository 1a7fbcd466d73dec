"""A chat written down as a person sees it, for golden texts and for whoever reads a failing test."""

from collections.abc import Iterator

from tests.botapi.chats import Chat, Message


def transcript(chat: Chat) -> str:
    """Every message that is there: who, what happened to it, the words, the buttons row by row."""
    return "\n".join(line for message in chat.messages for line in _lines(message))


def _lines(message: Message) -> Iterator[str]:
    who = message.sender.first_name if message.sender else "channel"
    notes = [note for note, holds in (("(edited)", message.edited), ("(silent)", message.silent)) if holds]
    yield " ".join(("--", who, *notes))
    if message.photo is not None:
        largest = message.photo.sizes[-1]
        yield f"<picture {largest.width}x{largest.height}>"
    if message.document is not None:
        yield f"<file {message.document.name}>"
    yield from message.text.splitlines()
    for row in message.labels:
        yield " ".join(f"[{label}]" for label in row)
