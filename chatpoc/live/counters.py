"""What the engine did in this process, by tag type and by fragment. An increment costs 1 µs, an observation 2 µs.

The page at /live/ (chatpoc.live.insight) and /metrics show these same objects.
"""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics

AGES = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 30)  # seconds; no visible fragment shall be older than 1
RENDERS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)  # seconds
DELIVERIES = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)  # seconds
ANSWERS = (0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 15)  # seconds
LATENESS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1)  # seconds
FRESH, UNCHANGED = "fresh", "unchanged"

# When each label was first seen: a third of what is told, for nobody.
disable_created_metrics()  # type: ignore[no-untyped-call]
registry = CollectorRegistry()
invalidations = Counter(
    "chatpoc_live_invalidations", "Tags that a committed write made stale.", ["type"], registry=registry
)
hints = Counter("chatpoc_live_hints", "Hints given to the channel layer.", ["type"], registry=registry)
frames = Counter("chatpoc_live_frames", "Hints and partials written to sockets.", ["type"], registry=registry)
type_fetches = Counter(
    "chatpoc_live_type_fetches", "Fetches of fragments that show a type.", ["type", "answer"], registry=registry
)
type_bytes = Counter(
    "chatpoc_live_type_bytes", "Bytes of the fragments fetched that show a type.", ["type"], registry=registry
)
fetches = Counter("chatpoc_live_fetches", "Fetches of a fragment.", ["fragment", "answer"], registry=registry)
fetched_bytes = Counter("chatpoc_live_bytes", "Bytes of a fragment's fetches.", ["fragment"], registry=registry)
renders = Histogram(
    "chatpoc_live_render_seconds",
    "Rendering a fragment, first paints too.",
    ["fragment"],
    buckets=RENDERS,
    registry=registry,
)
staleness = Histogram(
    "chatpoc_live_staleness_seconds",
    "From the write that made a fragment stale to the answer that renewed it, where this process knows both.",
    ["type"],
    buckets=AGES,
    registry=registry,
)
sends = Counter(
    "chatpoc_live_sends", "Frames given to the channel layer, by the type of their topic.", ["type"], registry=registry
)
lost = Counter("chatpoc_live_lost", "What the channel layer did not take; pages catch up.", ["kind"], registry=registry)
deliveries = Histogram(
    "chatpoc_live_delivery_seconds",
    "From the commit to the frame written to the last socket here that listens to its topic.",
    ["type"],
    buckets=DELIVERIES,
    registry=registry,
)
closes = Counter("chatpoc_live_closes", "Sockets that the server closed, and why.", ["why"], registry=registry)
lateness = Histogram(
    "chatpoc_loop_late_seconds",
    "How late the loop was with what was due, looked at every two seconds while there are sockets.",
    buckets=LATENESS,
    registry=registry,
)
answers = Counter("chatpoc_answers", "Answers of pages and fragments.", ["status"], registry=registry)
answer_seconds = Histogram(
    "chatpoc_answer_seconds", "From a request to the beginning of its answer.", buckets=ANSWERS, registry=registry
)
in_progress = Gauge("chatpoc_requests_in_progress", "Requests that Django is busy with.", registry=registry)
limited = Counter("chatpoc_limited", "What was refused because it was too much at once.", ["limit"], registry=registry)


def type_of(tag: str) -> str:
    return tag.partition(":")[0]


def fetched(fragment: str, tags: Iterable[str], size: int) -> None:
    """A fragment made from `tags` was fetched: `size` bytes, or 0 when it was unchanged."""
    answer = FRESH if size else UNCHANGED
    fetches.labels(fragment, answer).inc()
    fetched_bytes.labels(fragment).inc(size)
    for type_ in {type_of(tag) for tag in tags}:
        type_fetches.labels(type_, answer).inc()
        type_bytes.labels(type_).inc(size)


def moved(*, without: Iterable[str]) -> float:
    """A number that changes whenever something is counted that is not about these types and fragments."""
    ignored = set(without)
    return sum(
        sample.value
        for counter in (invalidations, hints, frames, fetches)
        for metric in counter.collect()
        for sample in metric.samples
        if sample.name.endswith("_total") and not ignored.intersection(sample.labels.values())
    )
