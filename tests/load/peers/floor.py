"""The floor: a broadcast without Channels, Redis, database and sign-in. What is left is Daphne.

socket /room/N            hears what is said in room N
socket /control           "N text" is sent to all of room N
POST /rooms/N/messages/   is answered with 201, and its body sent to all of room N
GET /bytes/N              as many bytes
"""

from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]

CONTROL = "/control"
rooms: defaultdict[str, set[Send]] = defaultdict(set)


async def application(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    if scope["type"] == "http":
        await http(scope, receive, send)
        return
    await send({"type": "websocket.accept"})
    room = scope["path"].rpartition("/")[2]
    if scope["path"] != CONTROL:
        rooms[room].add(send)
    while (event := await receive())["type"] != "websocket.disconnect":
        if scope["path"] == CONTROL and event["type"] == "websocket.receive":
            room, _, text = event["text"].partition(" ")
            await tell(room, text)
    rooms[room].discard(send)


async def tell(room: str, text: str) -> None:
    for hear in list(rooms[room]):
        await hear({"type": "websocket.send", "text": text})


async def http(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        event = await receive()
        body, more = body + event.get("body", b""), event.get("more_body", False)
    posted, part = scope["method"] == "POST", scope["path"].split("/")[2]
    answer = b"" if posted else b"x" * int(part)
    headers = [(b"content-length", str(len(answer)).encode()), (b"content-type", b"text/html; charset=utf-8")]
    await send({"type": "http.response.start", "status": 201 if posted else 200, "headers": headers})
    await send({"type": "http.response.body", "body": answer})
    if posted:
        await tell(part, '{"tag":"room:' + part + '","content":"' + body.decode() + '"}')
