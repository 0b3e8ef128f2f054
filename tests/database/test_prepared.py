"""A query that is compiled once finds what Django finds, for whoever asks, and is compiled no second time."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models.sql.compiler import SQLCompiler
from django.http import Http404

from accounts.models import User
from chat.models import Room
from chat.views.rooms import find_room
from tests.conftest import Statements


def test_it_finds_what_is_ones_own_with_ones_place_in_it(direct: Room, alice: User, bob: User, charlie: User) -> None:
    among = Room.objects.all()
    for viewer in (alice, bob):
        found, asked = find_room(viewer, direct.pk), find_room(viewer, direct.pk, among=among)
        assert found == asked == direct
        names = {name: value for name, value in vars(found).items() if name != "_state"}
        assert names == {name: value for name, value in vars(asked).items() if name != "_state"}
        assert found._state.fields_cache.keys() == asked._state.fields_cache.keys() == {"direct_low", "direct_high"}
        assert (found.direct_low, found.direct_high) == (asked.direct_low, asked.direct_high)
    for room_id in (direct.pk, direct.pk + 1, 0):
        with pytest.raises(Http404):
            find_room(charlie, room_id)


def test_the_statement_is_djangos_and_is_compiled_once(
    direct: Room, alice: User, bob: User, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    find_room(alice, direct.pk)
    monkeypatch.setattr(SQLCompiler, "as_sql", None)
    statements.seen.clear()
    assert find_room(alice, direct.pk).direct_high == bob
    assert find_room(bob, direct.pk).direct_low == alice
    monkeypatch.undo()
    find_room(alice, direct.pk, among=Room.objects.all())
    once, again, djangos = statements.seen
    assert once == again
    assert djangos.startswith(once)


def test_what_somebody_may_read_no_longer_is_not_found(direct: Room, alice: User, bob: User) -> None:
    assert find_room(alice, direct.pk) == direct
    direct.memberships.filter(user=alice).delete()
    with pytest.raises(Http404):
        find_room(alice, direct.pk)
    assert find_room(bob, direct.pk) == direct


def test_each_thread_has_its_own(transactional_db: None, direct: Room, alice: User, bob: User) -> None:
    def ask(viewer: User) -> Room:
        try:
            return [find_room(viewer, direct.pk) for _ in range(20)][-1]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(ask, [alice, bob] * 4)) == {direct}
