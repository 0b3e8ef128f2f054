"""What was measured, as JSON for programs and Markdown for people."""

import json
import os
import platform
import statistics
import subprocess
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tests.load.contestants import Floor, Ours, Stock
from tests.load.measuring import FRAME_BYTES, Load, Sample
from tests.servers import ROOT

TARGET = 3  # times cheaper than stock
PACKAGES = ["daphne", "channels", "channels-redis", "Django", "Twisted", "autobahn", "psycopg", "redis"]
CONTESTANTS = [Stock, Ours, Floor]
Rounds = list[dict[str, Sample]]
Results = list[tuple[Load, Rounds]]


def median(rounds: Rounds, name: str, figure: str) -> float:
    return float(statistics.median(getattr(one[name], figure) for one in rounds))


def times_cheaper(rounds: Rounds) -> float:
    return median(rounds, Stock.name, "cpu") / median(rounds, Ours.name, "cpu")


def verdict(results: Results) -> tuple[bool, str]:
    short = [
        f"{times_cheaper(rounds):.1f}× at {load.sockets}" for load, rounds in results if times_cheaper(rounds) < TARGET
    ]
    if short:
        return (
            False,
            f"**Below the target:** ours must be at least {TARGET}× cheaper than stock, and is {', '.join(short)}.",
        )
    return True, f"Ours is at least {TARGET}× cheaper than stock at every size."


INTRODUCTION = f"""# CPU per delivery

One room, one Daphne process, frames of {FRAME_BYTES} bytes. CPU of the server process (user and system) during a paced burst,
without its idle use, divided by deliveries; every browser got every frame, in order. Median of the rounds (lowest–highest);
the servers take turns in each round. Made by `make bench`.
"""
LATENCY = """Latency is from before the publish to a browser's receive, the loop over all sockets included. Browsers and servers
share the cores, so it compares servers and promises nothing."""
BEFORE = os.getloadavg()[0]  # other work on the machine makes every figure larger


def markdown(results: Results) -> str:
    lines = [
        INTRODUCTION,
        *(f"- **{kind.name}**: {kind.what}" for kind in CONTESTANTS), "",
        "| sockets | server | µs of CPU per delivery | times cheaper than stock | busy, % of a core | p50 ms | p99 ms |",
        "|--:|---|--:|--:|--:|--:|--:|",
        *(row(load, rounds, kind.name) for load, rounds in results for kind in CONTESTANTS), "",
        verdict(results)[1], "",
        LATENCY, "",
        ", ".join(f"{key} {value}" for key, value in machine().items()),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def row(load: Load, rounds: Rounds, name: str) -> str:
    figures = [one[name].cpu for one in rounds]
    cheaper = median(rounds, Stock.name, "cpu") / median(rounds, name, "cpu")
    spread = f"{median(rounds, name, 'cpu'):.0f} ({min(figures):.0f}–{max(figures):.0f})"
    others = " | ".join(f"{median(rounds, name, figure):.0f}" for figure in ("busy", "p50", "p99"))
    return f"| {load.sockets} | {name} | {spread} | {cheaper:.1f} | {others} |"


def as_json(results: Results) -> str:
    reached, _ = verdict(results)
    loads = [
        asdict(load) | {
            "times_cheaper": round(times_cheaper(rounds), 2),
            "rounds": [{name: rounded(sample) for name, sample in one.items()} for one in rounds],
        }
        for load, rounds in results
    ]  # fmt: skip
    units = {"cpu": "µs per delivery", "idle": "% of a core", "busy": "% of a core", "p50": "ms", "p99": "ms"}
    report = {"machine": machine(), "units": units, "target": TARGET, "reached": reached, "loads": loads}
    return json.dumps(report, indent=2, ensure_ascii=False) + "\n"


def rounded(sample: Sample) -> dict[str, Any]:
    return {key: round(value, 2) for key, value in asdict(sample).items()}


def machine() -> dict[str, str]:
    versions = {package: version(package) for package in PACKAGES}
    cpus = f"{os.cpu_count()} × {cpu_model()}"
    return {
        "commit": commit(),
        "CPU": cpus,
        "load before": f"{BEFORE:.1f}",
        "Python": platform.python_version(),
        **versions,
    }


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
