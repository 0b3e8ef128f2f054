"""Ctrl-C between two transactions; whoever cannot wait for that presses it twice, and what is under way is rolled back."""

import signal
import threading
from types import FrameType, TracebackType

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class Stop:
    """Whether somebody asked to stop, while this is entered. Signals arrive in the main thread; in another nobody asks."""

    def __init__(self) -> None:
        self.by: int | None = None

    def __enter__(self) -> "Stop":
        heard = SIGNALS if threading.current_thread() is threading.main_thread() else ()
        self._before = {number: signal.signal(number, self._note) for number in heard}
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)

    def _note(self, number: int, _frame: FrameType | None) -> None:
        if self.by is not None:
            raise KeyboardInterrupt
        self.by = number

    def asked(self) -> bool:
        return self.by is not None

    @property
    def status(self) -> int:
        """What a shell expects of a program that ended for a signal: 130 for Ctrl-C."""
        return 128 + (self.by or signal.SIGINT)
