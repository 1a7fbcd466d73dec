"""Which addresses Telegram takes for links; anything else it drops from a text and refuses on a button."""

import re

_WEB = frozenset({"http", "https"})
_OWN = frozenset({"tg", "ton"})


def is_link(url: str) -> bool:
    """Whether it leads somewhere: a host with a dot, or one of Telegram's own schemes. No scheme is http."""
    scheme, mark, rest = url.partition("://")
    if not mark:
        scheme, rest = "http", url
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0]
    if re.search(r"[\s<>]", url):
        return False
    return scheme.lower() in _OWN or (scheme.lower() in _WEB and re.fullmatch(r"(?:[\w-]+\.)+[\w-]+", host) is not None)
