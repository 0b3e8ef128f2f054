"""Rooms with many members, and people in many rooms, on PostgreSQL and Redis: what does not stay the same?"""

import tempfile

import django

from tests.load.environment import configure, publish, say
from tests.load.invalidation.sections import Section
from tests.servers import postgres_server, redis_server

INTRODUCTION = """# What large rooms and many rooms cost

One process without a server, on PostgreSQL and Redis beside it: statements, and ms by the clock until a whole answer is
there, with all middleware and rendering, sizes in turns. They share the cores, so times compare and promise nothing. Made
by `make bench`.
"""


def main(*, quick: bool) -> int:
    members, counts, rounds = ((10, 2_000), (5, 300, 1_000), 7) if quick else ((10, 100, 10_000), (5, 300, 5_000), 30)
    with redis_server() as redis, postgres_server() as database, tempfile.TemporaryDirectory(prefix="chatpoc-load-"):
        configure(redis=redis.url, database=database)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.growth.tables import sections
        from tests.load.invalidation import report

        say(f"Making rooms of {', '.join(map(str, members))}, and people in {', '.join(map(str, counts))} rooms")
        found: list[Section] = sections(members, counts, rounds)
        publish("growth", markdown=report.markdown(found, INTRODUCTION), json=report.as_json(found), quick=quick)
        return 0 if report.well(found) else 1
