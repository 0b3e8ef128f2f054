"""What comes over the network until a room is there: in Chromium, on the first visit and on the next."""

import gzip
from collections import Counter
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from tests.load.sections import Section, unmeasured
from tests.servers import ROOT, chat_server, chromium_program

MESSAGES = 50  # of the page
TEXT = """A room with {messages} messages, by Chromium, bytes as they came, compressed. On the next visit the browser has
what it may keep. The floor is what people wrote, compressed alone: {floor:,} bytes."""
WORDS = 12  # of a message
KINDS = {"Document": "page", "Stylesheet": "styles", "Script": "scripts", "Font": "fonts", "Image": "pictures"}
Weights = dict[str, tuple[int, int]]  # by kind: requests, bytes


def section() -> Section:
    title = "How heavy a page is"
    from playwright.sync_api import Error

    session, room, floor = a_room()
    try:
        first, again = visits(session, room)
    except Error as error:
        return unmeasured(title, f"Chromium did not start ({str(error).splitlines()[0][:100]})")
    return Section(
        title=title,
        text=TEXT.format(messages=MESSAGES, floor=floor),
        columns=["", "first visit: requests", "bytes", "next visit: requests", "bytes"],
        rows=[*(row(kind, first, again) for kind in first), row("all", summed(first), summed(again))],
        verdict=f"The first visit brings {total(first) / floor:.0f} times what people wrote, the next "
        f"{total(again) / floor:.1f} times.",
        reached=None,
        figures={"first": first, "next": again},
        headline={
            "bytes of the first visit": total(first),
            "bytes of the next visit": total(again),
            "first visit, times the text": round(total(first) / floor, 2),
            "next visit, times the text": round(total(again) / floor, 2),
        },
    )


def a_room() -> tuple[str, int, int]:
    """A session, a room, and how many bytes its messages are, compressed."""
    from chat.models import Room
    from tests.load.invalidation.people import make_users
    from tests.load.logins import session_of

    people = make_users("visitor", 2)
    room = Room.objects.direct(*people)
    words = (ROOT / "README.md").read_text().split()
    texts = [" ".join(words[number * WORDS : (number + 1) * WORDS]) for number in range(MESSAGES)]
    for number, text in enumerate(texts):
        room.post(author=people[number % 2], client_id=uuid4(), body=text)
    return session_of(people[0]), room.pk, len(gzip.compress("\n".join(texts).encode()))


def visits(session: str, room: int) -> Iterator[Weights]:
    from playwright.sync_api import sync_playwright

    with chat_server() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_program(), args=["--no-sandbox"])
        context = browser.new_context(base_url=server.url)
        context.add_cookies([{"name": "sessionid", "value": session, "url": server.url}])
        for _ in range(2):
            page = context.new_page()
            client = context.new_cdp_session(page)
            seen = Seen()
            client.send("Network.enable")
            client.on("Network.responseReceived", seen.response)
            client.on("Network.loadingFinished", seen.finished)
            page.goto(f"/rooms/{room}/", wait_until="load")
            page.wait_for_timeout(1500)  # what scripts still fetch
            yield seen.weights()
            page.close()
        browser.close()


class Seen:
    """What the browser tells of its network."""

    def __init__(self) -> None:
        self.kinds: dict[str, str] = {}
        self.bytes: Counter[str] = Counter()

    def response(self, event: dict[str, Any]) -> None:
        if not event["response"].get("fromDiskCache") and not event["response"]["url"].startswith("data:"):
            self.kinds[event["requestId"]] = KINDS.get(event["type"], "others")

    def finished(self, event: dict[str, Any]) -> None:
        self.bytes[event["requestId"]] += int(event["encodedDataLength"])

    def weights(self) -> Weights:
        kinds = Counter(self.kinds[one] for one in self.bytes if one in self.kinds)
        size = Counter[str]()
        for one, length in self.bytes.items():
            if one in self.kinds:
                size[self.kinds[one]] += length
        return {
            kind: (kinds[kind], size[kind]) for kind in ("page", "styles", "scripts", "fonts", "pictures", "others")
        }


def row(kind: str, first: Weights, again: Weights) -> list[str]:
    return [kind, *(f"{number:,}" for weights in (first, again) for number in weights[kind])]


def summed(weights: Weights) -> Weights:
    return {"all": (sum(count for count, _ in weights.values()), total(weights))}


def total(weights: Weights) -> int:
    return sum(size for _, size in weights.values())
