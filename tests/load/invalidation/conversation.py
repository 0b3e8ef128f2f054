"""A message between two people is work for their two pages, however many others are online."""

import statistics
import time

from tests.load.invalidation.http import Client
from tests.load.invalidation.people import Person
from tests.load.invalidation.sections import Section, rounded, spread
from tests.load.invalidation.server import Server, idle
from tests.load.measuring import Crowd, Failed

PACE = 15  # messages a second
SILENCE = 2  # seconds
TURNS = 4  # of a round
SAME = 1.2  # times the cost with two people online, at most


class Online:
    """A server, its pages, and the two of them who talk: numbers 0 and 1."""

    def __init__(self, name: str, server: Server, people: list[Person]) -> None:
        self.name, self.server, self.people = name, server, people
        self.author = Client(server.port, people[0].session)
        self.costs: list[float] = []  # ms for each message
        self.waits: list[float] = []  # ms until the author's answer

    def say(self, crowd: Crowd, share: float, messages: int) -> None:
        """`share`: seconds of CPU per second that the idle server uses."""
        before, started = self.server.cpu(), time.monotonic()
        for number in range(messages):
            time.sleep(max(0, started + number / PACE - time.monotonic()))
            sent = time.monotonic()
            if self.author.post_message(self.people[0].room.pk, f"message {number}") != 201:
                raise Failed("A message was not taken.")
            self.waits.append((time.monotonic() - sent) * 1e3)
        heard = crowd.ask({"do": "collect", "name": self.name, "frames": messages * 2})["frames"]
        if heard != {"0": messages, "1": messages}:
            raise Failed(f"With {self.name} online, {messages} messages came to pages {heard}.")
        used = self.server.cpu() - before - share * (time.monotonic() - started)
        self.costs.append(used / messages * 1e3)


def one_round(crowd: Crowd, both: list[Online], messages: int) -> None:
    """In turns, after a silence that serves all."""
    shares = [idle(one.server, SILENCE) for one in both]
    for _ in range(TURNS):
        for one, share in zip(both, shares, strict=True):
            one.say(crowd, share, messages // TURNS)


def section(two: Online, many: Online) -> Section:
    times = statistics.median(many.costs) / statistics.median(two.costs)
    reached = times <= SAME
    return Section(
        title="A message in a direct conversation",
        text="Sent by HTTP with a form's CSRF token. Each page watches its own sidebar: its conversations, the Lobby that all "
        "share, its own direct one, and its two people. The two pages of the conversation got exactly one frame for each "
        "message, and all others none.",
        columns=["people online", "ms of CPU per message", "ms until the author's answer", "pages that got a frame"],
        rows=[
            [f"{len(one.people):,}", spread(one.costs, 2), spread(one.waits, 1), "2, one each; others 0"]
            for one in (two, many)
        ],
        verdict=("" if reached else "**Missed:** ")
        + f"With {len(many.people):,} people online a message costs {times:.2f} times what it costs with two; "
        f"the goal is at most {SAME} times.",
        reached=reached,
        figures={str(len(one.people)): {"ms of CPU per message": rounded(one.costs)} for one in (two, many)},
    )
