"""Fragments: the first paint and the refetch are the same bytes, 304 costs no query, and hints reach those who may know."""

import asyncio
import json
import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.core.cache import caches
from django.test import Client

from accounts.models import User
from chat import fragments
from chat.models import Membership, Room
from chatpoc import live
from chatpoc.live import tags, versions
from chatpoc.live.threads import in_thread
from tests.conftest import Say, Statements
from tests.live.conftest import Connect

HX = {"HX-Request": "true"}


def made_from(html: str) -> dict[str, str]:
    found = re.search(r'data-tags="([^"]*)"', html)
    assert found
    versions_of: dict[str, str] = json.loads(unescape(found[1]))
    return versions_of


FRAGMENTS = {  # and a page that shows each first
    "/conversations/": "/rooms/R/",
    "/rooms/R/header/": "/rooms/R/",
    "/rooms/R/members/": "/rooms/R/",
    "/rooms/R/notify/choice/": "/rooms/R/",
    "/rooms/R/held/": "/rooms/R/",
    "/rooms/R/silence/": "/rooms/R/",
    "/accounts/me/": "/rooms/R/",
    "/accounts/cast/A/": "/rooms/R/",
    "/people/list/": "/people/",
    "/people/list/?q=bob&sort=-joined": "/people/?sort=-joined&q=bob&utm=x",
    "/people/B/card/": "/people/B/",
    "/presence/visibility/": "/rooms/R/",
    "/rooms/list/": "/rooms/",
    "/rooms/list/?q=garden": "/rooms/?q=garden&utm=x",
    "/rooms/G/preview/": "/rooms/G/",
    "/rooms/R/roster/": "/rooms/R/people/",
    "/rooms/R/candidates/": "/rooms/R/invitations/",
    "/rooms/M/archiving/": "/rooms/M/settings/",
    "/reports/outcomes/": "/rooms/R/",
    "/reports/list/": "/reports/",
}


@pytest.fixture
def fill(alice: User, bob: User, direct: Room) -> Callable[[str], str]:
    """Puts a room of Alice and Bob, and their ids, into an address."""
    lobby = Room.objects.lobby()
    lobby.join(alice)
    lobby.join(bob)
    garden = Room.objects.open_by(bob, kind="open", name="Garden", subject="Beds and bees")
    moderated = Room.objects.open_by(alice, kind="closed", name="Moderated")
    ids = {"R": lobby.pk, "A": alice.pk, "B": bob.pk, "G": garden.pk, "M": moderated.pk}
    return lambda address: re.sub("[RABGM]", lambda letter: str(ids[letter[0]]), address)


def one_token(html: str) -> str:
    """Each answer masks the same CSRF token anew."""
    return re.sub(r'(csrfmiddlewaretoken" value=")[^"]*', r"\1…", html)


@pytest.mark.parametrize("path", FRAGMENTS)
def test_the_first_paint_and_the_refetch_are_the_same_bytes(
    path: str, fill: Callable[[str], str], as_alice: Client
) -> None:
    fragment = one_token(as_alice.get(fill(path), headers=HX).content.decode().strip())
    assert fragment.count("data-tags=") == 1
    assert fragment in one_token(as_alice.get(fill(FRAGMENTS[path])).content.decode())


@pytest.mark.parametrize("path", FRAGMENTS)
def test_unchanged_is_304_without_a_query_of_its_own(
    path: str, fill: Callable[[str], str], as_alice: Client, statements: Statements
) -> None:
    url = fill(path)
    first = as_alice.get(url, headers=HX)
    statements.seen.clear()
    again = as_alice.get(url, headers=HX | {"HX-PTag": first["HX-PTag"]})
    assert again.status_code == 304
    assert not any("chat_" in sql for sql in statements.seen), statements.seen
    assert len(statements.seen) <= 2, "the session and the viewer"


def test_a_fragment_only_reads(fill: Callable[[str], str], as_alice: Client, statements: Statements) -> None:
    for path in map(fill, FRAGMENTS):
        as_alice.get(path, headers=HX)
    assert not statements.writes


def test_the_ptag_of_one_address_is_none_of_another(as_alice: Client, bob: User) -> None:
    """Both are made from `people`: what a page has sorted by name is not current sorted by handle."""
    first = as_alice.get("/people/list/", headers=HX)
    as_alice.get("/people/list/?sort=handle", headers=HX)
    other = as_alice.get("/people/list/?sort=handle", headers=HX | {"HX-PTag": first["HX-PTag"]})
    assert other.status_code == 200


def test_the_sidebar_takes_the_same_statements_with_five_and_with_thirty_conversations(
    alice: User, as_alice: Client, statements: Statements
) -> None:
    counts = []
    for upto in (5, 30):
        for i in range(Room.objects.count(), upto):
            Room.objects.create(kind=Room.Kind.OPEN, name=f"Room {i}").join(alice)
        statements.seen.clear()
        as_alice.get("/conversations/", headers=HX)
        counts.append(len(statements.seen))
    assert counts[0] == counts[1] <= 4, statements.seen


@pytest.mark.django_db(transaction=True)
def test_a_rename_makes_stale_what_shows_the_name(direct: Room, bob: User, as_alice: Client) -> None:
    urls = ["/conversations/", f"/rooms/{direct.pk}/header/", f"/rooms/{direct.pk}/members/"]
    urls += ["/people/list/", f"/people/{bob.pk}/card/", f"/accounts/cast/{bob.pk}/"]
    before = {url: as_alice.get(url, headers=HX) for url in urls}
    bob.name = "Robert"
    bob.save()
    for url, old in before.items():
        fresh = as_alice.get(url, headers=HX | {"HX-PTag": old["HX-PTag"]})
        assert fresh.status_code == 200
        assert "Robert" in fresh.content.decode()


@pytest.mark.django_db(transaction=True)
def test_a_message_makes_stale_the_sidebars_of_its_members_only(
    direct: Room, alice: User, as_bob: Client, as_charlie: Client, say: Say
) -> None:
    bobs, charlies = (client.get("/conversations/", headers=HX) for client in (as_bob, as_charlie))
    say(direct, alice)
    assert as_charlie.get("/conversations/", headers=HX | {"HX-PTag": charlies["HX-PTag"]}).status_code == 304
    fresh = as_bob.get("/conversations/", headers=HX | {"HX-PTag": bobs["HX-PTag"]})
    assert 'data-unread="1"' in fresh.content.decode()


def test_a_flushed_cache_costs_a_refetch_and_nothing_else(direct: Room, as_alice: Client) -> None:
    first = as_alice.get("/conversations/", headers=HX)
    caches["live"].clear()
    assert as_alice.get("/conversations/", headers=HX | {"HX-PTag": first["HX-PTag"]}).status_code == 200


def test_a_cache_that_is_down_still_answers(direct: Room, as_alice: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ConnectionError("on purpose")

    for method in ("get", "get_many", "set"):
        monkeypatch.setattr(type(caches["live"]), method, broken)
    assert as_alice.get("/conversations/", headers=HX | {"HX-PTag": "x"}).status_code == 200


def test_a_stranger_gets_no_fragment_of_a_room(direct: Room, as_charlie: Client) -> None:
    for part in ("header", "members", "notify/choice", "silence"):
        assert as_charlie.get(f"/rooms/{direct.pk}/{part}/", headers=HX).status_code == 404


# Tags


def test_an_unknown_type_fails_loudly(db: None) -> None:
    with pytest.raises(tags.UnknownTag, match="'nothing:1'"):
        tags.check(["people:1", "nothing:1"])
    with pytest.raises(ValueError, match="declared twice"):
        live.declare("people", lambda viewer, ids: ids)


def test_a_type_is_hit_by_its_ids_and_its_ids_by_the_type(db: None) -> None:
    names = ["people", "people:1", "people:10", "people:0", "people:01", "members:1"]

    def changed(*stale: str) -> set[str]:
        before = versions.current(names)
        live.invalidate(stale)
        after = versions.current(names)
        return {name for name in names if before[name] != after[name]}

    assert changed("people:1") == {"people", "people:1"}
    assert changed("people:0") == {"people", "people:0"}
    assert changed("people") == {"people", "people:1", "people:10", "people:0", "people:01"}
    assert changed("members:1") == {"members:1"}
    assert changed() == set()
    assert changed(*(f"people:{i}" for i in range(500, 600))) >= {"people", "people:1"}, "many become the whole type"


# Hints


async def hints(socket: Any, seconds: float = 0.6) -> list[dict[str, Any]]:
    found = []
    while not await socket.receive_nothing(seconds):
        found.append(await socket.hear())
    return found


async def test_a_rename_is_hinted_to_those_who_watch_it(
    connect: Connect, direct: Room, bob: User, alice_key: str, charlie_key: str
) -> None:
    watcher, other = await connect(alice_key), await connect(charlie_key)
    tag = f"people:{bob.pk}"
    version = (await watcher.ask({"watch": {tag: "x"}}))["stale"][tag]
    await other.ask({"watch": {}})
    bob.name = "Robert"
    await in_thread(bob.save)
    (hint,) = await hints(watcher)
    assert hint["stale"][tag] != version
    assert await hints(other) == []


async def test_a_bulk_update_is_hinted_for_the_whole_type(connect: Connect, bob: User, alice_key: str) -> None:
    socket = await connect(alice_key)
    await socket.ask({"watch": {f"people:{bob.pk}": "x"}})
    await in_thread(lambda: User.objects.update(name="All"))
    assert await hints(socket) == [{"stale_type": "people"}]


async def test_the_whole_type_may_be_watched_where_it_is_declared_so(
    connect: Connect, bob: User, alice_key: str
) -> None:
    socket = await connect(alice_key)
    answer = await socket.ask({"watch": {"people": "x", "members": "x", "conversations": "x", "rooms:_all": "x"}})
    assert answer["watching"] == ["people"]
    await in_thread(bob.save)
    assert [list(hint["stale"]) for hint in await hints(socket)] == [["people"]]


async def test_two_tags_of_one_topic_do_not_push_each_other_out(connect: Connect, direct: Room, alice_key: str) -> None:
    socket = await connect(alice_key)
    names = [f"activity:{direct.pk}", f"room:{direct.pk}"]
    await socket.ask({"watch": dict.fromkeys(names, "x")})
    for _ in range(4):
        await in_thread(live.invalidate, names)
    heard = await hints(socket)
    assert {tag for hint in heard[1:] for tag in hint["stale"]} == set(names)


async def test_somebody_who_does_not_exist_cannot_be_watched(connect: Connect, alice_key: str) -> None:
    socket = await connect(alice_key)
    assert (await socket.ask({"watch": {"people:999999": "x", "people:no": "x"}}))["watching"] == []


async def test_an_id_is_a_text_and_0_nothing_and_1_are_not_mixed_up(
    connect: Connect, bob: User, alice_key: str
) -> None:
    """As numbers "01" is 1, and as truth values 0 and nothing are one."""
    socket, other = await connect(alice_key), await connect(alice_key)
    names = ["people:0", "people:", f"people:0{bob.pk}", f"people:{bob.pk}.0", f"people:{bob.pk}"]
    answer = await socket.ask({"watch": dict.fromkeys(names, "x")})
    assert answer["watching"] == [f"people:{bob.pk}"]
    await other.ask({"watch": {"people": "x"}})
    await in_thread(live.invalidate, ["people:0", f"people:{bob.pk}1"])
    assert await hints(socket) == []
    assert [list(hint["stale"]) for hint in await hints(other)][:1] == [["people"]], "who watches all is told of 0 too"


def test_a_room_that_is_joined_while_the_sidebar_is_rendered_makes_it_stale(
    alice: User, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    lobby = Room.objects.lobby()
    names = fragments.conversations.names

    def joined_meanwhile(request: Any) -> list[str]:
        found = list(names(request))
        lobby.join(alice)
        live.invalidate([f"conversations:{alice.pk}"])  # as on commit
        return found

    monkeypatch.setattr(fragments.conversations, "names", joined_meanwhile)
    first = as_alice.get("/conversations/", headers=HX)
    monkeypatch.setattr(fragments.conversations, "names", names)
    assert as_alice.get("/conversations/", headers=HX | {"HX-PTag": first["HX-PTag"]}).status_code == 200


def test_the_cache_holds_the_versions_of_a_large_page(db: None) -> None:
    names = [f"members:{i}" for i in range(2000)]
    assert versions.current(names) == versions.current(names)


async def test_a_storm_of_hints_is_four_a_second_and_the_last_one_comes(
    connect: Connect, bob: User, alice_key: str
) -> None:
    socket = await connect(alice_key)
    tag = f"people:{bob.pk}"
    await socket.ask({"watch": {tag: "x"}})
    loop = asyncio.get_running_loop()
    began = loop.time()
    while loop.time() - began < 2:
        await in_thread(live.invalidate, [tag])
        await asyncio.sleep(0.005)
    lasted = loop.time() - began  # the last write of a busy machine may take its time
    heard = await hints(socket)
    assert 6 <= len(heard) <= 4 * lasted + 2
    assert heard[-1]["stale"] == await in_thread(versions.current, [tag])


@pytest.mark.parametrize("tag", ["room:R", "rooms:R", "activity:R", "members:R", "conversations:A"])
async def test_an_outsider_cannot_watch_or_time_anything_of_two_others(
    connect: Connect, direct: Room, alice: User, charlie_key: str, tag: str
) -> None:
    name = tag.replace("R", str(direct.pk)).replace("A", str(alice.pk))
    socket = await connect(charlie_key)
    assert (await socket.ask({"watch": {name: "x"}}))["refused"] == [name]

    def everything() -> None:
        direct.post(author=alice, client_id="0" * 32, body="secret")  # type: ignore[arg-type]
        direct.save()
        Membership.objects.get(room=direct, user=alice).save()

    await in_thread(everything)
    assert await hints(socket) == []


async def test_reading_moves_the_viewer_s_own_mark_and_nobody_else_s(
    connect: Connect, direct: Room, alice: User, bob: User, charlie: User, bob_key: str, charlie_key: str
) -> None:
    def marks() -> dict[int, int]:
        return dict(Membership.objects.filter(room=direct).values_list("user_id", "read_seq"))

    await in_thread(lambda: [direct.post(author=alice, client_id=f"{i:032}", body="x") for i in range(3)])  # type: ignore[arg-type]
    socket, stranger = await connect(bob_key), await connect(charlie_key)
    await socket.ask({"watch": {f"conversations:{bob.pk}": "x"}})
    await socket.say({"seen": {str(direct.pk): [0, 2]}})
    assert [list(hint["stale"]) for hint in await hints(socket)] == [[f"conversations:{bob.pk}"]]
    for frame in ({str(direct.pk): [0, 1]}, {str(direct.pk): [2, 99]}):  # back, and past the end
        await socket.say({"seen": frame})
    await stranger.say({"seen": {str(direct.pk): [0, 3]}})
    assert await hints(socket) == []
    assert await in_thread(marks) == {alice.pk: 3, bob.pk: 2}


@pytest.mark.parametrize("marks", [{"x": [0, 1]}, {"1": 1}, {"1": [0, "1"]}, {"1": [0, 0]}, {"1": [-1, 1]}, {"1": [0, True]},
    {"1": [0, 2**70]}, {"1": [0]}, {"1": [0, 1, 2]}, {"1": {}}, {"1": None}, {"٣": [0, 1]}, {"9" * 30: [0, 1]}])  # fmt: skip
async def test_a_read_mark_that_is_none_is_answered(connect: Connect, alice_key: str, marks: dict[str, object]) -> None:
    socket = await connect(alice_key)
    assert (await socket.ask({"seen": marks}))["error"]["code"] == "bad-seen"


@pytest.mark.parametrize("path", ["/accounts/me/", "/people/list/"])
@pytest.mark.django_db(transaction=True)
def test_a_viewer_who_changes_after_their_request_began_is_not_shown_as_they_were(
    path: str, alice: User, as_alice: Client, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request's own copy is older than the versions: shown with them, it would be stale and answer 304 for ever."""
    current = versions.current

    def changed_meanwhile(names: Any) -> dict[str, str]:
        monkeypatch.setattr(versions, "current", current)
        User.objects.filter(pk=alice.pk).update(name="Alicia", is_staff=True, is_superuser=True)
        return current(names)

    monkeypatch.setattr(versions, "current", changed_meanwhile)
    shown = as_alice.get(path, headers=HX).content.decode()
    assert ("Alicia" if "me" in path else f"edit={bob.pk}") in shown


def test_the_same_tags_for_two_viewers_are_two_ptags(as_alice: Client, as_charlie: Client) -> None:
    ptags = {client.get("/people/list/", headers=HX)["HX-PTag"] for client in (as_alice, as_charlie)}
    assert len(ptags) == 2
