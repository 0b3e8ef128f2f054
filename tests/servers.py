"""Private PostgreSQL, Redis and chat servers on free ports, for tests and benchmarks. Each is stopped by its id."""

import contextlib
import glob
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 20  # seconds that a server has to start


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_program(name: str) -> str | None:
    """Debian keeps the server's programs off the PATH."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)  # noqa: PTH207  (an absolute pattern)
    return found[0] if found else shutil.which(name)


def chromium_program() -> str:
    """The headless shell does half the work of the whole browser."""
    return shutil.which("chromium-headless-shell") or shutil.which("chromium") or "chromium"


class RedisServer:
    """A Redis that forgets everything when it stops, on a port that it keeps over a restart."""

    def __init__(self) -> None:
        self.port = free_port()
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self.start()

    def start(self) -> None:
        options = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        self.process = subprocess.Popen(["redis-server", *options], stdout=subprocess.DEVNULL)
        wait_for_port(self.port, self.process)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    try:
        yield server
    finally:
        server.kill()


class PostgresServer:
    """A PostgreSQL on a port and in a folder that it keeps over a restart. It writes without fsync: what it holds is thrown
    away. `more` are settings of it."""

    def __init__(self, folder: str, **more: str) -> None:
        self.port, self.folder = free_port(), folder
        self.url = f"postgres://chat@127.0.0.1:{self.port}/postgres"
        user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        if user:
            shutil.chown(folder, user)
        self._run_as: Any = {"user": user, "cwd": folder}
        settings = {
            "fsync": "off",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            **more,
        }
        self._options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        make = [postgres_program("initdb") or "initdb", "-D", f"{folder}/data", "-U", "chat", "-E", "UTF8"]
        run_as = self._run_as
        subprocess.run([*make, "--auth=trust", "--no-sync"], check=True, stdout=subprocess.DEVNULL, **run_as)
        self.start()

    def start(self) -> None:
        with Path(self.folder, "log").open("ab") as log:
            command = [postgres_program("postgres") or "postgres", "-D", f"{self.folder}/data", "-p", str(self.port)]
            self.process = subprocess.Popen([*command, *self._options], stdout=log, stderr=log, **self._run_as)
        wait_for_port(self.port, self.process)

    def stop(self, how: int = signal.SIGINT) -> None:
        """At once, with an error for who is connected (SIGINT), or as if the machine lost its power (SIGQUIT)."""
        self.process.send_signal(how)
        self.process.wait()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Nothing of it runs, and nothing is refused: who asks waits."""
        stopped: list[int] = []
        try:
            for pid in (self.process.pid, *_children(self.process.pid)):
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGSTOP)
                    stopped.append(pid)
            yield
        finally:
            for pid in stopped:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGCONT)


def _children(pid: int) -> list[int]:
    """Each of PostgreSQL's processes is the leader of a group of its own."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def postgres(**more: str) -> Iterator[PostgresServer]:
    with tempfile.TemporaryDirectory(prefix="chatpoc-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(folder, **more)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.stop()


@contextmanager
def postgres_server(**more: str) -> Iterator[str]:
    """Yields its DATABASE_URL."""
    with postgres(**more) as server:
        yield server.url


class ChatServer:
    """One Daphne process of the chat, started as the README starts it."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = environment
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  (closed by chat_server)
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "chatpoc.serve", "--port", str(self.port)],
            cwd=ROOT,
            env=os.environ | self.environment,
            stdout=self.log,
            stderr=self.log,
        )
        wait_for_port(self.port, self.process)

    def stop(self, how: int = signal.SIGTERM) -> int:
        """Send the signal and return the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            return self.process.wait(PATIENCE)
        finally:
            self.process.kill()

    def output(self) -> str:
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def answers(self) -> bool:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{self.url}/accounts/login/", timeout=2) as answer,
        ):
            return bool(answer.status == 200)
        return False


@contextmanager
def chat_server(**environment: str) -> Iterator[ChatServer]:
    server = ChatServer(environment)
    try:
        yield server
    finally:
        server.stop()
        server.log.close()


def wait_for_port(port: int, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{process.args!r} ended with {process.returncode} before it listened.")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return
        time.sleep(0.05)
    raise RuntimeError(f"{process.args!r} does not listen on port {port}.")
