"""The server measures time by a clock that nobody sets."""

import subprocess
import sys

import pytest

from tests.servers import ROOT

pytestmark = pytest.mark.once

# In a process of its own: Daphne brings a reactor, which this one must not have.
SET_BACK = """
import time
from types import SimpleNamespace
import chatpoc.serve
from daphne import ws_protocol

pings, real = [], time.time
protocol = ws_protocol.WebSocketProtocol()
protocol.server = SimpleNamespace(websocket_timeout=-1, ping_interval=20)
protocol.state = protocol.STATE_OPEN
protocol._sendAutoPing = lambda: pings.append(True)
protocol.socket_opened = protocol.last_ping = ws_protocol.time.time() - 21
time.time = lambda: real() - 3600
protocol.check_timeouts()
print(len(pings))
"""


def test_a_clock_that_is_set_back_stops_no_ping() -> None:
    """They find who is gone without a word: for an hour such a person would have been online."""
    run = subprocess.run([sys.executable, "-c", SET_BACK], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout == "1\n", run.stderr
