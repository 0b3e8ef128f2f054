"""How many there are now, and what waits: looked at when Prometheus asks, so that it costs nothing meanwhile."""

from collections.abc import Iterable

from django.db import connection
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.process_collector import ProcessCollector
from prometheus_client.registry import Collector

from chatpoc.live.counters import registry
from chatpoc.live.hub import Hub, running_hub
from chatpoc.live.threads import POOL, RECHECKS


class Now(Collector):
    """Asked in a thread, while the loop goes on: it takes a copy of what it looks at in one step."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        yield from self._of_threads()
        yield from self._of_database()
        if hub := running_hub():
            yield from self._of_hub(hub)

    def describe(self) -> Iterable[GaugeMetricFamily]:
        return ()  # else the registry would collect to know the names

    def _of_hub(self, hub: Hub) -> Iterable[GaugeMetricFamily]:
        sockets = list(hub.sockets)
        unsent = [waiting for socket in sockets if (waiting := socket.unsent())]
        yield gauge("connections", "Sockets that are open and signed in.", len(sockets))
        yield gauge("topics", "Topics that some socket here listens to.", len(hub.topics))
        yield gauge("unsent_bytes", "Bytes written that browsers have not taken yet.", sum(unsent))
        yield gauge("unsent_sockets", "Sockets whose browser has not taken all yet.", len(unsent))
        yield gauge("held_frames", "Frames that wait until it is known who may hear them.", hub.rechecks.held())

    def _of_threads(self) -> Iterable[GaugeMetricFamily]:
        waiting = GaugeMetricFamily(
            "chatpoc_live_jobs_waiting", "Jobs of sockets that wait for a thread.", labels=["pool"]
        )
        for name, pool in (("live", POOL), ("rechecks", RECHECKS)):
            waiting.add_metric([name], pool._work_queue.qsize())
        yield waiting

    def _of_database(self) -> Iterable[GaugeMetricFamily]:
        """Of PostgreSQL's pool, which is made with the first connection."""
        pools = getattr(connection, "_connection_pools", {})
        if not (pool := pools.get(connection.alias)):
            return
        found = pool.get_stats()
        of_pool = GaugeMetricFamily(
            "chatpoc_database_pool", "Connections of the pool, and who waits.", labels=["state"]
        )
        idle = found["pool_available"]
        for state, many in (
            ("idle", idle),
            ("used", found["pool_size"] - idle),
            ("waiting", found.get("requests_waiting", 0)),
        ):
            of_pool.add_metric([state], many)
        yield of_pool


def gauge(name: str, what: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(f"chatpoc_live_{name}", what, value=value)


registry.register(Now())
ProcessCollector(registry=registry)
