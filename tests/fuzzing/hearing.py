"""Sockets at a real consumer that is sent anything: what they hear, and what the hub still holds of one that is gone."""

import json
from typing import Any

from chatpoc.live.hub import Hub
from presence.roster import Roster
from tests.live.conftest import Socket

CODES = {1000, 4008, 4012, 4029, 4030, 4401, 4403}
FRAMES: list[set[str]] = [
    {"error"}, {"watching", "refused", "stale"}, {"refused"}, {"rewatch"}, {"alive"}, {"tag", "version", "content"},
]  # fmt: skip
TOLD = {"state", "typing"}


async def answers(socket: Socket) -> list[dict[str, Any]] | None:
    """What a socket says until it answers a `watch` of nothing that exists; None if it was closed, with a known code."""
    mark = f"mark:{id(object())}"
    await socket.say({"watch": {mark: ""}})
    heard: list[dict[str, Any]] = []
    while True:
        event = await socket.receive_output(5)
        if event["type"] == "websocket.close":
            assert event["code"] in CODES, event
            return None
        frame = json.loads(event["text"])
        if frame.get("refused") == [mark]:
            return heard
        assert_known(frame)
        heard.append(frame)


def assert_known(frame: dict[str, Any]) -> None:
    assert frame.keys() <= TOLD or any(known <= frame.keys() for known in FRAMES) or "tag" in frame, frame
    if "error" in frame:
        assert frame["error"]["code"]
        assert frame["error"]["text"].endswith(".")


def held(hub: Hub, consumer: Any) -> list[str]:
    """Where the hub, and what keeps it company, still know this one."""
    places: dict[str, Any] = {
        "sockets": hub.sockets,
        "followed": hub.states._followed,
        "asked": hub.states._asked,
        **{f"topic {name}": topic.sockets for name, topic in hub.topics.items()},
        **{f"followers of {tag}": followers for tag, followers in hub.states.followers.items()},
    }
    for companion in hub.companions:
        assert isinstance(companion, Roster), "say here what it keeps of a socket"
        places |= {"seats": companion.seats.taken, "hidden": companion._hidden}
    return [place for place, sockets in places.items() if consumer in sockets]


async def until_refused(socket: Socket) -> list[dict[str, Any]]:
    """What it hears until it is told that a frame says nothing; what it watches stays."""
    await socket.say({"nothing at all": 1})
    heard: list[dict[str, Any]] = []
    while (frame := await socket.hear(5)).get("error", {}).get("code") != "unknown-frame":
        heard.append(frame)
    return heard
