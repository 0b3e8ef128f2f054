"""What the chat costs, beside peers and floors in the same run: `make bench`, about half an hour.

It writes one report: docs/benchmarks/README.md and report.json, a chapter beside it for each part, and a chart. A chapter
that is measured alone takes the place of its older self in the report, which says of what commit each is. Status 1 when a
chapter could not be measured or a goal of its own was missed."""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tests.load import chapter, report, running
from tests.load.chapters import CHAPTERS
from tests.load.environment import allow_files, say
from tests.servers import ROOT

FOLDER = ROOT / "docs" / "benchmarks"


def main(arguments: list[str]) -> int:
    asked = read(arguments)
    allow_files()
    names = asked.chapters or [name for name, entry in CHAPTERS.items() if entry.always or asked.all]
    with tempfile.TemporaryDirectory(prefix="chatpoc-load-") as nowhere:
        folder = asked.into or (Path(nowhere) if asked.quick else FOLDER)
        folder.mkdir(parents=True, exist_ok=True)
        well = True
        for number, name in enumerate(names, 1):
            say(f"\n— {name} ({number} of {len(names)}): {CHAPTERS[name].what}")
            record = running.run(name, quick=asked.quick)
            keep(folder, record)
            print(chapter.markdown(record), flush=True)
            well &= not record["why"] and not chapter.missed(record)
        print(report.write(folder))
    return 0 if well else 1


def read(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.load", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="chapters:\n" + "\n".join(f"  {name:<13} {entry.what}" for name, entry in CHAPTERS.items()),
    )  # fmt: skip
    parser.add_argument("chapters", nargs="*", metavar="chapter", help="only these; without, all but the last four")
    parser.add_argument("--all", action="store_true", help="the last four, too")
    parser.add_argument("--quick", action="store_true", help="a smoke test of a few minutes, which writes nothing")
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="write the report there, also a smoke test's")
    asked = parser.parse_args(arguments)
    if unknown := [name for name in asked.chapters if name not in CHAPTERS]:
        parser.error(f"there is no chapter {', '.join(unknown)}; there are {', '.join(CHAPTERS)}")
    return asked


def keep(folder: Path, record: chapter.Record) -> None:
    name = record["name"]
    (folder / f"{name}.json").write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n")
    (folder / f"{name}.md").write_text(chapter.markdown(record))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
