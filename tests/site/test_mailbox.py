"""In development, mail that was really sent is read in the browser, by the same machine only."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.mail import EmailMultiAlternatives, get_connection, send_mail
from django.test import Client

from accounts.models import User

pytestmark = pytest.mark.once


@pytest.fixture(autouse=True)
def _mail_goes_to_files(settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"


def read(client: Client) -> str:
    return client.get("/dev/mailbox/").content.decode()


def test_a_mailed_link_is_followed_from_the_mailbox_to_a_new_password(client: Client, alice: User) -> None:
    assert "Nothing has been sent yet." in read(client)
    client.post("/accounts/password/reset/", {"email": alice.email})
    html = read(client)
    assert "[ChatPOC] Choose a new password" in html
    assert "To alice@example.com" in html
    link = re.search(r'<a href="http://testserver(/accounts/password/reset/key/[^"]+)"', html)
    assert link
    form = client.get(link[1])["Location"]
    client.post(form, {"password1": "looking-glass-1", "password2": "looking-glass-1"})
    alice.refresh_from_db()
    assert alice.check_password("looking-glass-1")


def test_the_newest_mail_comes_first_and_each_is_its_own(client: Client, db: None) -> None:
    with get_connection() as connection:
        for subject in ("first", "second"):
            send_mail(subject, f"text of {subject}", "chat@example.org", ["alice@example.com"], connection=connection)
    send_mail("third", "text of third", "chat@example.org", ["bob@example.com"])
    html = read(client)
    assert re.findall(r"<h2>(.*?)</h2>", html) == ["third", "second", "first"]
    assert re.findall(r"text of \w+", html) == ["text of third", "text of second", "text of first"]


def test_a_mail_is_shown_as_text_whatever_it_holds(client: Client, db: None) -> None:
    mail = EmailMultiAlternatives(
        "<b>Ünï</b>", "<script>alert(1)</script> 👋\n" + "-" * 79 + "\nmore", to=["a@example.com"]
    )
    mail.attach_alternative("<p>HTML</p>", "text/html")
    mail.attach("a.bin", b"\xff\0", "application/octet-stream")
    mail.send()
    html = read(client)
    assert "&lt;b&gt;Ünï&lt;/b&gt;" in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; 👋" in html
    assert "<script>" not in html


def test_a_file_that_is_no_mail_does_not_break_the_page(client: Client, db: None, settings: Any) -> None:
    folder = Path(settings.EMAIL_FILE_PATH)
    folder.mkdir()
    (folder / "junk.log").write_bytes(b"\xff\xfe junk\n\nContent-Type: text/plain; charset=nonsense")
    (folder / "charset.log").write_bytes(b"Subject: odd\nContent-Type: text/plain; charset=nonsense\n\ntext\xff")
    (folder / "note.txt").write_text("not a mail")
    assert client.get("/dev/mailbox/").status_code == 200


@pytest.mark.parametrize("address", ["10.0.0.7", "192.168.1.2", "2001:db8::1", ""])
def test_another_machine_finds_nothing_there(alice: User, address: str) -> None:
    Client().post("/accounts/password/reset/", {"email": alice.email})
    for headers in ({}, {"x-forwarded-for": "127.0.0.1", "x-real-ip": "127.0.0.1"}):
        answer = Client(REMOTE_ADDR=address).get("/dev/mailbox/", headers=headers)
        assert answer.status_code == 404
        assert "alice" not in answer.content.decode()


def test_a_site_that_poses_as_this_machine_is_refused(client: Client, db: None) -> None:
    assert client.get("/dev/mailbox/", headers={"host": "evil.example"}).status_code == 400
