"""What the faults happen to: servers, the proxies before them, and the people who chat through these."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TypeVar

from tests.faults.author import Author
from tests.faults.clocked import Clock
from tests.faults.journal import Journal
from tests.faults.page import Page
from tests.faults.proxy import Pair, Proxy
from tests.servers import ChatServer, PostgresServer, RedisServer, postgres, redis_server

T = TypeVar("T")


class Process(ChatServer):
    """A chat process, whose clock can be set, behind a proxy of its own."""

    def __init__(self, folder: Path, number: int) -> None:
        self.clock = Clock(folder / f"clock-{number}")
        # All pages have one address here, which no chat of so many people has.
        super().__init__({"CLOCK": str(self.clock.path), "LIMITS": "off"}, "tests.faults.clocked")
        self.proxy: Proxy


@dataclass
class Servers:
    """`database` is the URL; what a backend does not have is None."""

    database: str
    postgres: PostgresServer | None
    redis: RedisServer | None
    folder: Path


@dataclass
class Stage:
    """`brief`: a short run, in which what takes a minute takes some seconds."""

    servers: Servers
    processes: list[Process]
    rng: random.Random
    brief: bool
    journal: Journal = field(default_factory=Journal)
    pages: list[Page] = field(default_factory=list)
    authors: list[Author] = field(default_factory=list)

    @property
    def redis(self) -> RedisServer:
        assert self.servers.redis
        return self.servers.redis

    @property
    def postgres(self) -> PostgresServer:
        assert self.servers.postgres
        return self.servers.postgres

    @property
    def proxies(self) -> list[Proxy]:
        return [process.proxy for process in self.processes]

    def sockets_of(self, process: Process) -> list[Pair]:
        """Through whichever proxy they came."""
        return [pair for proxy in self.proxies for pair in proxy.sockets if pair.reached == process.port]

    async def lasts(self, full: float, brief: float) -> None:
        """So many seconds pass, while people go on writing."""
        await asyncio.sleep(brief if self.brief else full)

    async def off_the_loop(self, work: Callable[..., T], *arguments: object) -> T:
        """What blocks: starting and stopping a server."""
        return await asyncio.to_thread(work, *arguments)


def start_servers(stack: ExitStack, backend: str, folder: Path) -> Servers:
    if backend == "sqlite":
        return Servers(f"sqlite:///{folder}/chat.sqlite3", None, None, folder)
    database, redis = stack.enter_context(postgres()), stack.enter_context(redis_server())
    return Servers(database.url, database, redis, folder)


def start_processes(stack: ExitStack, servers: Servers, count: int) -> list[Process]:
    with ThreadPoolExecutor() as pool:
        processes = list(pool.map(partial(Process, servers.folder), range(count)))
    for process in processes:
        stack.callback(process.log.close)
        stack.callback(process.stop)
    return processes


@asynccontextmanager
async def proxies_before(processes: list[Process]) -> AsyncIterator[None]:
    ports = [process.port for process in processes]
    async with AsyncExitStack() as stack:
        for number, process in enumerate(processes):
            process.proxy = Proxy([*ports[number:], *ports[:number]])
            await process.proxy.start()
            stack.callback(process.proxy.stop)
        yield
