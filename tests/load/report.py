"""The one report: what all chapters say, and whether the goals were reached. Made of the chapters' records alone."""

import json
from pathlib import Path

from tests.load import chart
from tests.load.chapter import Record, missed
from tests.load.chapters import CHAPTERS
from tests.load.goals import GOALS, Figures, Goal

INTRODUCTION = """# What the chat can carry

Every figure stands beside that of a peer or a floor, measured in the same run: the machine's speed cancels out of a ratio, and
out of nothing else. Browsers, clients, PostgreSQL (without fsync), Redis and servers share the cores. Made by `make bench`
([the program](../../tests/load)); the same for programs is in [report.json](report.json).
"""
WORDS = {
    "missed": "**missed**",
    "cannot be told here": "cannot be told here: too few cores",
    "not measured": "**not measured**",
}


def write(folder: Path) -> str:
    """Returns the Markdown that it wrote."""
    records = read(folder)
    text = markdown(records)
    (folder / "README.md").write_text(text)
    (folder / "report.json").write_text(json.dumps(as_json(records), indent=1, ensure_ascii=False) + "\n")
    (folder / "chart.svg").write_text(chart.svg(figures_of(records)))
    return text


def read(folder: Path) -> dict[str, Record]:
    """Chapters by name. What an earlier version of this program left is none."""
    files = {name: folder / f"{name}.json" for name in CHAPTERS}
    records = {name: json.loads(file.read_text()) for name, file in files.items() if file.exists()}
    return {name: record for name, record in records.items() if record.get("name") == name}


def figures_of(records: dict[str, Record]) -> dict[str, float]:
    """The headline figures of all. Raises ValueError when two chapters use one name."""
    figures: dict[str, float] = {}
    for name, record in records.items():
        for section in record["sections"]:
            if twice := figures.keys() & section["headline"].keys():
                raise ValueError(f"{name} has figures of names that are taken: {', '.join(twice)}")
            figures |= section["headline"]
    return figures


def markdown(records: dict[str, Record]) -> str:
    figures = figures_of(records)
    parts = [
        INTRODUCTION,
        *warnings(records),
        "## Goals\n",
        goals(figures, quick=any(record["quick"] for record in records.values())),
        "![CPU per delivery and time to the other socket](chart.svg)\n",
    ]
    return "\n".join([*parts, "## Chapters\n", chapters(records), "## Machine\n", machine(records)]) + "\n"


def warnings(records: dict[str, Record]) -> list[str]:
    found = []
    if quick := [name for name, record in records.items() if record["quick"]]:
        found.append(f"**A smoke test, whose figures are no result:** {', '.join(quick)}.\n")
    for key, what in (("commit", "commits"), ("CPU", "machines")):
        if len(kinds := {record["machine"][key] for record in records.values()}) > 1:
            found.append(f"**Not one run:** the chapters are of {len(kinds)} {what}; each says of which.\n")
    return found


def goals(figures: Figures, *, quick: bool) -> str:
    lines = ["| | goal | measured | |", "|---|---|---|---|"]
    for goal in GOALS:
        cells = [
            goal.what,
            goal.goal,
            goal.shown(figures),
            verdict(goal, figures) + (", in a smoke test" if quick else ""),
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def verdict(goal: Goal, figures: Figures) -> str:
    found = goal.judge(figures)
    return WORDS.get(found, found)


def chapters(records: dict[str, Record]) -> str:
    lines = ["| chapter | | of its own goals | commit | took |", "|---|---|---|---|--:|"]
    for name, entry in CHAPTERS.items():
        if record := records.get(name):
            cells = [
                f"[{name}]({name}.md)",
                entry.what,
                state(record),
                record["machine"]["commit"],
                f"{record['seconds']:,} s",
            ]
        else:
            cells = [name, entry.what, "not in this report: it was not asked for", "", ""]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines) + "\n"


def state(record: Record) -> str:
    if record["why"]:
        return f"**not measured:** {record['why']}"
    judged = [section for section in record["sections"] if section["reached"] is not None]
    if short := missed(record):
        return f"**missed** {len(short)} of {len(judged)}: {'; '.join(short)}"
    return f"reached {len(judged)} of {len(judged)}" if judged else "none"


def machine(records: dict[str, Record]) -> str:
    """Of the first chapter; each says its own beneath."""
    if not records:
        return "Nothing was measured.\n"
    shown = next(iter(records.values()))["machine"]
    return ", ".join(f"{key} {value}" for key, value in shown.items() if key != "load before") + "\n"


def as_json(records: dict[str, Record]) -> dict[str, object]:
    figures = figures_of(records)
    return {
        "goals": [
            {
                "what": goal.what,
                "goal": goal.goal,
                "verdict": goal.judge(figures),
                "figures": {bound.figure: figures.get(bound.figure) for bound in goal.bounds},
            }
            for goal in GOALS
        ],
        "figures": figures,
        "chapters": {
            name: {key: record[key] for key in ("quick", "why", "machine", "seconds")} | {"missed": missed(record)}
            for name, record in records.items()
        },
    }
