"""PgBouncer in transaction mode: few connections serve many, and a setting that does not fit is said at once."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from chatpoc.pooler import NOT_SET, NOT_TOLD
from tests.production.asking import Visitor
from tests.production.made import Made
from tests.production.shape import PASSWORD, SERVER_CONNECTIONS, Shape, pgbouncer
from tests.production.unit import command_line
from tests.servers import ROOT, Daemon, free_port

pytestmark = [pytest.mark.browser, pytest.mark.waits, pytest.mark.processes, pytest.mark.once("postgresql")]


def test_the_chat_reaches_postgresql_by_a_few_connections_that_have_its_bounds(
    shape: Shape, made: Made, visit: Callable[..., Visitor]
) -> None:
    with ThreadPoolExecutor(8) as pool:
        visitors = [visit("alice") for _ in range(8)]
        statuses = list(pool.map(lambda visitor: [visitor.ask("/people/").status for _ in range(5)], visitors))
    assert {status for each in statuses for status in each} == {200}
    with psycopg.connect(shape.straight) as session:
        asked = "SELECT count(*) FROM pg_stat_activity WHERE datname = 'chat' AND pid <> pg_backend_pid()"
        [connections] = session.execute(asked).fetchone() or [0]
    assert 1 <= connections <= int(SERVER_CONNECTIONS)
    through = f"host=127.0.0.1 port={shape.bouncer.port} user=chat password={PASSWORD} dbname=chat"
    with psycopg.connect(through) as session:
        assert session.execute("SHOW lock_timeout").fetchone() == ("5s",)
        assert session.execute("SHOW idle_in_transaction_session_timeout").fetchone() == ("30s",)


def test_the_doctor_finds_nothing_wrong_with_it(shape: Shape) -> None:
    said = command_line("python manage.py doctor --only database migrations", shape.environment)
    assert "✗" not in said


@pytest.fixture(scope="module")
def silent(shape: Shape, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A PgBouncer that takes what the chat says as it connects, and forgets it."""
    folder = Path(shape.folder / "silent")
    folder.mkdir()
    changes = {"pool_mode = transaction": "pool_mode = transaction\nignore_startup_parameters = options"}
    bouncer = pgbouncer(folder, shape.database, changes)
    yield bouncer
    bouncer.stop()


def start(shape: Shape, database: str) -> subprocess.CompletedProcess[str]:
    """The chat with this DATABASE_URL, which shall not start."""
    command = [sys.executable, "-m", "chatpoc.serve", "--port", str(free_port())]
    environment = os.environ | shape.environment | {"DATABASE_URL": database}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)


def test_a_setting_that_does_not_fit_is_said_in_a_sentence_and_nothing_starts(shape: Shape, silent: Daemon) -> None:
    url = shape.environment["DATABASE_URL"]
    untold = url.removesuffix("?pgbouncer=transaction")
    cases = {
        untold: NOT_TOLD,
        untold.replace(str(shape.bouncer.port), str(silent.port)): NOT_TOLD,
        f"{shape.straight}?pgbouncer=transaction": NOT_SET.format(
            what="lock_timeout and idle_in_transaction_session_timeout"
        ),
    }
    with ThreadPoolExecutor() as pool:
        for said, sentence in zip(pool.map(lambda case: start(shape, case), cases), cases.values(), strict=True):
            assert said.returncode == 1
            assert said.stderr.strip() == f"The settings are wrong, so the chat does not start: {sentence}"
