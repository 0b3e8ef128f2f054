"""Every address that there is, with whatever may be asked of it, for somebody who looks for what is not theirs."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from tests.authorisation.addresses import Addresses
from tests.authorisation.asking import HX
from tests.authorisation.elsewhere import bodies as forms_elsewhere
from tests.authorisation.people import World
from tests.authorisation.rooms import bodies as forms_of_room
from tests.site.test_doors import ROUTES

ROOM = "rooms/<id:room_id>/"
LOOKED_FOR = "canar"  # finds every canary, and is none: the answer says what was looked for


class Request(NamedTuple):
    method: str
    path: str
    form: Any = None
    headers: dict[str, str] | None = None


# What the views read of an address, beside its path; {rooms} and {people} are numbers.
QUERIES = {
    ".": [""],
    "find/": [f"q={LOOKED_FOR}", "q=", "q=@newcomer", "q=example.com"],
    "people/": [f"q={LOOKED_FOR}", "q=example.com", "sort=-joined"],
    "people/list/": [f"q={LOOKED_FOR}", "q=y-email", "sort=handle&after={people}", "sort=-joined&before={people}",
                     "edit={people}"],
    "rooms/": [f"q={LOOKED_FOR}"],
    "rooms/list/": [f"q={LOOKED_FOR}", "after={rooms}", "q=&after={rooms}"],
    "notifications/": ["rooms={all}", "rooms={rooms}"],
    f"{ROOM}": ["before=99", "after=0", "around=3"],
    f"{ROOM}messages/": ["since=0", "since=1", "since=0&at=1", "since=99", "before=99", "after=0", "around=3"],
    f"{ROOM}candidates/": [f"q={LOOKED_FOR}"],
    f"{ROOM}invitations/": [f"q={LOOKED_FOR}", "people={people}"],
    f"{ROOM}roster/": [f"q={LOOKED_FOR}", "after={people}", "before={people}"],
    f"{ROOM}people/": [f"q={LOOKED_FOR}"],
}  # fmt: skip


def looked_at(world: World, *, rooms: bool = True, headers: dict[str, str] | None = None) -> Iterator[Request]:
    for path in every_path(world):
        if rooms or not path.startswith("/rooms/"):
            yield Request("GET", path, headers=headers)


def with_a_ptag(ptags: dict[str, str]) -> Iterator[Request]:
    """What a member's pages had, by their address: as who was one may have kept it."""
    for path, ptag in ptags.items():
        yield Request("GET", path, headers=HX | {"HX-PTag": ptag})


def every_path(world: World) -> Iterator[str]:
    addresses, rooms = Addresses(world), [room.pk for room in world.rooms.values()]
    people = [world.people[name].pk for name in ("fellow", "away")]
    for route in ROUTES:
        if route.startswith("admin/"):
            continue
        here = rooms if route.startswith(ROOM) else [None]
        seqs = (1, 2, 3) if "<id:seq>" in route else (None,)
        for room in here:
            for seq in seqs:
                path = addresses(route, room_id=room, seq=seq)
                yield path
                for query in QUERIES.get(route or ".", ()):
                    some = people if "{people}" in query else rooms if "{rooms}" in query else [0]
                    for id_ in some:
                        yield f"{path}?{query.format(people=id_, rooms=id_, all=','.join(map(str, rooms)))}"


def sent(world: World, who: str) -> Iterator[Request]:
    addresses = Addresses(world)
    people = {name: person.pk for name, person in world.people.items()}
    fellow = world.people["fellow"]
    for kind, room in world.rooms.items():
        client_id = str(next(iter(room.messages.values_list("client_id", flat=True))))  # somebody else's, perhaps
        forms = forms_of_room(kind, people, client_id)
        for route in (route for route in ROUTES if route.startswith(ROOM)):
            form = forms.get(route.removeprefix(ROOM), {})
            yield Request("POST", addresses(route, room_id=room.pk, seq=2), form, HX)
    for route, form in forms_elsewhere(world.people.get(who, fellow), fellow).items():
        yield Request("POST", addresses(route), form)
