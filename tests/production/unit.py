"""A process of the chat as systemd starts it: the same command, ready when it says so."""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

from tests.production.filling import started_by
from tests.servers import PATIENCE, ROOT, ChatServer

PYTHON = "/srv/chatpoc/.venv/bin/python"


class Unit(ChatServer):
    def __init__(self, folder: Path, number: int, environment: dict[str, str]) -> None:
        self.ear = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        place = folder / f"notify-{number}"
        self.ear.bind(str(place))
        super().__init__(environment | {"NOTIFY_SOCKET": str(place)})

    def command(self) -> list[str]:
        instead = {PYTHON: sys.executable, "%i": str(self.port)}
        return [instead.get(word, word) for word in started_by("chatpoc@.service")]

    def wait_until_ready(self) -> None:
        """As `systemctl restart` waits for Type=notify."""
        self.hear("READY=1")

    def hear(self, state: str) -> None:
        deadline = time.monotonic() + PATIENCE
        self.ear.settimeout(0.1)
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                if self.ear.recv(256) == state.encode():
                    return
            except TimeoutError:
                continue
        raise RuntimeError(f"The chat did not say {state}: {self.output()}")

    def restart(self) -> int:
        """Returns the exit status of the one before."""
        status = self.stop()
        self.start()
        return status

    def close(self) -> None:
        self.stop()
        self.log.close()
        self.ear.close()


def command_line(line: str, environment: dict[str, str]) -> str:
    """Run a line of the Procfile, or of the documentation, as a shell does, with this environment's Python; what it says."""
    path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"  # noqa: PTH120
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", line], cwd=ROOT, env=os.environ | environment | {"PATH": path},
        capture_output=True, text=True, check=False, timeout=PATIENCE * 2,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{line}\nended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout
