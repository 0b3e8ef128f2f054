"""A brief run of the rig, on the kind of database and layer of this run, with servers of its own."""

import os
import subprocess
import sys

import pytest

from tests.servers import ROOT


@pytest.mark.waits
@pytest.mark.processes
@pytest.mark.timeout(400)
def test_nothing_is_lost_doubled_or_somebody_elses_whatever_breaks() -> None:
    """On SQLite those that the other run cannot have, and the worst: `make faults ON=sqlite BRIEF=1` has them all."""
    backend = ["postgres"] if os.environ.get("REDIS_URL") else ["sqlite", "--only", "disk,kill"]
    command = [sys.executable, "-m", "tests.faults", "--brief", "--people", "12", "--on", *backend]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    print(run.stdout)
    assert run.returncode == 0, f"{run.stderr}\n{run.stdout}"
