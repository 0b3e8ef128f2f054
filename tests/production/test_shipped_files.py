"""The files of deploy/ and the Procfile say the same, and the programs that read them understand them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.production.filling import filled, started_by
from tests.production.shape import procfile
from tests.production.unit import PYTHON

pytestmark = pytest.mark.once


def test_the_procfile_starts_what_systemd_starts() -> None:
    """But for the address: a host that reads it has its proxy elsewhere."""
    words = " ".join(started_by("chatpoc@.service"))
    expected = words.replace(PYTHON, "python").replace("127.0.0.1", "0.0.0.0").replace("%i", "$PORT")  # noqa: S104
    assert procfile()["web"] == f"exec {expected}", "exec: else a shell would be told to stop"
    assert procfile()["release"] == "python manage.py migrate --no-input && python manage.py collectstatic --no-input"


@pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="no systemd here")
def test_systemd_understands_its_units(tmp_path: Path) -> None:
    here = {PYTHON: sys.executable, "/srv/chatpoc\n": f"{tmp_path}\n"}
    (tmp_path / "chatpoc@.service").write_text(filled("chatpoc@.service", here))
    shutil.copy("deploy/chatpoc.target", tmp_path)
    units = [f"{tmp_path}/chatpoc@8001.service", f"{tmp_path}/chatpoc.target"]
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    said = [line for line in done.stderr.splitlines() if "chatpoc" in line]
    assert (said, done.returncode) == ([], 0), done.stderr
