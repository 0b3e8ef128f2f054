"""/metrics for Prometheus: not there at all without the token that the setting names."""

from typing import Any

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from chat.models import Room
from tests.conftest import signed_in
from tests.live.test_fragments import HX

pytestmark = pytest.mark.once

TOKEN = "prometheus-knows-this-one"


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}",
     f"bearer{TOKEN}", f"Bearer {TOKEN.upper()}", "Bearer żółw"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "post"])
def test_without_the_token_it_is_not_there(client: Client, db: None, given: str | None, method: str) -> None:
    headers = {} if given is None else {"Authorization": given}
    assert getattr(client, method)("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None", "Bearer"])
def test_without_the_setting_nobody_gets_in(as_alice: Client, settings: Any, alice: User, given: str) -> None:
    settings.METRICS_TOKEN = ""
    User.objects.update(is_staff=True, is_superuser=True)
    for client in (Client(), as_alice, signed_in(alice)):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_with_the_token_prometheus_can_read_it(client: Client, as_alice: Client, direct: Room) -> None:
    as_alice.get("/conversations/", headers=HX)
    answer = client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain")
    assert not answer.cookies
    found = {family.name: family for family in text_string_to_metric_families(answer.content.decode())}
    assert {
        "chatpoc_live_invalidations",
        "chatpoc_live_hints",
        "chatpoc_live_frames",
        "chatpoc_live_fetches",
        "chatpoc_live_bytes",
        "chatpoc_live_type_fetches",
        "chatpoc_live_type_bytes",
        "chatpoc_live_render_seconds",
        "chatpoc_live_staleness_seconds",
    } <= set(found)
    fetched = {
        (sample.labels["fragment"], sample.labels["answer"]): sample.value
        for sample in found["chatpoc_live_fetches"].samples
        if sample.name.endswith("_total")
    }
    assert fetched["chat.conversations", "fresh"] >= 1
