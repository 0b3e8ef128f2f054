"""A message between two people is work for their two pages, however many others are online."""

import statistics
import time

from tests.load import database
from tests.load.crowds import Crowd, Failed
from tests.load.http_client import Client
from tests.load.invalidation.people import Person
from tests.load.sections import Section, rounded, spread
from tests.load.server import Server, idle
from tests.servers import PostgresServer

PACE = 15  # messages a second
SILENCE = 2  # seconds
TURNS = 4  # of a round
SAME, MOST = 1.2, 4  # times the cost with few people online, at most, either way; ms of CPU, with the database


class Online:
    """A server, its pages, and the two of them who talk: numbers 0 and 1."""

    def __init__(self, name: str, server: Server, people: list[Person]) -> None:
        self.name, self.server, self.people = name, server, people
        self.uninvolved = len(people) - 2
        self.author = Client(server.port, people[0].session)
        self.costs: list[float] = []  # ms for each message
        self.database: list[float] = []  # the same, of PostgreSQL
        self.waits: list[float] = []  # ms until the author's answer

    def say(self, crowd: Crowd, postgres: PostgresServer, share: float, messages: int) -> None:
        """`share`: seconds of CPU per second that the idle server uses."""
        before, started, stored = self.server.cpu(), time.monotonic(), database.cpu(postgres)
        for number in range(messages):
            time.sleep(max(0, started + number / PACE - time.monotonic()))
            sent = time.monotonic()
            if self.author.post_message(self.people[0].room.pk, f"message {number}") != 201:
                raise Failed("A message was not taken.")
            self.waits.append((time.monotonic() - sent) * 1e3)
        self.database.append((database.cpu(postgres) - stored) / messages * 1e3)
        heard = crowd.ask({"do": "collect", "name": self.name, "frames": messages * 2})["frames"]
        if heard != {"0": messages, "1": messages}:
            raise Failed(f"With {self.name} online, {messages} messages came to pages {heard}.")
        used = self.server.cpu() - before - share * (time.monotonic() - started)
        self.costs.append(used / messages * 1e3)


def one_round(crowd: Crowd, postgres: PostgresServer, both: list[Online], messages: int) -> None:
    """In turns, after a silence that serves all."""
    shares = [idle(one.server, SILENCE) for one in both]
    for _ in range(TURNS):
        for one, share in zip(both, shares, strict=True):
            one.say(crowd, postgres, share, messages // TURNS)


def section(few: Online, many: Online) -> Section:
    costs = {one.uninvolved: statistics.median(one.costs) for one in (few, many)}
    stored = {one.uninvolved: statistics.median(one.database) for one in (few, many)}
    times = costs[many.uninvolved] / costs[few.uninvolved]
    whole = costs[many.uninvolved] + stored[many.uninvolved]
    reached = 1 / SAME <= times <= SAME and whole <= MOST
    return Section(
        title="A message in a direct conversation",
        text="Sent by HTTP with a form's CSRF token. Each page watches its own sidebar: its conversations, the Lobby that all "
        "share, its own direct one, and its two people. The two pages of the conversation got exactly one frame for each "
        "message, and all others none. The database's CPU is that of all of PostgreSQL's processes.",
        columns=[
            "uninvolved people online", "ms of CPU per message", "and of the database", "ms until the author's answer",
            "pages that got a frame",
        ],
        rows=[
            [
                f"{one.uninvolved:,}", spread(one.costs, 2), spread(one.database, 2), spread(one.waits, 1),
                "2, one each; others 0",
            ]
            for one in (few, many)
        ],
        verdict=("" if reached else "**Missed:** ")
        + f"With {many.uninvolved:,} uninvolved people online a message costs {times:.2f} times what it costs with "
        f"{few.uninvolved:,} (goal: the same within 20 %), and {whole:.2f} ms with the database (goal: at most {MOST}).",
        reached=reached,
        figures={
            f"{one.uninvolved} uninvolved": {"server": rounded(one.costs), "database": rounded(one.database)}
            for one in (few, many)
        },
        headline={
            f"times the CPU of a direct message, {many.uninvolved} uninvolved to {few.uninvolved}": round(times, 3),
        }
        | {
            f"ms of CPU of a direct message with the database, {count} uninvolved": round(cost + stored[count], 3)
            for count, cost in costs.items()
        },
    )  # fmt: skip
