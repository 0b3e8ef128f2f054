"""Processes that hold browsers or clients, as seen by who tells them what to do."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.servers import ROOT


class Failed(Exception):
    """A frame was lost, doubled or out of order, or an answer wrong: the figures would compare different work."""


class Crowd:
    """One of them. Commands and answers are lines of JSON."""

    def __init__(self, module: str) -> None:
        command = [sys.executable, "-m", module]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def ask(self, command: dict[str, Any]) -> dict[str, Any]:
        self.tell(command)
        return self.answer()

    def tell(self, command: dict[str, Any]) -> None:
        """What it answers is read later, by answer()."""
        assert self.process.stdin
        print(json.dumps(command), file=self.process.stdin, flush=True)

    def answer(self) -> dict[str, Any]:
        assert self.process.stdout
        if not (line := self.process.stdout.readline()):
            raise Failed("The browsers ended; see their traceback above.")
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def crowd_running(module: str = "tests.load.crowd") -> Iterator[Crowd]:
    crowd = Crowd(module)
    try:
        yield crowd
    finally:
        crowd.process.kill()
        crowd.process.wait()
