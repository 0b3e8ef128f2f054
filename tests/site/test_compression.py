"""What a page needs is sent compressed, whoever runs the chat; what is compressed already is left alone."""

import gzip
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc.modules import modules

pytestmark = pytest.mark.once

GZIP = {"Accept-Encoding": "gzip"}


def test_a_page_is_sent_compressed_to_who_can_read_that(direct: Room, alice: User, as_alice: Client) -> None:
    address = f"/rooms/{direct.pk}/"
    answer = as_alice.get(address, headers=GZIP)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert b"<chat-composer" in gzip.decompress(answer.content)
    assert "Content-Encoding" not in as_alice.get(address)


def test_static_files_of_an_embedded_chat_are_sent_compressed_and_have_one_version(client: Client) -> None:
    for name in ("css/app.css", "js/app.js", "vendor/emoji-picker-element-data-1.8.0/en/github/data.json"):
        plain, packed = client.get(f"/static/{name}"), client.get(f"/static/{name}", headers=GZIP)
        head = client.head(f"/static/{name}", headers=GZIP)
        content = Path(settings.STATICFILES_DIRS[0], name).read_bytes()
        assert packed["Content-Encoding"] == "gzip"
        assert gzip.decompress(packed.content) == plain.content == content
        assert plain["ETag"] == packed["ETag"] == head["ETag"]
        assert packed["Vary"] == "Accept-Encoding"
    licence = client.get("/static/vendor/htmx-4.0.1/LICENSE", headers=GZIP)
    assert "Content-Encoding" not in licence
    assert licence.content


def test_a_page_names_every_module_that_it_needs_and_none_that_waits_for_its_use(as_alice: Client) -> None:
    names = {Path(address).name for address in modules()}
    assert {"chat-composer.js", "outbox.js", "csrf.js", "words.js"} <= names
    assert not names & {"emoji-picker.js", "avatar-cropper.js", "database.js"}
    html = as_alice.get("/").content.decode()
    assert html.count('rel="modulepreload"') == len(modules())
