"""What can come back over HTTP, byte for byte, and what it is taken for."""

import asyncio

import pytest

from core.commands import Unknown
from plugins.exchanges.bybit import codes
from plugins.exchanges.bybit.hosts import hosts
from plugins.exchanges.bybit.replies import Answered, HttpRefused, Limit, Lost, NotSent, Reply
from plugins.exchanges.bybit.session import Session
from ports.secret import Secret

pytestmark = pytest.mark.integration


async def reply_to(answer: bytes, *headers: str, status: int = 200) -> Reply:
    """What a placement gets when the server answers so; b"" = it hangs up."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-l"))
        await reader.readexactly(length)
        if answer:
            lines = [f"HTTP/1.1 {status} X", "Connection: close", f"Content-Length: {len(answer)}", *headers, "", ""]
            writer.write("\r\n".join(lines).encode() + answer)
            await writer.drain()
        writer.close()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        session = Session(
            hosts(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"),
            Secret("k"),
            Secret("s"),
            threads=1,
            timeout=2,
        )
        reply = await asyncio.to_thread(session.call, "place_order", {"category": "linear", "qty": "1"})
        session.close()
    return reply


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"<html>Bad gateway</html>",
        b"null",
        b"[]",
        b'"ok"',
        b"{}",
        b'{"retCode": 10001}',
        b'{"retCode": "x", "retMsg": "y"}',
        b'{"retCode": 0, "retMsg": "OK", "retExtInfo": {"list": [null]}}',
        b'{"retCode": 0, "retMsg": "OK", "result": [1]}',
        b'{"retCode": 0, "retMsg": "O',
    ],
)
async def test_an_answer_that_cannot_be_read_leaves_it_unknown(answer: bytes) -> None:
    """rel:F02: bytes were sent: whatever stands there instead of the venue's word, the order may be placed."""
    reply = await reply_to(answer)

    assert isinstance(reply, Lost)
    assert isinstance(codes.outcome(reply), Unknown)


@pytest.mark.parametrize(("status", "unknown"), [(502, True), (400, False), (302, False)])
async def test_a_status_is_no_answer_whatever_its_body(status: int, *, unknown: bool) -> None:
    """rel:F02: a body that looks like the venue's counts for nothing beside it; nothing is followed elsewhere (S6)."""
    body = b'{"retCode": 0, "retMsg": "OK", "result": {"orderId": "o7"}}'
    reply = await reply_to(body, "Location: http://127.0.0.1:1/", status=status)

    assert isinstance(reply, HttpRefused)
    assert reply.status == status
    assert isinstance(codes.outcome(reply), Unknown) is unknown


async def test_an_answer_is_told_with_its_parts_its_time_and_the_budget() -> None:
    """rel:F04, rel:F13b: a header that is missing or torn says nothing of the budget, and spoils no answer."""
    body = b'{"retCode":0,"retMsg":"OK","result":{"a":1},"retExtInfo":{"list":[{"code":110007,"msg":"x"}]},"time":5}'
    limits = ("X-Bapi-Limit: 20", "X-Bapi-Limit-Status: 19", "X-Bapi-Limit-Reset-Timestamp: 7")
    whole, torn, refused = (
        await reply_to(body, *limits),
        await reply_to(body, "X-Bapi-Limit: many", *limits[1:]),
        await reply_to(b'{"retCode":10006,"retMsg":"Too many visits!","result":{},"time":5}', *limits),
    )

    assert isinstance(whole, Answered)
    assert isinstance(torn, Answered)
    assert isinstance(refused, Answered)
    assert (whole.result, whole.items, whole.at, whole.limit) == (
        {"a": 1}, [{"code": 110007, "msg": "x"}], 5, Limit(20, 19, 7),
    )  # fmt: skip
    assert (torn.code, torn.limit) == (0, None)
    assert (refused.code, refused.message, refused.limit) == (10006, "Too many visits!", Limit(20, 19, 7))


async def test_what_could_not_connect_was_not_sent() -> None:
    """rel:F01: the other way round: no connection, no order."""
    session = Session(hosts("http://127.0.0.1:9"), Secret("k"), Secret("s"), threads=1, timeout=2)
    reply = await asyncio.to_thread(session.call, "place_order", {"category": "linear"})
    session.close()

    assert isinstance(reply, NotSent)
