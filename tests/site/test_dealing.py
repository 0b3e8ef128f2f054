"""Of two runs on two databases, each does what it alone can, and one of them each file that is not about the database."""

from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.dealing import taken

pytestmark = pytest.mark.once


class Item(NamedTuple):
    path: str
    name: str


ITEMS = [Item("own", "a"), Item("own", "b"), *(Item(path, name) for path in ("x", "y", "z") for name in "cd")]
OF_ALL = {item for item in ITEMS if item.path != "own"}


def run(folder: Path, left: list[Any], selected: str = "not browser") -> Any:
    return taken(ITEMS, OF_ALL, folder, selected, left)


def test_two_runs_do_all_of_it_each_file_of_all_once_and_whole(tmp_path: Path) -> None:
    left: tuple[list[Any], list[Any]] = ([], [])
    runs = [run(tmp_path, each) for each in left]
    done = [[next(runs[0]) for _ in range(4)], list(runs[1])]  # the second is faster
    done[0] += runs[0]
    assert done == [[*ITEMS[:2], *ITEMS[2:4]], [*ITEMS[:2], *ITEMS[4:]]]
    assert left == (ITEMS[4:], ITEMS[2:4])


def test_runs_that_select_other_tests_of_a_file_take_nothing_from_each_other(tmp_path: Path) -> None:
    left: list[Any] = []
    assert list(run(tmp_path, left)) == list(run(tmp_path, left, "browser")) == ITEMS
    assert left == []
