"""A brief run of the fault rig, on the kind of database and layer of this run, with servers of its own."""

import os
import subprocess
import sys

import pytest

from tests.servers import ROOT

pytestmark = [pytest.mark.waits, pytest.mark.processes]


@pytest.mark.timeout(300)
def test_nothing_is_lost_doubled_or_somebody_elses_whatever_breaks() -> None:
    backend = "postgres" if os.environ.get("REDIS_URL") else "sqlite"
    command = [sys.executable, "-m", "tests.faults", "--brief", "--on", backend]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(run.stdout)
    assert run.returncode == 0, f"{run.stderr}\n{run.stdout}"
