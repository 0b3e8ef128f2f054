"""The disk of an embedded chat is full: what is there is read; what is written gets 503, and is taken when there is room."""

import os
import resource
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest
from django.db import connection

from tests.database.chat_of_alice import Chat, chat_of_alice

pytestmark = [
    pytest.mark.waits,
    pytest.mark.processes,
    pytest.mark.skipif(
        connection.vendor != "sqlite", reason="PostgreSQL has a disk of its own, whose codes test_codes knows"
    ),
]

SAID = "what Alice wrote, and nobody else may read"

Full = Callable[[Chat, Path], AbstractContextManager[None]]


@contextmanager
def no_file_may_grow(chat: Chat, folder: Path) -> Iterator[None]:
    """For any user, on any machine: a limit of the system on the server's files. SQLite hears EFBIG, an I/O error."""
    server = chat.server.process.pid
    before = resource.prlimit(server, resource.RLIMIT_FSIZE)
    resource.prlimit(server, resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.prlimit(server, resource.RLIMIT_FSIZE, before)


@contextmanager
def no_space_is_left(chat: Chat, folder: Path) -> Iterator[None]:
    """A disk of six megabytes, and a file that takes what is left. SQLite hears ENOSPC: the disk is full."""
    filler = folder / "filler"
    with filler.open("wb", buffering=0) as file:
        with suppress(OSError):
            while True:
                file.write(b"\0" * 4096)
    try:
        yield
    finally:
        filler.unlink()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Skips the test where this user may mount none."""
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip(f"no small disk here: {mounted.stderr.decode().strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_files_that_may_not_grow(tmp_path: Path) -> None:
    assert_kept_and_taken_later(tmp_path, no_file_may_grow, "")  # its log may not grow either


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount a small disk; the other test is for everyone")
def test_a_disk_that_is_full(tmp_path: Path) -> None:
    with small_disk(tmp_path):
        assert_kept_and_taken_later(tmp_path, no_space_is_left, "SQLITE_FULL")


def assert_kept_and_taken_later(folder: Path, full: Full, code: str) -> None:
    with chat_of_alice(DATABASE_URL=f"sqlite:///{folder}/chat.sqlite3") as chat:
        first, second = uuid.uuid4(), uuid.uuid4()
        assert chat.send("before", uuid.uuid4()).status == 201
        assert chat.watch() is None
        until_it_is_kept_open(chat)
        with full(chat, folder):
            for _ in range(3):
                assert chat.send(SAID, first).comes_again
            typed = chat.send(SAID, second, fetch=False)
            assert typed.comes_again
            assert SAID in typed.text
            assert "before" in chat.messages(), "it is read"
            assert chat.watch() is None
        assert [chat.send(SAID, one).status for one in (first, second, first)] == [201] * 3
        said = chat.messages()
        assert [said.count(f"m-{one}") for one in (first, second)] == [1, 1]
        log = chat.server.output()
        assert code in log
        assert "Traceback" not in log
        assert SAID not in log


def until_it_is_kept_open(chat: Chat) -> None:
    """Since its first socket the server looks for what other processes wrote. Without any connection SQLite would have to make
    the files beside the database anew, even to read it."""
    files = Path(f"/proc/{chat.server.process.pid}/fd")
    kept = 0
    for _ in range(300):
        time.sleep(0.02)
        with suppress(FileNotFoundError):
            kept = kept + 1 if any(str(file.readlink()).endswith("-wal") for file in files.iterdir()) else 0
        if kept == 25:  # longer than any request's
            return
    raise AssertionError("it is not kept open")
