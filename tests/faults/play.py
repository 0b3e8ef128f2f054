"""A run: people chat, faults happen, and after each it goes quiet and everything is looked at."""

import asyncio
import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from tests.faults import people
from tests.faults.author import Author
from tests.faults.checker import Findings, Truth, View, check
from tests.faults.fault import Fault
from tests.faults.log import Log
from tests.faults.page import Page, Person
from tests.faults.report import Report
from tests.faults.stage import Stage
from tests.load.environment import say

PATIENCE = 120.0, 60.0  # seconds from the end of a fault until what is not right is lost; in a brief run
KEPT = 60  # of each room's messages, after they were looked at: what people still change
AUDIT = 0.1  # seconds between two looks at a page while people chat
AT_ONCE = 25  # authors who are busy before the others wait, so that a busy machine is not buried
STAGGER = 2.0, 0.5  # seconds within which those of a mix begin; in a brief run


@dataclass
class Play:
    """`calm`: seconds that people chat before something happens. `rate`: writes a second, at most."""

    stage: Stage
    calm: float
    rate: float
    report: Report = field(default_factory=Report)
    floors: dict[int, int] = field(default_factory=dict)
    before: dict[int, int] = field(default_factory=dict)

    @property
    def patience(self) -> float:
        return PATIENCE[self.stage.brief]

    async def people_come(self, members: list[Person], strangers: list[Person]) -> None:
        """A stranger's page asks for rooms that are not theirs."""
        self.before = await asyncio.to_thread(people.versions)
        self.floors = dict.fromkeys(self.before, 0)
        stage, ports = self.stage, [proxy.port for proxy in self.stage.proxies]
        for number, person in enumerate([*members, *strangers]):
            rooms = person.rooms or set(list(self.before)[:5])
            logs = {room: Log(room, 0, 0) for room in rooms}
            page = Page(person, ports[number % len(ports)], stage.journal, logs)
            stage.pages.append(page)
            if person.rooms:
                stage.authors.append(Author(page, random.Random(stage.rng.random())))
            page.start()
        await asyncio.wait_for(asyncio.gather(*(page.opened.wait() for page in stage.pages)), self.patience)

    async def round(self, faults: Iterable[Fault]) -> None:
        """Some faults at once, or none."""
        faults = list(faults)
        names = " + ".join(one.name for one in faults) or "no fault"
        title = "a mix" if len(faults) > 1 and not self.stage.brief else names
        before = self.stage.journal.deliveries
        meanwhile = [asyncio.create_task(job) for job in (self._chat(), self._audit())]
        try:
            await asyncio.sleep(self.calm)
            await asyncio.gather(*(self._happen(one, len(faults) > 1) for one in faults))
        finally:
            for task in meanwhile:
                task.cancel()
        ended = asyncio.get_running_loop().time()
        findings = await self._look()
        until_right = [max(0.0, page.right_at - ended) for page in self.stage.pages if page.allowed]
        self.report.add(title, self.stage.journal.deliveries - before, until_right, findings)
        say(
            f"{names}: {self.stage.journal.deliveries - before:,} deliveries, right after {max(until_right):.1f} s"
            + (f", and {dict(findings.counts)}" if findings else "")
        )
        for words in findings.words:
            say(f"    {words}")

    async def _chat(self) -> None:
        rng = self.stage.rng
        while True:
            await asyncio.sleep(rng.expovariate(self.rate))
            if sum(author.busy for author in self.stage.authors) < AT_ONCE:
                rng.choice(self.stage.authors).act()

    async def _audit(self) -> None:
        """No page is ever ahead of the database: what is shown was committed before."""
        while True:
            await asyncio.sleep(AUDIT)
            page = self.stage.rng.choice(self.stage.authors).page
            room = page.person.crowded
            shown = page.follows[room].newest
            committed = await asyncio.to_thread(people.version_now, room)
            if committed is not None and committed < shown:
                words = f"{page.person.name}'s page had version {shown} of room {room} when {committed} was committed"
                self.stage.journal.leaked.append(words)

    async def _happen(self, one: Fault, mixed: bool) -> None:  # noqa: FBT001
        await asyncio.sleep(self.stage.rng.uniform(0, STAGGER[self.stage.brief]) if mixed else 0)
        await one.happen(self.stage)

    async def _look(self) -> Findings:
        """Wait until everybody is done and every page right, or the patience is over; then compare all of it."""
        deadline = time.monotonic() + self.patience
        await _until(lambda: not any(author.busy for author in self.stage.authors), deadline)
        versions = await asyncio.to_thread(people.versions)
        await _until(lambda: self._is_right(versions), deadline)
        truths = await asyncio.to_thread(people.truths, self.floors, self.before)
        findings = await asyncio.to_thread(check, self.stage.journal, truths, self._views())
        self._forget(truths)
        return findings

    def _is_right(self, versions: dict[int, int]) -> bool:
        return all(
            log.version == versions[room] and not log.ahead and log.first <= log.floor + 1
            for page in self.stage.pages
            for room, log in page.follows.items()
            if room in page.allowed
        )

    def _views(self) -> dict[int, list[View]]:
        views: dict[int, list[View]] = {}
        for page in self.stage.pages:
            for room in page.allowed:
                log = page.follows[room]
                views.setdefault(room, []).append(View(page.person.name, log.version, list(log.shown.values())))
        return views

    def _forget(self, truths: list[Truth]) -> None:
        """What was looked at, but for the newest: a run of hours needs no more memory than one of minutes."""
        for truth in truths:
            newest = max((row.shown.seq for row in truth.rows), default=0)
            self.floors[truth.room] = max(truth.floor, newest - KEPT)
            self.before[truth.room] = truth.version
        self.stage.journal.forget(self.floors)
        for page in self.stage.pages:
            for room in page.allowed:
                page.follows[room].forget(self.floors[room])
        for author in self.stage.authors:
            author.forget(self.floors)


async def _until(done: Callable[[], bool], deadline: float) -> None:
    while time.monotonic() < deadline and not done():  # noqa: ASYNC110  (an event for each delivery would cost more)
        await asyncio.sleep(0.05)
