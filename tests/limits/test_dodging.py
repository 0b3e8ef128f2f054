"""Ways around a limit that are none, and limits that hit nobody else."""

import itertools
import uuid
from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client, RequestFactory

from accounts.models import User
from chat.models import Room
from chatpoc.limits import buckets, whose
from chatpoc.limits.buckets import Bucket
from tests.conftest import Statements, signed_in
from tests.limits.conftest import Allow

pytestmark = pytest.mark.once

NINE = range(9)


def gets(client: Client, **headers: str) -> list[int]:
    return [client.get("/people/", headers=headers).status_code for _ in NINE]


def test_many_sessions_of_one_person_are_one_person(alice: User, allow: Allow) -> None:
    allow("read=3/9h 1000/9h")
    assert [signed_in(alice).get("/people/").status_code for _ in NINE] == [200] * 3 + [429] * 6


def test_many_people_behind_one_address_share_what_it_has_and_one_alone_cannot_use_it_up(
    as_alice: Client, as_bob: Client, allow: Allow
) -> None:
    allow("read=3/9h 5/9h")
    assert gets(as_alice) == [200] * 3 + [429] * 6
    assert gets(as_bob) == [200] * 2 + [429] * 7


def test_one_person_s_limit_is_not_another_s(as_alice: Client, as_bob: Client, allow: Allow) -> None:
    allow("read=3/9h 1000/9h")
    assert gets(as_alice).count(200) == 3
    assert gets(as_bob).count(200) == 3


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "X-Real_IP", "CF-Connecting-IP", "True-Client-IP"]
)
def test_a_forged_header_is_no_other_address(client: Client, db: None, allow: Allow, name: str) -> None:
    allow("read=1000/9h 3/9h")
    answers = [client.get("/accounts/login/", headers={name: f"203.0.113.{turn}"}) for turn in NINE]
    assert [answer.status_code for answer in answers] == [200] * 3 + [429] * 6


def test_behind_the_proxy_it_is_the_header_that_the_proxy_sets_and_no_other(
    client: Client, db: None, allow: Allow, settings: Any
) -> None:
    settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"
    allow("read=1000/9h 3/9h")

    def look(turn: int, address: str) -> int:
        headers = {"X-Real-IP": address, "X-Forwarded-For": f"198.51.100.{turn}"}
        return client.get("/accounts/login/", headers=headers).status_code

    assert [look(turn, "203.0.113.7") for turn in NINE] == [200] * 3 + [429] * 6
    assert look(0, "203.0.113.8") == 200
    # What is no address is the proxy's own: whatever is written there, it is one.
    assert [look(turn, f"nonsense {turn}") for turn in NINE].count(200) == 3


SAME = [
    ("203.0.113.7", " 203.0.113.7", "::ffff:203.0.113.7", "::FFFF:cb00:7107"),
    ("2001:db8:1:2::1", "2001:DB8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:2::%eth0", "2001:0db8:0001:0002::"),
]


def test_one_network_is_one_key_however_it_is_written(settings: Any) -> None:
    settings.ALLAUTH_TRUSTED_CLIENT_IP_HEADER = "X-Real-IP"

    def key(address: str) -> str:
        scope = {"headers": [(b"x-real-ip", address.encode())], "client": ["127.0.0.1", 1]}
        return whose.of_handshake(scope)[0]

    keys = [{key(address) for address in addresses} for addresses in SAME]
    assert [len(found) for found in keys] == [1, 1]
    other = [key("203.0.113.8"), key("2001:db8:1:3::1"), key("")]
    assert len({*keys[0], *keys[1], *other}) == 5
    for written, one in itertools.product(["203", "2001", "db8"], [*keys[0], *keys[1], *other]):
        assert written not in one.partition(":")[0]
        assert all(address not in one for addresses in SAME for address in addresses)


def test_a_request_and_a_socket_are_of_one_address() -> None:
    from django.contrib.auth.models import AnonymousUser

    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.7")
    request.user = AnonymousUser()
    assert whose.of_request(request) == whose.of_handshake({"headers": [], "client": ["203.0.113.7", 5]})
    assert whose.of_handshake({"headers": [], "client": None}) == whose.of_handshake({"headers": []})


def test_no_key_holds_an_address_or_what_was_asked(as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    take = buckets.take

    def heard(wanted: Sequence[Bucket]) -> float:
        asked.extend(bucket.key for bucket in wanted)
        return take(wanted)

    monkeypatch.setattr(buckets, "take", heard)
    as_alice.get("/find/", {"q": "canary"}, REMOTE_ADDR="203.0.113.77")
    assert len(asked) == 2
    assert not any("canary" in key or "203.0.113" in key for key in asked)


def test_a_head_has_no_bucket_of_its_own_and_other_methods_do_no_work(
    as_alice: Client, allow: Allow, statements: Statements
) -> None:
    allow("read=3/9h 1000/9h, write=2/9h 1000/9h")
    reads = [getattr(as_alice, method)("/people/").status_code for method in ("get", "head", "get", "head", "get")]
    assert reads == [200, 200, 200, 429, 429]
    statements.seen.clear()
    others = [getattr(as_alice, method)("/people/").status_code for method in ("options", "put", "delete", "patch")]
    assert others == [405] * 4
    assert statements.seen == []


def test_other_ways_to_write_an_address_are_no_other_bucket(as_alice: Client, bob: User, allow: Allow) -> None:
    allow("invite=2/9h 1000/9h")
    paths = ["bob", "BOB", "Bob", "b%6fb"]
    assert [as_alice.post(f"/people/{name}/conversation/").status_code for name in paths] == [302, 302, 429, 429]
    assert as_alice.post("//people/bob/conversation/").status_code in {301, 404}


def test_a_repeated_message_counts_so_that_it_cannot_be_a_way_to_ask_for_nothing(
    as_alice: Client, direct: Room, allow: Allow
) -> None:
    allow("send=3/9h 1000/9h")
    same = {"body": "once", "client_id": str(uuid.uuid4())}
    url = f"/rooms/{direct.pk}/messages/"
    assert [as_alice.post(url, same).status_code for _ in NINE] == [302] * 3 + [429] * 6
    assert direct.messages.count() == 1


def test_another_language_is_no_other_bucket(as_alice: Client, allow: Allow) -> None:
    allow("read=2/9h 1000/9h")
    statuses = [
        as_alice.get("/people/", headers={"Accept-Language": code}).status_code for code in ("en", "pl", "de", "fr")
    ]
    assert statuses == [200, 200, 429, 429]
