"""A room with a long history: its pages on the server, and the window onto it in Chromium."""

import tempfile

import django

from tests.load.chapter import Chapter
from tests.load.environment import configure, say
from tests.load.sections import Section
from tests.servers import redis_server

INTRODUCTION = """# What a long history costs

The servers, Redis and Chromium share the cores, so times compare and promise nothing. Made by `make bench`.
"""


def main(*, quick: bool) -> Chapter:
    with redis_server() as redis, tempfile.TemporaryDirectory(prefix="chatpoc-load-") as folder:
        configure(redis=redis.url, database=f"sqlite:///{folder}/chat.sqlite3")
        django.setup()
        sections = measure(*((20_000, 10, 600) if quick else (200_000, 60, 5_000)))
        return Chapter(INTRODUCTION, sections)


def measure(length: int, rounds: int, scrolled: int) -> list[Section]:
    from tests.load.history.pages import pages
    from tests.load.history.scrolling import scrolling, typing
    from tests.load.invalidation.people import make_world
    from tests.load.server import server_running
    from tests.long_room import say_many

    people = make_world(1).people
    room = people[0].room
    say(f"Making {length:,} messages")
    say_many(room, [person.user for person in people], length)
    with server_running() as server:
        sections = [pages(server.port, people[0], length, rounds)]
        say(f"Scrolling up {scrolled:,} messages")
        return [*sections, scrolling(server.port, people[0], length, scrolled), typing(server.port, people[0])]
