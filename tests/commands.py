"""Runs a command as its own process does, but in this one: what it said, and with which exit code."""

from dataclasses import dataclass
from io import StringIO
from typing import Any
from unittest import mock

from django.core.management import ManagementUtility


@dataclass(frozen=True)
class Ran:
    code: int
    out: str
    err: str


class Terminal(StringIO):
    """Django closes nothing of it."""


def manage(*arguments: str) -> Ran:
    out, err = Terminal(), Terminal()
    code: Any = 0
    with mock.patch("sys.stdout", out), mock.patch("sys.stderr", err), mock.patch("django.db.connections.close_all"):
        try:
            ManagementUtility(["manage.py", *arguments]).execute()
        except SystemExit as end:
            code = end.code or 0
    return Ran(code, out.getvalue(), err.getvalue())
