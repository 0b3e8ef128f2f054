"""How far it is: a bar with a rate on a terminal, a plain line now and then elsewhere."""

import time
from collections.abc import Callable

WIDTH = 30  # signs of the bar
REDRAWN, SAID = 0.1, 5.0  # seconds between two on a terminal, and in a log


class Progress:
    """`write` takes a text without a line's end of its own; `terminal` says whether a line can be drawn again."""

    def __init__(
        self, write: Callable[[str], object], *, terminal: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.write, self.terminal, self.clock = write, terminal, clock
        self._what, self._started, self._first, self._said = "", 0.0, 0, 0.0
        self._open = False  # a bar stands on the last line

    def __call__(self, what: str, done: int, total: int) -> None:
        now = self.clock()
        if what != self._what:
            self.end()
            # What was there before does not count for the rate.
            self._what, self._started, self._first, self._said = what, now, done, 0.0
        last = done >= total
        if not last and now - self._said < (REDRAWN if self.terminal else SAID):
            return
        self._said = now
        line = f"{what:<9}{_bar(done, total) if self.terminal else ''} {done:>11,} of {total:,}{self._rate(done, total, now)}"
        self.write(f"\r{line}\x1b[K" if self.terminal else f"{line}\n")
        self._open = self.terminal

    def end(self) -> None:
        """Whatever is written next stands on a line of its own."""
        if self._open:
            self.write("\n")
            self._open = False

    def _rate(self, done: int, total: int, now: float) -> str:
        seconds = now - self._started
        if done <= self._first or seconds < 0.2:
            return ""
        rate = (done - self._first) / seconds
        left = (total - done) / rate
        return f"  {rate:,.0f}/s" + (f", {_lasting(left)} left" if done < total else f" in {_lasting(seconds)}")


def _bar(done: int, total: int) -> str:
    full = WIDTH * min(done, total) // max(total, 1)
    return f"[{'#' * full}{'.' * (WIDTH - full)}]"


def _lasting(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
