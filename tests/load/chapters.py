"""What can be measured, in the order of the report."""

from typing import NamedTuple


class Entry(NamedTuple):
    what: str
    minutes: float  # after which it is stopped: about three times what it takes
    always: bool = True  # otherwise when it is named, or with --all


CHAPTERS = {
    "delivery": Entry("CPU per delivery: 2 to 5,000 sockets in one room, and over 100 rooms", 25),
    "posting": Entry("from a POST to the other socket, and how many a second", 15),
    "processes": Entry("two server processes against one", 6),
    "pages": Entry("pages, history, sidebars and 304s a second, up to a million messages", 15),
    "sockets": Entry("memory of an idle socket, and 2,000 that connect at once", 15),
    "invalidation": Entry("capture, hints, refetches, and a message among people whom it does not concern", 12),
    "presence": Entry("2,000 idle people, a storm of 1,000, a killed process", 20),
    "seeding": Entry("messages a second of `manage.py seed`", 15),
    "start": Entry("from the command to the first page, and how heavy a page is", 5),
    "rendering": Entry("how long hostile text takes to become HTML", 5, always=False),
    "typing": Entry("a keystroke beside 400 messages", 5, always=False),
    "history": Entry("a room of 200,000 messages", 10, always=False),
    "growth": Entry("rooms of 10,000 members, and people in 5,000 rooms", 15, always=False),
    "admin": Entry("the admin's lists with 1,000,000 messages", 15, always=False),
}
