"""The sections as Markdown for people and JSON for programs."""

import json
from dataclasses import asdict

from tests.load.invalidation.sections import Section
from tests.load.report import machine

INTRODUCTION = """# What tag invalidation costs

Median, and the lowest and highest of the rounds, or the middle half of many; what is compared takes turns in the same run.
Browsers, databases and servers share the cores, so times compare and promise nothing. Made by `make bench`.
"""


def markdown(sections: list[Section], introduction: str = INTRODUCTION) -> str:
    parts = [introduction, *(as_markdown(section) for section in sections)]
    return "\n".join([*parts, ", ".join(f"{key} {value}" for key, value in machine().items())]) + "\n"


def as_markdown(section: Section) -> str:
    lines = [section.columns, ["---"] * len(section.columns), *section.rows]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return f"## {section.title}\n\n{section.text}\n\n{table}\n\n{section.verdict}\n"


def as_json(sections: list[Section]) -> str:
    report = {"machine": machine(), "sections": [asdict(section) for section in sections]}
    return json.dumps(report, indent=1, ensure_ascii=False) + "\n"


def well(sections: list[Section]) -> bool:
    return all(section.reached for section in sections)
