"""What a delivery costs the server, in one room and over a hundred, beside four peers."""

from contextlib import ExitStack

import django

from tests.load.chapter import Chapter
from tests.load.crowds import crowd_running
from tests.load.environment import configure, say
from tests.servers import postgres_server, redis_server


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server() as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        # Only importable once Django knows its settings, which name the servers above.
        from tests.load.delivery.report import chapter_of

        return chapter_of(*measure(quick=quick))


def measure(*, quick: bool):  # type: ignore[no-untyped-def]  # its types are importable no sooner
    from tests.load.delivery.measuring import Entry, Load, one_round
    from tests.load.delivery.posts import posts
    from tests.load.delivery.report import Results
    from tests.load.peers.contestants import all_running
    from tests.load.peers.world import SPREAD, make_world

    full = [
        Load(2, 1, 60, 40, 2, 40, 10), Load(50, 1, 40, 20, 2, 40, 10), Load(200, 1, 30, 10, 2, 24, 8),
        Load(1000, 1, 6, 1.5, 3, 6, 1), Load(5000, 1, 2, 0.2, 1, 2, 0.25),
        Load(200, SPREAD, 4, 2, 2, 24, 8), Load(1000, SPREAD, 4, 1, 1, 24, 8), Load(5000, SPREAD, 2, 0.4, 1, 24, 8),
    ]  # fmt: skip
    brief = [
        Load(2, 1, 30, 40, 1, 20, 10), Load(50, 1, 20, 20, 1, 20, 10), Load(200, 1, 20, 10, 1, 10, 8),
        Load(400, 1, 6, 3, 1, 4, 2), Load(200, SPREAD, 3, 2, 1, 10, 8),
    ]  # fmt: skip
    loads = brief if quick else full
    world = make_world(max(load.sockets for load in loads))
    results: Results = []
    with ExitStack() as stack:
        contestants, missing = stack.enter_context(all_running())
        clients = stack.enter_context(crowd_running("tests.load.clients"))
        entries = [Entry(one, stack.enter_context(crowd_running())) for one in contestants]
        for before, load in zip([None, *loads], loads, strict=False):
            say(f"{load.sockets} sockets in {load.where}, to each of {', '.join(one.name for one in contestants)}")
            for entry in entries:
                if before and before.rooms != load.rooms:
                    entry.leave()
                entry.join(world, load)
            rounds = []
            for number in range(1, load.rounds + 1):
                rounds.append(one_round(entries, world, load))
                figures = ", ".join(f"{name} {sample.cpu:.0f}" for name, sample in rounds[-1].items())
                say(f"Round {number} of {load.rounds}, µs of CPU per delivery: {figures}")
            results.append(
                (load, rounds, {entry.contestant.name: posts(clients, entry, world, load) for entry in entries})
            )
    return results, missing
