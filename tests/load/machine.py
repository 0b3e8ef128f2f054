"""Where and of what a figure was measured."""

import os
import platform
import subprocess
from importlib.metadata import version
from pathlib import Path

import psutil  # type: ignore[import-untyped]

from tests.load.peers import node
from tests.servers import ROOT, postgres_program

PACKAGES = ["daphne", "channels", "channels-redis", "Django", "Twisted", "autobahn", "psycopg", "redis"]
BEFORE = os.getloadavg()[0]  # other work on the machine makes every figure larger


def machine() -> dict[str, str]:
    return {
        "commit": commit(),
        "CPU": f"{os.cpu_count()} × {cpu_model()}",
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "system": f"{platform.system()} {platform.release()}",
        "load before": f"{BEFORE:.1f}",
        "Python": platform.python_version(),
        "PostgreSQL": said_by(postgres_program("postgres") or "postgres"),
        "Redis": said_by("redis-server"),
        "Node": node.version(),
        **{package: version(package) for package in PACKAGES},
    }


def said_by(program: str) -> str:
    """The version in what it says of itself: "Redis server v=7.0.15 …", "postgres (PostgreSQL) 15.14 (…)"."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return "none"
    numbers = [word.removeprefix("v=") for word in said.split() if word.removeprefix("v=")[:1].isdigit()]
    return numbers[0] if numbers else "unknown"


def cpu_model() -> str:
    cpuinfo = Path("/proc/cpuinfo")
    lines = cpuinfo.read_text().splitlines() if cpuinfo.exists() else []
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def commit() -> str:
    def git(*arguments: str) -> str:
        done = subprocess.run(["git", *arguments], cwd=ROOT, check=False, capture_output=True, text=True)
        return done.stdout.strip()

    return (git("rev-parse", "--short", "HEAD") or "unknown") + (
        " with changes" if git("status", "--porcelain", "--", ":!docs/benchmarks") else ""
    )
