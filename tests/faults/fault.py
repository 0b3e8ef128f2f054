"""What a fault is, and which there are.

    @fault("Redis killed", holds="redis", on={"postgres"})
    async def redis_killed(stage: Stage) -> None:
        stage.redis.kill()
        await stage.lasts(10, 2)
        await stage.off_the_loop(stage.redis.start)

It begins when the coroutine does, while people write, and is over when it returns: from then on the rig measures how long it
takes until every page is right. What it broke it has mended by then, also when it is cancelled (`try`/`finally`). Nothing in it
may block the loop, on which all pages live: `stage.off_the_loop`. `stage.lasts(full, brief)` is for how long it does harm.

`holds` names what it lays hands on (`redis`, `processes`, `network`, `pages`, `clock`, `database`): in a mix, two that hold the
same never happen at once. `on` names the backends that it makes sense on.
It may report what it saw with `stage.journal.refused.append("…")`, which fails the run. A module of faults is named in MODULES.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from importlib import import_module

from tests.faults.stage import Stage

MODULES = [
    "faults_of_processes",
    "faults_of_redis",
    "faults_of_the_database",
    "faults_of_the_network",
    "faults_of_pages",
    "faults_of_clocks",
]
BACKENDS = frozenset({"postgres", "sqlite"})


@dataclass(frozen=True)
class Fault:
    name: str
    happen: Callable[[Stage], Awaitable[None]]
    holds: str
    on: frozenset[str]


ALL: list[Fault] = []


def fault(
    name: str, *, holds: str, on: set[str] | frozenset[str] = BACKENDS
) -> Callable[[Callable[[Stage], Awaitable[None]]], Callable[[Stage], Awaitable[None]]]:
    def register(happen: Callable[[Stage], Awaitable[None]]) -> Callable[[Stage], Awaitable[None]]:
        ALL.append(Fault(name, happen, holds, frozenset(on)))
        return happen

    return register


def faults_on(backend: str, only: str = "") -> list[Fault]:
    """Those that make sense there, and whose names contain one of the words in `only`, which are separated by commas."""
    for module in MODULES:
        import_module(f"tests.faults.{module}")
    wanted = [word.strip().lower() for word in only.split(",")]
    return [one for one in ALL if backend in one.on and any(word in one.name.lower() for word in wanted)]
