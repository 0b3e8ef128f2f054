"""All parts, one after the other, on private servers."""

from contextlib import ExitStack

import django

from tests.load.chapter import Chapter
from tests.load.environment import configure
from tests.load.presence.sizes import FULL, QUICK, Size
from tests.load.sections import Section
from tests.servers import postgres_server, redis_server

PAGES = "tests.load.presence.pages"
INTRODUCTION = """# What presence costs

Browsers, PostgreSQL, Redis and servers share the cores, so times compare and promise nothing. Made by `make bench`.
"""


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server(shared_preload_libraries="pg_stat_statements") as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        return Chapter(INTRODUCTION, measure(QUICK if quick else FULL))


def measure(size: Size) -> list[Section]:
    # Only importable once Django knows its settings, which name the servers above.
    from tests.load.crowds import crowd_running
    from tests.load.invalidation.people import make_world
    from tests.load.presence import writes
    from tests.load.presence.parts import Parts
    from tests.load.presence.people import People
    from tests.load.presence.server import bare, ours

    people = People(make_world(size.pairs))
    writes.begin()
    with ExitStack() as stack:
        peer, silent, one, other = (stack.enter_context(server()) for server in (bare, ours, ours, ours))
        parts = Parts(size, people, stack.enter_context(crowd_running(PAGES)))
        sections = [parts.idle(peer, silent, one), parts.storms(peer, one, other)]
        return [*sections, parts.killed(one, other)] if size.killed else sections
