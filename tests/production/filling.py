"""The files of deploy/ as they are shipped, with the places and ports of this machine put in."""

from collections.abc import Mapping

from tests.servers import ROOT

DEPLOY = ROOT / "deploy"


def filled(name: str, instead: Mapping[str, str]) -> str:
    """The text of deploy/`name`; each key of `instead` must occur there, and its value takes its place."""
    text = (DEPLOY / name).read_text()
    for place in sorted(instead, key=len, reverse=True):
        if place not in text:
            raise LookupError(f"deploy/{name} does not have {place!r} any more.")
        text = text.replace(place, instead[place])
    return text


def started_by(unit: str) -> list[str]:
    """What deploy/`unit` starts."""
    [line] = [line for line in (DEPLOY / unit).read_text().splitlines() if line.startswith("ExecStart=")]
    return line.partition("=")[2].split()
