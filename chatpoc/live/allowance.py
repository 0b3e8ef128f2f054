"""How fast frames may come, by this process' own buckets: a round trip for each would cost more than most frames do."""

import time

from django.conf import settings

from chatpoc.limits import buckets, whose
from chatpoc.live import counters
from chatpoc.live.hearing import TooFast


class Allowance:
    """A token bucket of one socket: how much it may do at once, and how fast that comes back."""

    def __init__(self, *, per_second: float, burst: float) -> None:
        self.per_second, self.burst = per_second, burst
        self.left, self.counted_at = burst, time.monotonic()

    def take(self) -> bool:
        """Use one; False when none is left."""
        now = time.monotonic()
        self.left = min(self.burst, self.left + (now - self.counted_at) * self.per_second)
        self.counted_at = now
        if self.left < 1:
            return False
        self.left -= 1
        return True


class Pace:
    """Of one socket, and of all that its owner and their address have here. First it is told to wait, and then it is closed."""

    def __init__(self, owners: whose.Owners) -> None:
        self.owners = owners
        self.own = Allowance(per_second=10, burst=50)
        self.patience = Allowance(per_second=0.5, burst=20)  # frames that are only refused

    def frame(self) -> None:
        if settings.LIMITS and not self.own.take():
            raise TooFast(1)
        self._take("frame")

    def watch(self) -> None:
        """Each costs a look into the database."""
        self._take("watch")

    def _take(self, name: str) -> None:
        if wait := buckets.here.take(whose.buckets(name, self.owners)):
            counters.limited.labels(name).inc()
            raise TooFast(wait)
