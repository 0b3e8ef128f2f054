"""Half of the people drop and return within ten seconds."""

import statistics
import time
from dataclasses import asdict, dataclass
from typing import Any

from presence.models import Process
from tests.load.crowds import Crowd, Failed
from tests.load.presence.people import People
from tests.load.presence.writes import Writes, counted
from tests.load.sections import Section, rounded
from tests.load.server import Server, idle

PUSHED, WRITES, RIGHT = 1, 2, 3.0  # frames a second, writes for each connection, seconds until every page is right
RENEWAL, SLACK = 15, 1  # seconds between two renewals; renewals more, since a period has two ends
SILENCE = 3  # seconds
BARE = "bare consumer"
NOTHING = Writes(0, 0, 0)
TEXT = """Every page watches {tags} tags: its sidebar, a room with everyone in it, how many are there, and {dots} people. Those
who drop lose their connection within a second and try to come back at any moment of the ten, to either process where there are
two: about half within the grace of 5 s. A page is right when what it was told last of everyone it follows is true. What is
pushed is counted for each page in any {second} s; the answer to a page that begins to watch comes in addition. Writes are the
rows of the tables of presence, and the statements, without renewals; who is away for longer than the grace takes three: a row
goes, when they were last seen is noted, a row comes. CPU is without what the idle processes use; the bare consumer's is for
the same storm without a word said. The last column counts from the moment at which the last page tried to come back."""


@dataclass(frozen=True)
class Storm:
    name: str
    processes: int
    returns: int
    lasted: float  # seconds, until all were back and told
    cpu: float  # seconds, of all processes
    answered: list[float]  # seconds from a page's first try to the answer
    failed: int
    right: float = 0.0  # seconds after the last one tried to come back
    wrong: int = 0  # pages that never were
    most: int = 0  # frames pushed to a page in a second
    frames: int = 0
    answers: int = 0
    writes: Writes = NOTHING
    renewals: float = 0.0  # more than one for each process and 15 s

    @property
    def reached(self) -> bool:
        return (
            not self.wrong
            and self.right <= RIGHT
            and self.most <= PUSHED
            and max(self.writes[:2]) <= WRITES * self.returns
            and self.renewals <= SLACK
        )


def measure(
    name: str, crowd: Crowd, servers: list[Server], returns: int, seconds: float, people: People | None
) -> Storm:
    """`people` is None for the bare consumer, which is told nothing."""
    share = sum(idle(server, SILENCE / len(servers)) for server in servers)
    if people:
        await_truth(crowd, name, people)
        crowd.ask({"do": "pushed", "name": name})
    before, writes, started = sum(server.cpu() for server in servers), counted(), time.monotonic()
    ports = [server.port for server in servers]
    answer = crowd.ask({"do": "storm", "name": name, "count": returns, "seconds": seconds, "ports": ports})
    settled = crowd.ask({"do": "settled", "name": name, "patience": 30}) if people else {"at": answer["last"]}
    time.sleep(1)  # for what a process still has to write and to say
    lasted, used = time.monotonic() - started, sum(server.cpu() for server in servers) - before
    told = crowd.ask({"do": "pushed", "name": name}) if people else {}
    written = counted().since(writes)
    return Storm(
        name=name,
        processes=len(servers),
        returns=returns,
        lasted=lasted,
        cpu=used - share * lasted,
        answered=answer["seconds"],
        failed=answer["failed"],
        right=settled["at"] - answer["last"],
        wrong=settled.get("wrong", 0),
        most=told.get("most", 0),
        frames=told.get("frames", 0),
        answers=told.get("answers", 0),
        writes=Writes(written.statements - written.renewals, written.rows - written.renewals, written.renewals),
        renewals=written.renewals / Process.objects.count() - lasted / RENEWAL,
    )


def await_truth(crowd: Crowd, name: str, people: People) -> None:
    crowd.ask(people.truth())
    settled = crowd.ask({"do": "settled", "name": name, "patience": 20})
    if settled["wrong"] or settled["open"] != len(people):
        raise Failed(
            f"{name}: of {len(people)} pages {settled['open']} are open, and {settled['wrong']} do not know who is here."
        )


def section(storms: list[Storm], floor: Storm, text: str) -> Section:
    missed = [storm.name for storm in storms if not storm.reached]
    return Section(
        title=f"{floor.returns:,} people drop and return",
        text=text,
        columns=[
            "", "s of CPU", "ms per return", "% of a core", "s until a page is answered", "frames pushed to a page in a second",
            "rows and statements per return", "renewals beyond one in 15 s", "s after the last until all are right",
        ],
        rows=[row(storm) for storm in (floor, *storms)],
        verdict=(f"**Missed:** {', '.join(missed)}. " if missed else "")
        + f"Goals: at most {PUSHED} frame per second, {WRITES} writes per connection, one renewal per process and {RENEWAL} s, "
        f"{RIGHT:.0f} s until every page is right. "
        + " ".join(f"{storm.name}: {storm.frames:,} frames pushed, {storm.answers:,} answers, {storm.failed} tries that "
                   f"failed, {storm.wrong} pages wrong in the end." for storm in storms),
        reached=not missed,
        headline={
            f"ms of CPU per return, {storm.name}": round(storm.cpu / storm.returns * 1e3, 3) for storm in (floor, *storms)
        },
        figures={storm.name: figures(storm) for storm in (floor, *storms)},
    )  # fmt: skip


def row(storm: Storm) -> list[str]:
    shown = [
        storm.name,
        f"{storm.cpu:.1f}",
        f"{storm.cpu / storm.returns * 1e3:.1f}",
        f"{storm.cpu / storm.lasted * 100:.0f}",
        f"{statistics.median(storm.answered):.2f} (last {storm.answered[-1]:.2f})",
    ]
    if storm.name == BARE:
        return [*shown, *["—"] * 4]
    rows, statements = (count / storm.returns for count in (storm.writes.rows, storm.writes.statements))
    return [*shown, f"{storm.most}", f"{rows:.2f}, {statements:.2f}", f"{storm.renewals:+.1f}", f"{storm.right:.1f}"]


def figures(storm: Storm) -> dict[str, Any]:
    kept = {key: round(value, 3) if isinstance(value, float) else value for key, value in asdict(storm).items()}
    return kept | {"answered": rounded(storm.answered)}
