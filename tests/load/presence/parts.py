"""What the servers and the crowd go through, part by part; each begins where the one before ended."""

import time
from typing import Any

from tests.load.crowds import Crowd
from tests.load.environment import say
from tests.load.presence import idle, killed, storm
from tests.load.presence.idle import Arm
from tests.load.presence.pages import SECOND
from tests.load.presence.people import DOTS, People
from tests.load.presence.sizes import Size
from tests.load.sections import Section
from tests.load.server import Server

GRACE = 5  # seconds, of presence
SILENT, ONE, TWO, KILLED = "the chat, watching nothing", "one process", "two processes", "one of two is killed"


class Parts:
    def __init__(self, size: Size, people: People, crowd: Crowd) -> None:
        self.size, self.people, self.crowd = size, people, crowd
        self.pages = [people.page(number) for number in range(len(people))]
        self.half = len(people) // 2

    def idle(self, peer: Server, silent: Server, one: Server) -> Section:
        say(f"Opening {len(self.pages)} sockets to each of three servers, idle for {self.size.idle:.0f} s")
        sessions: list[tuple[str, dict[str, str] | None]] = [(session, None) for session, _ in self.pages]
        arms = [
            Arm(storm.BARE, peer, "/", sessions),
            Arm(SILENT, silent, "/ws/", sessions),
            Arm(ONE, one, "/ws/", [*self.pages]),
        ]
        for arm in arms:
            arm.open(self.crowd)
        idle.measure(arms, self.size.idle)
        self.leave(SILENT)
        return idle.section(arms, self.size.idle)

    def storms(self, peer: Server, one: Server, other: Server) -> Section:
        say(f"{self.half} drop and return: the bare consumer, one process, two processes")
        floor = self.drop(storm.BARE, [peer], None)
        alone = self.drop(ONE, [one], self.people)
        self.leave(ONE)
        self.open(TWO, one, other)
        both = self.drop(TWO, [one, other], self.people)
        self.leave(TWO)
        text = storm.TEXT.format(tags=len(self.pages[0][1]), dots=DOTS, second=SECOND)
        return storm.section([alone, both], floor, text)

    def killed(self, one: Server, other: Server) -> Section:
        say("One of two processes is killed")
        self.open(KILLED, one, other)
        storm.await_truth(self.crowd, KILLED, self.people)
        return killed.kill(self.crowd, KILLED, one, self.people, range(self.half))

    def drop(self, name: str, servers: list[Server], people: People | None) -> storm.Storm:
        return storm.measure(name, self.crowd, servers, self.half, self.size.storm, people)

    def open(self, name: str, one: Server, other: Server) -> None:
        """The first half on one process, the second on the other."""
        pages: list[Any] = [
            [one.port if number < self.half else other.port, *page] for number, page in enumerate(self.pages)
        ]
        self.crowd.ask({"do": "open", "name": name, "path": "/ws/", "pages": pages})

    def leave(self, name: str) -> None:
        """All of them, and until the grace is over."""
        self.crowd.ask({"do": "close", "name": name})
        time.sleep(GRACE + 1)
