"""Who is there: names that fit the language, handles that stay the same, and how much each of them has to say."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.models import User
from accounts.search import plain
from chat.models import Membership, Room
from chat.seeding.plan import EARLIER, BadPlan, Plan
from chat.seeding.stock import Stock, stock_of
from chat.seeding.talk import STYLES
from chatpoc import live
from chatpoc.database import again_after_conflict

DOMAIN = "seeded.example"  # reserved: no mail ever arrives there, and nobody can ask for a password with it
BATCH = 500  # people in one transaction


@dataclass(frozen=True)
class Person:
    handle: str
    name: str
    given: str  # what the others call them
    locale: str
    weight: float  # how much they say, beside others
    style: int
    bio: str
    time_zone: str
    created_at: datetime

    @property
    def email(self) -> str:
        return f"{self.handle}@{DOMAIN}"


def people_of(plan: Plan) -> list[Person]:
    taken: set[str] = set()
    return [_person(plan, number, taken) for number in range(plan.people)]


def _person(plan: Plan, number: int, taken: set[str]) -> Person:
    chance = plan.chance(f"person:{number}")
    draw = chance.random
    locale = plan.locales[number % len(plan.locales)]
    stock: Stock = stock_of(locale)
    form = int(draw() * 2)
    # In turns, so that few are called the same.
    given = stock.given[form][(number // len(plan.locales) * 7 + plan.random_seed) % len(stock.given[form])]
    family = stock.family[form][int(draw() * len(stock.family[form]))]
    latin = plain(f"{given.latin or given.shown} {family.latin or family.shown}").split()
    wanted = re.sub(r"[^a-z0-9_]", "", "_".join(latin))[:22].strip("_") or "person"
    handle, tries = "", 0
    while not handle or handle in taken:
        handle = f"{wanted}{plan.number(f'person:{number}:{tries}', 10_000)}"
        tries += 1
    taken.add(handle)
    return Person(
        handle=handle,
        name=stock.order.format(given=given.shown, family=family.shown),
        given=given.shown,
        locale=locale,
        weight=1 / (0.02 + draw()) ** 1.2,  # few say most
        style=STYLES[int(draw() * len(STYLES))],
        bio=stock.bios[int(draw() * len(stock.bios))] if draw() < 0.4 else "",
        time_zone=stock.time_zone if draw() < 0.7 else "",
        created_at=plan.founded
        if number == 0
        else plan.founded + EARLIER * draw() * 0.9 + timedelta(microseconds=number),
    )


def founded_before(plan: Plan) -> datetime | None:
    """When an earlier run of the same plan had its first person sign up."""
    first = _person(plan, 0, set())
    rows = User.objects.filter(handle=first.handle, email=first.email)
    moment: datetime | None = rows.values_list("created_at", flat=True).first()
    return moment


def numbers_of(people: Sequence[Person]) -> dict[str, int]:
    """The ids of those who are there already, by handle. Raises BadPlan when somebody else has the handle of one of them."""
    found: dict[str, int] = {}
    for at in range(0, len(people), BATCH):
        wanted = {person.handle: person.email for person in people[at : at + BATCH]}
        for handle, email, pk in User.objects.filter(handle__in=wanted).values_list("handle", "email", "pk"):
            if email != wanted[handle]:
                raise BadPlan(f"@{handle} is somebody else here. Choose another --random-seed.")
            found[handle] = pk
    return found


def write_people(people: Sequence[Person], found: dict[str, int], password: str) -> Iterator[int]:
    """Make those who are missing, and note their ids in `found`; yields how many are there after each transaction.

    `password` is the hash that all of them have.
    """
    lobby = Room.objects.lobby()
    for at in range(0, len(people), BATCH):
        if missing := [person for person in people[at : at + BATCH] if person.handle not in found]:
            found |= _make(missing, lobby, password)
        yield min(at + BATCH, len(people))


@again_after_conflict
def _make(people: list[Person], lobby: Room, password: str) -> dict[str, int]:
    # In the list of tags somebody of them stands for all: nobody can watch one of them before they are there.
    with transaction.atomic():
        with live.exactly():
            users: list[User] = User.objects.bulk_create(
                User(
                    email=one.email, handle=one.handle, name=one.name, bio=one.bio, time_zone=one.time_zone,
                    created_at=one.created_at, password=password,
                )
                for one in people
            )  # fmt: skip
            EmailAddress.objects.bulk_create(
                EmailAddress(user=user, email=user.email, verified=True, primary=True) for user in users
            )
            lobby.refresh_from_db(fields=["last_seq"])
            Membership.objects.bulk_create(
                Membership(room=lobby, user=user, read_seq=lobby.last_seq, joined_at=user.created_at) for user in users
            )
        live.changed(f"people:{users[-1].pk}", f"members:{lobby.pk}", f"openrooms:{lobby.pk}")
    return {user.handle: user.pk for user in users}


def shared_hash(plan: Plan, password: str) -> str:
    """One for all, since a good hash takes long; nobody can sign in with none."""
    salt = plan.namespace.hex
    return make_password(password, salt=salt) if password else f"!{salt}"
