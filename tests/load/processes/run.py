"""Two server processes against one, with the same clients."""

import os
import statistics
from contextlib import ExitStack
from typing import Any

import django

from tests.load.busy import busy
from tests.load.chapter import Chapter
from tests.load.crowds import Crowd, crowd_running
from tests.load.environment import configure, say
from tests.load.http_client import Client as HttpClient
from tests.load.sections import Section, spread
from tests.load.server import Server
from tests.servers import postgres_server, redis_server

INTRODUCTION = """# Two processes against one

The chat on PostgreSQL and Redis; the same clients ask one process, or half of them each of two. Made by `make bench`.
"""
GOAL, CORES = 1.8, 4  # times; two for the processes, and some for clients, PostgreSQL and Redis
TEXT = """{clients} clients, each asking again as soon as it is answered: messages into rooms of their own, and the page
of a room with 50 messages. Median of the rounds (lowest–highest), in which one and two take turns. CPU is that
of the servers for a request: where two need no more of it than one, they do twice as much on cores that are
free."""
Case = tuple[str, int]  # what is asked for, by how many processes


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, postgres_server() as postgres:
        configure(redis=redis.url, database=postgres)
        django.setup()
        return Chapter(INTRODUCTION, [measure(*((4, 1.5, 1) if quick else (16, 4.0, 2)))])


def measure(asking: int, seconds: float, rounds: int) -> Section:
    # Only importable once Django knows its settings, which name the servers above.
    from tests.load.peers.world import make_world
    from tests.load.server import server_running

    world = make_world(0, authors=asking)
    fill(world.many[0])
    rates: dict[Case, list[float]] = {}
    costs: dict[Case, list[float]] = {}  # ms of CPU for each request
    with ExitStack() as stack:
        servers = [stack.enter_context(server_running()) for _ in range(2)]
        clients = stack.enter_context(crowd_running("tests.load.clients"))
        for server in servers:  # a page that nobody had yet is formatted first
            HttpClient(server.port, world.authors[0]).get(f"/rooms/{world.many[0]}/")
        for number in range(1, rounds + 1):
            for what in ("sends", "pages"):
                for count in (1, 2):
                    used = servers[:count]
                    requests = [request(what, used[n % count], world, n) for n in range(asking)]
                    rate, cost = sample(clients, used, requests, seconds)
                    rates.setdefault((what, count), []).append(rate)
                    costs.setdefault((what, count), []).append(cost)
            say(f"Round {number} of {rounds}: " + ", ".join(f"{n} {w} {v[-1]:.0f}/s" for (w, n), v in rates.items()))
    return section(asking, rates, costs)


def fill(room: int) -> None:
    from chat.models import Room
    from tests.long_room import say_many

    place = Room.objects.get(pk=room)
    say_many(place, [membership.user for membership in place.memberships.all()], 50)


def request(what: str, server: Server, world: Any, number: int) -> dict[str, Any]:
    token = "a" * 32
    headers = {"Cookie": f"sessionid={world.authors[number]}; csrftoken={token}", "X-CSRFToken": token}
    if what == "pages":
        return {"port": server.port, "path": f"/rooms/{world.many[0]}/", "headers": headers}
    path = f"/rooms/{world.many[1 + number]}/messages/"
    return {"port": server.port, "path": path, "headers": headers | {"HX-Request": "true"}, "says": True}


def sample(
    clients: Crowd, servers: list[Server], requests: list[dict[str, Any]], seconds: float
) -> tuple[float, float]:
    """Requests a second, and ms of CPU for each."""
    before = sum(server.cpu() for server in servers)
    status = 201 if "says" in requests[0] else 200
    answer = busy(clients, f"{len(servers)} processes", requests, seconds, status)
    used = sum(server.cpu() for server in servers) - before
    return answer["count"] / answer["lasted"], used / answer["all"] * 1e3


def section(asking: int, rates: dict[Case, list[float]], costs: dict[Case, list[float]]) -> Section:
    times = {what: statistics.median(rates[what, 2]) / statistics.median(rates[what, 1]) for what in ("sends", "pages")}
    cores = len(os.sched_getaffinity(0))
    short = [what for what, value in times.items() if value < GOAL]
    reached = None if short and cores < CORES else not short
    said = ", ".join(f"{value:.2f} times the {what}" for what, value in times.items())
    few = f" With {cores} cores that clients and databases need too, a miss says nothing." if reached is None else ""
    return Section(
        title="Requests a second",
        text=TEXT.format(clients=asking),
        columns=["", "processes", "a second", "times one", "ms of CPU per request"],
        rows=[
            [
                what, str(count), spread(values), f"{statistics.median(values) / statistics.median(rates[what, 1]):.2f}",
                spread(costs[what, count], 2),
            ]
            for (what, count), values in rates.items()
        ],
        verdict=("**Missed:** " if reached is False else "")
        + f"Two processes do {said} of one (goal: at least {GOAL}).{few}",
        reached=reached,
        headline={f"times the {what} of one process": round(value, 3) for what, value in times.items()}
        | {"cores": float(cores)},
    )  # fmt: skip
