"""Sockets on which nothing happens, beside as many of a bare consumer, at the same time."""

import time
from dataclasses import dataclass

from tests.load.crowds import Crowd
from tests.load.presence.server import resident
from tests.load.sections import Section
from tests.load.server import Server

CPU, MEMORY = 2.0, 45.0  # % of a core, KiB of each socket: the goals
WARM = 100  # sockets that are open before memory is counted: the first ones load code and open connections
SETTLED = 3  # seconds after which what opening left behind is gone
TEXT = """One process each. The bare consumer is an `AsyncWebsocketConsumer` without a channel layer that accepts and does
nothing, on Daphne's own server, with the same pings. CPU is that of the whole process while nothing happens but what it
does by itself. Memory is what the process grew by from the first {warm} sockets to the last, for each."""


@dataclass
class Arm:
    name: str
    server: Server
    path: str
    pages: list[tuple[str, dict[str, str] | None]]
    memory: float = 0.0  # KiB of each socket
    cpu: float = 0.0  # % of a core

    def open(self, crowd: Crowd) -> None:
        pages = [[self.server.port, *page] for page in self.pages]
        crowd.ask({"do": "open", "name": self.name, "path": self.path, "pages": pages[:WARM]})
        time.sleep(SETTLED)
        before = resident(self.server)
        crowd.ask({"do": "open", "name": self.name, "path": self.path, "pages": pages[WARM:]})
        time.sleep(SETTLED)
        self.memory = (resident(self.server) - before) / (len(pages) - WARM)


def measure(arms: list[Arm], seconds: float) -> None:
    before, started = [arm.server.cpu() for arm in arms], time.monotonic()
    time.sleep(seconds)
    for arm, cpu in zip(arms, before, strict=True):
        arm.cpu = (arm.server.cpu() - cpu) / (time.monotonic() - started) * 100


def section(arms: list[Arm], seconds: float) -> Section:
    """The last is the chat, the first the bare consumer."""
    bare, chat = arms[0], arms[-1]
    reached = chat.cpu < CPU and chat.memory <= MEMORY
    return Section(
        title=f"{len(chat.pages):,} idle sockets for {seconds:.0f} s",
        text=TEXT.format(warm=WARM),
        columns=["server", "% of a core", "KiB per socket"],
        rows=[[arm.name, f"{arm.cpu:.2f}", f"{arm.memory:.1f}"] for arm in arms],
        verdict=("" if reached else "**Missed:** ")
        + f"{chat.cpu:.2f} % of a core (goal: under {CPU:.0f} %), of which {bare.cpu:.2f} % is what the bare consumer uses "
        f"too; {chat.memory:.1f} KiB of each socket (goal: at most {MEMORY:.0f}), beside {bare.memory:.1f}.",
        reached=reached,
        figures={arm.name: {"% of a core": round(arm.cpu, 3), "KiB per socket": round(arm.memory, 2)} for arm in arms},
    )
