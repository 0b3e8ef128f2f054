"""One invalidation that reaches nobody, ten pages and all; and what it costs when every page then fetches its sidebar."""

import statistics
import time
from dataclasses import dataclass

from chatpoc import live
from tests.load.crowds import Crowd, Failed
from tests.load.invalidation.people import World
from tests.load.sections import Section, rounded, spread
from tests.load.server import Server, idle

SILENCE = 3  # seconds
A_TAG = 3  # invalidations of a tag in a second: the hub hands on four
FEW, ALL = 10, 5  # pages; tags that all watch
TEXT = """CPU of one server process with all sockets open, without its idle use. Each page that watches the tag heard each hint
once, and no other page heard any. The pages fetch what a whole type made stale over 8 ms for each of them, as the hint tells
`static/js/live.js`, over a connection each, and get the full sidebar of two conversations."""
SIDEBAR = "/conversations/"


@dataclass(frozen=True)
class Case:
    name: str
    tags: list[str]
    pages: int


def cases_of(world: World) -> list[Case]:
    """Tags of people who have no page, so that only who is meant to watches them."""
    everyone = len(world.people)
    nobody, few, all_ = world.colleagues[:20], world.colleagues[20:40], world.colleagues[40 : 40 + ALL]
    return [Case("nobody", nobody, 0), Case("few", few, FEW), Case("all", all_, everyone)]


def watched_by(world: World, number: int) -> dict[str, str]:
    """What the page of the person with this number watches in addition."""
    return {tag: "" for case in cases_of(world) if number < case.pages for tag in case.tags}


class Hints:
    def __init__(self, world: World) -> None:
        self.pages = len(world.people)
        self.cases = cases_of(world)
        self.idle: list[float] = []  # % of a core
        self.costs: dict[str, list[float]] = {case.name: [] for case in self.cases}  # µs for each invalidation
        self.fetches: list[float] = []  # ms for each page
        self.last: list[float] = []  # seconds from the hint until the last page was up to date
        self.failed = 0

    def round(self, server: Server, crowd: Crowd, *, seconds: float) -> None:
        share = idle(server, SILENCE)
        self.idle.append(share * 100)
        for case in self.cases:
            before, started = server.cpu(), time.monotonic()
            sent = self.invalidate(case, seconds)
            expected = {str(page): sent for page in range(case.pages)}
            heard = crowd.ask({"do": "collect", "name": "all", "frames": sent * case.pages})["frames"]
            if heard != expected:
                raise Failed(f"{sent} hints for {case.name} came as {sum(heard.values())} frames.")
            used = server.cpu() - before - share * (time.monotonic() - started)
            self.costs[case.name].append(used / sent * 1e6)

    @staticmethod
    def invalidate(case: Case, seconds: float) -> int:
        count = int(len(case.tags) * A_TAG * seconds)
        started = time.monotonic()
        for number in range(count):
            time.sleep(max(0, started + number / len(case.tags) / A_TAG - time.monotonic()))
            live.invalidate([case.tags[number % len(case.tags)]])
        return count

    def fetch_round(self, server: Server, crowd: Crowd, *, counted: bool = True) -> None:
        """A write of unknown rooms makes every sidebar stale; the pages fetch theirs as browsers do."""
        crowd.ask({"do": "follow", "name": "all", "path": SIDEBAR})
        share, before, started = idle(server, 1), server.cpu(), time.monotonic()
        live.invalidate(["activity"])
        answer = crowd.ask({"do": "fetched", "name": "all", "fetches": self.pages})
        used = server.cpu() - before - share * (time.monotonic() - started)
        crowd.ask({"do": "follow", "name": "all", "path": ""})
        crowd.ask({"do": "collect", "name": "all", "frames": self.pages})
        if counted:
            self.fetches.append(used / self.pages * 1e3)
            self.last.append(answer["seconds"][-1])
            self.failed += self.pages - answer["statuses"].get("200", 0)

    def section(self) -> Section:
        return Section(
            title=f"An invalidation and {self.pages:,} open pages",
            text=TEXT,
            columns=["pages that watch", "what happens", "µs of CPU per invalidation", "µs per page"],
            rows=self.rows(),
            verdict=f"The last of {self.pages:,} pages was up to date {spread(self.last, 1)} s after the hint, from one "
            f"process on a shared core; {self.failed} of {self.pages * len(self.fetches):,} fetches failed.",
            reached=self.failed == 0,
            figures={
                "idle, % of a core": rounded(self.idle),
                "µs per invalidation": {case.name: rounded(self.costs[case.name]) for case in self.cases},
                "with fetch, ms per page": rounded(self.fetches),
                "with fetch, s until the last": rounded(self.last),
                "failed": self.failed,
            },
        )

    def rows(self) -> list[list[str]]:
        rows = [["—", "nothing (floor)", f"{statistics.median(self.idle):.1f} % of a core", "—"]]
        for case in self.cases:
            costs = self.costs[case.name]
            share = spread([cost / case.pages for cost in costs]) if case.pages else "—"
            rows.append([f"{case.pages:,}", "the hint", spread(costs), share])
        whole, a_page = ([cost * 1000 * pages for cost in self.fetches] for pages in (self.pages, 1))
        fetch = "the hint, and each page fetches its sidebar"
        return [*rows, [f"{self.pages:,}", fetch, spread(whole), spread(a_page)]]
