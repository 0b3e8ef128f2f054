"""All parts, one after the other, on private servers."""

import time
from contextlib import ExitStack
from typing import Any, NamedTuple

import django

from tests.load.environment import configure, publish, say
from tests.load.invalidation.sections import Section
from tests.servers import postgres_server, redis_server

GRACE = 5  # seconds, of presence
PAGES = "tests.load.presence.pages"
INTRODUCTION = """# What presence costs

Browsers, PostgreSQL, Redis and servers share the cores, so times compare and promise nothing. Made by `make bench`.
"""


class Size(NamedTuple):
    pairs: int  # of people
    idle: float  # seconds
    storm: float  # seconds within which those who dropped return
    killed: bool  # which takes 45 s


FULL = Size(pairs=1000, idle=60, storm=10, killed=True)
QUICK = Size(pairs=150, idle=5, storm=7, killed=False)


def main(*, quick: bool) -> int:
    with redis_server() as redis, postgres_server(shared_preload_libraries="pg_stat_statements") as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.invalidation import report
        from tests.load.measuring import Failed

        try:
            sections = measure(QUICK if quick else FULL)
        except Failed as failure:
            say(str(failure))
            return 1
        text = report.markdown(sections, INTRODUCTION)
        publish("presence", markdown=text, json=report.as_json(sections), quick=quick)
        return 0 if report.well(sections) else 1


def measure(size: Size) -> list[Section]:
    from tests.load.invalidation.people import make_world
    from tests.load.measuring import crowd_running
    from tests.load.presence import idle, killed, storm, writes
    from tests.load.presence.idle import Arm
    from tests.load.presence.pages import SECOND
    from tests.load.presence.people import DOTS, People
    from tests.load.presence.server import bare, ours

    people = People(make_world(size.pairs))
    writes.begin()
    everyone, half = range(len(people)), len(people) // 2
    pages = [people.page(number) for number in everyone]
    with ExitStack() as stack:
        peer, silent, one, other = (stack.enter_context(server()) for server in (bare, ours, ours, ours))
        crowd = stack.enter_context(crowd_running(PAGES))
        say(f"Opening {len(people)} sockets to each of three servers")
        sessions: list[tuple[str, dict[str, str] | None]] = [(session, None) for session, _ in pages]
        arms = [
            Arm(storm.BARE, peer, "/", sessions),
            Arm("the chat, watching nothing", silent, "/ws/", sessions),
            Arm("one process", one, "/ws/", [*pages]),
        ]
        for arm in arms:
            arm.open(crowd)
        say(f"Idle for {size.idle:.0f} s")
        idle.measure(arms, size.idle)
        leave(crowd, arms[1].name)
        say(f"{half} drop and return: the bare consumer, one process, two processes")
        floor = storm.measure(storm.BARE, crowd, [peer], half, size.storm, None)
        storms = [storm.measure("one process", crowd, [one], half, size.storm, people)]
        leave(crowd, "one process")
        halves = [[one.port if number < half else other.port, *pages[number]] for number in everyone]
        crowd.ask({"do": "open", "name": "two processes", "path": "/ws/", "pages": halves})
        storms.append(storm.measure("two processes", crowd, [one, other], half, size.storm, people))
        text = storm.TEXT.format(tags=len(pages[0][1]), dots=DOTS, second=SECOND)
        sections = [idle.section(arms, size.idle), storm.section(storms, floor, text)]
        if size.killed:
            leave(crowd, "two processes")
            say("One of two processes is killed")
            crowd.ask({"do": "open", "name": "killed", "path": "/ws/", "pages": halves})
            storm.await_truth(crowd, "killed", people)
            sections.append(killed.kill(crowd, "killed", one, people, range(half)))
    return sections


def leave(crowd: Any, name: str) -> None:
    """All of them, and until the grace is over."""
    crowd.ask({"do": "close", "name": name})
    time.sleep(GRACE + 1)
