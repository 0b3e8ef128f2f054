"""What many pages show is not fetched by all of them at once: they would wait for each other, and some would be turned away."""

CROWD = 100  # sockets of one process that may all fetch at once
FETCH = 8  # milliseconds of this process that a fetched sidebar takes, about (docs/benchmarks/invalidation.md)


def with_spread(text: str, audience: int) -> str:
    """The frame, for this many sockets; if it makes many fetch something, with `over`, the milliseconds over which to come."""
    if audience <= CROWD or '"stale' not in text:
        return text
    return f'{text[:-1]},"over":{audience * FETCH}}}'
