"""Log-out closes the sockets of its own session, in every tab, and nobody else's."""

import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from accounts.models import User
from chatpoc.live.closing import SIGNED_OUT
from chatpoc.live.handshake import session_topic
from tests.conftest import signed_in

Closed = list[tuple[str, int, bool]]


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> Closed:
    """What was closed: topic, code, and whether its session could still have opened a new socket at that moment."""
    seen: Closed = []

    def close(topic: str, code: int) -> None:
        keys = Session.objects.values_list("session_key", flat=True)
        seen.append((topic, code, topic in {session_topic(key) for key in keys}))

    monkeypatch.setattr("accounts.receivers.live.close", close)
    return seen


def key_of(client: Client) -> str:
    return str(client.cookies["sessionid"].value)


@pytest.mark.parametrize("path", ["/accounts/logout/", "/admin/logout/"])
def test_log_out_closes_this_session_once_and_after_its_end(closed: Closed, alice: User, path: str) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    here, elsewhere = signed_in(alice), signed_in(alice)
    topic = session_topic(key_of(here))
    here.post(path)
    assert closed == [(topic, SIGNED_OUT, False)]
    assert elsewhere.get("/").status_code == 200


def test_log_out_of_alice_leaves_bob_and_charlie(
    closed: Closed, as_alice: Client, as_bob: Client, as_charlie: Client
) -> None:
    others = {session_topic(key_of(client)) for client in (as_bob, as_charlie)}
    as_alice.post("/accounts/logout/")
    assert not others & {topic for topic, _, _ in closed}
    assert as_bob.get("/").status_code == as_charlie.get("/").status_code == 200


def test_a_link_that_signs_another_person_out_closes_their_sockets(closed: Closed, alice: User, bob: User) -> None:
    """A confirmation link for Alice, opened in Bob's browser, signs Bob out."""
    from allauth.account.models import EmailAddress, EmailConfirmationHMAC

    address = EmailAddress.objects.create(user=alice, email=alice.email)
    client = signed_in(bob)
    topic = session_topic(key_of(client))
    client.get(f"/accounts/confirm-email/{EmailConfirmationHMAC(address).key}/")
    assert closed == [(topic, SIGNED_OUT, False)]


def test_someone_anonymous_closes_nothing(closed: Closed, client: Client, as_charlie: Client) -> None:
    client.post("/accounts/logout/")
    client.cookies["sessionid"] = "x" * 32
    client.post("/accounts/logout/")
    assert closed == []
    assert as_charlie.get("/").status_code == 200


def test_looking_at_the_log_out_page_closes_nothing(closed: Closed, as_alice: Client) -> None:
    as_alice.get("/accounts/logout/")
    assert closed == []


def test_the_topic_does_not_tell_the_session_key(as_alice: Client) -> None:
    assert key_of(as_alice) not in session_topic(key_of(as_alice))


@pytest.mark.parametrize("path", ["/accounts/logout/", "/admin/logout/"])
def test_a_browser_lets_go_of_the_pages_it_kept(alice: User, path: str) -> None:
    """Not of its storage: that holds what was typed and is not sent, under the number of who typed it."""
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client = signed_in(alice)
    assert "Clear-Site-Data" not in client.get("/")
    assert "Clear-Site-Data" not in client.get("/accounts/logout/")
    assert client.post(path)["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.post(path), "nobody's pages"
