"""What `manage.py doctor` looks at: small functions that yield what they find, each with a time limit.

    @check("cache")
    def cache() -> Iterator[Finding]: ...

An app declares what only it knows in its own `doctor.py`. Nothing that is found names a secret: see `masking`.
"""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from django.db import connections

from chatpoc.doctor.masking import masked

WELL, DOUBTFUL, WRONG = "well", "doubtful", "wrong"
SIGNS = {WELL: "✓", DOUBTFUL: "!", WRONG: "✗"}


@dataclass(frozen=True)
class Finding:
    """In words: how it is, and how it is mended where it is not well."""

    level: str
    text: str
    cure: str = ""


def well(text: str) -> Finding:
    return Finding(WELL, text)


def doubtful(text: str, cure: str = "") -> Finding:
    return Finding(DOUBTFUL, text, cure)


def wrong(text: str, cure: str = "") -> Finding:
    return Finding(WRONG, text, cure)


Look = Callable[[], Iterable[Finding]]


@dataclass(frozen=True)
class Check:
    name: str
    look: Look
    needs: str  # another check: while that is wrong, there is no use in this one
    cure: str  # of not answering


@dataclass
class Result:
    name: str
    findings: list[Finding] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def level(self) -> str:
        levels = {finding.level for finding in self.findings}
        return next((level for level in (WRONG, DOUBTFUL) if level in levels), WELL)


checks: dict[str, Check] = {}


def check(name: str, *, needs: str = "", cure: str = "") -> Callable[[Look], Look]:
    def declare(look: Look) -> Look:
        checks[name] = Check(name, look, needs, cure)
        return look

    return declare


def examine(names: Iterable[str], limit: float) -> Iterator[Result]:
    """Look at these, one after the other, each for at most `limit` seconds."""
    sick: set[str] = set()
    for name in names:
        it = checks[name]
        if it.needs in sick:
            result = Result(name, [doubtful(f"Not looked at: “{it.needs}” has to be well first.")])
            sick.add(name)
        else:
            result = _run(it, limit)
        if result.level == WRONG:
            sick.add(name)
        yield result


def _run(it: Check, limit: float) -> Result:
    """In a thread of its own, which is left behind if it hangs: nothing wakes who waits for a server that says nothing."""
    result, began = Result(it.name), time.monotonic()
    found: list[Finding] = []
    thread = threading.Thread(target=_look, args=[it, found], daemon=True)
    thread.start()
    thread.join(limit)
    result.findings = list(found)
    if thread.is_alive():
        result.findings.append(wrong(f"No answer within {limit:g} s.", it.cure))
    result.seconds = time.monotonic() - began
    return result


def _look(it: Check, found: list[Finding]) -> None:
    try:
        for finding in it.look():
            found.append(Finding(finding.level, masked(finding.text), finding.cure))  # noqa: PERF401  (what it found so far counts)
    except Exception as error:  # noqa: BLE001  (whatever is broken is what is looked for)
        found.append(wrong(masked(f"{type(error).__name__}: {' '.join(str(error).split())}"), it.cure))
    finally:
        connections.close_all()
