"""What the commands share: help that teaches by example, three exit codes, one line for what went wrong, and progress."""

import argparse
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from types import FrameType
from typing import Any, NoReturn, TextIO

from django.core.management.base import BaseCommand, CommandError, CommandParser, DjangoHelpFormatter
from django.db import DatabaseError

from chatpoc.database import trouble

CODES = """exit codes:
  0  done
  1  something is wrong, or it was refused or interrupted; standard error says what
  2  the arguments are wrong; nothing was done
"""
SHOWN_EVERY = 0.2  # seconds between two words about progress on a terminal
LOGGED_EVERY = 10.0  # the same where it goes to a file


class Refused(CommandError):
    """It was not done, or not wholly; the text says why. Exit code 1."""


class BadArguments(CommandError):
    """What was asked for makes no sense; nothing was done. Exit code 2."""

    def __init__(self, *words: object) -> None:
        super().__init__(*words, returncode=2)


class Formatter(DjangoHelpFormatter, argparse.RawDescriptionHelpFormatter):
    """Keeps the lines of the examples as they are."""


class Command(BaseCommand):
    """`run` does it. Raises Refused and BadArguments; what the database and the disk refuse becomes one line as well."""

    examples = ""  # indented by two
    codes = CODES
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        epilog = f"examples:\n{self.examples.strip(chr(10))}\n\n{self.codes}"
        return super().create_parser(prog_name, subcommand, formatter_class=Formatter, epilog=epilog, **kwargs)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with _terminated_as_interrupted():
                self.run(**options)
        except KeyboardInterrupt:
            raise Refused("Interrupted.") from None
        except BrokenPipeError:
            _close(sys.stdout)
            raise Refused("Whoever read standard output is gone.") from None
        except DatabaseError as error:
            if why := trouble(error):
                raise Refused(f"The database is out of reach ({why}). `manage.py doctor` says more.") from error
            raise
        except OSError as error:
            raise Refused(f"{error.filename or 'The system'}: {error.strerror or error}") from error

    def run(self, **options: Any) -> None:
        raise NotImplementedError


def _close(stream: TextIO) -> None:
    """Python would try to write out the rest when it ends, and complain."""
    with suppress(BrokenPipeError):
        stream.close()


@contextmanager
def _terminated_as_interrupted() -> Iterator[None]:
    """SIGTERM, too, lets a command clean up behind itself."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    try:
        before = signal.signal(signal.SIGTERM, interrupt)
    except ValueError:  # not the main thread: somebody else's process
        yield
        return
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class Progress:
    """How far it is, and how fast: in one line of a terminal, else a line now and then."""

    def __init__(self, out: Any, what: str, total: int | None = None) -> None:
        self.out, self.what, self.total = out, what, total
        self.done, self.began = 0, time.monotonic()
        self.on_terminal = bool(getattr(out, "isatty", lambda: False)())
        self.told = self.began

    def __call__(self, more: int) -> None:
        self.done += more
        now = time.monotonic()
        if now - self.told >= (SHOWN_EVERY if self.on_terminal else LOGGED_EVERY):
            self.told = now
            self._tell(now)

    def end(self) -> None:
        if self.told > self.began:
            self._tell(time.monotonic())
            if self.on_terminal:
                self.out.write("\n")

    def _tell(self, now: float) -> None:
        share = f" of {self.total:,} ({self.done / self.total:.0%})" if self.total else ""
        line = f"{self.what}: {self.done:,}{share}, {self.done / max(now - self.began, 0.001):,.0f} a second"
        self.out.write(f"\r{line}\033[K" if self.on_terminal else f"{line}\n", str, ending="")
        self.out.flush()
