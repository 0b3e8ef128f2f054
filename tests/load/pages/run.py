"""Pages, history, sidebars and 304s with sixteen clients, on a small chat and on one with a million messages."""

from contextlib import ExitStack

import django

from tests.load.chapter import Chapter
from tests.load.crowds import crowd_running
from tests.load.environment import configure, say
from tests.load.sections import Section
from tests.servers import postgres_server, redis_server

INTRODUCTION = """# Pages a second

One process on PostgreSQL and Redis; as many clients as people (16, in a smoke test 4), each asking again as soon as it is
answered, over a connection that it keeps. The floor is a bare ASGI application on the same Daphne that answers as many bytes,
and asks nobody for anything. Clients, databases and servers share the cores, so it compares and promises nothing. Made by
`make bench`.
"""


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server() as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        return Chapter(
            INTRODUCTION, measure(*((4, 1_000, 20_000, 1.0, 1) if quick else (16, 1_000, 1_000_000, 3.0, 2)))
        )


def measure(clients: int, few: int, many: int, seconds: float, rounds: int) -> list[Section]:
    # Only importable once Django knows its settings, which name the servers above.
    from tests.load.pages.asking import Asking
    from tests.load.pages.kinds import fragments, room_pages
    from tests.load.pages.world import fill, make_world
    from tests.load.peers.contestants import Floor, Ours

    world = make_world(clients)
    with ExitStack() as stack:
        ours, floor = stack.enter_context(Ours().running()), stack.enter_context(Floor().running())
        asking = Asking(stack.enter_context(crowd_running("tests.load.clients")), ours.server, floor.server, seconds)
        sections = []
        for count, room in ((few, world.small), (many, world.large)):
            say(f"Making {count:,} messages")
            fill(room, count)
            asking.measure(room_pages(world, room, count), rounds)
            sections.append(asking.section(f"A room with {count:,} messages"))
        asking.measure(fragments(world, ours.server.port), rounds)
        return [*sections, asking.section("Sidebars: fetched again, and 304")]
