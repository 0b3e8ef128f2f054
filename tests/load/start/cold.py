"""From the command to the first answer."""

import contextlib
import http.client
import statistics
import subprocess
import time

from tests.load.crowds import Failed
from tests.load.peers.contestants import Contestant, Floor, Ours, Stock
from tests.load.sections import Section, spread
from tests.load.server import Server
from tests.servers import PATIENCE, ROOT, free_port

TEXT = """A server with a database that is ready, started {rounds} times in turns with its peers, asked for a page every
10 ms until it answers: the chat for its log-in page, stock (Channels and Django with the chat's apps) and the
floor (Daphne alone) for any. CPU is what its process used until then."""
PATHS = {Ours.name: "/accounts/login/", Stock.name: "/rooms/1/messages/", Floor.name: "/bytes/1"}


def section(rounds: int) -> Section:
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
    contestants: list[Contestant] = [Ours(), Stock(), Floor()]
    seconds: dict[str, list[float]] = {one.name: [] for one in contestants}
    cpu: dict[str, list[float]] = {one.name: [] for one in contestants}
    for number in range(rounds + 1):
        for one in contestants:
            took, used = started(one)
            if number:  # the first ones read programs from the disk
                seconds[one.name].append(took)
                cpu[one.name].append(used)
    median = {name: statistics.median(values) for name, values in seconds.items()}
    return Section(
        title="A cold start",
        text=TEXT.format(rounds=rounds),
        columns=["server", "s until the first answer", "times the floor", "s of CPU"],
        rows=[
            [name, spread(seconds[name], 2), f"{median[name] / median[Floor.name]:.1f}", spread(cpu[name], 2)]
            for name in median
        ],
        verdict="",
        reached=None,
        headline={f"s until the first answer, {name}": round(value, 3) for name, value in median.items()},
    )


def started(one: Contestant) -> tuple[float, float]:
    """Seconds until the first answer, and of CPU."""
    port, began = free_port(), time.monotonic()
    process = subprocess.Popen(one.command(port), cwd=ROOT, stdout=subprocess.DEVNULL)
    try:
        while not answers(port, PATHS[one.name]):
            if process.poll() is not None or time.monotonic() > began + PATIENCE:
                raise Failed(f"{one.name} did not start.")
            time.sleep(0.01)
        return time.monotonic() - began, Server(process, port).cpu()
    finally:
        process.terminate()
        process.wait()


def answers(port: int, path: str) -> bool:
    with contextlib.suppress(OSError):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)
        connection.request("GET", path)
        return connection.getresponse().status < 500
    return False
