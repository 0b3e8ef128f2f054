"""`manage.py doctor` with several Redis servers: each is looked at, and told by its address."""

import pytest
import redis

from chatpoc.doctor.redis import layer, redis_itself
from tests.live.test_shards import servers, two
from tests.servers import RedisServer

__all__ = ["servers", "two"]

pytestmark = [pytest.mark.once("postgresql"), pytest.mark.waits]


def test_doctor_looks_at_each_of_them(servers: list[RedisServer]) -> None:
    texts = [finding.text for finding in redis_itself()]
    for server in servers:
        assert [text for text in texts if text.startswith(f"127.0.0.1:{server.port}: Redis ") and "answers" in text]
    [heard] = layer()
    assert heard.text.startswith("What is said to the layer is heard again after")
    servers[1].kill()
    with pytest.raises(redis.ConnectionError):
        list(redis_itself())
    with pytest.raises(redis.ConnectionError):
        list(layer())
