"""`verify` and `mirror diff`: what they see of a service at rest, of a broken one, and of one that is down."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from core.account.inputs import Open, Operate
from core.commands import Done, Outcome, Unknown
from core.engine.audit import TOPICS, Audit, unrest
from core.engine.handover import Handover
from core.engine.memory_store import MemoryStore
from core.engine.repairing import Repairs
from core.errors import ConfigError
from core.facts import ActKind, Cut
from core.identity import key_text
from core.report import TradeReport
from core.words import OrderSide
from plugins.exchanges.paper.adapter import PaperExchange
from plugins.exchanges.paper.venue.orders import NewOrder
from tests.core.engine.test_handover import PLAN, read
from tests.driving import driven, terms
from tests.serving import House, house
from tests.staging import SYMBOL, request

STRAY = key_text("main", "ZZZZZZZZZZ", "TP1", 0)


def stray(at: House) -> None:
    """An order of ours at the venue that no trade knows."""
    order = NewOrder(symbol=SYMBOL, side="Buy", quantity=Decimal(3), price=Decimal(90), link=STRAY)
    at.world.venue.venue.place("main", order)


async def verified(at: House, topic: str | None = None) -> tuple[object, Any]:
    """The answer: exit code and data."""
    answer = await Audit(at.service).verify({"topic": topic})
    return answer["exit"], answer["data"]


@pytest.mark.parametrize(
    ("outcome", "why"), [(None, "busy: "), (Unknown("timed out"), "asking for "), (Done(), "asking for ")]
)
def test_who_is_in_the_middle_of_something_is_not_judged(outcome: Outcome | None, why: str) -> None:
    """J1, C8: what left and has no answer, a lost one, or is not shown yet differs from the venue: nothing is wrong."""
    run = driven()
    sent = run.open(request((98,)))
    if outcome is not None:
        run.answer(sent, outcome)

    assert unrest(run.machine.state) == f"{why}{run.key('E1')}"


async def test_a_trade_at_rest_breaks_nothing() -> None:
    """I1, I2, I4, I6, I14 hold on main and mirror with a position on."""
    async with house() as at:
        await at.open(request(["market", 99]))
        found, data = await verified(at)

    assert (found, data["well"], data["violations"], data["not_looked_at"]) == (0, True, [], {})


@pytest.mark.parametrize(("topic", "found"), [("closure", 1), (None, 1), ("tp-limits", 0), ("sl-coverage", 0)])
async def test_an_orphan_breaks_closure_and_nothing_else(topic: str | None, found: int) -> None:
    """rel:I4: an order of ours without a live trade is named by its id; verify leaves it where it is."""
    async with house(running=False) as at:
        stray(at)
        code, data = await verified(at, topic)
        left = at.working()

    assert (code, len(data["violations"])) == (found, found)
    assert all(STRAY in row["detail"] and row["topic"] == "closure" for row in data["violations"])
    assert STRAY in left


async def test_a_position_without_its_stop_is_found() -> None:
    """rel:I1: the position is there and the stop isn't, while the machine doesn't hear of it."""
    async with house() as at:
        await at.open(request())
        await at.freeze()
        at.hand().move_stop(SYMBOL, None)
        code, data = await verified(at, "sl-coverage")

    assert code == 1
    assert [(row["account"], row["invariant"]) for row in data["violations"]] == [("main", "I1")]


async def test_an_account_that_is_down_is_said_to_be_unseen() -> None:
    """C8: unknown is never well."""
    async with house(running=False) as at:
        at.service.connections.down["mirror"] = "no route"
        code, data = await verified(at)

    assert code == 1
    assert "no route" in data["not_looked_at"]["mirror"]


async def test_a_topic_that_there_is_not_names_those_that_there_are() -> None:
    """Usage, with the list."""
    async with house(running=False) as at:
        with pytest.raises(ConfigError, match="tp-limits"):
            await Audit(at.service).verify({"topic": "tp"})

    assert set(TOPICS) >= {"tp-limits", "closure", "mirror", "sl-coverage"}


async def test_mirror_diff_shows_both_and_says_why_a_mirror_has_none() -> None:
    """A3, A4: the mirror's part beside the leader's; once it is closed there, the reason."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        audit = Audit(at.service)
        both: Any = (await audit.mirror_diff({}))["data"]
        await at.service.operate("mirror", Operate(trade, ActKind.CLOSE, "test"))
        await at.settled()
        await at.service.writer.flush()
        alone: Any = (await audit.mirror_diff({}))["data"]

    assert [(row["leader_entered"], row["mirror_entered"], row["expected"]) for row in both["rows"]] == [
        ("500", "250", "250")
    ]
    assert alone["rows"][0]["note"] == "ended there: manual"
    assert alone["rows"][0]["explained"]


async def test_a_trade_that_was_adopted_on_the_leader_is_its_own() -> None:
    """A6: nobody asked the mirror to adopt anything."""
    async with house() as at:
        at.hand().place(SYMBOL, OrderSide.BUY, Decimal(1000))
        await at.settled()
        answer = await Handover(at.service, Repairs(at.service), read).adopt(
            {"account": "main", "symbol": SYMBOL, "request": PLAN, "dry_run": False}
        )
        await at.settled()
        found, data = await verified(at)

    assert answer["exit"] == 0
    assert (found, data["violations"]) == (0, [])


class Meanwhile(MemoryStore):
    """While it is asked what ended, what is *next* happens."""

    next: Callable[[], object] | None = None

    async def closed(self, account: str | None = None, limit: int = 100) -> tuple[TradeReport, ...]:
        """As ever, a moment later."""
        then, self.next = self.next, None
        if then is not None:
            then()
        return await super().closed(account, limit)


@pytest.mark.parametrize("late", ["the mirror opens", "the leader closes"])
async def test_what_moves_while_it_is_looked_at_is_no_difference(late: str) -> None:
    """A3, I14: a mirror opens, or its leader closes, a moment later: two looks must agree, and no look breaks off."""
    store = Meanwhile()
    async with house(store=store) as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        boxes, mirrors = at.state().boxes, at.state("mirror").boxes
        mirror = mirrors.pop(trade)
        at.state("mirror").known.clear()
        opens = late == "the mirror opens"
        store.next = lambda: mirrors.update({trade: mirror}) if opens else boxes.pop(trade)
        answer: Any = await Audit(at.service).mirror_diff({})

    assert (answer["exit"], len(answer["data"]["rows"])) == (0, opens)


async def test_what_two_looks_agree_on_is_told() -> None:
    """A3, I14: the mirror has no such trade, and nothing says why."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        del at.state("mirror").boxes[trade]
        at.state("mirror").known.clear()
        found, data = await verified(at, "mirror")

    assert (found, [row["account"] for row in data["violations"]]) == (1, ["mirror"])


@pytest.mark.parametrize("why", ["known", "waiting"])
async def test_a_mirror_that_opened_nothing_for_a_reason_breaks_nothing(why: str) -> None:
    """A3, A9, C7: it knows the trade as one that is over, or waits with it until it is well."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        mirror = at.state("mirror")
        del mirror.boxes[trade]
        mirror.known = {trade} if why == "known" else set()
        mirror.waiting = {trade: Open(request(), terms("mirror"), trade)} if why == "waiting" else {}

        assert (await verified(at, "mirror"))[0] == 0


@pytest.mark.parametrize(("reason", "found"), [("manual", 1), ("liquidation", 0)])
async def test_a_mirrors_trade_that_should_have_gone_with_its_leaders_is_told(reason: str, found: int) -> None:
    """A4, I14: closed by hand on main, it is on here still; that main was liquidated is main's alone."""
    async with house() as at:
        trade = await at.open(request(["market", 99]))
        await at.freeze()
        main = at.state("main")
        box = main.ended[trade] = main.boxes.pop(trade)
        assert box.desired is not None
        box.desired = box.desired._replace(done=True, reason=reason)

        assert (await verified(at, "mirror"))[0] == found


class Broken(PaperExchange):
    """A mirror whose adapter has a bug."""

    async def snapshot(self, since: int, *, full: bool = True) -> Cut:
        """No cut."""
        if self.account == "mirror":
            raise KeyError("size")
        return await super().snapshot(since, full=full)


async def test_an_adapter_that_breaks_hides_no_other_account() -> None:
    """rel:F58, C8: it is named with what it raised; main is looked at all the same, and so is each venue."""
    async with house(running=False, build=Broken) as at:
        found, data = await verified(at)
        probed: Any = await Audit(at.service).probe({})

    assert (found, data["violations"]) == (1, [])
    assert data["not_looked_at"].keys() == {"mirror"}
    assert "the adapter failed: KeyError: 'size'" in data["not_looked_at"]["mirror"]
    assert [bool(row["why"]) for row in probed["data"]] == [False, True]
