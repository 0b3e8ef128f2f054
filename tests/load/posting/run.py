"""Many senders: how soon the others have it, and how many a second one process takes."""

from contextlib import ExitStack

import django

from tests.load.chapter import Chapter
from tests.load.crowds import crowd_running
from tests.load.environment import configure, say
from tests.load.sections import Section
from tests.servers import postgres_server, redis_server

INTRODUCTION = """# Sending

One process each, the same PostgreSQL and Redis; everybody writes in one room, whose row each message of the chat locks while it
takes its number. What each server does for a message is in [delivery](delivery.md). Clients, browsers and servers share the
cores, so it compares servers and promises nothing. Made by `make bench`.

"""


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server() as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.peers.contestants import listed

        sections, missing = measure(quick=quick)
        return Chapter(INTRODUCTION + listed(missing), sections)


def measure(*, quick: bool) -> tuple[list[Section], dict[str, str]]:
    from tests.load.delivery.measuring import Entry
    from tests.load.peers.contestants import all_running
    from tests.load.peers.world import make_world
    from tests.load.posting.many import Many
    from tests.load.posting.rates import Rates

    sockets, posts, senders, seconds, rounds = (50, 60, (1, 8), 1.5, 1) if quick else (200, 300, (1, 8, 32), 3.0, 2)
    world = make_world(sockets, authors=32)
    with ExitStack() as stack:
        contestants, missing = stack.enter_context(all_running())
        clients = stack.enter_context(crowd_running("tests.load.clients"))
        entries = [Entry(one, stack.enter_context(crowd_running())) for one in contestants]
        rates = Rates(clients, world, senders, seconds)
        for number in range(1, rounds + 1):
            say(f"Sends a second with {', '.join(map(str, senders))} senders, round {number} of {rounds}")
            rates.round(entries)
        many = Many(clients, world, sockets, posts)
        for entry in entries:
            say(f"{entry.contestant.name}: {posts} messages to {sockets} sockets, {many.PACE} a second")
            many.measure(entry)
        return [many.section(), rates.section()], missing
