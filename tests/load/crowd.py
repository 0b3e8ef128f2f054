"""All browsers, in a process of their own: `python -m tests.load.crowd`. Commands and answers are lines of JSON.

{"name", "port", "path", "sessions", "watch"}   open a socket for each session → {"open": how many there are}
{"name", "frames"}   wait until each has so many → {"received", "complete", "latencies"}; then forget them
"""

import asyncio
import json
import sys
import time
from typing import Any

from tests.load.browser import Browser

AT_ONCE = 20  # handshakes under way
PATIENCE = 20  # seconds that a handshake, or the last frame, may take
crowds: dict[str, list[Browser]] = {}


async def main() -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        command = json.loads(line)
        answer = await (open_sockets(**command) if "sessions" in command else collect(**command))
        print(json.dumps(answer), flush=True)


async def open_sockets(
    *, name: str, port: int, path: str, sessions: list[str], watch: dict[str, str] | None
) -> dict[str, Any]:
    turn = asyncio.Semaphore(AT_ONCE)

    async def open_one(session: str) -> Browser:
        async with turn:
            loop = asyncio.get_running_loop()
            _, browser = await loop.create_connection(lambda: Browser(port, path, session, watch), "127.0.0.1", port)
            await asyncio.wait_for(browser.ready, PATIENCE)
            return browser

    crowd = crowds.setdefault(name, [])
    crowd += await asyncio.gather(*(open_one(session) for session in sessions))
    return {"open": len(crowd)}


async def collect(*, name: str, frames: int) -> dict[str, Any]:
    """`complete`: whether each socket got exactly the frames 1 to `frames`, in order. Latencies are in seconds."""
    crowd = crowds[name]
    deadline = time.monotonic() + PATIENCE
    # Asked after the burst; an event for each frame would cost more than this.
    while time.monotonic() < deadline and any(len(one.arrived) < frames for one in crowd):  # noqa: ASYNC110
        await asyncio.sleep(0.005)
    read: dict[bytes, dict[str, Any]] = {}  # few texts, many copies
    latencies, complete = [], True
    for browser in crowd:
        got = [(at, read.get(text) or read.setdefault(text, json.loads(text))) for at, text in browser.arrived]
        complete &= [frame["version"] for _, frame in got] == [str(number) for number in range(1, frames + 1)]
        latencies += [round(at - frame["sent"], 6) for at, frame in got]
        browser.arrived.clear()
    return {"received": len(latencies), "complete": complete, "latencies": sorted(latencies)}


if __name__ == "__main__":
    asyncio.run(main())
