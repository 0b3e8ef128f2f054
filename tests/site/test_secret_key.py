"""Outside production a key is drawn once, whoever starts first."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from chatpoc import env

AT_ONCE = 8


def test_of_many_that_start_at_once_all_have_the_same_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env.env, "ENVIRON", {})
    together = Barrier(AT_ONCE)

    def started(_: int) -> str:
        together.wait()
        return env.secret_key()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for turn in range(100):
            monkeypatch.setattr(env, "VAR", tmp_path / str(turn))
            keys = set(pool.map(started, range(AT_ONCE)))
            assert len(keys) == 1
            assert len(keys.pop()) > 50
            kept = list(env.VAR.iterdir())
            assert [(file.name, file.stat().st_mode & 0o777) for file in kept] == [("secret_key", 0o600)]


def test_a_file_that_was_left_empty_is_filled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(env.env, "ENVIRON", {})
    monkeypatch.setattr(env, "VAR", tmp_path)
    (tmp_path / "secret_key").touch()
    assert len(drawn := env.secret_key()) > 50
    assert env.secret_key() == drawn
