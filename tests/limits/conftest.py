from typing import Any, Protocol

import pytest

from chatpoc.limits import table
from tests.live.conftest import alice_key, bob_key, connect

__all__ = ["alice_key", "bob_key", "connect"]


class Allow(Protocol):
    def __call__(self, limits: str) -> None: ...


@pytest.fixture
def allow(settings: Any) -> Allow:
    """Set the limits, as the environment would: `allow("send=2/1h 100/1h")`."""

    def change(limits: str) -> None:
        settings.LIMITS = table.parsed(limits)

    return change
