"""What is the same of every command: help that teaches, exit codes as processes have them, and no traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.management import get_commands

from tests.commands import manage
from tests.servers import ROOT

OURS = ("createmoderator", "doctor", "export", "purge")


def run(*arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: PLW1510  (its code is what is looked at)
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("name", OURS)
def test_help_teaches_by_example_and_tells_the_codes(name: str) -> None:
    ran = manage(name, "--help")
    assert ran.code == 0
    examples = ran.out.partition("examples:\n")[2].partition("exit codes:")[0]
    assert examples.count(f"  manage.py {name}") >= 3
    for code in ("  0  ", "  1  ", "  2  "):
        assert code in ran.out.partition("exit codes:\n")[2]


def test_each_is_known() -> None:
    assert set(OURS) <= set(get_commands())


@pytest.mark.once
def test_a_process_ends_with_the_code_and_a_line(tmp_path: Path) -> None:
    empty = {"DATABASE_URL": f"sqlite:///{tmp_path}/empty.sqlite3", "REDIS_URL": ""}
    wrong = run("purge", "--older-than", "soon", **empty)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "is no age" in wrong.stderr
    nowhere = run("export", "--room", "1", "--to", "-", DATABASE_URL="sqlite:////nowhere/at/all.sqlite3", REDIS_URL="")
    assert (nowhere.returncode, nowhere.stdout) == (1, "")
    assert nowhere.stderr.startswith("Refused: The database is out of reach (SQLITE_CANTOPEN)")
    unset = run("doctor", MODE="production", SECRET_KEY="", **empty)
    assert (unset.returncode, unset.stdout) == (1, "")
    assert unset.stderr.startswith("The settings are wrong, so nothing was done: SECRET_KEY is not set")
    assert "Traceback" not in wrong.stderr + nowhere.stderr + unset.stderr
