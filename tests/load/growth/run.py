"""Rooms with many members, and people in many rooms, on PostgreSQL and Redis: what does not stay the same?"""

import django

from tests.load.chapter import Chapter
from tests.load.environment import configure, say
from tests.servers import postgres, redis_server

INTRODUCTION = """# What large rooms and many rooms cost

One process without a server, on PostgreSQL and Redis beside it: statements, and ms of CPU for a whole answer, with all
middleware and rendering, in this process and in PostgreSQL's together; sizes in turns. Made by `make bench`.
"""


def main(*, quick: bool) -> Chapter:
    members, counts, rounds = ((10, 2_000), (5, 300, 1_000), 7) if quick else ((10, 100, 10_000), (5, 300, 5_000), 9)
    with redis_server() as redis, postgres() as database:
        configure(redis=redis.url, database=database.url)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.growth.tables import sections

        say(f"Making rooms of {', '.join(map(str, members))}, and people in {', '.join(map(str, counts))} rooms")
        return Chapter(INTRODUCTION, sections(members, counts, rounds, database.process.pid))
