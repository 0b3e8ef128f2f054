"""What is asked for. Everything that looks like chance is drawn from its random seed, so that it comes out the same again."""

import hashlib
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from chat.seeding.stock import LOCALES

MOST_PEOPLE, MOST_ROOMS, MOST_MESSAGES, MOST_DAYS = 100_000, 10_000, 100_000_000, 3_650
ROOMS_PER_PERSON = 5
EARLIER = timedelta(days=30)  # people sign up before they talk


class BadPlan(ValueError):
    """It cannot be made, and says why."""


@dataclass(frozen=True)
class Plan:
    """All of these but `messages` and `until` say which chat it is: with more messages, more is said in the same."""

    people: int
    rooms: int
    messages: int
    days: int
    locales: tuple[str, ...]
    random_seed: int
    until: datetime

    def check(self) -> None:
        """Raises BadPlan."""
        for name, value, least, most in (
            ("--people", self.people, 2, MOST_PEOPLE),
            ("--rooms", self.rooms, 0, MOST_ROOMS),
            ("--messages", self.messages, 0, MOST_MESSAGES),
            ("--days", self.days, 1, MOST_DAYS),
        ):
            if not least <= value <= most:
                raise BadPlan(f"{name} {value}: give a number from {least:,} to {most:,}.")
        if self.rooms > self.people * ROOMS_PER_PERSON:
            raise BadPlan(
                f"{self.people} people cannot fill {self.rooms} rooms: give at most --rooms {self.people * ROOMS_PER_PERSON}, "
                f"or at least --people {-(-self.rooms // ROOMS_PER_PERSON)}."
            )
        if unknown := [locale for locale in self.locales if locale not in LOCALES]:
            raise BadPlan(f"--locale {unknown[0]} is not known. There are: {', '.join(LOCALES)}, all.")
        if not self.locales:
            raise BadPlan(f"--locale names no language. There are: {', '.join(LOCALES)}, all.")

    @property
    def begin(self) -> datetime:
        return self.until - timedelta(days=self.days)

    @property
    def founded(self) -> datetime:
        """When the first person signed up: by that the moment of an earlier run is found again."""
        return self.begin - EARLIER

    @cached_property
    def namespace(self) -> uuid.UUID:
        """Of all ids that are made for this chat."""
        shape = (self.random_seed, self.people, self.rooms, self.days, *self.locales)
        return uuid.uuid5(uuid.NAMESPACE_URL, f"chatpoc:seed:{shape}")

    def chance(self, of: str) -> random.Random:
        """The same for the same plan and the same thing, in any process."""
        return random.Random(f"{self.namespace}:{of}")  # noqa: S311  (nothing here is secret)

    def number(self, of: str, below: int) -> int:
        return uuid.uuid5(self.namespace, of).int % below


def ids_of(namespace: uuid.UUID, room: str) -> "ClientIds":
    return ClientIds(uuid.uuid5(namespace, room))


class ClientIds:
    """`ids(12)` is uuid5(of the room, "12") in hexadecimal; there are millions, and uuid5() itself takes four times as long."""

    def __init__(self, room: uuid.UUID) -> None:
        self._start = hashlib.sha1(room.bytes, usedforsecurity=False)

    def __call__(self, number: int) -> str:
        digest = self._start.copy()
        digest.update(b"%d" % number)
        text = digest.hexdigest()
        return f"{text[:12]}5{text[13:16]}{VARIANT[text[16]]}{text[17:32]}"


VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}
