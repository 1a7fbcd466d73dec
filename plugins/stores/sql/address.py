"""The address of a PostgreSQL database: read without showing the password that may stand in it."""

from urllib.parse import urlsplit

SCHEMES = ("postgresql", "postgres")


def problem(url: str) -> str:
    """Why *url* can't be such an address, "" when it can; holds nothing of it."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return "has no readable host and port"
    if parts.scheme not in SCHEMES:
        return "must be an address such as postgresql://tandem@127.0.0.1:5432/tandem"
    if any(sign in (parts.hostname or "") for sign in "@:/ ") or (parts.netloc.count("@") > 1):
        return "has no readable host; write @, : and / in a password as %40, %3A and %2F"
    if any(sign.isspace() for sign in url) or port == 0:
        return "has a space or no port; write a space as %20"
    return ""


def shown(url: str) -> str:
    """The address without user, password and options."""
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"postgresql://{parts.hostname or ''}{port}{parts.path}"


def database(url: str) -> str:
    """The database in the address, as part of a file name."""
    return "".join(sign if sign.isalnum() else "_" for sign in urlsplit(url).path.strip("/")) or "tandem"
