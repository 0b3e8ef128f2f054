"""Where an export goes: a folder, a zip file, or one stream. Nothing of it is kept in memory, and it has its name only when all
of it is there."""

import base64
import hashlib
import json
import os
import shutil
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from chatpoc.commands import Refused

FORMAT = 1  # its number goes up when what a reader relies on changes
Record = dict[str, Any]


class Archive:
    """JSON lines by the name of their file, and other files; `manifest.json` comes last, with the digest of each."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.files: list[Record] = []
        self.progress: Callable[[int], None] = lambda _more: None

    def lines(self, name: str, type_: str, records: Iterable[Record]) -> None:
        with self._file(name) as out:
            for record in records:
                out(as_json({"type": type_} | record) + b"\n")
                self.counts[type_] += 1
                self.progress(1)

    def file(self, name: str, data: bytes) -> None:
        with self._file(name) as out:
            out(data)
        self.counts["file"] += 1

    def finish(self, manifest: Record) -> None:
        whole = {"type": "manifest"} | manifest | {"counts": dict(self.counts), "files": self.files}
        self._end(whole)

    @contextmanager
    def _file(self, name: str) -> Iterator[Callable[[bytes], None]]:
        digest, size = hashlib.sha256(), 0
        with self._open(name) as file:

            def out(data: bytes) -> None:
                nonlocal size
                file.write(data)
                digest.update(data)
                size += len(data)

            yield out
        self.files.append({"name": name, "bytes": size, "sha256": digest.hexdigest()})

    def _open(self, name: str) -> Any:
        raise NotImplementedError

    def _end(self, manifest: Record) -> None:
        with self._open("manifest.json") as file:
            file.write(json.dumps(manifest, default=told, ensure_ascii=False, indent=2).encode() + b"\n")


class Folder(Archive):
    def __init__(self, folder: Path) -> None:
        super().__init__()
        self.folder = folder

    @contextmanager
    def _open(self, name: str) -> Iterator[IO[bytes]]:
        path = self.folder / name
        for folder in reversed(path.relative_to(self.folder).parents[:-1]):
            (self.folder / folder).mkdir(mode=0o700, exist_ok=True)  # one by one: what `parents` makes is open to all
        with only_mine(path) as file:
            yield file


class Zip(Archive):
    def __init__(self, packed: zipfile.ZipFile) -> None:
        super().__init__()
        self.packed = packed

    def _open(self, name: str) -> Any:
        return self.packed.open(name, "w", force_zip64=True)


class Stream(Archive):
    """All lines one after the other, in ASCII; other files as lines in base64; the manifest is the last line, so that a reader
    knows that it has everything."""

    def __init__(self, out: Any) -> None:
        super().__init__()
        self.out = out

    @contextmanager
    def _open(self, name: str) -> Iterator["Stream"]:
        yield self

    def write(self, line: bytes) -> None:
        self.out.write(line.decode(), ending="")

    def file(self, name: str, data: bytes) -> None:
        self.lines(name, "file", [{"name": name, "base64": base64.b64encode(data).decode()}])

    def _end(self, manifest: Record) -> None:
        self.write(as_json(manifest) + b"\n")
        self.out.flush()


def told(value: object) -> str:
    """What JSON has no word for: times, in UTC and to the microsecond."""
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"An export cannot hold {value!r}.")


one_line = json.JSONEncoder(default=told, separators=(",", ":"))  # once: to make one costs as much as a line


def as_json(record: Record) -> bytes:
    return one_line.encode(record).encode()


@contextmanager
def only_mine(path: Path) -> Iterator[IO[bytes]]:
    """A new file that its owner alone can read, and that is on the disk afterwards."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb", buffering=1 << 18) as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def archive(to: str, out: Any, *, force: bool) -> Iterator[Archive]:
    """The one at `to`: a zip file if it is called so, `out` for a dash, else a folder. Raises Refused."""
    if to == "-":
        yield Stream(out)
        return
    path = Path(to).absolute()
    refuse_to_overwrite(path, force=force)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}.unfinished")
    try:
        if path.suffix == ".zip":
            with only_mine(unfinished) as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
                yield Zip(packed)
        else:
            unfinished.mkdir(mode=0o700)
            yield Folder(unfinished)
        take_its_name(unfinished, path, force=force)
    finally:
        remove(unfinished)


def refuse_to_overwrite(path: Path, *, force: bool) -> None:
    if not path.parent.is_dir():
        raise Refused(f"{path.parent} is no folder. Make it first.")
    if not path.exists() and not path.is_symlink():
        return
    if not force:
        raise Refused(f"{path} is there already. Choose another name, or say --force to replace it.")
    if path.is_dir() != (path.suffix != ".zip") or path.is_symlink():
        raise Refused(f"{path} is something else than what would replace it. Choose another name.")
    if path.is_dir() and any(path.iterdir()) and not (path / "manifest.json").is_file():
        raise Refused(f"{path} holds something that is no export, so it is not replaced. Choose another name.")


def take_its_name(unfinished: Path, path: Path, *, force: bool) -> None:
    """At the end, since what has its name is complete. What another made there meanwhile stays, unless forced."""
    refuse_to_overwrite(path, force=force)
    old = path.with_name(f"{unfinished.name}.old")
    if path.is_dir():
        path.rename(old)  # a folder cannot take the place of one that holds something
    unfinished.rename(path)
    remove(old)


def remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        with suppress(FileNotFoundError):
            path.unlink()
