"""What a server's process grew by, for each socket on which nothing happens."""

import time

from tests.load.crowds import Crowd, Failed
from tests.load.peers.contestants import Contestant, Floor, Ours
from tests.load.peers.world import World
from tests.load.presence.server import resident
from tests.load.sections import Section

GOAL = 40  # KiB
WARM = 100  # sockets that are open before memory is counted: the first ones load code and open connections
SETTLED = 3  # seconds after which what opening left behind is gone
TEXT = f"""Resident memory of the process, from the first {WARM} sockets to the last, for each. Nothing was sent yet."""


class Memory:
    def __init__(self, world: World, sizes: tuple[int, ...]) -> None:
        self.world, self.sizes = world, sizes
        self.found: dict[tuple[str, int], float] = {}  # KiB of each socket

    def measure(self, one: Contestant, crowd: Crowd) -> None:
        self.open(one, crowd, 0, WARM)
        before = resident(one.server)
        for fewer, more in zip((WARM, *self.sizes), self.sizes, strict=False):
            self.open(one, crowd, fewer, more)
            self.found[one.name, more] = (resident(one.server) - before) / (more - WARM)
        crowd.ask({"do": "close"})
        time.sleep(SETTLED)

    def open(self, one: Contestant, crowd: Crowd, there: int, wanted: int) -> None:
        sockets = [one.address(self.world.one, session) for session in self.world.sessions[there:wanted]]
        opened = crowd.ask({"do": "open", "sockets": sockets} | one.door)["open"]
        if opened != wanted:
            raise Failed(f"{one.name}: {opened} of {wanted} sockets are open.")
        time.sleep(SETTLED)

    def section(self) -> Section:
        ours = {size: self.found[Ours.name, size] for size in self.sizes}
        reached = max(ours.values()) <= GOAL
        said = ", ".join(f"{value:.1f} KiB at {size:,}" for size, value in ours.items())
        return Section(
            title="Memory of an idle socket",
            text=TEXT,
            columns=["sockets", "server", "KiB per socket", "times the floor"],
            rows=[
                [f"{size:,}", name, f"{value:.1f}", f"{value / self.found[Floor.name, size]:.2f}"]
                for (name, size), value in sorted(self.found.items(), key=lambda item: item[0][1])
            ],
            verdict=("" if reached else "**Missed:** ") + f"{said} (goal: at most {GOAL}).",
            reached=reached,
            headline={
                f"KiB per idle socket, {name}, {size} sockets": round(value, 2)
                for (name, size), value in self.found.items()
            },
        )
