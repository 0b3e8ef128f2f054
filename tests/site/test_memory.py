"""What a process keeps is bounded by its size, whatever people write."""

from dataclasses import dataclass

import pytest

from chatpoc.memory import Memory, size_of

pytestmark = pytest.mark.once


def long(letter: str) -> str:
    return f"🐈{letter * 10_000}"  # 40 KB: one emoji makes the whole text four bytes a character


def test_the_last_used_stay_as_far_as_there_is_room() -> None:
    memory: Memory[str, str] = Memory(1_000, megabytes=0.1)
    for letter in "abc":
        memory.keep(letter, long(letter))
    assert [memory.get(letter) is not None for letter in "abc"] == [False, True, True]
    assert memory.get("b")
    memory.keep("d", long("d"))
    assert [memory.get(letter) is not None for letter in "bcd"] == [True, False, True]
    assert memory.size <= memory.room == 100_000


def test_one_that_takes_all_of_it_is_not_kept_and_pushes_nothing_out() -> None:
    memory: Memory[str, str] = Memory(10, megabytes=0.01)
    memory.keep("small", "x")
    memory.keep("large", long("x"))
    assert memory.get("small") == "x"
    assert memory.get("large") is None


def test_what_is_kept_again_counts_once_and_what_is_forgotten_not_at_all() -> None:
    memory: Memory[str, str] = Memory(2, megabytes=1)
    for _ in range(5):
        memory.keep("a", "x" * 100)
    once = memory.size
    assert once == size_of("a") + size_of("x" * 100)
    memory.keep("b", "")
    memory.keep("c", "")
    assert memory.get("a") is None, "no more than two"
    memory.forget()
    assert memory.size == 0


def test_what_something_holds_is_counted() -> None:
    @dataclass(frozen=True)
    class Kept:
        html: str
        made_from: dict[str, str]

    assert size_of(Kept(long("x"), {"a": long("y")})) > 80_000
    assert size_of(("key", frozenset([long("z")]))) > 40_000
    assert size_of((b"x" * 1_000, 5, None)) > 1_000
