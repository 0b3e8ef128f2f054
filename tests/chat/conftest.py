from typing import Any

import pytest

from accounts.models import User
from chat.models import Message, Room
from tests.chat.own import SECRET
from tests.conftest import Say


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    frames: list[dict[str, Any]] = []
    monkeypatch.setattr("chatpoc.live.publishing._send", lambda _topic, message: frames.append(message))
    return frames


@pytest.fixture
def message(direct: Room, alice: User, say: Say) -> Message:
    """What Alice said to Bob, first of all."""
    return say(direct, alice, SECRET)
