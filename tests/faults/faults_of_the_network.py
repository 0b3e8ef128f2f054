"""What is between a browser and a process: cut, stalled, slow, or losing the answers."""

import asyncio
from contextlib import ExitStack

from tests.faults.fault import fault
from tests.faults.proxy import Pair
from tests.faults.stage import Stage

SLOW = 1.0  # bytes a second
LOSES = 0.5  # of the answers
LATE = 2.0  # seconds, at most


@fault("every connection cut", holds="network")
async def cut(stage: Stage) -> None:
    for _ in range(3):
        for proxy in stage.proxies:
            proxy.cut()
        await stage.lasts(1, 0.4)


@fault("the network stalls", holds="network")
async def stalled(stage: Stage) -> None:
    with ExitStack() as held:
        held.enter_context(stage.rng.choice(stage.proxies).holding())
        await stage.lasts(10, 2)


@fault("answers lost after the commit", holds="network")
async def answers_lost(stage: Stage) -> None:
    """The process did what it was asked to, the browser never hears of it, and asks again."""

    def lost(pair: Pair) -> bool:
        return pair.is_post and stage.rng.random() < LOSES

    before = sum(proxy.swallowed for proxy in stage.proxies)
    with ExitStack() as swallowing:
        for proxy in stage.proxies:
            swallowing.enter_context(proxy.swallowing(lost))
        await stage.lasts(10, 3)
        for _ in range(100):  # while a process is away, there is no answer to lose
            if sum(proxy.swallowed for proxy in stage.proxies) > before:
                return
            await asyncio.sleep(0.1)
    stage.journal.refused.append("no answer was lost, so nothing was shown")


@fault("answers come late", holds="network")
async def late(stage: Stage) -> None:
    """What a page fetches is older than what its socket brings meanwhile. Sockets are cut, so that pages fetch."""
    with ExitStack() as delaying:
        for proxy in stage.proxies:
            delaying.enter_context(proxy.delaying(lambda: stage.rng.uniform(0, LATE)))
        for _ in range(3):
            for pair in (pair for proxy in stage.proxies for pair in proxy.sockets):
                pair.cut()
            await stage.lasts(4, 1.5)


@fault("pages that read a byte a second", holds="network")
async def slow_readers(stage: Stage) -> None:
    """A tenth of the sockets. What they do not take must neither delay the others nor pile up."""
    while not (sockets := [pair for proxy in stage.proxies for pair in proxy.sockets]):  # noqa: ASYNC110  (no event says it)
        await asyncio.sleep(0.1)  # something else cut them all
    slow = stage.rng.sample(sockets, max(1, len(sockets) // 10))
    for pair in slow:
        pair.slow_down(SLOW)
    try:
        await stage.lasts(30, 3)
    finally:
        for pair in slow:
            pair.speed_up()
