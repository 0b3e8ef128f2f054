"""All open pages, in a process of their own: `python -m tests.load.presence.pages`. Commands and answers are lines of JSON.

{"do": "open", "name", "path", "pages": [[port, session, watch]]}     → {"open": how many there are}
{"do": "expect", "states": {tag: value}, "otherwise"}      what is true from now on: of these, and of all others
{"do": "storm", "name", "count", "seconds", "ports"}       so many drop, and come back to one of these ports within so many
                                                          seconds → {"last": when the last tried first, "failed": tries,
                                                          "seconds": from each try to the answer}
{"do": "settled", "name", "patience"}     wait until each open page knows what is true → {"at": since when, "wrong": pages,
                                          "open": pages}
{"do": "pushed", "name"}     → {"frames", "answers", "most": pushed to one page in a second}; then forget them
{"do": "close", "name"}

Times are time.monotonic(), which all processes share.
"""

import asyncio
import json
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from tests.load.browser import Browser
from tests.load.commands import obey, opened, opened_in_turn, until

STATE = b'{"state"'
DROPS = 1.0  # seconds in which all of them drop
AWAY = 1.0  # seconds that each is away, at least
SECOND = 0.95  # seconds; what is told once a second comes a little sooner or later

crowds: dict[str, list["Page"]] = {}
expected: dict[str, str] = {}
otherwise = "online"


def right(tag: str, value: str) -> bool:
    """Since when somebody is offline is theirs to know: `offline.1732480000`."""
    return value.partition(".")[0] == expected.get(tag, otherwise)


class Page(Browser):
    """As static/js/live.js and states.js do it: it watches with what it knows, and learns."""

    def __init__(self, port: int, path: str, session: str, watch: dict[str, str] | None) -> None:
        super().__init__(port, path, session, watch)
        self.port, self.path, self.session = port, path, session
        self.known = {tag: "" for tag in watch or () if tag.startswith(("presence:", "here:"))}
        self.wrong = len(self.known)
        self.right_at = 0.0
        self.pushed: list[float] = []
        self.answers = 0

    def heard(self, payload: bytes, at: float) -> None:
        if payload.startswith(STATE):
            values = json.loads(payload)["state"]
            self.learn(values, at)
            if len(values) == len(self.known):  # a page that knows nothing yet is told all of it
                self.answers += 1
            else:
                self.pushed.append(at)
        elif self.watch and payload.startswith(b'{"watching"'):
            self.watch |= json.loads(payload)["stale"]  # a page would fetch these

    def learn(self, values: dict[str, str], at: float) -> None:
        for tag, value in values.items():
            self.wrong += right(tag, self.known[tag]) - right(tag, value)
            self.known[tag] = value
        if not self.wrong:
            self.right_at = self.right_at or at
        else:
            self.right_at = 0.0

    def check(self) -> None:
        self.wrong = sum(not right(tag, value) for tag, value in self.known.items())
        self.right_at = 0.0 if self.wrong else time.monotonic()

    def most(self) -> int:
        """Frames pushed in a second, at most."""
        return max(
            (sum(at <= later < at + SECOND for later in self.pushed[n:]) for n, at in enumerate(self.pushed)), default=0
        )

    @property
    def open(self) -> bool:
        return not self.transport.is_closing()


async def open_pages(*, name: str, path: str, pages: list[tuple[int, str, dict[str, str] | None]]) -> dict[str, Any]:
    crowd = crowds.setdefault(name, [])
    crowd += await asyncio.gather(
        *(opened_in_turn(partial(Page, port, path, session, watch), port) for port, session, watch in pages)
    )
    return {"open": len(crowd)}


async def expect(*, states: dict[str, str], otherwise: str) -> dict[str, Any]:
    expected.clear()
    expected.update(states)
    globals()["otherwise"] = otherwise
    for crowd in crowds.values():
        for page in crowd:
            page.check()
    return {}


async def storm(*, name: str, count: int, seconds: float, ports: list[int]) -> dict[str, Any]:
    chance = random.Random(5)
    crowd, started = crowds[name], time.monotonic()
    failed, tried, waits = 0, [], []

    async def drop_and_return(number: int, drop: float, back: float, port: int) -> None:
        nonlocal failed
        page = crowd[number]
        await asyncio.sleep(started + drop - time.monotonic())
        page.transport.abort()
        await asyncio.sleep(started + back - time.monotonic())
        tried.append(began := time.monotonic())
        while not crowd[number].open:
            try:
                crowd[number] = await opened(partial(come_back, page, port), port)
            except (OSError, TimeoutError):
                failed += 1
                await asyncio.sleep(1)
        waits.append(time.monotonic() - began)

    async with asyncio.TaskGroup() as tasks:
        for number in range(count):
            drop = chance.uniform(0, DROPS)
            tasks.create_task(drop_and_return(number, drop, chance.uniform(drop + AWAY, seconds), chance.choice(ports)))
    return {"last": max(tried), "failed": failed, "seconds": [round(wait, 4) for wait in sorted(waits)]}


def come_back(page: Page, port: int) -> Page:
    """The same page on a new socket. A browser forgets what it knew of others when it is alone for 2 s."""
    again = Page(port, page.path, page.session, page.watch)
    again.pushed, again.answers = page.pushed, page.answers
    return again


async def settled(*, name: str, patience: float) -> dict[str, Any]:
    def wrong() -> int:
        return sum(page.wrong > 0 for page in crowds[name] if page.open)

    await until(lambda: not wrong(), patience)
    there = [page for page in crowds[name] if page.open]
    return {"at": max(page.right_at for page in there), "wrong": wrong(), "open": len(there)}


async def pushed(*, name: str) -> dict[str, Any]:
    crowd = crowds[name]
    told = {
        "frames": sum(len(page.pushed) for page in crowd),
        "answers": sum(page.answers for page in crowd),
        "most": max(page.most() for page in crowd),
    }
    for page in crowd:
        page.pushed, page.answers = [], 0
    return told


async def close(*, name: str) -> dict[str, Any]:
    for page in crowds.pop(name):
        page.transport.abort()
    return {}


COMMANDS: dict[str, Callable[..., Any]] = {
    "open": open_pages,
    "expect": expect,
    "storm": storm,
    "settled": settled,
    "pushed": pushed,
    "close": close,
}

if __name__ == "__main__":
    asyncio.run(obey(COMMANDS))
