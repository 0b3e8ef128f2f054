"""Fifty messages a second, by eight authors, to everyone in the room."""

from tests.load.crowds import Crowd, Failed
from tests.load.delivery.measuring import Entry
from tests.load.delivery.posts import Posts, said_and_heard
from tests.load.peers.contestants import Ours
from tests.load.peers.world import World
from tests.load.sections import Section

TEXT = """Sent at their moments, whether or not those before are answered; each socket gets each message. CPU is that of the
server process, for a message and all its deliveries. A server that cannot keep up falls behind for as long as it lasts."""


class Many:
    PACE = 50  # a second
    AUTHORS = 8

    def __init__(self, clients: Crowd, world: World, sockets: int, posts: int) -> None:
        self.clients, self.world, self.sockets, self.posts = clients, world, sockets, posts
        self.found: dict[str, Posts] = {}
        self.cpu: dict[str, float] = {}  # ms for each message
        self.lost: dict[str, str] = {}  # why there is no figure

    def measure(self, entry: Entry) -> None:
        one, world = entry.contestant, self.world
        sockets = [one.address(world.one, session) for session in world.sessions[: self.sockets]]
        entry.open = entry.crowd.ask({"do": "open", "sockets": sockets} | one.door)["open"]
        requests = [one.request(world.one, session) for session in world.authors[: self.AUTHORS]]
        said_and_heard(self.clients, entry, requests, count=self.AUTHORS, per_second=self.AUTHORS)  # connections open
        before = one.server.cpu()
        try:
            self.found[one.name] = said_and_heard(self.clients, entry, requests, count=self.posts, per_second=self.PACE)
        except Failed as failure:
            if one.name == Ours.name:
                raise
            self.lost[one.name] = str(failure)
        self.cpu[one.name] = (one.server.cpu() - before) / self.posts * 1e3
        entry.leave()

    def section(self) -> Section:
        ours = self.found[Ours.name]
        load = f"{self.PACE} sends a second, {self.sockets} sockets"
        return Section(
            title=f"{self.PACE} messages a second to {self.sockets} sockets",
            text=TEXT,
            columns=["server", "p50 ms", "p99 ms", "p99, times ours", "ms until the answer", "ms of CPU per message"],
            rows=[
                [
                    name, f"{one.p50:,.1f}", f"{one.p99:,.1f}", f"{one.p99 / ours.p99:.2f}", f"{one.answered:,.1f}",
                    f"{self.cpu[name]:.2f}",
                ]
                for name, one in self.found.items()
            ]
            + [[name, f"not measured: {why}", "", "", "", ""] for name, why in self.lost.items()],
            verdict="",
            reached=None,
            figures={"ms of CPU per message": {name: round(cpu, 3) for name, cpu in self.cpu.items()}},
            headline={
                f"{figure}, ms, {name}, {load}": round(getattr(one, figure), 2)
                for name, one in self.found.items()
                for figure in ("p50", "p99")
            },
        )  # fmt: skip
