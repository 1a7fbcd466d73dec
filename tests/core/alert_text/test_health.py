"""Golden words for accounts, mirrors, the service and its store (D1)."""

from decimal import Decimal
from typing import get_args

import pytest

from core.alert_text.health import ACCOUNT_TROUBLES, SERVICE_TROUBLES, HealthBody, said
from core.alerts import (
    AccountDegraded,
    AccountRestored,
    ActionFailed,
    AuditFailed,
    EntriesPaused,
    MirrorDiffers,
    MirrorSkipped,
    PluginFailed,
    ServiceDegraded,
    ServiceRestored,
    StoreDamaged,
)

GOLDEN: tuple[tuple[HealthBody, str], ...] = (
    (
        ActionFailed("place TP2", "reduce-only orders exceed the position (110017)", "waiting for the next cut"),
        """could not place TP2
reduce-only orders exceed the position (110017)
Now: waiting for the next cut""",
    ),
    (
        MirrorSkipped("rejected", ("E1: 0.0004 is under the minimum of 0.001 BTCUSDT; use a larger share",), "main"),
        """mirror did not open: rejected
E1: 0.0004 is under the minimum of 0.001 BTCUSDT;
use a larger share
main goes on untouched""",
    ),
    (
        MirrorDiffers("main", Decimal(2500), Decimal(800), Decimal(825), "mirror lacks a fill that no order waits for"),
        """trade differs from main's
Entered here 800, expected 825
main entered 2500
mirror lacks a fill that no order waits for
Check: `tandem mirror diff`, then both in the app""",
    ),
    (
        MirrorDiffers("main", Decimal(0), Decimal(800), None, "the leader's trade is over"),
        """trade differs from main's
Entered here 800
main entered 0
the leader's trade is over
Check: `tandem mirror diff`, then both in the app""",
    ),
    (
        AccountDegraded("stream", "no message for 35 s"),
        """private stream DOWN
no message for 35 s
Now: new entries wait, exits go on
Stops stay at the venue
Check: network and the exchange's status page""",
    ),
    (
        AccountDegraded("connection", "main: the key has expired"),
        """connection DOWN
main: the key has expired
Now: nobody watches its trades
Stops stay at the venue
Check: what the reason names; the others go on""",
    ),
    (
        AccountDegraded("rate", "place has had no request to spare for 30 s"),
        """rate limit REACHED
place has had no request to spare for 30 s
Now: trading goes on
Stops stay at the venue
Check: other programs that use this key""",
    ),
    (
        AccountRestored("stream", 725),
        """private stream well again
After 12m 05s""",
    ),
    (
        ServiceDegraded("disk", "412 MiB free on /var/lib/tandem"),
        """disk nearly full
412 MiB free on /var/lib/tandem
Check: free space where the store lies""",
    ),
    (ServiceRestored("disk"), "disk well again"),
    (
        EntriesPaused(paused=True, by="alice"),
        """new entries paused
By alice
Exits and stops go on as always""",
    ),
    (
        EntriesPaused(paused=False, by="alice"),
        """new entries resumed
By alice
Exits and stops go on as always""",
    ),
    (
        AuditFailed("I2: 7K3QX9A2MD: take-profits work 8 of 49"),
        """AUDIT FAILED
I2: 7K3QX9A2MD: take-profits work 8 of 49
Now: nothing; orders and stops stay as they are
Check: position, stop and orders in the app; then
`tandem verify`, `tandem doctor --fix`""",
    ),
    (
        StoreDamaged("var/tandem.db: page 12 is malformed", "rebuilding the trades from the venue"),
        """STORE DAMAGED
var/tandem.db: page 12 is malformed
Now: rebuilding the trades from the venue
Check: disk, then the newest backup""",
    ),
    (
        PluginFailed("webhook", "TypeError: expected str", "alerts go to the other notifiers"),
        """plugin webhook failed
TypeError: expected str
Now: alerts go to the other notifiers""",
    ),
)


@pytest.mark.parametrize(("body", "golden"), GOLDEN, ids=[type(body).__name__ for body, _ in GOLDEN])
def test_trouble_is_told(body: HealthBody, golden: str) -> None:
    """What is wrong, what goes on meanwhile, what a person should look at."""
    words = said(body)

    assert "\n".join((words.headline, *words.lines)) == golden


def test_every_body_has_golden_words() -> None:
    """A body without golden words could say anything."""
    assert {type(body) for body, _ in GOLDEN} == set(get_args(HealthBody))


@pytest.mark.parametrize("what", [*ACCOUNT_TROUBLES, "something new"])
def test_every_account_trouble_says_what_to_check(what: str) -> None:
    """A kind of trouble that has no words of its own yet is told all the same."""
    assert said(AccountDegraded(what, "")).lines[-1].startswith("Check: ")


@pytest.mark.parametrize("what", [*SERVICE_TROUBLES, "something new"])
def test_every_service_trouble_says_what_to_check(what: str) -> None:
    """As above, for the service."""
    assert said(ServiceDegraded(what, "")).lines[-1].startswith("Check: ")
