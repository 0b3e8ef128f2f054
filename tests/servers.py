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

import psutil  # type: ignore[import-untyped]

ROOT = Path(__file__).resolve().parent.parent
PATIENCE = 60  # seconds that a server has to start: ten times what it takes on an idle machine


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def postgres_program(name: str) -> str | None:
    """Debian keeps the server's programs off the PATH."""
    found = sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{name}"), reverse=True)  # noqa: PTH207  (an absolute pattern)
    return found[0] if found else shutil.which(name)


def system_program(name: str) -> str | None:
    """Debian keeps daemons where only root's PATH looks."""
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


CHROMIUM = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


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

    def pause(self) -> None:
        """It takes connections and bytes, and answers nothing, until `resume`."""
        self.process.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        self.process.send_signal(signal.SIGCONT)


@contextmanager
def redis_server() -> Iterator[RedisServer]:
    server = RedisServer()
    try:
        yield server
    finally:
        server.kill()


class PostgresServer:
    """A PostgreSQL without fsync, since what it holds is thrown away; on a port that it keeps over a restart."""

    def __init__(self, folder: str, **settings: str) -> None:
        self.port, self.folder, self.settings = free_port(), folder, settings
        self.url = f"postgres://chat@127.0.0.1:{self.port}/postgres"
        user = "postgres" if os.geteuid() == 0 else None  # it refuses to run as root
        self._run_as: Any = {"user": user, "cwd": folder}
        if user:
            shutil.chown(folder, user)
        program, *options = self._made_by()
        command = [postgres_program(program) or program, "-D", f"{folder}/data", "-U", "chat", "--no-sync", *options]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **self._run_as)
        self.start()

    def _made_by(self) -> list[str]:
        return ["initdb", "--auth=trust", "-E", "UTF8"]

    def start(self) -> None:
        settings = {
            "fsync": "off",
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "200",
            **self.settings,
        }
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        command = [postgres_program("postgres") or "postgres", "-D", f"{self.folder}/data", "-p", str(self.port)]
        with Path(self.folder, "log").open("ab") as log:
            self.process = subprocess.Popen([*command, *options], stdout=log, stderr=log, **self._run_as)
        wait_for_port(self.port, self.process)

    def stop(self, how: int = signal.SIGINT) -> None:
        """SIGINT ends every connection and waits for nobody, SIGTERM waits for them, SIGQUIT is a crash."""
        self.process.send_signal(how)
        self.process.wait()

    def pause(self) -> None:
        """Neither new connections nor those there are get an answer, until `resume`."""
        for process in self._all():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.suspend()

    def resume(self) -> None:
        for process in self._all():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.resume()

    def _all(self) -> list[psutil.Process]:
        """The postmaster first: what it starts meanwhile would be missed otherwise."""
        postmaster = psutil.Process(self.process.pid)
        return [postmaster, *postmaster.children()]


class PostgresReplica(PostgresServer):
    """A streaming replica of another."""

    def __init__(self, folder: str, primary: PostgresServer) -> None:
        self.primary = primary
        super().__init__(folder, **primary.settings)

    def _made_by(self) -> list[str]:
        of = ["-h", "127.0.0.1", "-p", str(self.primary.port)]
        return ["pg_basebackup", *of, "--write-recovery-conf", "--checkpoint=fast"]


@contextmanager
def postgres_replica(primary: PostgresServer) -> Iterator[PostgresReplica]:
    with tempfile.TemporaryDirectory(prefix="chatpoc-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresReplica(folder, primary)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.resume()
                server.stop()


@contextmanager
def postgres(**settings: str) -> Iterator[PostgresServer]:
    """One that its user may stop and start. `settings` are those of postgresql.conf."""
    with tempfile.TemporaryDirectory(prefix="chatpoc-pg-", ignore_cleanup_errors=True) as folder:
        server = PostgresServer(folder, **settings)
        try:
            yield server
        finally:
            if server.process.poll() is None:
                server.resume()
                server.stop()


@contextmanager
def postgres_server(**settings: str) -> Iterator[str]:
    """Yields the DATABASE_URL of one."""
    with postgres(**settings) as server:
        yield server.url


class Daemon:
    """A program of the system's that runs in the foreground, in a folder of its own, and not as root: PgBouncer, nginx."""

    def __init__(self, command: list[str], folder: Path, port: int, *, user: str) -> None:
        self.command, self.folder, self.port = command, folder, port
        self.user = user if os.geteuid() == 0 else None
        for path in [folder, *folder.rglob("*")] if self.user else []:
            shutil.chown(path, user)
        self.start()

    def start(self) -> None:
        program = system_program(self.command[0]) or self.command[0]
        with (self.folder / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [program, *self.command[1:]], stdout=log, stderr=log, cwd=self.folder, user=self.user
            )
        try:
            wait_for_port(self.port, self.process)
        except RuntimeError as error:
            self.stop()
            raise RuntimeError(f"{error}\n{(self.folder / 'log').read_text()}") from None

    def stop(self, how: int = signal.SIGTERM) -> None:
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait(PATIENCE)


class ChatServer:
    """One Daphne process of the chat, started as the README starts it."""

    def __init__(self, environment: dict[str, str], program: str = "chatpoc.serve") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment, self.program = environment, program
        self.log = tempfile.TemporaryFile()  # noqa: SIM115  (closed by chat_server)
        self.start()

    def start(self) -> None:
        environment = os.environ | self.environment
        self.process = subprocess.Popen(self.command(), cwd=ROOT, env=environment, stdout=self.log, stderr=self.log)
        try:
            self.wait_until_ready()
        except RuntimeError:
            self.process.kill()
            raise

    def command(self) -> list[str]:
        return [sys.executable, "-m", self.program, "--port", str(self.port)]

    def wait_until_ready(self) -> None:
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
