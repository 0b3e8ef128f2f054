"""All parts, one after the other, on private servers."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import NamedTuple

import django

from tests.load.environment import configure, publish, say
from tests.load.invalidation.sections import Section
from tests.servers import postgres_server, redis_server

PAGES = "tests.load.invalidation.pages"


class Size(NamedTuple):
    pairs: int  # of people online
    rounds: int
    capture: float  # seconds for each database
    hints: float  # seconds of a sample
    refetches: int  # rounds of them
    messages: int  # of a sample


FULL = Size(pairs=500, rounds=3, capture=24, hints=4, refetches=12, messages=40)
QUICK = Size(pairs=50, rounds=1, capture=5, hints=1, refetches=3, messages=15)


def main(*, quick: bool) -> int:
    with database_and_redis() as databases:
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.invalidation import capture_report, report
        from tests.load.measuring import Failed

        size = QUICK if quick else FULL
        try:
            captured = {}
            for name, environment in databases.items():
                say(f"Capture on {name}, {size.capture:.0f} s")
                captured[name] = capture_report.run(environment, size.capture)
            sections = [capture_report.section(captured), *online(size)]
        except Failed as failure:
            say(str(failure))
            return 1
        publish("invalidation", markdown=report.markdown(sections), json=report.as_json(sections), quick=quick)
        return 0 if report.well(sections) else 1


@contextmanager
def database_and_redis() -> Iterator[dict[str, dict[str, str]]]:
    """By name, the environment of the processes that measure capture. Each has a database of its own: its rows would be in
    the others' way."""
    with ExitStack() as stack:
        redis = stack.enter_context(redis_server())
        postgres, other = (stack.enter_context(postgres_server()) for _ in range(2))
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="chatpoc-load-"))
        configure(redis=redis.url, database=postgres)
        yield {
            "PostgreSQL": {"DATABASE_URL": other},
            "SQLite": {"DATABASE_URL": f"sqlite:///{folder}/chat.sqlite3", "REDIS_URL": ""},
        }


def online(size: Size) -> list[Section]:
    from tests.load.invalidation import conversation
    from tests.load.invalidation.conversation import Online
    from tests.load.invalidation.hints import Hints, watched_by
    from tests.load.invalidation.people import make_world
    from tests.load.invalidation.refetching import Refetching
    from tests.load.invalidation.server import server_running
    from tests.load.measuring import crowd_running

    everyone = make_world(size.pairs + 1)  # the last two have a server of their own
    world = replace(everyone, people=everyone.people[:-2])
    with server_running() as large, server_running() as small, crowd_running(PAGES) as crowd:
        two, many = Online("two", small, everyone.people[-2:]), Online("all", large, world.people)
        for one in (two, many):
            say(f"Opening {len(one.people)} pages")
            watched = [watched_by(world, number) if one is many else {} for number in range(len(one.people))]
            pages = [[person.session, person.watch | more] for person, more in zip(one.people, watched, strict=True)]
            crowd.ask({"do": "open", "name": one.name, "port": one.server.port, "pages": pages})
        hints, refetching = Hints(world), Refetching(small, world.talker)
        for number in range(1, size.rounds + 1):
            say(f"Round {number} of {size.rounds}: hints, then messages")
            hints.round(large, crowd, seconds=size.hints)
            conversation.one_round(crowd, [two, many], size.messages)
        say("Refetches: 304 and full, then every page at once")
        for _ in range(size.refetches):
            refetching.round()
        hints.fetch_round(large, crowd, counted=False)
        for _ in range(size.rounds):
            hints.fetch_round(large, crowd)
        return [hints.section(), refetching.section(), conversation.section(two, many)]
