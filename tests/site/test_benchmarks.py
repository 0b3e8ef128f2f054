"""`make bench` puts one report together of what its chapters found, and says of each goal what the figures say."""

import json
import subprocess
import sys
import xml.etree.ElementTree as ET
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from chatpoc.env import BASE
from tests.load import chapter, chart, clients, report, running
from tests.load.__main__ import keep, read
from tests.load.chapter import Chapter, Record
from tests.load.chapters import CHAPTERS, Entry
from tests.load.delivery import report as delivery
from tests.load.delivery.measuring import Load, Sample
from tests.load.goals import GOALS, Bound, Goal
from tests.load.peers import contestants
from tests.load.sections import Section

pytestmark = pytest.mark.once

FAST = Goal("speed", "at least 6, at most 1.3", [Bound("a", "×", at_least=6), Bound("b", "×", at_most=1.3, digits=2)])


def section(*, reached: bool | None = None, **headline: float) -> Section:
    return Section("What was done", "How.", ["server", "ms"], [["ours", "1"]], "So.", reached, headline=headline)


def record(name: str, *sections: Section, quick: bool = False, commit: str = "abc") -> Record:
    found = chapter.record_of(name, Chapter(f"# {name}\n", list(sections)), quick=quick)
    return found | {"seconds": 7, "machine": found["machine"] | {"commit": commit}}


@pytest.mark.parametrize(
    ("figures", "verdict"),
    [
        ({"a": 6, "b": 1.3}, "reached"),
        ({"a": 5.9, "b": 1.3}, "missed"),
        ({"a": 6, "b": 1.31}, "missed"),
        ({"a": 5.9}, "missed"),
        ({"a": 6}, "not measured"),
        ({}, "not measured"),
    ],
)
def test_a_goal_is_reached_by_all_of_its_figures(figures: dict[str, float], verdict: str) -> None:
    assert FAST.judge(figures) == verdict


@pytest.mark.parametrize(("cores", "verdict"), [(2, "cannot be told here"), (4, "missed")])
def test_two_processes_are_not_blamed_for_cores_that_are_not_there(cores: int, verdict: str) -> None:
    goal = Goal("two", "1.8", [Bound("times", "×", at_least=1.8)], cores=4)
    assert goal.judge({"times": 1.5, "cores": cores}) == verdict
    assert goal.judge({"times": 1.8, "cores": cores}) == "reached"


def test_a_goal_of_being_the_same_has_two_sides() -> None:
    [goal] = [goal for goal in GOALS if "direct message" in goal.what]
    same, whole = (bound.figure for bound in goal.bounds)
    assert [goal.judge({same: times, whole: 3}) for times in (0.8, 0.9, 1.2, 1.25)] == [
        "missed", "reached", "reached", "missed",
    ]  # fmt: skip


def test_the_report_has_the_goals_the_chapters_and_what_is_missing(tmp_path: Path) -> None:
    near, far = (bound.figure for bound in GOALS[0].bounds)
    keep(tmp_path, record("delivery", section(reached=True, **{near: 16.4, far: 1.5})))
    keep(tmp_path, record("posting", section(reached=False)))
    keep(tmp_path, chapter.failed("start", "there is no Chromium", quick=False) | {"seconds": 1})
    text = report.write(tmp_path)
    assert f"| {GOALS[0].what} | {GOALS[0].goal} | 16.4× cheaper; 1.50× the floor | **missed** |" in text
    assert f"| {GOALS[3].what} | {GOALS[3].goal} | — | **not measured** |" in text
    lines = {line.split(" | ")[0].strip("| "): line for line in text.splitlines() if line.startswith("| ")}
    assert "| reached 1 of 1 |" in lines["[delivery](delivery.md)"]
    assert "| **missed** 1 of 1: What was done |" in lines["[posting](posting.md)"]
    assert "| **not measured:** there is no Chromium |" in lines["[start](start.md)"]
    assert "was not asked for" in lines["pages"]
    for linked in ("delivery.md", "posting.md", "start.md", "report.json", "chart.svg"):
        assert f"({linked})" in text
        assert (tmp_path / linked).exists()


def test_programs_read_the_same_from_json(tmp_path: Path) -> None:
    near, far = (bound.figure for bound in GOALS[0].bounds)
    keep(tmp_path, record("delivery", section(reached=True, **{near: 6.0, far: 1.0})))
    report.write(tmp_path)
    found: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
    assert found["figures"] == {near: 6.0, far: 1.0}
    assert [goal["verdict"] for goal in found["goals"]] == ["reached", *["not measured"] * (len(GOALS) - 1)]
    assert found["chapters"]["delivery"]["machine"]["commit"] == "abc"


def test_a_smoke_test_and_a_patchwork_say_that_they_are_no_result(tmp_path: Path) -> None:
    keep(tmp_path, record("delivery", quick=True))
    keep(tmp_path, record("posting", commit="def"))
    text = report.write(tmp_path)
    assert "no result:** delivery." in text
    assert "the chapters are of 2 commits" in text
    assert "A smoke test" in (tmp_path / "delivery.md").read_text()
    assert "A smoke test" not in (tmp_path / "posting.md").read_text()


def test_one_run_of_the_whole_says_neither(tmp_path: Path) -> None:
    keep(tmp_path, record("delivery"))
    keep(tmp_path, record("posting"))
    text = report.write(tmp_path)
    assert "no result" not in text
    assert "Not one run" not in text


def test_two_chapters_do_not_share_a_figure() -> None:
    with pytest.raises(ValueError, match="p50"):
        report.figures_of(
            {"delivery": record("delivery", section(p50=1)), "posting": record("posting", section(p50=2))}
        )


def test_what_an_older_program_left_is_no_chapter(tmp_path: Path) -> None:
    (tmp_path / "delivery.json").write_text('{"machine": {}, "loads": []}')
    assert report.read(tmp_path) == {}
    assert "delivery.md" not in report.write(tmp_path)


def test_bars_are_as_long_as_their_figures() -> None:
    figures = {
        "µs per delivery, ours, 1000 sockets in one room": 20.0,
        "µs per delivery, stock, 1000 sockets in one room": 400.0,
    }
    drawn = ET.fromstring(chart.svg(figures, chart.PANELS[:1]))  # noqa: S314  (our own)
    space = "{http://www.w3.org/2000/svg}"
    widths = {bar.get("class"): float(bar.get("width", 0)) for bar in drawn.iter(f"{space}rect")}
    assert widths["bar"] == pytest.approx(20 * widths["bar ours"], rel=0.01)
    assert widths["bar"] == pytest.approx(chart.ROOM, abs=0.1), "the longest is as long as there is room"
    texts = [text.text for text in drawn.iter(f"{space}text")]
    assert {"20 µs", "400 µs"} <= set(texts)
    assert texts.count("not measured") == 3
    assert "prefers-color-scheme: dark" in chart.STYLE


def test_every_chapter_has_a_program_and_no_other_name_is_taken(capsys: pytest.CaptureFixture[str]) -> None:
    assert all(find_spec(f"tests.load.{name}.run") for name in CHAPTERS)
    with pytest.raises(SystemExit):
        read(["delivery", "presense"])
    assert "there is no chapter presense" in capsys.readouterr().err


def test_a_chapter_that_cannot_run_says_why_and_one_that_hangs_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHAPTERS, "nothing", Entry("nothing", 1))
    assert running.run("nothing", quick=True)["why"] == "ModuleNotFoundError: No module named 'tests.load.nothing'"
    monkeypatch.setitem(CHAPTERS, "rendering", Entry("slow", 0.001))
    assert running.run("rendering", quick=True)["why"] == "it took longer than 0.001 minutes, and was stopped"


def test_what_is_committed_does_not_tell_where_this_machine_keeps_things() -> None:
    said = running.in_short(RuntimeError(f"['{sys.executable}', '{BASE}/x'] ended\nwith 1"))
    assert said == "RuntimeError: ['python', './x'] ended"


@pytest.mark.parametrize(
    ("answers", "count", "lasted"),
    [
        ([(0.1, 0.1), (0.4, 0.3), (0.9, 0.5), (1.1, 0.7)], 3, 1),  # the last came after the second
        ([(0.4, 0.4), (3.0, 2.6), (7.0, 4.0)], 2, 3.0),  # one client has two answers, which took three seconds
        ([], 0, 1),
    ],
)
def test_a_rate_is_of_the_time_in_which_it_was_counted(
    answers: list[tuple[float, float]], count: int, lasted: float
) -> None:
    found = clients.counted(answers, 1, 1)
    assert (found["count"], found["lasted"], len(found["waits"])) == (count, lasted, count)


@pytest.mark.parametrize(
    ("cpu", "verdict", "said"),
    [
        (20.0, True, "Ours is at least 3×"),
        (50.0, False, "is 2.0× at 200"),
        (-1.0, None, "Lost in the noise of this machine: 200"),
    ],
)
def test_a_cost_that_is_lost_in_the_noise_is_no_ratio(cpu: float, verdict: object, said: str) -> None:
    costs = {"stock": 100.0, "ours": cpu, "floor": 40.0}
    rounds = [{name: Sample(cost, 0.5, 4, 10, 20) for name, cost in costs.items()}]
    found = delivery.section("one room", [(Load(200, 1, 30, 10, 1, 24, 8), rounds, {})])
    assert found.reached is verdict
    assert said in found.verdict
    expected = {} if verdict is None else {"times cheaper than stock, 200 sockets in one room": 100 / cpu}
    assert {
        name: value for name, value in found.headline.items() if "stock, 200" in name and "times" in name
    } == expected


def test_without_node_the_report_says_who_is_missing_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(contestants, "KINDS", [contestants.Ws, contestants.SocketIo])  # the others need servers
    with contestants.all_running() as (there, missing):
        assert [one.name for one in there] == []
    said = contestants.listed(missing)
    assert "- **ws** is not among them: there is no node on this machine" in said
    assert "- **socket.io** is not among them: there is no node on this machine" in said


def test_the_peers_of_node_are_pinned_by_their_content_and_name_no_registry() -> None:
    folder = BASE / "tests/load/peers/node"
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    packages = {
        name: one for name, one in json.loads((folder / "package-lock.json").read_text())["packages"].items() if name
    }
    assert {name: packages[f"node_modules/{name}"]["version"] for name in wanted} == wanted
    assert all("integrity" in one and "resolved" not in one for one in packages.values())


def test_its_help_names_the_chapters() -> None:
    said = subprocess.run(
        [sys.executable, "-m", "tests.load", "--help"], cwd=BASE, capture_output=True, text=True, check=True
    )
    assert all(f"  {name} " in said.stdout for name in CHAPTERS)
