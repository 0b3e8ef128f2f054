"""After it went quiet: is everything that was acknowledged there, once, in order, and shown so to everyone whose it is?"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from tests.faults.journal import Journal, Letter
from tests.faults.log import Shown

MOST = 20  # findings that are told in words


class Row(NamedTuple):
    """A message in the database, and as a fresh page shows it."""

    shown: Shown
    body: str
    deleted: bool


@dataclass
class Truth:
    """A room in the database: what stands above the place `floor`."""

    room: int
    version: int
    before: int  # the version that it had when the journal was begun
    floor: int
    rows: list[Row]


class View(NamedTuple):
    """What a page shows of a room."""

    whose: str
    version: int
    shown: list[Shown]


@dataclass
class Findings:
    counts: Counter[str] = field(default_factory=Counter)  # lost, doubled, out of order, foreign
    words: list[str] = field(default_factory=list)

    def add(self, kind: str, words: str) -> None:
        self.counts[kind] += 1
        if len(self.words) < MOST:
            self.words.append(f"{kind}: {words}")

    def __bool__(self) -> bool:
        return bool(self.counts)


def check(journal: Journal, truths: Iterable[Truth], views: Mapping[int, Iterable[View]]) -> Findings:
    """`views` by room."""
    findings = Findings()
    for words in journal.leaked:
        findings.add("foreign", words)
    for words in journal.refused:
        findings.add("refused", words)
    for letter in journal.unanswered:
        findings.add("lost", f"{letter.id} to room {letter.room} was never answered, after {letter.tries} tries")
    for truth in truths:
        letters = {id_: letter for id_, letter in journal.letters.items() if letter.room == truth.room}
        check_room(findings, truth, journal, letters)
        for view in views.get(truth.room, ()):
            check_view(findings, truth, view)
    return findings


def check_room(findings: Findings, truth: Truth, journal: Journal, letters: dict[str, Letter]) -> None:
    """The database against what was acknowledged."""
    where, rows = f"room {truth.room}", Counter(row.shown.id for row in truth.rows)
    for letter in letters.values():
        if truth.floor < letter.seq and rows[letter.id] != 1:
            findings.add("doubled" if rows[letter.id] else "lost", f"{letter.id} is {rows[letter.id]} times in {where}")
    for row in truth.rows:
        check_row(findings, where, row, letters.get(row.shown.id))
    expected = list(range(truth.floor + 1, truth.floor + 1 + len(truth.rows)))
    if (places := [row.shown.seq for row in truth.rows]) != expected:
        findings.add("out of order", f"the places of {where} are {places[:3]} … {places[-3:]}, with gaps or twice")
    versions = [row.shown.version for row in truth.rows]
    if len(set(versions)) < len(versions) or max(versions, default=0) > truth.version:
        findings.add("out of order", f"two messages of {where} have one version, or one that is not there yet")
    if truth.version - truth.before != journal.changes[truth.room]:
        taken, answered = truth.version - truth.before, journal.changes[truth.room]
        kind = "lost" if taken < answered else "doubled"
        findings.add(kind, f"{where} took {taken} versions for {answered} changes that were acknowledged")
    for said in _by_author(letters.values()).values():
        for one, other in pairwise(said):
            if one.seq >= other.seq:
                findings.add(
                    "out of order", f"{where}: {other.id} was acknowledged after {one.id}, and stands before it"
                )


def check_row(findings: Findings, where: str, row: Row, letter: Letter | None) -> None:
    if letter is None:
        findings.add("foreign", f"{row.shown.id} at {row.shown.seq} in {where} was sent by nobody")
    elif letter.seq and letter.seq != row.shown.seq:
        findings.add(
            "out of order", f"{letter.id} was acknowledged at {letter.seq} in {where}, and is at {row.shown.seq}"
        )
    elif (letter.body, letter.deleted, letter.author) != (row.body, row.deleted, row.shown.author):
        findings.add("lost", f"the last change of {letter.id} at {letter.seq} in {where}")


def check_view(findings: Findings, truth: Truth, view: View) -> None:
    """A page against the database. A page puts messages in the order of their places."""
    where = f"{view.whose}'s page of room {truth.room}"
    shown = sorted((message for message in view.shown if message.seq > truth.floor), key=lambda message: message.seq)
    if shown == [row.shown for row in truth.rows] and view.version == truth.version:
        return
    if view.version != truth.version:
        findings.add("lost", f"{where} is at version {view.version} of {truth.version}")
    real = {row.shown.id: row.shown for row in truth.rows}
    for id_, times in Counter(message.id for message in shown).items():
        if times > 1:
            findings.add("doubled", f"{id_} is {times} times on {where}")
    for message in shown:
        check_shown(findings, where, message, real.get(message.id))
    for id_ in real.keys() - {message.id for message in shown}:
        findings.add("lost", f"{id_} at {real[id_].seq} is not on {where}")


def check_shown(findings: Findings, where: str, message: Shown, real: Shown | None) -> None:
    if real is None:
        findings.add("foreign", f"{message.id} at {message.seq} is on {where}, and not in the room")
    elif message.seq != real.seq:
        findings.add("out of order", f"{message.id} is at {message.seq} on {where}, and at {real.seq} in the room")
    elif message.version != real.version:
        findings.add("lost", f"{message.id} is in version {message.version} of {real.version} on {where}")
    elif message != real:
        findings.add("lost", f"{message.id} reads otherwise on {where}")


def _by_author(letters: Iterable[Letter]) -> dict[int, list[Letter]]:
    """What each acknowledged, one after another."""
    said: dict[int, list[Letter]] = defaultdict(list)
    for letter in sorted((letter for letter in letters if letter.seq), key=lambda letter: letter.turn):
        said[letter.author].append(letter)
    return said
