"""The servers: as they run in production, pings included."""

from contextlib import AbstractContextManager

import psutil  # type: ignore[import-untyped]

from chatpoc.serve import DEFAULTS
from tests.load.server import Server, server_running

SAME = (
    "--verbosity",
    "--websocket_timeout",
    "--ping",
)  # options of Daphne that the bare server has as the chat has them


def ours() -> AbstractContextManager[Server]:
    return server_running(options=[])


def bare() -> AbstractContextManager[Server]:
    return server_running(
        ["daphne", "tests.load.presence.bare:application"], [option for option in DEFAULTS if option.startswith(SAME)]
    )


def resident(server: Server) -> float:
    """KiB of memory."""
    return float(psutil.Process(server.process.pid).memory_info().rss) / 1024
