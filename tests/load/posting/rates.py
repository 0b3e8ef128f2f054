"""As many as one process takes: each sender says the next as soon as the last is answered."""

import statistics

from tests.load.busy import busy
from tests.load.crowds import Crowd
from tests.load.delivery.measuring import Entry
from tests.load.peers.contestants import Ours
from tests.load.peers.world import World
from tests.load.sections import Section, spread

SOCKETS = 2
TEXT = """Each sender says the next thing as soon as the last is answered; two sockets of others listen. Median of the rounds
(lowest–highest), in which the servers take turns."""


class Rates:
    def __init__(self, clients: Crowd, world: World, senders: tuple[int, ...], seconds: float) -> None:
        self.clients, self.world, self.senders, self.seconds = clients, world, senders, seconds
        self.rates: dict[tuple[int, str], list[float]] = {}
        self.waits: dict[tuple[int, str], list[float]] = {}  # ms until the answer, median of each round

    def round(self, entries: list[Entry]) -> None:
        for entry in entries:
            one = entry.contestant
            sockets = [one.address(self.world.one, session) for session in self.world.sessions[:SOCKETS]]
            entry.crowd.ask({"do": "open", "sockets": sockets} | one.door)
        for senders in self.senders:
            for entry in entries:
                self.sample(entry, senders)
        for entry in entries:
            entry.leave()

    def sample(self, entry: Entry, senders: int) -> None:
        one = entry.contestant
        requests = [one.request(self.world.one, session) for session in self.world.authors[:senders]]
        answer = busy(self.clients, f"{one.name}, sends", requests, self.seconds, 201)
        case = senders, one.name
        self.rates.setdefault(case, []).append(answer["count"] / answer["lasted"])
        self.waits.setdefault(case, []).append(statistics.median(answer["waits"]) * 1000)

    def section(self) -> Section:
        rate = {case: statistics.median(values) for case, values in self.rates.items()}
        return Section(
            title="Sends a second",
            text=TEXT,
            columns=["senders", "server", "sends a second", "times ours", "ms until the answer"],
            rows=[
                [
                    str(senders), name, spread(values), f"{rate[senders, name] / rate[senders, Ours.name]:.2f}",
                    f"{statistics.median(self.waits[senders, name]):.1f}",
                ]
                for (senders, name), values in self.rates.items()
            ],
            verdict="",
            reached=None,
            headline={f"sends a second, {name}, {case} senders": round(value, 1) for (case, name), value in rate.items()},
        )  # fmt: skip
