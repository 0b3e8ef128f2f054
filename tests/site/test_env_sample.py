"""The settings are one file, fed by the environment; .env.sample documents it and can be filled in as it stands."""

import ast
import os
import re
from pathlib import Path
from typing import Any

import environ
import pytest

from chatpoc.env import BASE

pytestmark = pytest.mark.once


def variables_read(path: str) -> set[str]:
    """The names in env.str("NAME"), needed("NAME"), one_of("NAME") and days("NAME")."""
    calls = [node for node in ast.walk(ast.parse((BASE / path).read_text())) if isinstance(node, ast.Call)]
    return {
        call.args[0].value
        for call in calls
        if call.args and isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str)
        if re.match(r"(env\.\w+|needed|one_of|days)\(", ast.unparse(call))
    }


def sample(text: str) -> dict[str, str]:
    """What is set by the sample when the # before each assignment is taken away."""
    return dict(re.findall(r"^(?:# )?([A-Z_]+)=(.*)$", text, re.MULTILINE))


def test_the_sample_names_every_variable_and_no_other() -> None:
    read = variables_read("chatpoc/env.py") | variables_read("chatpoc/settings.py")
    assert len(read) >= 14
    assert read == set(sample((BASE / ".env.sample").read_text()))


def test_the_sample_can_be_uncommented_as_it_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A comment behind a value would be read as a part of it, and once made a SECRET_KEY that everybody knows."""
    text = (BASE / ".env.sample").read_text()
    (tmp_path / ".env").write_text(re.sub(r"^# (?=[A-Z_]+=)", "", text, flags=re.MULTILINE))
    monkeypatch.setattr(os, "environ", read := dict[str, Any]())
    monkeypatch.setattr(environ.Env, "ENVIRON", read)
    environ.Env.read_env(str(tmp_path / ".env"))
    assert read == sample(text)
    assert read["SECRET_KEY"] == ""
    assert not any("#" in value for value in read.values())


def test_nothing_but_the_settings_reads_the_environment() -> None:
    readers = {
        str(path.relative_to(BASE))
        for folder in ("chatpoc", "accounts", "chat", "presence")
        for path in (BASE / folder).rglob("*.py")
        if re.search(r"os\.environ(?!\.setdefault\(\"DJANGO_SETTINGS_MODULE\")|getenv", path.read_text())
    }
    assert readers == {"chatpoc/env.py"}
