"""What is asked for."""

from typing import NamedTuple

from chat.models import Room
from tests.load.http_client import HX, Client
from tests.load.pages.world import LONG, SHORT, World

SIDEBAR = "/conversations/"


class Kind(NamedTuple):
    name: str
    path: str
    sessions: list[str]
    headers: dict[str, str]
    status: int = 200
    figure: str = ""  # its name among the headline figures
    ptags: dict[str, str] = {}  # by session, what its page has already

    def headers_of(self, session: str) -> dict[str, str]:
        known = {"HX-PTag": self.ptags[session]} if self.ptags else {}
        return self.headers | known | {"Cookie": f"sessionid={session}"}


def room_pages(world: World, room: Room, count: int) -> list[Kind]:
    base = f"/rooms/{room.pk}/"
    middle = f"{base}messages/?before={count // 2}"
    name = "room pages a second" if room == world.small else f"room pages a second, {count} messages"
    return [
        Kind("the room's page", base, world.short, {}, figure=name),
        Kind("the room's page, compressed", base, world.short, {"Accept-Encoding": "gzip"}),
        Kind(
            "history: 50 messages from the middle",
            middle,
            world.short,
            HX,
            figure=f"history pages a second, {count} messages",
        ),
    ]


def fragments(world: World, port: int) -> list[Kind]:
    kinds = []
    for rooms, sessions, name in ((SHORT, world.short, ""), (LONG, world.long, f", {LONG} rooms")):
        ptags = {session: Client(port, session).get(SIDEBAR, **HX)[1] for session in sessions}
        kinds += [
            Kind(f"{rooms} rooms, fetched again", SIDEBAR, sessions, HX, figure=f"sidebars a second, {rooms} rooms"),
            Kind(f"{rooms} rooms, 304", SIDEBAR, sessions, HX, 304, f"304s a second{name}", ptags),
        ]
    return kinds
