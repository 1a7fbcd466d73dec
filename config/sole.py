"""One Tandem on a machine for each exchange account (J2), whatever folder it was started in.

A store's lease is met only by who has the same store: a second service started elsewhere with the same key has another
one. It would find the first one's trades at the venue and run them too, and tell each change that the other makes as
somebody's in the exchange's app. Who has the same store is left to the lease, which knows a paused old service.
"""

import fcntl
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import structlog

from config.models import Settings
from core.errors import Stopped
from ports.secret import Secret

log = structlog.get_logger("tandem.sole")

_OPEN = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
LONGEST = 4_096


@dataclass(frozen=True, slots=True)
class Holder:
    """Who trades with an account's key already, from another store. 0 and "unknown": for a moment nobody knows."""

    account: str
    pid: int
    store: str

    @property
    def said(self) -> str:
        """For a person."""
        return (
            f"{self.account}: another Tandem on this machine trades with its key: pid {self.pid}, store {self.store}."
        )


@contextmanager
def sole(settings: Settings) -> Iterator[None]:
    """Hold every account's key against others on this machine.

    Raises Stopped when another one holds it. A machine that takes no such files holds nobody up.
    """
    with beside(settings) as others:
        for other in others:
            raise Stopped(
                f"{other.said} Stop that one first (SIGTERM), or start in the folder where it runs; one instance per "
                "account"
            )
        yield


@contextmanager
def beside(settings: Settings) -> Iterator[tuple[Holder, ...]]:
    """Hold what keys are free, as `sole` does; tells who holds the others, for what must not be refused for that."""
    store = _store(settings)
    with ExitStack() as stack:
        others = []
        for digest, account in _keys(settings).items():
            try:
                descriptor = os.open(_folder() / f"{digest}.lock", _OPEN, 0o600)
                stack.callback(os.close, descriptor)
                other = _hold(descriptor, account, store)
            except OSError as error:
                log.warning("not held against other services", account=account, reason=str(error))
                continue
            if other is not None:
                others.append(other)
        yield tuple(others)


def _hold(descriptor: int, account: str, store: str) -> Holder | None:
    """Take it; who has it already from another store."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        pid, other = _holder(descriptor)
        return None if other == store else Holder(account, pid, other)
    with suppress(OSError):  # a full disk: it is held all the same, only not said by whom
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps({"pid": os.getpid(), "store": store}).encode(), 0)
    return None


def _holder(descriptor: int) -> tuple[int, str]:
    """Who holds it; nobody knows for a moment after it was taken."""
    try:
        told = json.loads(os.pread(descriptor, LONGEST, 0))
        return int(told["pid"]), str(told["store"])
    except (ValueError, KeyError, TypeError):
        return 0, "unknown"


def _folder() -> Path:
    """Where this user's locks are; raises OSError when somebody else's folder is in their place."""
    folder = Path(tempfile.gettempdir()) / f"tandem-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    if folder.is_symlink() or folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} is somebody else's")
    return folder


def _keys(settings: Settings) -> dict[str, str]:
    """Each exchange account by what stands for its key without telling it."""
    found = {}
    for name, account in settings.accounts.items():
        key = getattr(account.chosen.settings, "key", None)
        if isinstance(key, Secret):
            place = getattr(account.chosen.settings, "environment", "")
            found[hashlib.sha256(f"{place}\n{key.reveal()}".encode()).hexdigest()[:32]] = name
    return found


def _store(settings: Settings) -> str:
    """The store by a name that is the same from every folder, and tells no password."""
    chosen = settings.store.settings
    path, url = getattr(chosen, "path", None), getattr(chosen, "url", None)
    if isinstance(path, str):
        return str(Path(path).absolute())
    told = url.reveal() if isinstance(url, Secret) else str(url)
    return f"{settings.store.use} {hashlib.sha256(told.encode()).hexdigest()[:16]}"
