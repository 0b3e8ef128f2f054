"""The messages of a room over HTTP: sending, catching up, reading on upwards."""

import json
import re
import uuid
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from chat.history import CATCH_UP
from chat.holding import found_in
from chat.models import Membership, Message, Room
from tests.conftest import Say, Statements, make_person, signed_in

HX = {"HX-Request": "true"}


def post(client: Client, room: Room, body: str = "hello", client_id: str | None = None, **headers: Any) -> Any:
    data = {"body": body, "client_id": client_id or str(uuid.uuid4())}
    return client.post(f"/rooms/{room.pk}/messages/", data, headers=headers.get("headers", HX))


def seqs(html: str) -> list[int]:
    return [int(seq) for seq in re.findall(r'data-seq="(\d+)"', html)]


def test_a_send_answers_with_the_message_to_put_in(direct: Room, as_alice: Client) -> None:
    client_id = str(uuid.uuid4())
    response = post(as_alice, direct, "hello Bob", client_id)
    html = response.content.decode()
    assert response.status_code == 201
    assert f'<hx-upsert hx-target="#messages-{direct.pk}" key="data-seq" sort>' in html
    assert f'id="m-{client_id}"' in html
    assert "hello Bob" in html


def test_without_javascript_a_send_leads_back_to_the_room(direct: Room, as_alice: Client) -> None:
    client_id = str(uuid.uuid4())
    response = post(as_alice, direct, "hi", client_id, headers={})
    assert response.status_code == 302
    assert response["Location"] == f"/rooms/{direct.pk}/#m-{client_id}"
    assert "hi" in as_alice.get(response["Location"]).content.decode()


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "Write something first."),
        (" \n\t ", "Write something first."),
        ("\u200b\u3164", "Write something first."),
        ("x" * 10_001, "10001 characters; 10000 fit"),
    ],
)
def test_a_body_that_does_not_fit_is_explained(direct: Room, as_alice: Client, body: str, reason: str) -> None:
    response = post(as_alice, direct, body)
    assert response.status_code == 422
    assert reason in response.content.decode()
    assert response["Content-Type"].startswith("text/plain")
    assert not Message.objects.exists()


def test_without_javascript_the_reason_stands_beside_what_was_typed(direct: Room, as_alice: Client) -> None:
    response = post(as_alice, direct, "x" * 10_001, headers={})
    assert response.status_code == 422
    html = response.content.decode()
    assert "10001 characters; 10000 fit" in html
    assert "x" * 10_001 in html
    assert re.search(r'name="client_id" value="[0-9a-f-]{36}"', html)


@pytest.mark.parametrize("client_id", ["", "1", "not-a-uuid", "x" * 5000, "'; DROP TABLE chat_message; --"])
def test_a_malformed_client_id_is_refused(direct: Room, as_alice: Client, client_id: str) -> None:
    response = as_alice.post(f"/rooms/{direct.pk}/messages/", {"body": "x", "client_id": client_id}, headers=HX)
    assert response.status_code == 422
    assert "client id" in response.content.decode()


def test_a_body_may_hold_what_people_type(direct: Room, as_alice: Client) -> None:
    body = "<script>alert(1)</script> & <hx-partial hx-target=body>\r\nline two 👩‍👩‍👧 \u202egnirts"
    html = post(as_alice, direct, body).content.decode()
    assert "<script>" not in html
    assert "&lt;hx-partial" in html
    assert Message.objects.get().body == body.replace("\r\n", "\n")


def test_a_nul_is_refused_and_not_an_error(direct: Room, as_alice: Client) -> None:
    assert post(as_alice, direct, "a\0b").status_code == 422


def test_line_ends_count_once(direct: Room, as_alice: Client) -> None:
    assert post(as_alice, direct, "x\r\n" * 4_999 + "xx").status_code == 201


def test_a_stranger_cannot_read_write_or_learn_of_a_room(
    direct: Room, as_charlie: Client, alice: User, say: Say
) -> None:
    say(direct, alice, "a secret")
    unknown = as_charlie.get("/rooms/999999/").content
    for response in (
        as_charlie.get(f"/rooms/{direct.pk}/"),
        as_charlie.get(f"/rooms/{direct.pk}/messages/?since=0"),
        as_charlie.get(f"/rooms/{direct.pk}/messages/?before=99"),
        post(as_charlie, direct),
    ):
        assert response.status_code == 404
        assert response.content == unknown, "the same answer as for a room that does not exist"
    assert Message.objects.count() == 1


def test_an_anonymous_page_is_sent_to_the_log_in_and_a_fetch_is_told(direct: Room, client: Client) -> None:
    page = client.get(f"/rooms/{direct.pk}/")
    assert page.status_code == 302
    assert page["Location"] == f"/accounts/login/?next=/rooms/{direct.pk}/"
    assert post(client, direct).status_code == 401


def test_a_send_without_csrf_token_is_refused_with_a_reason(direct: Room, alice: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice, backend="allauth.account.auth_backends.AuthenticationBackend")
    response = post(client, direct)
    assert response.status_code == 403
    assert "Reload it" in response.content.decode()
    assert not Message.objects.exists()


def test_a_client_id_of_another_room_is_a_conflict(direct: Room, alice: User, charlie: User, as_alice: Client) -> None:
    client_id = str(uuid.uuid4())
    post(as_alice, direct, "a", client_id)
    assert post(as_alice, Room.objects.direct(alice, charlie), "b", client_id).status_code == 409


def test_a_send_takes_six_statements_whatever_the_number_of_members(
    direct: Room, as_alice: Client, alice: User, statements: Statements
) -> None:
    found_in("")  # the rules that hold messages back are read once in ten seconds
    statements.seen.clear()
    post(as_alice, direct)
    small = len(statements.seen)
    crowd = Room.objects.create(kind=Room.Kind.OPEN, name="Crowd")
    Membership.objects.bulk_create(
        [Membership(room=crowd, user=make_person(f"p{i}", f"P {i}")) for i in range(30)]
        + [Membership(room=crowd, user=alice)]
    )
    statements.seen.clear()
    post(as_alice, crowd)
    assert len(statements.seen) == small <= 6, statements.seen


# Catching up


def catch_up(client: Client, room: Room, since: object) -> Any:
    return client.get(f"/rooms/{room.pk}/messages/?since={since}", headers=HX)


def test_catching_up_brings_just_what_changed(direct: Room, alice: User, as_bob: Client, say: Say) -> None:
    for i in range(5):
        say(direct, alice, f"number {i}")
    response = catch_up(as_bob, direct, 3)
    assert seqs(response.content.decode()) == [4, 5]
    assert response["HX-PTag"] == "5"


def test_a_page_that_is_up_to_date_costs_no_message_query(
    direct: Room, alice: User, as_bob: Client, say: Say, statements: Statements
) -> None:
    say(direct, alice)
    statements.seen.clear()
    response = catch_up(as_bob, direct, 1)
    assert response.status_code == 304
    assert not any("chat_message" in sql for sql in statements.seen)


def test_a_page_too_far_behind_starts_again_from_the_newest(
    direct: Room, alice: User, as_bob: Client, say: Say
) -> None:
    for i in range(CATCH_UP + 2):
        say(direct, alice, f"number {i}")
    assert len(seqs(catch_up(as_bob, direct, 2).content.decode())) == CATCH_UP
    response = catch_up(as_bob, direct, 1)
    assert response["HX-Retarget"] == f"#log-{direct.pk}"
    assert seqs(response.content.decode())[-1] == CATCH_UP + 2
    assert f'data-tags=\'{{"room:{direct.pk}": "{CATCH_UP + 2}"}}\'' in response.content.decode()


def test_a_page_from_the_future_of_a_restored_backup_starts_again(direct: Room, as_alice: Client) -> None:
    assert catch_up(as_alice, direct, 7)["HX-Retarget"] == f"#log-{direct.pk}"


@pytest.mark.parametrize("value", ["-1", "x", "", "1.5", "٣", "9" * 40, "1 OR 1=1"])
@pytest.mark.parametrize("name", ["since", "before", "after", "around"])
def test_a_number_that_is_none_is_refused(direct: Room, as_alice: Client, name: str, value: str) -> None:
    assert as_alice.get(f"/rooms/{direct.pk}/messages/", {name: value}).status_code == 400


def test_a_room_number_beyond_the_database_is_not_found(as_alice: Client) -> None:
    assert as_alice.get(f"/rooms/{'9' * 40}/").status_code == 404


def test_a_room_page_takes_the_same_statements_at_any_length(
    direct: Room, alice: User, as_bob: Client, say: Say, statements: Statements
) -> None:
    say(direct, alice)
    statements.seen.clear()
    as_bob.get(f"/rooms/{direct.pk}/")
    short = len(statements.seen)
    for i in range(70):
        say(direct, alice, f"{i}")
    statements.seen.clear()
    as_bob.get(f"/rooms/{direct.pk}/")
    assert len(statements.seen) == short <= 12, statements.seen
    assert not statements.writes, "a page only reads"


def test_page_push_and_catch_up_are_the_same_bytes(
    direct: Room,
    as_alice: Client,
    as_bob: Client,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    pushed: list[dict[str, Any]] = []
    monkeypatch.setattr("chatpoc.live.publishing._send", lambda _topic, message: pushed.append(message))
    with django_capture_on_commit_callbacks(execute=True):
        sent = post(as_alice, direct, "same everywhere").content.decode()
    item = sent[sent.index("<li") : sent.rindex("</li>") + 5]
    assert item in json.loads(pushed[0]["text"])["content"]
    assert item in catch_up(as_bob, direct, 0).content.decode()
    assert item in as_bob.get(f"/rooms/{direct.pk}/").content.decode()


def test_moving_between_conversations_fetches_the_pane_alone(
    direct: Room, as_alice: Client, statements: Statements
) -> None:
    html = as_alice.get(f"/rooms/{direct.pk}/", headers=HX | {"HX-Target": "main#pane"}).content.decode()
    assert html.lstrip().startswith("<title>Bob Okafor")
    assert 'id="sidebar"' not in html
    assert not any("last_at" in sql and "ORDER BY" in sql for sql in statements.seen), "the sidebar was not read"


def test_a_deactivated_person_is_out(direct: Room, alice: User) -> None:
    client = signed_in(alice)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert post(client, direct).status_code == 401
