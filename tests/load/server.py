"""The chat's own server, and how much CPU it used."""

import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from tests.servers import ROOT, free_port, wait_for_port

# Daphne pings every socket that was silent for 20 s, all in one second here; that second would be in one sample or another.
OPTIONS = ["--ping-interval=3600"]


class Server:
    def __init__(self, process: "subprocess.Popen[bytes]", port: int) -> None:
        self.process, self.port = process, port

    def cpu(self) -> float:
        """Seconds of CPU that it has used, all its threads included. Linux keeps a clock for each process, whose number is
        made of the process's (MAKE_PROCESS_CPUCLOCK); psutil would tell hundredths of a second."""
        return time.clock_gettime((~self.process.pid << 3) | 2)


@contextmanager
def server_running(
    program: Sequence[str] = ("chatpoc.serve",), options: Sequence[str] = tuple(OPTIONS)
) -> Iterator[Server]:
    """`program`: what Python runs, and where needed its application."""
    port = free_port()
    command = [sys.executable, "-m", program[0], "--port", str(port), *options, *program[1:]]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        wait_for_port(port, process)
        yield Server(process, port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        finally:
            process.kill()


def idle(server: Server, seconds: float) -> float:
    """Seconds of CPU per second, while nothing happens."""
    before, started = server.cpu(), time.monotonic()
    time.sleep(seconds)
    return (server.cpu() - before) / (time.monotonic() - started)
