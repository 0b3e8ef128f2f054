"""A page's socket, from its handshake to its close."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from tests.faults.log import Frame, read_frame
from tests.load.browser import CLOSE, Browser, masked

BROKEN = 1006  # what a browser makes of an end without a close frame
HANDSHAKE = 60  # seconds


class Line(Browser):
    """`hung_up` is done, with the close code, when it is over."""

    def __init__(self, port: int, session: str, hear: Callable[[Frame], None]) -> None:
        super().__init__(port, "/ws/", session, None)
        self.hear, self.code = hear, BROKEN
        self.hung_up: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    def heard(self, payload: bytes, at: float) -> None:
        self.hear(read_frame(payload))

    def _watching(self, answer: dict[str, list[str]]) -> None:
        """The page reads the answers itself."""

    def closed(self, code: int) -> None:
        self.code = code
        self.transport.write(masked(code.to_bytes(2, "big"), CLOSE))
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        if not self.hung_up.done():
            self.hung_up.set_result(self.code)

    def say(self, frame: dict[str, Any]) -> None:
        self.transport.write(masked(json.dumps(frame).encode()))


async def connect(port: int, session: str, hear: Callable[[Frame], None]) -> Line:
    """Raises OSError, also when the handshake is refused or takes too long."""
    loop = asyncio.get_running_loop()
    _, line = await loop.create_connection(lambda: Line(port, session, hear), "127.0.0.1", port)
    try:
        await asyncio.wait_for(asyncio.shield(line.ready), HANDSHAKE)
    except TimeoutError:
        line.transport.abort()
        raise ConnectionError("The handshake took too long.") from None
    return line
