"""Clients of HTTP, in a process of their own: `python -m tests.load.clients`. Commands and answers are lines of JSON.

{"do": "busy", "requests": [request], "seconds", "warm"}   a client for each request asks again as soon as it is answered. What
                    is answered before `warm` seconds is not counted; where a server is slow, it takes longer, until each client
                    has two answers → {"count", "all": those not counted too, "lasted", "statuses": of all, "waits"}
{"do": "paced", "requests": [request], "count", "per_second"}   so many in all, by the clients in turn, whether or not those
                    before are answered → {"statuses", "waits", "marks": {mark: when it was sent}}

A request is {"port", "path", "headers"}, and with "says": true a POST of a message with a new mark. Each client keeps its
connection. Waits are in seconds, of what was counted; times are time.monotonic(), which all processes share.
"""

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from tests.load.commands import obey

ENOUGH, LONGEST = 2, 40  # answers for each client; seconds
marks = itertools.count(1)


class Client:
    def __init__(self, *, port: int, path: str, headers: dict[str, str], says: bool = False) -> None:
        self.port, self.path, self.says = port, path, says
        self.head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.turn = asyncio.Lock()  # one request of a connection after the other

    def request(self) -> tuple[str, bytes]:
        """Its mark, or "", and its bytes."""
        host = f"Host: 127.0.0.1:{self.port}\r\n"
        if not self.says:
            return "", f"GET {self.path} HTTP/1.1\r\n{host}{self.head}\r\n".encode()
        body = urlencode({"client_id": str(uuid4()), "body": f"mark-{(mark := next(marks))}- is what I say"})
        form = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n"
        return str(mark), f"POST {self.path} HTTP/1.1\r\n{host}{self.head}{form}\r\n{body}".encode()

    async def ask(self, data: bytes) -> int:
        """The status. The body is read, and forgotten."""
        async with self.turn:
            self.streams = self.streams or await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self.streams
            writer.write(data)
            lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin1").lower().split("\r\n")
            headers = dict(line.split(": ", 1) for line in lines[1:] if ": " in line)
            if headers.get("transfer-encoding") == "chunked":
                await self.skip_chunks(reader)
            else:
                await reader.readexactly(int(headers.get("content-length", 0)))
            return int(lines[0].split()[1])

    @staticmethod
    async def skip_chunks(reader: asyncio.StreamReader) -> None:
        while size := int((await reader.readline()).strip() or b"0", 16):
            await reader.readexactly(size + 2)
        await reader.readline()


async def busy(*, requests: list[dict[str, Any]], seconds: float, warm: float) -> dict[str, Any]:
    clients = [Client(**request) for request in requests]
    begins = time.monotonic() + warm
    statuses: Counter[int] = Counter()
    answers: list[tuple[float, float]] = []  # when, and after how long

    def over() -> bool:
        passed = time.monotonic() - begins
        return passed > LONGEST or (passed >= seconds and len(answers) >= ENOUGH * len(clients))

    async def go_on(client: Client) -> None:
        while not over():
            asked = time.monotonic()
            statuses[await client.ask(client.request()[1])] += 1
            answered = time.monotonic()
            if answered >= begins:
                answers.append((answered - begins, round(answered - asked, 5)))

    await asyncio.gather(*(go_on(client) for client in clients))
    return counted(answers, seconds, len(clients)) | {"all": statuses.total(), "statuses": statuses}


def counted(answers: list[tuple[float, float]], seconds: float, clients: int) -> dict[str, Any]:
    """Those within the time, or as many as are enough. All of them would be too many: who is answered last asks alone."""
    within = sum(when < seconds for when, _ in answers)
    count = max(within, min(len(answers), ENOUGH * clients))
    lasted = seconds if count == within else answers[count - 1][0]
    return {"count": count, "lasted": lasted, "waits": sorted(wait for _, wait in answers[:count])}


async def paced(*, requests: list[dict[str, Any]], count: int, per_second: float) -> dict[str, Any]:
    clients = [Client(**request) for request in requests]
    started, sent = time.monotonic(), {}
    statuses: Counter[int] = Counter()
    waits: list[float] = []

    async def say(number: int) -> None:
        await asyncio.sleep(max(0, started + number / per_second - time.monotonic()))
        mark, data = clients[number % len(clients)].request()
        sent[mark] = asked = time.monotonic()
        statuses[await clients[number % len(clients)].ask(data)] += 1
        waits.append(round(time.monotonic() - asked, 5))

    await asyncio.gather(*(say(number) for number in range(count)))
    return {"statuses": statuses, "waits": sorted(waits), "marks": sent}


COMMANDS: dict[str, Callable[..., Any]] = {"busy": busy, "paced": paced}

if __name__ == "__main__":
    asyncio.run(obey(COMMANDS))
