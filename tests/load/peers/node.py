"""Node's packages, installed for one run into a folder that is thrown away."""

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SOURCE = Path(__file__).parent / "node"
PATIENCE = 180  # seconds that npm may take


class Unavailable(Exception):
    """Why a peer cannot run here; the report says it."""


@contextmanager
def installed() -> Iterator[Path]:
    """The folder with server.js and what it needs. Raises Unavailable."""
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise Unavailable(f"there is no {program} on this machine")
    with tempfile.TemporaryDirectory(prefix="chatpoc-node-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        for source in SOURCE.iterdir():
            if source.is_file():
                shutil.copy(source, folder)
        _install(folder)
        yield folder


def _install(folder: Path) -> None:
    command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        raise Unavailable(f"npm took longer than {PATIENCE} s") from None
    if done.returncode:
        words = (done.stderr.strip() or f"it ended with {done.returncode}").splitlines()[0]
        raise Unavailable(f"npm could not install the peers ({words[:100]})")


def version() -> str:
    """Node's, or "none"."""
    node = shutil.which("node")
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False) if node else None
    return done.stdout.strip().removeprefix("v") if done else "none"
