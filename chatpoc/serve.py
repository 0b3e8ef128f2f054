"""Daphne, stopping cleanly: `python -m chatpoc.serve --port 8000`.

On SIGTERM, after DRAIN_SECONDS, and on Ctrl-C it stops listening, closes every socket with 1012 (the browser comes back by
itself), lets the consumers finish and exits with 0. Daphne alone cancels nothing when a handshake is under way, sends no
close frame, and crashes at exit with the in-memory layer on Python 3.11.
"""

import asyncio
import fcntl
import gc
import logging
import os
import signal
import struct
import sys
import time
from collections.abc import Generator
from contextlib import suppress
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any

from daphne import http_protocol, ws_protocol
from daphne import server as daphne_server
from daphne.cli import CommandLineInterface
from daphne.server import Server
from daphne.ws_protocol import WebSocketProtocol
from django.core.exceptions import ImproperlyConfigured
from twisted.internet import defer, reactor, task
from twisted.internet.error import ReactorNotRunning

from chatpoc import pooler, supervisor

DEFAULTS = [
    "--verbosity=0",
    "--websocket_timeout=-1",  # a socket lives as long as its page
    "--websocket-max-message-size=1048576",  # well above our own limit, which answers with a reason
    "--websocket-max-frame-size=1048576",
    "--ping-interval=20",  # who shut the lid of a laptop is let go after both, and offline within 45 s; a ping is most of
    "--ping-timeout=10",  # what an idle socket costs, so the longer part is between two of them
    "--server-name=",
    "chatpoc.asgi:application",
]
WAITING = 100  # frames of one socket; a page sends a few a second
SIOCOUTQNSD = 0x894B  # see tcp(7) and linux/sockios.h
YOUNG = 10_000  # objects made and not let go, until the collector looks at them; Python's own number is 700
DRAIN = 5  # seconds that requests and consumers have to finish
LAST_CALL = 0.3  # seconds in which a proxy may still use the connections that it keeps
CANCEL = 1  # seconds that those have to end which were told to then

# Daphne takes the time of day to measure how long something lasts. Set back by an hour, it would send no ping for an hour, and
# who is gone would be online until then; set forward, it would refuse who is just coming.
for module in (daphne_server, http_protocol, ws_protocol):
    module.time = SimpleNamespace(time=time.monotonic)
# Twisted does so for all its timers: pings, the second that a browser has to answer a close frame, and our own end.
timers: Any = reactor
timers.seconds = time.monotonic


class ChatServer(Server):
    def run(self) -> None:
        self.ports: list[Any] = []
        self.signal_handlers = False  # Twisted's stop at once, and come only after the first browser may have come
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        from chatpoc.requests import Requests  # needs the settings, which are there by now

        daphne_server.HTTPFactory = Requests  # it is made by this name
        super().run()

    def listen_success(self, port: Any) -> None:
        self.ports.append(port)
        super().listen_success(port)
        for host, number in self.listening_addresses:
            print(f"The chat is at http://{host}:{number}/ — Ctrl-C stops it.", flush=True)
        from chatpoc.live.hub import current_hub

        # Daphne has not yet said which loop is this thread's: asyncio would name another.
        task.deferLater(reactor, 0, current_hub)
        _leave_alone_what_stays()
        supervisor.tell("READY=1")

    def listen_error(self, failure: Any) -> None:
        print(f"The chat cannot listen: {failure.getErrorMessage()}", file=sys.stderr)
        self.abort_start = True
        super().listen_error(failure)

    def create_application(self, protocol: Any, scope: dict[str, Any]) -> Any:
        """Gives the consumer what ASGI has no word for: how much its browser has not read yet, a short way to write, and how to
        take back what waits.

        All look into Twisted's plain TCP transport; where TLS ends in this process, the consumer does without.
        """
        if isinstance(protocol, WebSocketProtocol) and hasattr(protocol.transport, "dataBuffer"):
            scope["extensions"] = {
                "chatpoc.unsent": partial(_unsent, protocol.transport),
                "chatpoc.write": partial(_write, protocol),
                "chatpoc.cut": partial(_cut, protocol),
            }
        queue = super().create_application(protocol, scope)
        if isinstance(protocol, WebSocketProtocol) and queue is not None:
            _bound(queue, protocol)
        return queue

    @defer.inlineCallbacks
    def kill_all_applications(self) -> Generator[Any, Any, None]:
        from chatpoc.requests import Requests

        supervisor.tell("STOPPING=1")
        Requests.stopping = True
        for port in self.ports:
            yield defer.maybeDeferred(port.stopListening)
        for protocol in list(self.connections):
            if isinstance(protocol, WebSocketProtocol) and protocol.state == protocol.STATE_OPEN:
                protocol.sendCloseFrame(code=1012, isReply=False)  # sendClose() refuses this code
        for waited in range(DRAIN * 20):
            if not self._pending() and (waited >= LAST_CALL * 20 or not Requests.idle()):
                break
            yield task.deferLater(reactor, 0.05, lambda: None)
        for channel in Requests.idle():
            channel.loseConnection()
        for left in (pending := self._pending()):
            left.cancel()
        yield defer.Deferred.fromFuture(asyncio.ensure_future(_finish(pending)))

    def _pending(self) -> list[asyncio.Task[Any]]:
        """What still runs. An upgraded request has an entry without an application until Daphne's reaper comes by."""
        found = (details.get("application_instance") for details in self.connections.values())
        return [running for running in found if running is not None and not running.done()]


async def _finish(pending: list[asyncio.Task[Any]]) -> None:
    from chatpoc.live.hub import current_hub

    if pending:  # of these, who waits for a thread that waits for a database is not waited for
        await asyncio.wait(pending, timeout=CANCEL)
    await current_hub().stop()


def _stop(number: int, _frame: Any) -> None:
    """Works before the reactor runs, too: it stops as soon as it has started."""
    reactor.callFromThread(_stop_soon if number == signal.SIGTERM else _stop_once)


def _stop_soon() -> None:
    """A load balancer that looks at /readyz has DRAIN_SECONDS to see that it may send nobody here any more. Told once more, it
    stops at once."""
    from django.conf import settings

    from chatpoc import readiness

    told_twice = readiness.is_draining()
    readiness.drain()
    task.deferLater(reactor, 0 if told_twice else settings.DRAIN_SECONDS, _stop_once)


def _stop_once() -> None:
    with suppress(ReactorNotRunning):
        reactor.stop()  # type: ignore[misc]


def _bound(queue: Any, protocol: Any) -> None:
    """Daphne takes frames as fast as they come, and keeps those that wait. Past WAITING their sender is cut off."""
    from chatpoc.live import closing  # which needs Django

    put = queue.put_nowait

    def put_some(event: dict[str, Any]) -> None:
        if event["type"] != "websocket.receive" or queue.qsize() < WAITING:
            put(event)
        else:
            closing.note(closing.FLOODING)
            protocol.dropConnection(abort=True)

    queue.put_nowait = put_some


def _leave_alone_what_stays() -> None:
    """The collector would look at each module and class again and again, and at each socket every few requests. Its full
    rounds, which hold up everyone, are those of many more objects now."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)


def _unsent(transport: Any) -> int:
    """Bytes that Twisted holds because the other side does not read."""
    return int(len(transport.dataBuffer) - transport.offset + transport._tempDataLen)


def _cut(protocol: Any) -> bool:
    """End the connection without a word if something waits here for a browser that does not read: nothing of it is sent any
    more. Returns whether it was so. What is on its way through the network cannot be taken back."""
    transport = protocol.transport
    if not _unsent(transport) and not _unsent_by_kernel(transport):
        return False
    protocol.dropConnection(abort=True)  # with a reset, so that the kernel forgets what it holds
    return True


def _unsent_by_kernel(transport: Any) -> int:
    """Bytes that the other side's window has no room for. Linux alone tells."""
    try:
        return int(struct.unpack("i", fcntl.ioctl(transport.fileno(), SIOCOUTQNSD, b"\0" * 4))[0])
    except (OSError, ValueError):
        return 0


def _write(protocol: Any, text: str) -> None:
    """Write to the network at once. Twisted would wait until the loop finds the socket writable, which costs two more
    system calls and a callback: with autobahn's framing, two thirds of a delivery (docs/benchmarks/delivery.md)."""
    if protocol.state != protocol.STATE_OPEN:
        return
    frame, transport = _framed(text), protocol.transport
    if not (transport.dataBuffer or transport._tempDataBuffer or transport.disconnecting):
        sent = transport.writeSomeData(frame)  # bytes taken, or the error, which Twisted meets again and handles
        frame = frame[sent:] if isinstance(sent, int) else frame
    if frame:
        transport.write(frame)


@lru_cache(maxsize=8)  # the same text goes to every socket of a topic
def _framed(text: str) -> bytes:
    """A text as an unmasked frame (RFC 6455, 5.2)."""
    payload = text.encode()
    size = len(payload)
    if size < 126:
        return bytes((0x81, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", 0x81, 126, size) + payload
    return struct.pack("!BBQ", 0x81, 127, size) + payload


class CommandLine(CommandLineInterface):
    server_class = ChatServer


def main(arguments: list[str]) -> None:
    """Daphne's own options, after our defaults."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "chatpoc.settings")
    try:
        if fault := pooler.fault():
            raise ImproperlyConfigured(fault)
    except ImproperlyConfigured as error:
        sys.exit(f"The settings are wrong, so the chat does not start: {error}")
    CommandLine().run([*DEFAULTS[:-1], *arguments, DEFAULTS[-1]])
    # All that could finish did; threads that wait for a database which does not answer would hold the process for ever.
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


if __name__ == "__main__":
    main(sys.argv[1:])
