"""Where people talk: a few large rooms, many small ones, and conversations of two."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from django.db import transaction
from django.db.models import Q

from chat.models import Membership, Room
from chat.seeding.people import Person
from chat.seeding.plan import Plan
from chat.seeding.stock import stock_of
from chat.seeding.talk import Draw
from chatpoc import live
from chatpoc.database import again_after_conflict

LARGEST = 0.9  # of all people are in the largest room
THIN_OUT = 1.25  # how fast rooms become smaller, and quieter
DIRECT = 0.22  # of all messages are between two people
PAIRS = 0.9  # direct conversations for each person
GOLDEN = 0.6180339887498949
BATCH = 100  # rooms in one transaction


@dataclass(frozen=True)
class RoomPlan:
    key: str
    kind: str
    name: str
    subject: str
    locale: str
    tone: str
    members: list[int]  # by number; the first one opened it
    begin: datetime  # also how it is found again
    end: datetime  # when the last word is said
    share: float  # of all messages

    def moderates(self, place: int) -> bool:
        return self.kind != Room.Kind.DIRECT and place % 40 == 0


def rooms_of(plan: Plan, people: Sequence[Person]) -> list[RoomPlan]:
    rooms = [_named(plan, people, number) for number in range(plan.rooms)]
    return _shared(rooms, 1 - DIRECT) + _shared(_direct(plan, people), DIRECT if rooms else 1.0)


def counts(rooms: Sequence[RoomPlan], messages: int) -> list[int]:
    """How many of the messages fall to each room. With more messages, none has less."""
    upto = list(accumulate(room.share for room in rooms))
    found = [0] * len(rooms)
    at, last = 0.0, len(rooms) - 1
    for _ in range(messages):  # steps of the golden ratio fall into each interval as often as it is long
        at = (at + GOLDEN) % 1.0
        found[min(bisect_right(upto, at), last)] += 1
    return found


def _shared(rooms: list[RoomPlan], part: float) -> list[RoomPlan]:
    whole = sum(room.share for room in rooms)
    for room in rooms:
        object.__setattr__(room, "share", room.share * part / whole)
    return rooms


def _named(plan: Plan, people: Sequence[Person], number: int) -> RoomPlan:
    draw = plan.chance(f"room:{number}").random
    # The largest one is of everybody, in the first language; then each has its turn.
    turn, locale = divmod(number, len(plan.locales))
    stock = stock_of(plan.locales[locale])
    tone = "home" if turn % 5 in {1, 3} else "work"
    before = sum(1 for one in range(turn) if ("home" if one % 5 in {1, 3} else "work") == tone)
    again, at = divmod(before, len(stock.rooms[tone]))
    name, subject = stock.rooms[tone][at]
    size = max(2, min(len(people), round(LARGEST * len(people) / (number + 1) ** THIN_OUT) + int(draw() * 4) + 1))
    quiet = draw()
    begin = plan.begin + (plan.until - plan.begin) * (0.6 * draw() ** 2 if number else 0.0)
    whole = plan.until - begin
    return RoomPlan(
        key=f"room:{number}",
        kind=Room.Kind.CLOSED if number and draw() < 0.35 else Room.Kind.OPEN,
        name=f"{name} {again + 1}" if again else name,
        subject=subject,
        locale=stock.locale,
        tone=tone,
        members=_members(plan, people, stock.locale, size, draw),
        begin=_unlike_others(plan, f"room:{number}", begin),
        end=begin + whole * (0.25 + 0.7 * draw()) if number and quiet < 0.2 else plan.until,
        share=(0.6 + 0.8 * draw()) / (number + 1) ** THIN_OUT,
    )


def _members(plan: Plan, people: Sequence[Person], locale: str, size: int, draw: Draw) -> list[int]:
    """Who talks a lot is in more rooms. All speak the first language, and few another that is not their own."""
    keys = [(draw() ** (1 / person.weight), number) for number, person in enumerate(people)]
    speakers = sorted((key for key in keys if people[key[1]].locale == locale), reverse=True)
    guests = sorted((key for key in keys if people[key[1]].locale != locale), reverse=True)
    if locale == plan.locales[0]:
        chosen = sorted([*speakers, *guests], reverse=True)[:size]
    else:
        chosen = speakers[:size] + guests[: max(2 - len(speakers), size // 12)]
    return [number for _, number in chosen]


def _direct(plan: Plan, people: Sequence[Person]) -> list[RoomPlan]:
    chance = plan.chance("direct")
    draw = chance.random
    upto = list(accumulate(person.weight**0.6 for person in people))
    pairs: dict[tuple[int, int], None] = {}
    for _ in range(max(1, round(PAIRS * len(people))) * 3):
        one, other = (min(bisect_right(upto, draw() * upto[-1]), len(people) - 1) for _ in range(2))
        strangers = people[one].locale != people[other].locale and draw() < 0.85
        if one != other and not strangers:
            pairs.setdefault((min(one, other), max(one, other)))
        if len(pairs) >= PAIRS * len(people):
            break
    return [_pair(plan, people, number, pair) for number, pair in enumerate(pairs or {(0, 1): None})]


def _pair(plan: Plan, people: Sequence[Person], number: int, pair: tuple[int, int]) -> RoomPlan:
    key = f"direct:{pair[0]}:{pair[1]}"
    draw = plan.chance(key).random
    begin = plan.begin + (plan.until - plan.begin) * 0.7 * draw()
    speaks = {people[number].locale for number in pair}
    end = plan.until if draw() < 0.6 else begin + (plan.until - begin) * (0.2 + 0.8 * draw())
    return RoomPlan(
        key=key, kind=Room.Kind.DIRECT, name="", subject="", locale=speaks.pop() if len(speaks) == 1 else plan.locales[0],
        tone="work" if draw() < 0.5 else "home", members=list(pair), begin=_unlike_others(plan, key, begin), end=end,
        share=(0.4 + 1.2 * draw()) / (number + 2) ** 0.8,
    )  # fmt: skip


def _unlike_others(plan: Plan, key: str, moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0) + timedelta(microseconds=plan.number(key, 60_000_000))


def write_rooms(
    rooms: Sequence[RoomPlan], users: Sequence[int], people: Sequence[Person]
) -> Iterator[tuple[dict[str, int], int]]:
    """Make those that are missing; yields after each transaction the ids of what is there, by key, and how many it made.

    `users`: the ids of the people, by number.
    """
    for at in range(0, len(rooms), BATCH):
        yield _make(rooms[at : at + BATCH], users, people)


@again_after_conflict
def _make(rooms: Sequence[RoomPlan], users: Sequence[int], people: Sequence[Person]) -> tuple[dict[str, int], int]:
    with transaction.atomic():
        found = rooms_there(rooms, users)
        missing = [room for room in rooms if room.key not in found]
        with live.exactly():
            made = Room.objects.bulk_create(_row(room, users) for room in missing)
            Membership.objects.bulk_create(
                Membership(
                    room=row,
                    user_id=users[number],
                    role=Membership.Role.MODERATOR if room.moderates(place) else Membership.Role.MEMBER,
                    joined_at=max(room.begin, people[number].created_at),
                )
                for room, row in zip(missing, made, strict=True)
                for place, number in enumerate(room.members)
            )
        if made:
            live.changed(*_tags(made))
    return found | {room.key: row.pk for room, row in zip(missing, made, strict=True)}, len(made)


def _row(room: RoomPlan, users: Sequence[int]) -> Room:
    pair = sorted(users[number] for number in room.members) if room.kind == Room.Kind.DIRECT else [None, None]
    return Room(
        kind=room.kind, name=room.name, subject=room.subject, direct_low_id=pair[0], direct_high_id=pair[1],
        created_at=room.begin, last_at=room.begin,
    )  # fmt: skip


def _tags(made: Sequence[Room]) -> set[str]:
    """One open room stands for all in the directory. Of their members only who has ever signed in can have a page open."""
    signed_in = Membership.objects.filter(room__in=made, user__last_login__isnull=False)
    tags = {f"conversations:{user}" for user in signed_in.values_list("user_id", flat=True).distinct()}
    return tags | {f"openrooms:{room.pk}" for room in [room for room in made if room.kind == Room.Kind.OPEN][:1]}


def rooms_there(rooms: Sequence[RoomPlan], users: Sequence[int]) -> dict[str, int]:
    """The ids of those that an earlier run made, by key."""
    if not rooms:
        return {}
    begun = {room.begin: room.key for room in rooms if room.kind != Room.Kind.DIRECT}
    pairs = {
        tuple(sorted(users[number] for number in room.members)): room.key
        for room in rooms
        if room.kind == Room.Kind.DIRECT
    }
    named = Room.objects.filter(created_at__in=begun).exclude(kind=Room.Kind.DIRECT).values_list("created_at", "pk")
    found = {begun[moment]: pk for moment, pk in named}
    lows = Q(direct_low__in={low for low, _ in pairs})
    for low, high, pk in (
        Room.objects.filter(lows).values_list("direct_low_id", "direct_high_id", "pk") if pairs else ()
    ):
        if key := pairs.get((low, high)):
            found[key] = pk
    return found
