"""What was said, acknowledged and refused, as far as it can still be looked at; and counts of what happened."""

import itertools
import time
import uuid
from collections import Counter, defaultdict
from dataclasses import dataclass, field

_turns = itertools.count(1)


@dataclass
class Letter:
    """What somebody typed, under the client id that was drawn before the first try."""

    room: int
    author: int
    body: str
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    deleted: bool = False
    deleted_at: float = 0.0  # in seconds of time.monotonic
    seq: int = 0  # its place, by the answer; 0 until there was one
    turn: int = 0  # which of all that were acknowledged
    tries: int = 0


@dataclass
class Journal:
    letters: dict[str, Letter] = field(default_factory=dict)
    changes: Counter[int] = field(default_factory=Counter)  # of each room: versions that acknowledged requests took
    refused: list[str] = field(default_factory=list)  # what was answered with a refusal that the rig does not expect
    leaked: list[str] = field(default_factory=list)  # what reached somebody whose it is not
    clocks_were_wrong: bool = False  # what was deleted meanwhile may be too old to be brought back
    statuses: Counter[str] = field(default_factory=Counter)  # of requests; `no answer` is one
    closings: Counter[int] = field(default_factory=Counter)  # codes with which sockets closed
    reopened: dict[int, list[float]] = field(
        default_factory=lambda: defaultdict(list)
    )  # by code: seconds until it was back
    deliveries: int = 0  # a page has a message in a version that it did not have
    sent: int = 0
    repeated: int = 0  # sends that were tried again
    restarts: int = 0  # pages that started again from the newest page

    def answered(self, path: str, status: int | None) -> None:
        """A request was, or, with None, was not."""
        self.statuses[str(status or "no answer")] += 1
        if status == 500:
            self.refused.append(f"{path} was answered with 500")

    def tried(self, letter: Letter) -> None:
        letter.tries += 1
        self.letters[letter.id] = letter
        self.repeated += letter.tries > 1

    def acknowledged(self, letter: Letter, seq: int) -> None:
        letter.seq, letter.turn = seq, next(_turns)
        self.changes[letter.room] += 1
        self.sent += 1

    def changed(self, letter: Letter, *, body: str | None = None, deleted: bool | None = None) -> None:
        """An edit, a deletion or its undoing was acknowledged."""
        letter.body = letter.body if body is None else body
        if deleted is not None:
            letter.deleted, letter.deleted_at = deleted, time.monotonic()
        self.changes[letter.room] += 1

    @property
    def unanswered(self) -> list[Letter]:
        return [letter for letter in self.letters.values() if not letter.seq]

    def forget(self, floors: dict[int, int]) -> None:
        """What is at or below these places was looked at."""
        self.letters = {id_: one for id_, one in self.letters.items() if not 0 < one.seq <= floors.get(one.room, 0)}
        self.changes.clear()
        self.refused.clear()
        self.leaked.clear()
