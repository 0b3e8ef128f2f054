"""A failure says how to see it again; what is logged as an error is one."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chatpoc.logs import Brief
from tests.fuzzing.budget import SEED, TIMES
from tests.live.conftest import alice_key, bob_key, charlie_key, connect

__all__ = ["alice_key", "bob_key", "charlie_key", "connect"]  # fixtures


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    report = outcome.get_result()
    if report.failed:
        again = f"FUZZING_SHRINK=1 FUZZING_SEED={SEED} FUZZING_TIMES={TIMES:g} .venv/bin/python -m pytest -q '{item.nodeid}'"
        report.sections.append(("The same examples once more, and the shortest that fails", again))


@pytest.fixture(autouse=True)
def _no_limits(settings: Any) -> None:
    settings.LIMITS = {}  # else most of it would be answered with "too fast"


NothingLogged = Callable[[], None]


@pytest.fixture
def nothing_logged(caplog: pytest.LogCaptureFixture) -> NothingLogged:
    """Fails if, since it was last asked, something was logged as an error or with a traceback."""

    def check() -> None:
        records, formatter = list(caplog.records), logging.Formatter("%(levelname)s %(name)s: %(message)s")
        caplog.clear()
        for record in records:
            Brief().filter(record)  # as the log on the console does
        bad = [formatter.format(record) for record in records if record.levelno >= logging.ERROR or record.exc_info]
        assert not bad, "\n".join(bad)

    return check
