"""All browsers of one server, in a process of their own: `python -m tests.load.crowd`. Commands and answers are lines of JSON.

{"do": "open", "port", "kind", "sockets": [[path, session, watch]]}   → {"open": how many there are}
{"do": "storm", …the same, "seconds"}   all of them come within so many seconds, wait for nobody, and try again after a second
                    → {"waits": seconds from each one's first try to its socket, "failed": tries, "lasted", "open"}
{"do": "collect", "frames"}     wait until each has so many → {"received", "complete", "latencies"}; then forget them
{"do": "heard", "marks": {mark: when it was sent}, "every"}   wait until each heard all of them, or, where `every` is n, each
                                n-th → {"missing", "doubled", "strange": frames to the others, "latencies"}
{"do": "close"}                 → {}

`kind` is how it joins: "plain" is told everything, "watching" says what it watches, "socket.io" speaks that. Latencies are in
seconds; times are time.monotonic(), which all processes share.
"""

import asyncio
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.load.browser import Browser, masked
from tests.load.commands import obey, opened, opened_in_turn, until

MARK = re.compile(rb"mark-(\d+)-")
AGAIN, STORM = 1, 90  # seconds until another try; after which somebody gives up
Address = tuple[str, str, dict[str, str] | None]  # path, session, watch
crowd: list[Browser] = []


class SocketIo(Browser):
    """Engine.IO 4 and Socket.IO 5 on a WebSocket alone: 0 opens, 40 joins, 2 asks and 3 answers, 42 is an event."""

    EVENT = b'42["frame",'

    def joined(self) -> None:
        """It speaks first."""

    def heard(self, payload: bytes, at: float) -> None:
        if payload.startswith(self.EVENT):
            self.arrived.append((at, payload[len(self.EVENT) : -1]))
        elif payload.startswith(b"0"):
            self.transport.write(masked(b"40"))
        elif payload.startswith(b"40") and not self.ready.done():
            self.ready.set_result(None)
        elif payload == b"2":
            self.transport.write(masked(b"3"))


KINDS: dict[str, type[Browser]] = {"plain": Browser, "watching": Browser, "socket.io": SocketIo}


def makers(port: int, kind: str, sockets: list[Address]) -> list[Callable[[], Browser]]:
    return [partial(KINDS[kind], port, path, session, watch) for path, session, watch in sockets]


async def open_sockets(*, port: int, kind: str, sockets: list[Address]) -> dict[str, Any]:
    crowd.extend(await asyncio.gather(*(opened_in_turn(make, port) for make in makers(port, kind, sockets))))
    return {"open": len(crowd)}


async def storm(*, port: int, kind: str, sockets: list[Address], seconds: float) -> dict[str, Any]:
    started, failed = time.monotonic(), 0
    waits: list[float] = []

    async def come(number: int, make: Callable[[], Browser]) -> None:
        nonlocal failed
        await asyncio.sleep(number / len(sockets) * seconds)
        began = time.monotonic()
        while time.monotonic() < began + STORM:
            try:
                crowd.append(await opened(make, port))
            except (OSError, TimeoutError):
                failed += 1
                await asyncio.sleep(AGAIN)
            else:
                waits.append(round(time.monotonic() - began, 4))
                return

    await asyncio.gather(*(come(number, make) for number, make in enumerate(makers(port, kind, sockets))))
    return {"waits": sorted(waits), "failed": failed, "lasted": time.monotonic() - started, "open": len(crowd)}


async def collect(*, frames: int) -> dict[str, Any]:
    """`complete`: whether each socket got exactly the frames 1 to `frames`, in order."""
    await until(lambda: all(len(one.arrived) >= frames for one in crowd))
    read: dict[bytes, dict[str, Any]] = {}  # few texts, many copies
    latencies, complete = [], True
    for browser in crowd:
        got = [(at, read.get(text) or read.setdefault(text, json.loads(text))) for at, text in browser.arrived]
        complete &= [frame["version"] for _, frame in got] == [str(number) for number in range(1, frames + 1)]
        latencies += [round(at - frame["sent"], 6) for at, frame in got]
        browser.arrived.clear()
    return {"received": len(latencies), "complete": complete, "latencies": sorted(latencies)}


async def heard(*, marks: dict[str, float], every: int) -> dict[str, Any]:
    """Each message once: the first copy counts, what comes again is told."""
    found: dict[bytes, str] = {}
    hearers = crowd[::every]

    def mark_in(text: bytes) -> str:
        if text not in found:
            mark = MARK.search(text)
            found[text] = mark[1].decode() if mark else ""
        return found[text]

    def complete() -> bool:
        return all(len({mark_in(text) for _, text in one.arrived} & marks.keys()) == len(marks) for one in hearers)

    await until(lambda: all(len(one.arrived) >= len(marks) for one in hearers))
    await until(complete)
    latencies, missing, doubled = [], 0, 0
    for browser in hearers:
        first: dict[str, float] = {}
        count: Counter[str] = Counter()
        for at, text in browser.arrived:
            if (mark := mark_in(text)) in marks:
                first.setdefault(mark, at)
                count[mark] += 1
        missing += len(marks) - len(first)
        doubled += count.total() - len(first)
        latencies += [round(at - marks[mark], 6) for mark, at in first.items()]
        browser.arrived.clear()
    strange = sum(len(browser.arrived) for browser in crowd)
    for browser in crowd:
        browser.arrived.clear()
    return {"missing": missing, "doubled": doubled, "strange": strange, "latencies": sorted(latencies)}


async def close() -> dict[str, Any]:
    for browser in crowd:
        browser.transport.abort()
    crowd.clear()
    return {}


COMMANDS: dict[str, Callable[..., Any]] = {
    "open": open_sockets,
    "storm": storm,
    "collect": collect,
    "heard": heard,
    "close": close,
}

if __name__ == "__main__":
    asyncio.run(obey(COMMANDS))
