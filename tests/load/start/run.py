"""From the command to the first page, and how heavy a page is."""

import django

from tests.load.chapter import Chapter
from tests.load.environment import configure
from tests.servers import postgres_server, redis_server

INTRODUCTION = """# The beginning

Chromium, databases and servers share the cores, so times compare and promise nothing. Made by `make bench`.
"""


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server() as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.start import cold, weight

        return Chapter(INTRODUCTION, [cold.section(rounds=2 if quick else 7), weight.section()])
