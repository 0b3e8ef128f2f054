"""`manage.py doctor` beside servers that are stopped, gone or hang: it says so, in time, and ends."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.servers import ROOT, postgres, redis_server

pytestmark = [pytest.mark.once, pytest.mark.waits, pytest.mark.processes]

LIMIT = 1.0  # seconds for each look
PATIENCE = 60  # seconds for all of it, on a machine that is busy
SECRET = "letters-of-the-operator"


def doctor(database: str, redis: str) -> str:
    """What it says of both."""
    urls = {"DATABASE_URL": database, "REDIS_URL": redis.replace("redis://", f"redis://:{SECRET}@")}
    urls["DATABASE_URL"] = database.replace("chat@", f"chat:{SECRET}@")
    looks = ["database", "migrations", "redis", "layer", "cache", "outbox"]
    command: list[Any] = [sys.executable, "manage.py", "doctor", "--timeout", str(LIMIT), "--only", *looks]
    ran = subprocess.run(  # noqa: PLW1510  (its code is what is looked at)
        command, cwd=ROOT, env=os.environ | urls, capture_output=True, text=True, timeout=PATIENCE
    )
    assert ran.returncode == 1
    assert "Traceback" not in ran.stderr
    assert SECRET not in ran.stdout + ran.stderr
    return ran.stdout


def test_servers_that_hang_and_servers_that_are_gone() -> None:
    with postgres() as database, redis_server() as redis:
        redis.pause()
        database.pause()
        said = doctor(database.url, redis.url)
        assert "✗ database:    No answer within 1 s." in said
        assert "✗ redis:       No answer within 1 s." in said
        assert "! migrations:  Not looked at: “database” has to be well first." in said
        assert "! cache:       Not looked at: “redis” has to be well first." in said
        assert "! outbox:      Not looked at: “migrations” has to be well first." in said
        redis.resume()
        database.resume()
        database.stop()
        redis.kill()
        said = doctor(database.url, redis.url)
        assert "✗ database:    OperationalError: connection failed" in said
        assert "✗ redis:       ConnectionError" in said
        assert "→ Start Redis, and look at REDIS_URL" in said
