"""When people talk: in the day more than at night, at work on workdays and at home on evenings and weekends, and in bursts."""

import math
import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import accumulate

from chat.seeding.stock import Stock

HOUR = 3600.0

# How much is said in each hour of a day, from midnight on.
AT_WORK = [0.2, 0.1, 0.1, 0.1, 0.1, 0.3, 1, 4, 14, 22, 24, 20, 12, 18, 22, 21, 17, 9, 4, 3, 3, 2, 1.2, 0.6]
AT_HOME = [1.2, 0.6, 0.3, 0.2, 0.2, 0.4, 2, 5, 6, 6, 6, 7, 10, 8, 6, 6, 8, 12, 16, 20, 22, 19, 11, 4]
WEEKEND = {"work": 0.08, "home": 1.25}
HOURS = {"work": AT_WORK, "home": AT_HOME}


@dataclass(frozen=True)
class Rhythm:
    """Each hour from `begin`, a Unix time, with what is said before it, in all from 0 to `said[-1]`."""

    begin: float
    said: Sequence[float]

    @classmethod
    def of(cls, kind: str, begin: datetime, end: datetime, stock: Stock, chance: random.Random) -> "Rhythm":
        """`kind` is the tone of the room: "work" or "home"."""
        first = math.floor(begin.timestamp() / HOUR)
        last = math.ceil(end.timestamp() / HOUR)
        mood: dict[int, float] = {}
        weights = []
        for hour in range(first, last):
            day, of_day = divmod(hour + stock.zone, 24)
            if day not in mood:
                weekday = (day + 3) % 7  # 1 January 1970 was a Thursday
                # Some days there is much to say, and some weekdays are holidays.
                mood[day] = 0.35 - math.log(1 - chance.random()) * 0.65
                mood[day] *= WEEKEND[kind] if weekday in stock.weekend else 0.1 if chance.random() < 0.03 else 1
            weights.append(HOURS[kind][of_day] * mood[day])
        return cls(first * HOUR, [0.0, *accumulate(weights)])

    def position(self, moment: float) -> float:
        """How much is said before this Unix time."""
        hour, rest = divmod(moment - self.begin, HOUR)
        at = min(max(int(hour), 0), len(self.said) - 2)
        return self.said[at] + (self.said[at + 1] - self.said[at]) * min(rest / HOUR, 1.0)

    def moment(self, position: float) -> float:
        """The Unix time before which so much is said."""
        at = min(max(bisect_right(self.said, position) - 1, 0), len(self.said) - 2)
        low, high = self.said[at], self.said[at + 1]
        return self.begin + (at + (position - low) / (high - low or 1.0)) * HOUR


class Clock:
    """Gives each message of a room its time: those from number `first` to `count` fill what lies between two moments."""

    def __init__(self, rhythm: Rhythm, begin: float, end: float, count: int, first: int = 0) -> None:
        self.rhythm, self.first, self.count = rhythm, first, max(count - first, 1)
        self.begin, self.end = begin, max(end, begin)
        self._from, self._to = rhythm.position(begin), rhythm.position(self.end)

    def _nominal(self, number: int) -> float:
        share = min(max((number - self.first) / self.count, 0.0), 1.0)
        moment = self.rhythm.moment(self._from + (self._to - self._from) * share)
        return min(max(moment, self.begin), self.end)

    def times(self, number: int, pauses: Sequence[float]) -> list[float]:
        """Of a conversation that begins with this message: it ends before the next begins, however fast people must type."""
        start, room = self._nominal(number), self._nominal(number + len(pauses))
        whole = sum(pauses[1:])
        slack = room - start - whole
        if slack > 0:  # it need not begin at once
            start += min(slack, pauses[0] * 20)
        pace = 1.0 if slack >= 0 else max(room - start, 0.0) / whole
        times, now = [], start
        for pause in pauses[1:]:
            times.append(now)
            now += pause * pace
        return [*times, now]


class Stamps:
    """Unix times as the database takes them, in UTC; the day, which stays the same for long, is written once."""

    def __init__(self) -> None:
        self._day, self._text = -1, ""

    def __call__(self, moment: float) -> str:
        minutes, seconds = divmod(moment, 60.0)
        day, minute = divmod(int(minutes), 1440)
        if day != self._day:
            self._day, self._text = day, datetime.fromtimestamp(day * 86400, UTC).strftime("%Y-%m-%d")
        return "%s %02d:%02d:%09.6f" % (self._text, minute // 60, minute % 60, min(seconds, 59.999999))  # noqa: UP031  (half the time)
