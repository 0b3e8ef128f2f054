"""Redis goes away, forgets, or does not answer."""

from redis import Redis

from tests.faults.fault import fault
from tests.faults.stage import Stage

ON = {"postgres"}


@fault("Redis killed and restarted", holds="redis", on=ON)
async def killed(stage: Stage) -> None:
    await stage.off_the_loop(stage.redis.kill)
    try:
        await stage.lasts(5, 1.5)
    finally:
        await stage.off_the_loop(stage.redis.start)


@fault("Redis restarted at once", holds="redis", on=ON)
async def restarted(stage: Stage) -> None:
    await stage.off_the_loop(stage.redis.kill)
    await stage.off_the_loop(stage.redis.start)


@fault("Redis flushed", holds="redis", on=ON)
async def flushed(stage: Stage) -> None:
    for _ in range(3):
        await stage.off_the_loop(_told, stage, "FLUSHALL")
        await stage.lasts(1, 0.3)


@fault("Redis paused", holds="redis", on=ON)
async def paused(stage: Stage) -> None:
    """It takes what it is sent, and does nothing."""
    stage.redis.pause()
    try:
        await stage.lasts(10, 3)
    finally:
        stage.redis.resume()


@fault("Redis' subscriptions cut", holds="redis", on=ON)
async def subscriptions_cut(stage: Stage) -> None:
    for _ in range(5):
        await stage.off_the_loop(_told, stage, "CLIENT", "KILL", "TYPE", "pubsub")
        await stage.lasts(0.7, 0.3)


@fault("Redis' connections cut", holds="redis", on=ON)
async def connections_cut(stage: Stage) -> None:
    for _ in range(5):
        await stage.off_the_loop(_told, stage, "CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
        await stage.off_the_loop(_told, stage, "CLIENT", "KILL", "TYPE", "pubsub")
        await stage.lasts(0.7, 0.3)


def _told(stage: Stage, *command: str) -> None:
    with Redis.from_url(stage.redis.url) as redis:
        redis.execute_command(*command)
