"""What a first visit to a room costs its reader's connection, as it is sent."""

from urllib.parse import urlsplit

import pytest

from accounts.models import User
from chat.models import Room
from tests.browser.conftest import Browse, watching
from tests.conftest import Say

pytestmark = pytest.mark.once

BUDGET = 120 * 1024  # bytes of HTML, CSS and JavaScript, their headers included


def test_a_first_visit_to_a_room_is_small_and_leaves_the_rest_for_its_first_use(
    browse: Browse, direct: Room, alice: User, bob: User, say: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(60):
        say(
            direct,
            (alice, bob)[number % 2],
            f"{number}: something of the length that people write in a chat, more or less.",
        )
    page = browse(alice, "/static/img/icon.svg")  # a page of nothing, whose network is watched
    network = page.context.new_cdp_session(page)
    addresses: dict[str, str] = {}
    sizes: dict[str, int] = {}
    network.on(
        "Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]})
    )
    headers: dict[str, int] = {}
    network.on(
        "Network.responseReceived",
        lambda event: headers.update({urlsplit(event["response"]["url"]).path: event["response"]["encodedDataLength"]}),
    )
    network.on(
        "Network.loadingFinished",
        lambda event: sizes.update({urlsplit(addresses.get(event["requestId"], "")).path: event["encodedDataLength"]}),
    )
    network.send("Network.enable")
    network.send("Network.setCacheDisabled", {"cacheDisabled": True})
    page.goto(f"/rooms/{direct.pk}/")
    watching(page, direct.topic)
    page.wait_for_load_state("networkidle")
    counted = {path: size - headers[path] for path, size in sizes.items() if path.endswith((".js", ".css", "/"))}
    sent = sum(sizes[path] for path in counted)
    with capsys.disabled():
        total = sum(counted.values()) / 1024
        print(
            f"\nA first visit to a room: {total:.1f} KiB, {sent / 1024:.1f} with headers, in {len(counted)} answers",
            end=" ",
        )
    assert {f"/rooms/{direct.pk}/", "/static/css/app.css", "/static/js/chat-composer.js"} <= set(counted)
    assert sum(counted.values()) <= BUDGET
    assert not [path for path in sizes if "emoji-picker" in path or "cropper" in path]
