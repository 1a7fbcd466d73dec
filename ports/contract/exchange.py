"""What every Exchange adapter must do, as tests that its author runs: subclass `ExchangeContract`, give it a bench.

    class TestMine(ExchangeContract):
        @pytest_asyncio.fixture
        async def bench(self):
            async with my_bench() as bench:     # an object with the members of `bench.Bench`, its exchange started
                yield bench

The tests drive the port alone, and wait for facts with a deadline. What the capabilities deny is not asked for.
"""
# ruff: noqa: S101 -- a contract speaks in asserts, as tests do

import asyncio
from decimal import Decimal

import pytest

from core.commands import Amend, Cancel, Code, Done, Place, Query, Refused, SetLeverage, SetStop
from core.errors import ConfigError
from core.facts import Cause, Ended, EndReason, Filled, PositionIs, StopIs, Stream, Working
from core.words import OrderSide, PositionMode
from ports.contract.bench import PATIENCE, Heard, OnBench


class ExchangeContract(OnBench):
    """The tests. Each begins on a fresh account without position or orders."""

    async def test_it_says_what_it_is(self) -> None:
        """Name, environment, and capabilities that make sense."""
        assert self.account
        assert self.exchange.capabilities.max_batch >= 1
        assert self.exchange.capabilities.request_lifetime >= 0

    async def test_it_knows_its_symbols(self) -> None:
        """Terms for what it lists, ConfigError for what it does not."""
        assert self.stage.symbol in await self.exchange.instruments()
        terms = await self.exchange.terms(self.stage.symbol)
        assert terms.available > 0
        assert terms.last > 0
        with pytest.raises(ConfigError):
            await self.exchange.terms("NOSUCHUSDT")

    async def test_a_market_entry_is_born_protected(self) -> None:
        """Its fill carries our key and its fee; the slot is held and shows the attached stop (B4)."""
        heard = await self.listen()
        place = await self.held(heard)
        fill = await heard.wait(Filled, lambda fact: fact.key == place.key)
        assert (fill.side, fill.quantity, fill.cause) == (OrderSide.BUY, place.quantity, Cause.ORDER)
        assert fill.fee > 0
        ended = await heard.wait(Ended, lambda fact: fact.key == place.key)
        assert (ended.filled, ended.why) == (place.quantity, EndReason.FILLED)
        await heard.wait(StopIs, lambda fact: fact.price == place.stop)

    async def test_a_limit_rests_until_its_price(self) -> None:
        """Working with its total, then filled when the market comes."""
        heard = await self.listen()
        price = await self.at("0.97")
        place = await self.entry(price=price, stop=await self.at("0.9"))
        assert isinstance(await self.one(place), Done)
        working = await heard.wait(Working, lambda fact: fact.key == place.key)
        assert (working.quantity, working.price, working.stop) == (place.quantity, price, place.stop)
        assert working.filled == 0
        await self.stage.move(price)
        fill = await heard.wait(Filled, lambda fact: fact.key == place.key)
        assert fill.price == price

    async def test_an_amendment_changes_the_total_in_place(self) -> None:
        """Quantity, price and attached stop; what is not said stays."""
        heard = await self.listen()
        place = await self.entry(price=await self.at("0.97"), stop=await self.at("0.9"))
        await self.one(place)
        stop = await self.at("0.92")
        assert isinstance(await self.one(Amend(place.key, self.slot, quantity=place.quantity * 2, stop=stop)), Done)
        changed = await heard.wait(Working, lambda fact: fact.quantity == place.quantity * 2)
        assert (changed.price, changed.stop) == (place.price, stop)

    async def test_a_cancelled_order_ends_once(self) -> None:
        """Ended as cancelled, of its quantity (B7); cancelling it again is GONE, nothing else (rel:F06)."""
        heard = await self.listen()
        place = await self.entry(price=await self.at("0.97"))
        await self.one(place)
        assert isinstance(await self.one(Cancel(place.key, self.slot)), Done)
        ended = await heard.wait(Ended, lambda fact: fact.key == place.key)
        assert ended.why is EndReason.CANCELLED
        assert ended.filled == 0
        assert ended.quantity == place.quantity
        again = await self.one(Cancel(place.key, self.slot))
        assert isinstance(again, Refused)
        assert again.code is Code.GONE

    async def test_a_key_is_taken_once(self) -> None:
        """The second placement is DUPLICATE and the first is untouched (rel:F07)."""
        place = await self.entry(price=await self.at("0.97"))
        await self.one(place)
        again = await self.one(place)
        assert isinstance(again, Refused)
        assert again.code is Code.DUPLICATE
        assert [order.key for order in (await self.exchange.snapshot(0)).orders] == [place.key]

    async def test_nothing_is_reduced_while_flat(self) -> None:
        """A reduce-only order needs a position (rel:F08)."""
        place = Place(self.key("X"), self.slot, OrderSide.SELL, await self.quantity(), None, True)  # noqa: FBT003
        refused = await self.one(place)
        assert isinstance(refused, Refused)
        assert refused.code in (Code.FLAT, Code.QUOTA)

    async def test_all_that_is_held_is_closed_whatever_the_smallest_order_is(self) -> None:
        """Off the step and under the smallest order too, where the venue has such orders (rel:F30, rel:F37)."""
        if not self.exchange.capabilities.closes_whole:
            return
        heard = await self.listen()
        entered = await self.held(heard)
        tiny = Place(self.key("X"), self.slot, OrderSide.SELL, Decimal("1E-9"), None, True, whole=True)  # noqa: FBT003
        assert isinstance(await self.one(tiny), Done)
        fill = await heard.wait(Filled, lambda fact: fact.key == tiny.key)
        assert fill.quantity == entered.quantity
        again = await self.one(tiny._replace(key=self.key("X", 1)))
        assert isinstance(again, Refused)
        assert again.code in (Code.FLAT, Code.QUOTA)

    async def test_an_off_grid_price_breaks_the_rules(self) -> None:
        """Repeating it would be useless."""
        terms = await self.exchange.terms(self.stage.symbol)
        refused = await self.one(await self.entry(price=await self.at("0.97") + terms.instrument.tick / 3))
        assert isinstance(refused, Refused)
        assert refused.code is Code.RULES

    async def test_the_stop_is_set_moved_and_cleared(self) -> None:
        """Absolute: the same again is done or SAME; on the wrong side it is WRONG_SIDE."""
        heard = await self.listen()
        await self.held(heard)
        price = await self.at("0.93")
        assert isinstance(await self.one(SetStop(self.slot, price)), Done)
        await heard.wait(StopIs, lambda fact: fact.price == price)
        again = await self.one(SetStop(self.slot, price))
        assert isinstance(again, Done) or (isinstance(again, Refused) and again.code is Code.SAME)
        wrong = await self.one(SetStop(self.slot, await self.at("1.05")))
        assert isinstance(wrong, Refused)
        assert wrong.code is Code.WRONG_SIDE
        assert isinstance(await self.one(SetStop(self.slot, None)), Done)
        await heard.wait(StopIs, lambda fact: fact.price is None)

    async def test_the_stop_closes_the_position(self) -> None:
        """Its fill has no key of ours and says what made it."""
        heard = await self.listen()
        place = await self.held(heard)
        await self.stage.move(await self.at("0.89"))
        fill = await heard.wait(Filled, lambda fact: fact.side is OrderSide.SELL)
        assert (fill.key, fill.cause, fill.quantity) == (None, Cause.STOP, place.quantity)
        await heard.wait(PositionIs, lambda fact: not fact.size)

    async def test_the_position_mode_is_switched_without_orders_only(self) -> None:
        """A5: switched and read back, SAME when it is so already, refused while an order works."""
        exchange, symbol = self.exchange, self.stage.symbol
        assert isinstance(await exchange.switch_mode(symbol, PositionMode.HEDGE), Done)
        assert (await exchange.terms(symbol)).mode is PositionMode.HEDGE
        again = await exchange.switch_mode(symbol, PositionMode.HEDGE)
        assert isinstance(again, Refused)
        assert again.code is Code.SAME
        assert isinstance(await exchange.switch_mode(symbol, PositionMode.ONE_WAY), Done)
        await self.stage.foreign_order(OrderSide.BUY, Decimal("0.01"), await self.at("0.5"))
        refused = await exchange.switch_mode(symbol, PositionMode.HEDGE)
        assert isinstance(refused, Refused)
        assert refused.code is not Code.SAME
        assert (await exchange.terms(symbol)).mode is PositionMode.ONE_WAY

    async def test_leverage_is_set_as_often_as_asked(self) -> None:
        """The same value again counts as done."""
        for _ in range(2):
            assert isinstance(await self.one(SetLeverage(self.stage.symbol, Decimal(7))), Done)

    async def test_an_order_is_found_by_its_key(self) -> None:
        """Working, ended, and never accepted: then nothing (C4)."""
        resting = await self.entry("E2", price=await self.at("0.97"))
        gone = await self.entry("E3", price=await self.at("0.96"))
        await self.exchange.submit([resting, gone])
        await self.one(Cancel(gone.key, self.slot))
        working, ended, absent = await self.exchange.submit(
            [Query(resting.key, self.slot), Query(gone.key, self.slot), Query(self.key("E9"), self.slot)]
        )
        assert isinstance(working, Done)
        assert isinstance(working.facts[0], Working)
        assert isinstance(ended, Done)
        assert isinstance(ended.facts[0], Ended)
        assert absent == Done(())

    async def test_a_batch_has_one_outcome_a_command(self) -> None:
        """In order, whatever became of the others (rel:F13b)."""
        good = [await self.entry(role, price=await self.at("0.97")) for role in ("E2", "E3")]
        bad = Place(self.key("E4"), self.slot, OrderSide.BUY, Decimal("1E-9"), await self.at("0.97"), False)  # noqa: FBT003
        outcomes = await self.exchange.submit([good[0], bad, Cancel(self.key("E8"), self.slot), good[1]])
        assert [type(each) for each in outcomes] == [Done, Refused, Refused, Done]

    async def test_a_cut_shows_everything_at_once(self) -> None:
        """Orders, executions, the position with its stop, and the money."""
        heard = await self.listen()
        place = await self.held(heard)
        resting = await self.entry("E2", price=await self.at("0.97"))
        await self.one(resting)
        await heard.wait(Working, lambda fact: fact.key == resting.key)
        cut = await self.exchange.snapshot(0)
        assert [order.key for order in cut.orders] == [resting.key]
        assert [each.key for each in cut.executions if isinstance(each, Filled)] == [place.key]
        assert {each.slot: each.size for each in cut.positions}[self.slot] == place.quantity
        assert {each.slot: each.price for each in cut.stops}[self.slot] == place.stop
        assert cut.wallet is not None
        assert cut.wallet.equity > 0

    async def test_what_is_not_ours_is_told_under_its_own_name(self) -> None:
        """The owner's order has no key of ours (DESIGN 1: ours only)."""
        heard = await self.listen()
        await self.stage.foreign_order(OrderSide.BUY, await self.quantity(), await self.at("0.95"))
        working = await heard.wait(Working)
        assert not working.key.startswith("t1-")

    async def test_executions_and_positions_share_a_sequence(self) -> None:
        """Strictly growing per symbol, and the position's is its last execution's."""
        heard = await self.listen()
        await self.held(heard)
        more = await self.entry("E2")
        await self.one(more)
        second = await heard.wait(Filled, lambda fact: fact.key == more.key)
        first = await heard.wait(Filled, lambda fact: fact.key != more.key)
        assert first.seq < second.seq
        position = await heard.wait(PositionIs, lambda fact: fact.size == more.quantity * 2)
        assert position.seq >= second.seq

    async def test_a_broken_stream_says_so_and_comes_back(self) -> None:
        """Down, then up again (rel:F19)."""
        heard = await self.listen()
        try:
            await self.stage.drop_stream()
        except NotImplementedError:
            assert self.exchange.capabilities.lossless_stream
            return
        await heard.wait(Stream, lambda fact: not fact.up)
        down = next(at for at, fact in enumerate(heard.facts) if isinstance(fact, Stream) and not fact.up)
        await heard.wait(Stream, lambda fact: fact.up and fact in heard.facts[down:])

    async def test_prices_come_as_they_trade(self) -> None:
        """And the last one is known."""
        prices = self.exchange.prices((self.stage.symbol,))
        wanted = await self.at("1.01")
        reading = asyncio.ensure_future(self._until(prices, wanted))
        async with asyncio.timeout(PATIENCE):
            while not reading.done():
                await self.stage.move(wanted)
                await asyncio.wait({reading}, timeout=0.2)
        assert reading.result()

    async def _until(self, prices: object, wanted: Decimal) -> bool:
        async for symbol, price, _ in prices:  # type: ignore[attr-defined]
            if symbol == self.stage.symbol and price == wanted:
                return True
        return False

    async def test_candles_are_closed_and_in_order(self) -> None:
        """Oldest first; an adapter without history has none."""
        bars = await self.exchange.candles(self.stage.symbol, 1, 5)
        assert [bar.at for bar in bars] == sorted(bar.at for bar in bars)
        assert all(bar.low <= bar.open <= bar.high for bar in bars)

    async def test_closing_twice_ends_its_facts(self) -> None:
        """Safe to call again; whoever listens is let go."""
        heard = Heard(self.exchange)
        await asyncio.sleep(0)
        await self.exchange.close()
        await self.exchange.close()
        await heard.end()
        assert heard.ended
