"""`-p tests.dealing --claims=<folder>`: what is not about the database runs once, in whichever run comes to it first.

Runs that are given the same folder, and select the same tests, take from one heap: each first does what it alone can, and then
the files marked `once`, and the plain tests of chat and accounts. So they end together, however fast each is.
"""

import hashlib
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

OF_ALL = pytest.StashKey[set[pytest.Item]]()


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--claims", help="a folder where runs beside this one say what they took", type=Path)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """`once("postgresql")` is of the run on that, whoever is first."""
    if not config.getoption("--claims"):
        return
    marks = {item: item.get_closest_marker("once") for item in items}
    elsewhere = {item for item, mark in marks.items() if mark and mark.args and connection.vendor not in mark.args}
    config.hook.pytest_deselected(items=list(elsewhere))
    of_all = {item for item, mark in marks.items() if (is_plain(item) if mark is None else not mark.args)}
    items[:] = sorted(
        (item for item in items if item not in elsewhere),
        key=lambda item: (item in of_all, str(item.path) if item in of_all else ""),
    )
    config.stash[OF_ALL] = of_all


def is_plain(item: pytest.Item) -> bool:
    """In chat and accounts, and neither committed nor about the database."""
    marker = item.get_closest_marker("django_db")
    names: Iterable[str] = getattr(item, "fixturenames", ())
    committed = "transactional_db" in names or bool(marker and marker.kwargs.get("transaction"))
    return item.path.parent.name in {"chat", "accounts"} and not committed and "statements" not in names


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> object:
    """As pytest's own, but that it learns what comes next when it gets there."""
    config = session.config
    if OF_ALL not in config.stash or config.option.collectonly or session.testsfailed:
        return None
    left: list[pytest.Item] = []
    coming = taken(
        session.items, config.stash[OF_ALL], Path(config.getoption("--claims")), config.option.markexpr, left
    )
    item = next(coming, None)
    while item is not None:
        following = next(coming, None)
        config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    config.hook.pytest_deselected(items=left)
    return True


def taken(items: Iterable[Any], of_all: set[Any], folder: Path, selected: str, left: list[Any]) -> Iterator[Any]:
    """Those of the items that are this run's alone, and those files of the others that it is the first to ask for. What
    other runs have is put into `left`."""
    for (path, shared), group in groupby(items, key=lambda item: (item.path, item in of_all)):
        if not shared or claim(folder, f"{selected}: {path}"):
            yield from group
        else:
            left.extend(group)


def claim(folder: Path, what: str) -> bool:
    """Whether nobody had it before."""
    try:
        (folder / hashlib.sha256(what.encode()).hexdigest()).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
