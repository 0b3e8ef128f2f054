"""All parts, one after the other, on private servers."""

from contextlib import ExitStack

import django

from tests.load.environment import configure, publish, say
from tests.load.invalidation.sections import Section
from tests.load.presence.sizes import FULL, QUICK, Size
from tests.servers import postgres_server, redis_server

PAGES = "tests.load.presence.pages"
INTRODUCTION = """# What presence costs

Browsers, PostgreSQL, Redis and servers share the cores, so times compare and promise nothing. Made by `make bench`.
"""


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
