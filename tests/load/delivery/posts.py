"""From a POST to the sockets of the others, with nothing else going on."""

import statistics
from dataclasses import dataclass

from tests.load.crowds import Crowd, Failed
from tests.load.delivery.measuring import Entry, Load
from tests.load.peers.world import World

WARM_UP = 1  # messages that are not measured


@dataclass(frozen=True)
class Posts:
    p50: float  # ms from before the POST to a socket's frame
    p99: float
    answered: float  # ms until its author has the answer, median


def posts(clients: Crowd, entry: Entry, world: World, load: Load) -> Posts:
    """One author, one after the other, into the one room or the first of the many."""
    room = world.rooms(load.rooms)[0]
    requests: list[dict[str, object]] = [entry.contestant.request(room, world.authors[0])]
    said_and_heard(clients, entry, requests, count=WARM_UP, per_second=load.posts_per_second, every=load.rooms)
    return said_and_heard(
        clients, entry, requests, count=load.posts, per_second=load.posts_per_second, every=load.rooms
    )


def said_and_heard(
    clients: Crowd, entry: Entry, requests: list[dict[str, object]], *, count: int, per_second: float, every: int = 1
) -> Posts:
    """Raises Failed unless each POST was taken, and came to each socket of the room and to no other."""
    said = clients.ask({"do": "paced", "requests": requests, "count": count, "per_second": per_second})
    if said["statuses"] != {"201": count}:
        raise Failed(f"{entry.contestant.name}: POSTs were answered with {said['statuses']}.")
    heard = entry.crowd.ask({"do": "heard", "marks": said["marks"], "every": every})
    if heard["missing"] or heard["strange"]:
        wrong = f"{heard['missing']} of {count} messages to {entry.open} sockets are missing, {heard['strange']} went astray"
        raise Failed(f"{entry.contestant.name}: {wrong}.")
    percentiles = statistics.quantiles(heard["latencies"], n=100)
    return Posts(percentiles[49] * 1000, percentiles[98] * 1000, statistics.median(said["waits"]) * 1000)
