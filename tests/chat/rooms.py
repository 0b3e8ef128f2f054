"""Rooms of three people, for the tests of what may be done about them: Alice moderates, Bob is a member, Charlie is neither."""

import threading
from collections.abc import Callable

from django.contrib.auth.models import Permission
from django.db import connection

from accounts.models import User
from chat.models import Membership, Room
from chat.models.refusals import Refused
from tests.conftest import make_person

HX = {"HX-Request": "true"}


def room_of(alice: User, bob: User, kind: str = "closed", name: str = "Garden") -> Room:
    room = Room.objects.open_by(alice, kind=kind, name=name, subject="Beds and bees")
    room.join(bob)
    return room


def make_staff(permission: str) -> User:
    """Somebody in no room, with this permission of the chat."""
    person = make_person(f"staff_{permission}"[:30], "Dora", is_staff=True)
    person.user_permissions.add(Permission.objects.get(codename=permission))
    return person


def role(room: Room, person: User) -> str | None:
    return Membership.objects.filter(room=room, user=person).values_list("role", flat=True).first()


def people(room: Room) -> set[str]:
    return {person.handle for person in User.objects.filter(memberships__room=room)}


def refused(work: Callable[[], object]) -> str:
    """Why it was not done; fails if it was."""
    try:
        work()
    except Refused as reason:
        return str(reason)
    raise AssertionError("it was done")


def at_once(*works: Callable[[], object]) -> list[object]:
    """What each returned or was refused with, all begun in the same moment, on connections of their own."""
    start, results = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        start.wait()
        try:
            results[place] = work()  # type: ignore[call-overload]
        except Refused as reason:
            results[place] = reason  # type: ignore[call-overload]
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return list(results)
