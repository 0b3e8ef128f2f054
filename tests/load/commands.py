"""A process that holds browsers does what it is told: commands and answers are lines of JSON, on stdin and stdout."""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any, TypeVar

from tests.load.browser import Browser

AT_ONCE = 20  # handshakes under way
AGAIN = (1, 3, 9)  # seconds before the next try
PATIENCE = 40  # seconds that a handshake, or what is waited for, may take

B = TypeVar("B", bound=Browser)
turn = asyncio.Semaphore(AT_ONCE)


async def obey(commands: dict[str, Callable[..., Any]]) -> None:
    """`do` names the command; what else its line holds are the arguments."""
    reader = asyncio.StreamReader(limit=1 << 25)  # a line tells of thousands of pages
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    while line := await reader.readline():
        command = json.loads(line)
        print(json.dumps(await commands[command.pop("do")](**command)), flush=True)


async def opened(make: Callable[[], B], port: int) -> B:
    """A browser whose socket is ready."""
    _, browser = await asyncio.get_running_loop().create_connection(make, "127.0.0.1", port)
    await asyncio.wait_for(browser.ready, PATIENCE)
    return browser


async def opened_in_turn(make: Callable[[], B], port: int) -> B:
    """Daphne cuts a handshake that waits for 5 s, as behind 5,000 who have just left; browsers come again, and so do these."""
    async with turn:
        for pause in AGAIN:
            try:
                return await opened(make, port)
            except ConnectionError:
                await asyncio.sleep(pause)
        return await opened(make, port)


async def until(done: Callable[[], bool], patience: float = PATIENCE) -> None:
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline and not done():  # noqa: ASYNC110  (an event for each frame would cost more)
        await asyncio.sleep(0.01)
