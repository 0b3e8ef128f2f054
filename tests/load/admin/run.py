"""The lists of the admin with a thousand messages and with a million, on each database."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING

import django

from tests.load.chapter import Chapter
from tests.load.environment import configure, say
from tests.load.sections import Section
from tests.servers import ROOT, chat_server, postgres_server, redis_server

if TYPE_CHECKING:
    from tests.load.admin.pages import Chat

INTRODUCTION = """# What a long history costs the admin

Two servers each, which differ in nothing but how many messages there are. Databases, Redis and servers share the cores, so
times compare and promise nothing. Made by `make bench`.
"""


def main(*, quick: bool) -> Chapter:
    counts, rounds = ((1_000, 50_000), 5) if quick else ((1_000, 1_000_000), 20)
    with redis_server() as redis, tempfile.TemporaryDirectory(prefix="chatpoc-load-") as folder:
        configure(redis=redis.url, database=f"sqlite:///{folder}/none.sqlite3")
        django.setup()
        sections = []
        with ExitStack() as stack:
            files = [f"sqlite:///{folder}/{count}.sqlite3" for count in counts]
            sections.append(measure(redis.url, counts, files, rounds, "SQLite"))
            servers = [stack.enter_context(postgres_server()) for _ in counts]
            sections.append(measure(redis.url, counts, servers, rounds, "PostgreSQL"))
        return Chapter(INTRODUCTION, sections)


def measure(redis: str, counts: tuple[int, int], urls: list[str], rounds: int, database: str) -> Section:
    from tests.load.admin.pages import lists

    with ExitStack() as stack:
        chats = [
            stack.enter_context(chat_with(count, url, f"{redis[:-1]}{number}"))
            for number, (count, url) in enumerate(zip(counts, urls, strict=True))
        ]
        say(f"Opening the admin's lists on {database}, {rounds} times each")
        return lists(chats[0], chats[1], rounds, database)


@contextmanager
def chat_with(count: int, database: str, redis: str) -> Iterator["Chat"]:
    from tests.load.admin.pages import Chat

    say(f"Making {count:,} messages on {database.partition(':')[0]}")
    own = {"DATABASE_URL": database, "REDIS_URL": redis}
    command = [sys.executable, "-m", "tests.load.admin.fill", str(count)]
    made = subprocess.run(command, cwd=ROOT, env=os.environ | own, stdout=subprocess.PIPE, check=True)
    with chat_server(**own) as server:
        yield Chat(server.port, count, json.loads(made.stdout))
