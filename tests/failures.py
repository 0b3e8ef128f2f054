"""`-p tests.failures --failures=<file>`: the ids of the tests that failed, a line each."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--failures", help="a file for the ids of the tests that failed", type=Path)


def pytest_configure(config: pytest.Config) -> None:
    if file := config.getoption("--failures"):
        config.pluginmanager.register(Noting(file))


class Noting:
    """At once, so that a run that does not end by itself has said them too."""

    def __init__(self, file: Path) -> None:
        self.file = file

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        self.note(report)

    def note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.failed:
            with self.file.open("a") as lines:
                lines.write(f"{report.nodeid}\n")


def failures_in(file: Path) -> list[str]:
    """Each once: of subtests several may have failed in one test, and what tidies up after it too."""
    return list(dict.fromkeys(file.read_text().splitlines())) if file.exists() else []
