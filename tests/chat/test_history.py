"""A conversation's past: pages both ways, and a permalink for each message."""

import re
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from chat.history import CATCH_UP, PAGE
from chat.models import Room
from tests.chat.test_messages import HX, seqs
from tests.conftest import Say, Statements
from tests.long_room import say_many

LENGTH = 230


@pytest.fixture
def room(direct: Room, alice: User, bob: User) -> Room:
    say_many(direct, [alice, bob], LENGTH)
    return direct


def read(client: Client, room: Room, query: str) -> Any:
    response = client.get(f"/rooms/{room.pk}/messages/{query}", headers=HX)
    assert response.status_code == 200
    return response


def edges(html: str) -> list[str]:
    """Where the page leads on: `?before=51`."""
    return re.findall(r'<li class="edge \w+"><a href="/rooms/\d+/(\?\w+=\d+)">', html)


def test_pages_meet_without_gap_or_overlap_both_ways(room: Room, as_bob: Client) -> None:
    for sign, query, turn in ((-1, "", "before"), (1, "?after=0", "after")):
        pages, on = [], [query]
        while on:
            html = read(as_bob, room, on[0]).content.decode()
            pages.append(seqs(html))
            on = [edge for edge in edges(html) if turn in edge]
        assert [seq for page in pages[::sign] for seq in page] == list(range(1, LENGTH + 1))
        assert [len(page) for page in pages] == [PAGE] * 4 + [LENGTH - 4 * PAGE]


@pytest.mark.parametrize(
    ("query", "first", "last", "leads"),
    [
        ("", 181, 230, ["?before=181"]),
        ("?before=181", 131, 180, ["?before=131", "?after=180"]),
        ("?before=11", 1, 10, ["?after=10"]),
        ("?after=200", 201, 230, ["?before=201"]),
        ("?after=0", 1, 50, ["?after=50"]),
        ("?around=100", 75, 125, ["?before=75", "?after=125"]),
        ("?around=1", 1, 26, ["?after=26"]),
        ("?around=230", 205, 230, ["?before=205"]),
        ("?before=999999999999999999", 181, 230, ["?before=181"]),
    ],
)
def test_a_page_says_where_to_read_on(
    room: Room, as_alice: Client, query: str, first: int, last: int, leads: list[str]
) -> None:
    for path in (f"/rooms/{room.pk}/messages/", f"/rooms/{room.pk}/"):
        html = as_alice.get(path + query).content.decode()
        assert seqs(html) == list(range(first, last + 1))
        assert edges(html) == leads
        assert ("where the conversation starts" in html) == (first == 1)


@pytest.mark.parametrize(
    ("query", "leads"),
    [
        ("?before=1", ["?after=0"]),
        ("?before=0", ["?after=0"]),
        ("?after=230", ["?before=231"]),
        ("?around=999999999999999999", ["?before=231"]),
    ],
)
def test_a_page_beyond_the_ends_is_empty_and_leads_back(
    room: Room, as_alice: Client, query: str, leads: list[str]
) -> None:
    html = read(as_alice, room, query).content.decode()
    assert seqs(html) == []
    assert edges(html) == leads
    assert "No messages yet" not in html


def test_a_room_without_messages_has_no_edges(direct: Room, as_alice: Client) -> None:
    for query in ("", "?before=5", "?after=5", "?around=5"):
        html = read(as_alice, direct, query).content.decode()
        assert not edges(html)
        assert "No messages yet" in html


def test_a_page_says_the_version_that_it_was_read_at(room: Room, as_alice: Client, bob: User, say: Say) -> None:
    assert read(as_alice, room, "?before=100")["HX-PTag"] == str(LENGTH)
    say(room, bob)
    assert read(as_alice, room, "?after=100")["HX-PTag"] == str(LENGTH + 1)


def test_each_page_takes_the_same_statements_at_any_depth(room: Room, as_alice: Client, statements: Statements) -> None:
    counts: dict[str, set[int]] = {}
    for kind, queries in {
        "a page": ["?before=230", "?before=60", "?after=0", "?after=150", ""],
        "around": ["?around=3", "?around=200"],
    }.items():
        for query in queries:
            statements.seen.clear()
            read(as_alice, room, query)
            counts.setdefault(kind, set()).add(len(statements.seen))
            assert not any("COUNT" in sql or "OFFSET" in sql for sql in statements.seen)
            assert not statements.writes
    (a_page,), (around,) = counts["a page"], counts["around"]
    assert around == a_page <= 5
    for path in ("", "messages/7/", "messages/222/", "?after=100"):
        statements.seen.clear()
        as_alice.get(f"/rooms/{room.pk}/{path}")
        assert len(statements.seen) <= 12, statements.seen


# Permalinks


def test_a_permalink_opens_the_room_around_its_message(room: Room, as_bob: Client) -> None:
    html = as_bob.get(f"/rooms/{room.pk}/messages/100/").content.decode()
    assert seqs(html) == list(range(75, 126))
    assert edges(html) == ["?before=75", "?after=125"]
    assert re.search(r'<li class="here" tabindex="-1" autofocus></li><li [^>]*data-seq="100"', html)
    assert html.count('class="here"') == 1
    assert 'name="body"' in html, "one can answer from there"
    assert f'data-tags=\'{{"room:{room.pk}": "{LENGTH}"}}\'' in html, "and it is live"
    assert f'<a class="to-newest" href="/rooms/{room.pk}/">' in html


def test_the_time_of_a_message_is_its_permalink(room: Room, as_alice: Client) -> None:
    html = as_alice.get(f"/rooms/{room.pk}/").content.decode()
    links = re.findall(r'<a class="permalink" href="([^"]+)"><local-time', html)
    assert links == [f"/rooms/{room.pk}/messages/{seq}/" for seq in seqs(html)]
    assert as_alice.get(links[0]).status_code == 200
    assert 'class="here"' not in html
    assert 'class="to-newest"' in html
    assert re.search(r'class="to-newest"[^>]* hidden', html), "who is at the newest needs no way there"


@pytest.mark.parametrize("seq", ["231", "999999999999999999", "0", "-1", "x", "01", "1.5", "9" * 40, "٣"])
def test_a_permalink_to_no_message_is_not_found(room: Room, as_alice: Client, seq: str) -> None:
    assert as_alice.get(f"/rooms/{room.pk}/messages/{seq}/").status_code == 404


def test_a_permalink_only_reads(room: Room, as_alice: Client) -> None:
    path = f"/rooms/{room.pk}/messages/5/"
    assert as_alice.head(path).status_code == 200


def test_strangers_and_former_members_find_nothing(room: Room, as_charlie: Client, as_bob: Client, bob: User) -> None:
    paths = [
        f"/rooms/{room.pk}/{path}" for path in ("messages/5/", "messages/?after=0", "messages/?around=5", "?after=0")
    ]
    unknown = as_charlie.get("/rooms/999999/messages/5/").content
    for path in paths:
        assert as_bob.get(path).status_code == 200
        response = as_charlie.get(path)
        assert response.status_code == 404
        assert response.content == unknown
    room.memberships.get(user=bob).delete()
    for path in paths:
        assert as_bob.get(path).status_code == 404


# Too far behind


def test_who_reads_the_past_starts_again_where_they_read(room: Room, as_alice: Client) -> None:
    html = as_alice.get(f"/rooms/{room.pk}/messages/?since={LENGTH - CATCH_UP - 1}&at=100", headers=HX)
    assert html["HX-Retarget"] == f"#log-{room.pk}"
    assert seqs(html.content.decode()) == list(range(75, 126))
    assert 'class="here"' not in html.content.decode()
    assert as_alice.get(f"/rooms/{room.pk}/messages/?since=0&at=x", headers=HX).status_code == 400
