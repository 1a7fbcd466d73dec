"""Which addresses a plugin may send secrets and alerts to (S6): for settings models, and for where it connects."""

from ipaddress import ip_address
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator

from ports.secret import Secret

LOOPBACK = ("127.0.0.1", "::1", "localhost")


def protected(url: str) -> str:
    """The address itself when nobody on the way can read along: https, or http on this machine. Raises ValueError.

    The message never repeats the address: it may hold a secret.
    """
    parts = urlsplit(url)
    safe = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
    if safe and parts.hostname and parts.username is None and parts.password is None:
        return url
    raise ValueError("is no protected address; use https, or http on 127.0.0.1, without a user in it")


def _protected_secret(url: Secret) -> Secret:
    protected(url.reveal())
    return url


Address = Annotated[str, AfterValidator(protected)]
SecretAddress = Annotated[Secret, AfterValidator(_protected_secret)]
"""The same, for an address that is itself a secret."""


def inside(address: str) -> bool:
    """Whether an IP address leads into somebody's own network, to this machine, or to no single place.

    >>> inside("10.0.0.1"), inside("169.254.169.254"), inside("::ffff:127.0.0.1"), inside("1.1.1.1")
    (True, True, True, False)
    """
    found = ip_address(address.partition("%")[0])
    found = getattr(found, "ipv4_mapped", None) or found
    return not found.is_global or found.is_multicast


def local(url: str, address: str) -> bool:
    """Whether the address names this machine, and the IP address is indeed this machine's."""
    return urlsplit(url).hostname in LOOPBACK and ip_address(address.partition("%")[0]).is_loopback
