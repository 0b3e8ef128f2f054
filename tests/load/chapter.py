"""A chapter of the report: what one part of the benchmark found, as JSON for programs and Markdown for people."""

from dataclasses import asdict, dataclass
from typing import Any

from tests.load.machine import machine
from tests.load.sections import Section

Record = dict[str, Any]  # a chapter as it is kept: see record_of()


@dataclass(frozen=True)
class Chapter:
    introduction: str  # Markdown that begins with the title
    sections: list[Section]


def record_of(name: str, chapter: Chapter, *, quick: bool) -> Record:
    return {
        "name": name,
        "quick": quick,
        "why": "",  # it could not be measured
        "machine": machine(),
        "introduction": chapter.introduction,
        "sections": [asdict(section) for section in chapter.sections],
    }


def failed(name: str, why: str, *, quick: bool) -> Record:
    return record_of(name, Chapter(f"# {name.title()}", []), quick=quick) | {"why": why}


def markdown(record: Record) -> str:
    parts = [record["introduction"].strip() + "\n"]
    if record["quick"]:
        parts.append("**A smoke test: fewer sockets, messages and rounds. Its figures are no result.**\n")
    if record["why"]:
        parts.append(f"**Not measured:** {record['why']}\n")
    parts += [as_markdown(Section(**section)) for section in record["sections"]]
    return "\n".join([*parts, signature(record)]) + "\n"


def as_markdown(section: Section) -> str:
    lines = [section.columns, ["---"] * len(section.columns), *section.rows] if section.columns else []
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return "\n\n".join(part for part in (f"## {section.title}", section.text, table, section.verdict) if part) + "\n"


def signature(record: Record) -> str:
    took = f", took {record['seconds']:.0f} s" if "seconds" in record else ""
    return ", ".join(f"{key} {value}" for key, value in record["machine"].items()) + took


def missed(record: Record) -> list[str]:
    """The titles of the sections that missed their goal."""
    return [section["title"] for section in record["sections"] if section["reached"] is False]
