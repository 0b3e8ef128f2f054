"""A chapter in a process of its own: Django is set up once in a process, and what goes wrong there ends nothing else.

`python -m tests.load.running NAME FILE [--quick]` measures it, and writes it as JSON. Whatever happens, there is a record: a
chapter that cannot run says why.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from importlib import import_module
from pathlib import Path

from tests.load.chapter import Record, failed, record_of
from tests.load.chapters import CHAPTERS
from tests.load.crowds import Failed
from tests.load.environment import say
from tests.servers import ROOT

GRACE = 20  # seconds to stop the servers, once it is told to


def run(name: str, *, quick: bool) -> Record:
    minutes = CHAPTERS[name].minutes
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="chatpoc-load-") as folder:
        file = Path(folder, "record.json")
        command = [sys.executable, "-m", "tests.load.running", name, str(file), *(["--quick"] if quick else [])]
        process = subprocess.Popen(command, cwd=ROOT, start_new_session=True)
        try:
            status = process.wait(minutes * 60)
            why = f"its process ended with {status} and left nothing; see the traceback above"
        except subprocess.TimeoutExpired:
            why = f"it took longer than {minutes:g} minutes, and was stopped"
        finally:
            stopped = stop(process)
        there = file.exists() and not stopped  # what it left when it was told to stop is not what was asked for
        record: Record = json.loads(file.read_text()) if there else failed(name, why, quick=quick)
    return record | {"seconds": round(time.monotonic() - started)}


def stop(process: "subprocess.Popen[bytes]") -> bool:
    """And what it started: as Ctrl-C does it, so that it takes its servers along, and what is left after a while by force.
    Returns whether there was anything to stop."""
    if process.poll() is not None:
        return False
    process.send_signal(signal.SIGINT)
    try:
        process.wait(GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    return True


def measure(name: str, *, quick: bool) -> Record:
    try:
        chapter = import_module(f"tests.load.{name}.run").main(quick=quick)
    except Failed as failure:
        say(str(failure))
        return failed(name, str(failure), quick=quick)
    except Exception as error:  # noqa: BLE001  (the report says it, and the other chapters go on)
        traceback.print_exc()
        return failed(name, in_short(error), quick=quick)
    return record_of(name, chapter, quick=quick)


def in_short(error: Exception) -> str:
    """One line without the paths of this machine, since the report is committed."""
    words = f"{type(error).__name__}: {error}".splitlines()[0]
    return words.replace(sys.executable, "python").replace(str(ROOT), ".")[:200]


if __name__ == "__main__":
    kept = measure(sys.argv[1], quick="--quick" in sys.argv)
    Path(sys.argv[2]).write_text(json.dumps(kept))
