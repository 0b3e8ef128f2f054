"""All parts, one after the other, on private servers."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import NamedTuple

import django

from tests.load.chapter import Chapter
from tests.load.environment import configure, say
from tests.load.sections import Section
from tests.servers import PostgresServer, postgres, postgres_server, redis_server

PAGES = "tests.load.invalidation.pages"
INTRODUCTION = """# What tag invalidation costs

Median, and the lowest and highest of the rounds, or the middle half of many; what is compared takes turns in the same run.
Browsers, databases and servers share the cores, so times compare and promise nothing. Made by `make bench`.
"""


class Size(NamedTuple):
    pairs: int  # of people online: the two who talk, and those whom it does not concern
    few: int  # pairs on the server beside it
    rounds: int
    capture: float  # seconds for each database
    hints: float  # seconds of a sample
    refetches: int  # rounds of them
    messages: int  # of a sample


FULL = Size(pairs=501, few=26, rounds=3, capture=18, hints=4, refetches=12, messages=40)
QUICK = Size(pairs=51, few=11, rounds=1, capture=5, hints=1, refetches=3, messages=15)


def main(*, quick: bool) -> Chapter:
    with database_and_redis() as (databases, server):
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.invalidation import capture_report

        size = QUICK if quick else FULL
        captured = {}
        for name, environment in databases.items():
            say(f"Capture on {name}, {size.capture:.0f} s")
            captured[name] = capture_report.run(environment, size.capture)
        return Chapter(INTRODUCTION, [capture_report.section(captured), *online(size, server)])


@contextmanager
def database_and_redis() -> Iterator[tuple[dict[str, dict[str, str]], PostgresServer]]:
    """The server of the part with people; by name, the environment of the processes that measure capture. Each
    has a database of its own: its rows would be in the others' way."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        server, other = stack.enter_context(postgres()), stack.enter_context(postgres_server())
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chatpoc-load-"))
        configure(redis=redis.url, database=server.url)
        databases = {
            "PostgreSQL": {"DATABASE_URL": other},
            "SQLite": {"DATABASE_URL": f"sqlite:///{folder}/chat.sqlite3", "REDIS_URL": ""},
        }
        yield databases, server


def online(size: Size, database: PostgresServer) -> list[Section]:
    from tests.load.crowds import crowd_running
    from tests.load.invalidation import conversation
    from tests.load.invalidation.conversation import Online
    from tests.load.invalidation.hints import Hints, watched_by
    from tests.load.invalidation.people import make_world
    from tests.load.invalidation.refetching import Refetching
    from tests.load.server import server_running

    everyone = make_world(size.pairs + size.few)  # the few have a server of their own
    world = replace(everyone, people=everyone.people[: size.pairs * 2])
    with server_running() as large, server_running() as small, crowd_running(PAGES) as crowd:
        few = Online("few", small, everyone.people[size.pairs * 2 :])
        many = Online("all", large, world.people)
        for one in (few, many):
            say(f"Opening {len(one.people)} pages")
            watched = [watched_by(world, number) if one is many else {} for number in range(len(one.people))]
            pages = [[person.session, person.watch | more] for person, more in zip(one.people, watched, strict=True)]
            crowd.ask({"do": "open", "name": one.name, "port": one.server.port, "pages": pages})
        hints, refetching = Hints(world), Refetching(small, world.talker)
        for number in range(1, size.rounds + 1):
            say(f"Round {number} of {size.rounds}: hints, then messages")
            hints.round(large, crowd, seconds=size.hints)
            conversation.one_round(crowd, database, [few, many], size.messages)
        say("Refetches: 304 and full, then every page at once")
        for _ in range(size.refetches):
            refetching.round()
        hints.fetch_round(large, crowd, counted=False)
        for _ in range(size.rounds):
            hints.fetch_round(large, crowd)
        return [hints.section(), refetching.section(), conversation.section(few, many)]
