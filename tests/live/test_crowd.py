"""What many pages show is not fetched by all of them at once."""

import json
from typing import Any

import pytest

from chatpoc.live import invalidate
from chatpoc.live.crowds import CROWD, FETCH, with_spread
from chatpoc.live.threads import in_thread
from tests.live.conftest import Connect

pytestmark = pytest.mark.once


@pytest.mark.parametrize(
    "frame", [{"stale": {"people:1": "x"}}, {"stale_type": "people"}, {"content": "é", "stale": {}}]
)
def test_a_crowd_is_told_over_how_long_to_come(frame: dict[str, Any]) -> None:
    text = json.dumps(frame, separators=(",", ":"))
    assert with_spread(text, CROWD) == text, "few come at once"
    assert json.loads(with_spread(text, CROWD + 1)) == frame | {"over": (CROWD + 1) * FETCH}


def test_what_is_only_shown_is_told_to_a_crowd_as_it_is() -> None:
    text = json.dumps({"tag": "room:1", "version": "2", "content": "<p>stale</p>"})
    assert with_spread(text, 5000) == text


async def test_the_hub_counts_its_own_sockets(
    connect: Connect, alice_key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chatpoc.live.crowds.CROWD", 1)
    one, other = await connect(alice_key), await connect(alice_key)
    for socket in (one, other):
        await socket.ask({"watch": {"people": "x"}})
    await in_thread(invalidate, ["people"])
    for socket in (one, other):
        assert (await socket.hear())["over"] == 2 * FETCH
