"""What an idle socket costs in memory, and two thousand that come at once."""

from contextlib import ExitStack

import django

from tests.load.chapter import Chapter
from tests.load.crowds import crowd_running
from tests.load.environment import configure, say
from tests.load.sections import Section
from tests.servers import postgres_server, redis_server

INTRODUCTION = """# Sockets

One process each, on PostgreSQL and Redis where they use them. In the chat everybody is signed in, a member of the room and
present; stock signs in by session. Clients, databases and servers share the cores, so times compare and promise nothing.
Made by `make bench`.

"""


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server() as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.peers.contestants import listed

        sections, missing = measure(*(((200, 400), 200) if quick else ((1000, 5000), 2000)))
        return Chapter(INTRODUCTION + listed(missing), sections)


def measure(sizes: tuple[int, ...], storming: int) -> tuple[list[Section], dict[str, str]]:
    from tests.load.peers.contestants import all_running
    from tests.load.peers.world import make_world
    from tests.load.sockets.memory import Memory
    from tests.load.sockets.storm import Storms

    world = make_world(max(*sizes, storming))
    with ExitStack() as stack:
        contestants, missing = stack.enter_context(all_running())
        memory, storms = Memory(world, sizes), Storms(world, storming)
        for one in contestants:
            crowd = stack.enter_context(crowd_running())
            say(f"{one.name}: {', '.join(map(str, sizes))} idle sockets, then {storming} at once")
            memory.measure(one, crowd)
            storms.measure(one, crowd)
        return [memory.section(), storms.section()], missing
