"""All that is said in a room, one message after the other, from where an earlier run stopped."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from chat.models import Message, Room
from chat.seeding.clock import Clock, Rhythm, Stamps
from chat.seeding.people import Person
from chat.seeding.plan import ClientIds, Plan, ids_of
from chat.seeding.rooms import RoomPlan
from chat.seeding.stock import stock_of
from chat.seeding.talk import Cast, conversation

EDITED, DELETED = 0.02, 0.026  # 2 % are edited; the rest up to here are deleted

# By place of its author among the members, text, when it was said, when it was edited, when it was deleted
Said = tuple[int, str, str, str | None, str | None]


@dataclass
class Segment:
    """Messages of one room that follow each other."""

    room: "History"
    first: int  # the number of the first of them in its room
    said: list[Said] = field(default_factory=list)


class History:
    """A room, and who said what in it until now."""

    def __init__(self, plan: Plan, room: RoomPlan, pk: int, people: Sequence[Person], users: Sequence[int]) -> None:
        self.plan, self.room, self.pk = plan, room, pk
        members = [people[number] for number in room.members]
        self.users = [users[number] for number in room.members]
        self.chance = plan.chance(f"{room.key}:habits")
        draw = self.chance.random
        self.cast = Cast(
            [person.given for person in members],
            [person.weight * (0.3 + draw()) for person in members],
            [person.style for person in members],
        )
        self.unread = [_unread(draw(), draw()) for _ in members]
        self.ids: ClientIds = ids_of(plan.namespace, room.key)
        self.last_by: list[tuple[int, str] | None] = [None] * len(members)  # the number and time of what each said last

    def clock(self, rhythm: Rhythm, count: int) -> Clock:
        return Clock(rhythm, self.room.begin.timestamp(), self.room.end.timestamp(), count)

    def said(self, clock: Clock, count: int, first: int = 0) -> Iterator[tuple[int, list[Said]]]:
        """The messages from `first` on, a conversation at a time, with the number of the first of them.

        What is said does not depend on `count` or the clock, only when it is.
        """
        stock, stamp, last_by = stock_of(self.room.locale), Stamps(), self.last_by
        draw = self.plan.chance(f"{self.room.key}:talk").random
        number, last = 0, ""
        while number < count:
            talk = conversation(stock, self.room.tone, self.cast, draw)
            said: list[Said] = []
            begin = number
            for author, body, moment in zip(talk.authors, talk.bodies, clock.times(number, talk.pauses), strict=True):
                if (at := stamp(moment)) > last:  # texts of the same length: the later one is the greater
                    last = at
                edited = deleted = None
                if (change := draw()) < DELETED and moment + 60 < clock.end:
                    edited = stamp(moment + 20 + 1000 * change)
                    if change >= EDITED:
                        edited, deleted = None, edited
                said.append((author, body, last, edited, deleted))
                last_by[author] = number, last
                number += 1
                if number == count:
                    break
            if number > first:
                yield max(begin, first), said[max(first - begin, 0) :]

    def rest(self, rhythm: Rhythm, there: int, count: int, until: datetime) -> Iterator[tuple[int, list[Said]]]:
        """Those of `count` messages of which the first `there` are said. When an earlier run had to say fewer, they follow its
        last, up to `until`."""
        if there >= count:
            return iter(())
        clock = self.clock(rhythm, count)
        if there and (before := self._last_of(there, clock)):
            # After the moment of that run, so that all rooms go on at once, if there is time since.
            begin = max(before, self._spoken_at(), min(self.plan.until, until))
            clock = Clock(rhythm, begin.timestamp(), until.timestamp(), count, there)
        return self.said(clock, count, there)

    def _spoken_at(self) -> datetime:
        """When anybody last said something here: a real person may have, later than all that is made up."""
        moment: datetime = Room.objects.values_list("last_at", flat=True).get(pk=self.pk)
        return moment

    def there(self, count: int) -> int:
        """How many of them an earlier run said: all up to one, since they are written in order."""
        if self._is_there(count - 1):
            return count
        low, high = 0, count - 1
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self._is_there(middle) else (low, middle)
        return low

    def _is_there(self, number: int) -> bool:
        return number >= 0 and Message.objects.filter(author__in=self.users, client_id=self.ids(number)).exists()

    def _last_of(self, there: int, clock: Clock) -> datetime | None:
        """When the last of them was said, if that was at another time than the clock says now."""
        _, said = next(self.said(clock, there, there - 1))
        planned = said[0][2]
        rows = Message.objects.filter(author__in=self.users, client_id=self.ids(there - 1))
        found: datetime = rows.values_list("created_at", flat=True).get()
        return None if found.strftime("%Y-%m-%d %H:%M:%S.%f") == planned else found

    def read_marks(self, number: int, at: str) -> list[tuple[int, int, str]]:
        """Of each member, once this message is said: how many are unread, and when they saw the last that is not."""
        marks = []
        for user, unread, last in zip(self.users, self.unread, self.last_by, strict=True):
            since = number + 1 if last is None else number - last[0]
            marks.append((user, min(unread, since), last[1] if last and since <= unread else at))
        return marks


def _unread(share: float, how: float) -> int:
    """Most have read all or nearly all; some are far behind."""
    if share < 0.6:
        return 0
    return int(math.exp(how * (2.5 if share < 0.9 else 9)))
