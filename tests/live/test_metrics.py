"""/metrics for Prometheus: not there at all without the token that the setting names, and nobody's name in it."""

import re
import time
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from chat.models import Room
from chatpoc.asgi import application
from chatpoc.env import BASE
from chatpoc.health import Health
from chatpoc.live import closing
from chatpoc.live.counters import registry
from chatpoc.live.hub import current_hub
from tests.conftest import signed_in
from tests.live.conftest import Connect
from tests.live.test_fragments import HX
from tests.live.test_socket import post
from tests.site.test_static_files import ask

pytestmark = pytest.mark.once

asgi: Any = application
TOKEN = "prometheus-knows-this-one"
Found = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture(autouse=True)
def _token(settings: Any) -> None:
    settings.METRICS_TOKEN = TOKEN


def scraped() -> str:
    status, headers, body = ask(asgi, "/metrics", authorization=f"Bearer {TOKEN}", host="10.0.0.7:8000")
    assert status == 200
    assert headers["content-type"].startswith("text/plain")
    assert headers["cache-control"] == "no-store"
    assert "set-cookie" not in headers
    return body.decode()


async def found() -> Found:
    """Of each name the values by their labels."""
    told = await sync_to_async(scraped, thread_sensitive=False)()
    return {
        family.name: {(sample.name, *sample.labels.values()): sample.value for sample in family.samples}
        for family in text_string_to_metric_families(told)
    }


@pytest.mark.parametrize(
    "given",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", TOKEN, f"Basic {TOKEN}", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}",
     f"bearer{TOKEN}", f"Bearer {TOKEN.upper()}", "Bearer żółw"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_without_the_token_it_is_not_there(db: None, given: str | None, method: str) -> None:
    status, _, body = ask(asgi, "/metrics", method, **({} if given is None else {"authorization": given}))
    assert status in ({404} if method == "GET" else {403, 404})
    assert b"chatpoc_live" not in body


@pytest.mark.parametrize("given", ["", "Bearer ", "Bearer None", "Bearer"])
def test_without_the_setting_nobody_gets_in(as_alice: Client, settings: Any, alice: User, given: str) -> None:
    settings.METRICS_TOKEN = ""
    User.objects.update(is_staff=True, is_superuser=True)
    assert ask(asgi, "/metrics", authorization=given)[0] == 404
    for client in (Client(), as_alice, signed_in(alice)):
        assert client.get("/metrics", headers={"Authorization": given}).status_code == 404


def test_two_tokens_are_none(db: None) -> None:
    scope = {"type": "http", "method": "GET", "path": "/metrics", "headers": [(b"authorization", b"Bearer x")]}
    scope["headers"] += [(b"authorization", f"Bearer {TOKEN}".encode())]  # type: ignore[operator]
    went: list[str] = []
    health: Any = Health(lambda *_: went.append("on"))  # type: ignore[arg-type]
    health(scope, None, None)
    assert went == ["on"]


def test_it_needs_no_database_and_no_name_of_ours(settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["chat.example.org"]
    assert "chatpoc_live_sends" in scraped()


async def test_a_conversation_is_counted_from_the_commit_to_the_socket(
    connect: Connect, direct: Room, alice: User, alice_key: str, bob_key: str
) -> None:
    before = await found()
    sockets = [await connect(alice_key), await connect(bob_key)]
    for socket in sockets:
        await socket.ask({"watch": {direct.topic: "0"}})
    began = time.monotonic()
    await post(direct, alice, "canary-message")
    for socket in sockets:
        await socket.hear()
    took = time.monotonic() - began
    now = await found()
    assert now["chatpoc_live_connections"] == {("chatpoc_live_connections",): 2}
    assert now["chatpoc_live_topics"][("chatpoc_live_topics",)] == len(current_hub().topics) > 2

    def more(name: str, *labels: str) -> float:
        family = name.removesuffix("_total").removesuffix("_count").removesuffix("_sum")
        return now[family].get((name, *labels), 0) - before.get(family, {}).get((name, *labels), 0)

    assert more("chatpoc_live_sends_total", "room") == 1
    assert more("chatpoc_live_frames_total", "room") == 2
    assert more("chatpoc_live_delivery_seconds_count", "room") == 1
    assert 0 < more("chatpoc_live_delivery_seconds_sum", "room") <= took


async def test_what_waits_is_told(connect: Connect, alice_key: str, bob_key: str) -> None:
    sockets = [await connect(alice_key), await connect(bob_key)]
    for socket in sockets:
        await socket.ask({"watch": {}})
    one, other = current_hub().sockets
    one.unsent, other.unsent = lambda: 5000, lambda: 0  # type: ignore[method-assign]
    now = await found()
    assert now["chatpoc_live_unsent_bytes"] == {("chatpoc_live_unsent_bytes",): 5000}
    assert now["chatpoc_live_unsent_sockets"] == {("chatpoc_live_unsent_sockets",): 1}
    assert now["chatpoc_live_held_frames"] == {("chatpoc_live_held_frames",): 0}
    current_hub().rechecks._held[one] = [((), "a frame"), ((), "another")]
    assert (await found())["chatpoc_live_held_frames"] == {("chatpoc_live_held_frames",): 2}
    current_hub().rechecks._held.clear()
    assert {("chatpoc_live_jobs_waiting", "live"), ("chatpoc_live_jobs_waiting", "rechecks")} == set(
        now["chatpoc_live_jobs_waiting"]
    )


async def test_who_is_closed_is_counted_with_why(connect: Connect, direct: Room, alice: User, alice_key: str) -> None:
    def closed(why: str) -> float:
        return registry.get_sample_value("chatpoc_live_closes_total", {"why": why}) or 0

    before = {why: closed(why) for why in (*closing.WHY.values(), closing.OTHER)}
    slow = await connect(alice_key)
    await slow.ask({"watch": {direct.topic: "0"}})
    (consumer,) = current_hub().sockets
    consumer.unsent = lambda: 2**20 + 1  # type: ignore[method-assign]
    await post(direct, alice)
    assert await slow.closed_with() == closing.TOO_SLOW
    nobody = await connect("")
    assert await nobody.closed_with() == closing.SIGNED_OUT
    elsewhere = await connect(alice_key, origin=b"http://evil.test")
    assert await elsewhere.closed_with() == closing.FORBIDDEN
    leaves = await connect(alice_key)
    await leaves.disconnect()
    more = {why: closed(why) - was for why, was in before.items()}
    assert {why: many for why, many in more.items() if many} == {"too slow": 1, "signed out": 1, "of another site": 1}


def test_refetches_304s_and_answers_are_counted(as_alice: Client, direct: Room) -> None:
    def value(name: str, **labels: str) -> float:
        return registry.get_sample_value(name, labels) or 0

    fetches = [{"fragment": "chat.conversations", "answer": answer} for answer in ("fresh", "unchanged")]
    before = [value("chatpoc_live_fetches_total", **labels) for labels in fetches]
    first = as_alice.get("/conversations/", headers=HX)
    as_alice.get("/conversations/", headers=HX | {"HX-PTag": first["HX-PTag"]})
    after = [value("chatpoc_live_fetches_total", **labels) for labels in fetches]
    assert [now - was for now, was in zip(after, before, strict=True)] == [1, 1]

    asked = value("chatpoc_answers_total", status="404"), value("chatpoc_answer_seconds_count")
    ask(asgi, "/nothing/")
    assert value("chatpoc_answers_total", status="404") == asked[0] + 1
    assert value("chatpoc_answer_seconds_count") == asked[1] + 1
    assert value("chatpoc_requests_in_progress") == 0


def test_nobody_is_named_and_labels_are_few(as_alice: Client, direct: Room, alice: User) -> None:
    as_alice.get(f"/rooms/{direct.pk}/")
    ask(asgi, "/canary-looked-for/?q=canary")
    told = scraped()
    assert "canary" not in told
    assert alice.handle not in told
    assert "@" not in told
    values = set(re.findall(r'(?:type|fragment|why|status|pool|kind|limit|answer)="([^"]*)"', told))
    assert len(values) > 5
    assert not {value for value in values if not re.fullmatch(r"[a-z][a-z_. -]{0,40}|[1-5]\d\d", value)}
    assert {family.name for family in text_string_to_metric_families(told)} > {
        "chatpoc_live_invalidations", "chatpoc_live_hints", "chatpoc_live_bytes", "chatpoc_live_type_fetches",
        "chatpoc_live_type_bytes", "chatpoc_live_render_seconds", "chatpoc_live_staleness_seconds", "chatpoc_limited",
        "chatpoc_live_lost", "chatpoc_loop_late_seconds", "process_resident_memory_bytes", "process_cpu_seconds",
    }  # fmt: skip


def test_the_guide_names_every_metric_and_no_other() -> None:
    """In its table, and in its alerts."""
    guide = (BASE / "docs" / "operations.md").read_text()
    families = list(text_string_to_metric_families(scraped()))
    of_hub_and_pool = {f"chatpoc_live_{name}" for name in ("connections", "topics", "unsent_bytes", "unsent_sockets")}
    of_hub_and_pool |= {"chatpoc_live_held_frames", "chatpoc_database_pool"}  # which are not there in this test
    there = of_hub_and_pool | {
        family.name + ("_total" if family.type == "counter" else "")
        for family in families
        if family.name.startswith("chatpoc_")
    }
    rows = {
        name for row in re.findall(r"^\| (`chatpoc_.*?) \|", guide, re.MULTILINE) for name in re.findall(r"\w+", row)
    }
    assert rows == there
    alerts = set(re.findall(r"chatpoc_\w+", guide.rpartition("# chat.yml")[2].partition("```")[0]))
    assert {name.removesuffix("_bucket") for name in alerts} <= there
    assert len(alerts) == 3
