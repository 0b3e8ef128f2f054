"""A chat process whose clock can be set while it runs: `python -m tests.faults.clocked --port 8000`.

CLOCK names a file of eight bytes, a double: the seconds by which this process is wrong. What measures how long something takes
(time.monotonic, the loop) goes on as it would on a machine whose clock is set.
"""

import mmap
import os
import struct
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.utils import timezone

SIZE = struct.calcsize("d")


class Clock:
    """The other end of the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.jump(0)

    def jump(self, seconds: float) -> None:
        """From now on the process is wrong by so much: more than nothing is the future."""
        with self.path.open("r+b" if self.path.exists() else "wb") as file:
            file.write(struct.pack("d", seconds))


def wind(path: str) -> type[datetime]:
    """Replace what tells the time of day. Before the application is imported: models keep `timezone.now` as a default."""
    with open(path, "rb") as file:  # noqa: PTH123
        shared = mmap.mmap(file.fileno(), SIZE, access=mmap.ACCESS_READ)
    real, real_ns = time.time, time.time_ns

    def wrong_by() -> float:
        return float(struct.unpack("d", shared[:SIZE])[0])

    class Shifted(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + timedelta(seconds=wrong_by())

    time.time = lambda: real() + wrong_by()
    time.time_ns = lambda: real_ns() + int(wrong_by() * 1e9)
    timezone.now = lambda: Shifted.now(UTC)
    return Shifted


def wind_ours(clock: type[datetime]) -> None:
    """Our own modules that ask `datetime.now` itself, once they are there."""
    from presence import seats

    seats.datetime = clock  # type: ignore[attr-defined]


if __name__ == "__main__":
    shifted = wind(os.environ["CLOCK"])
    import chatpoc.asgi  # noqa: F401  (loads the apps)
    from chatpoc.serve import main

    wind_ours(shifted)
    main(sys.argv[1:])
