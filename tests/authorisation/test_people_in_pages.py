"""What pages tell of people: no address, no presence of who hides, and of who left no more than a name."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from presence.models import Connection, Process
from presence.privacy import appear
from tests.authorisation.asking import HX, Asking
from tests.authorisation.crawl import every_path, looked_at
from tests.authorisation.people import World
from tests.authorisation.tables import without_chance

LISTS = (
    "/people/list/?q=canary",
    "/people/?q=canary",
    "/people/list/?sort=-joined",
    "/find/?q=canary",
    "/rooms/{open}/candidates/?q=canary",
    "/rooms/{open}/invitations/?q=canary",
)
pytestmark = pytest.mark.once

UNTOLD = {"Content-Length", "HX-PTag"}
GONE = ("away", "deactivated")  # who left, and who was shut out


def test_who_hides_looks_on_every_page_as_who_does_not(world: World) -> None:
    """Whether somebody is here is told by the socket alone, and there they left: test_canaries_in_frames."""
    fellow, now = world.people["fellow"], timezone.now()
    process = Process.objects.create(name="one", started_at=now, renewed_at=now, expires_at=now + timedelta(hours=1))
    Connection.objects.create(process=process, user=fellow, opened_at=now - timedelta(minutes=1))
    paths = [request.path for request in looked_at(world, rooms=False) if not request.path.startswith("/accounts/")]
    paths += [path for path in every_path(world) if path.startswith(f"/rooms/{world.rooms['closed'].pk}/")]
    pages = []
    for offline in (False, True):
        appear(fellow, offline=offline)
        ask = Asking(world)
        pages.append({path: told(ask, "moderator", path) for path in paths})
    shown, hidden = pages
    assert {path for path, page in shown.items() if hidden[path] != page} == set()
    assert sum(f"canary-name-{fellow.handle}" in str(page) for page in shown.values()) > 20, "they are on these pages"


# Drawn anew for each form or, once a cache was emptied, for each tag; that hiding makes none stale, the socket's test shows.
DRAWN = re.compile(r'client_id" value="[\w-]+"|data-tags="[^"]*"|hx-ptag="\w+"')


def told(ask: Asking, who: str, path: str) -> tuple[int, str, dict[str, str]]:
    answer = ask(who, "GET", path, headers=HX)
    headers = {name: without_chance(value) for name, value in answer.headers.items() if name not in UNTOLD}
    return answer.status, DRAWN.sub("", without_chance(answer.body)), headers


def test_who_left_is_in_no_list_that_others_search(world: World) -> None:
    ask = Asking(world)
    ids = {kind: room.pk for kind, room in world.rooms.items()}
    for who in ("stranger", "member", "clerk"):
        for path in LISTS:
            answer = ask(who, "GET", path.format(**ids), headers=HX)
            assert answer.status == 200 or who != "member", path
            assert not [gone for gone in GONE if f"canary-name-{gone}" in answer.body], (who, path)
    assert "canary-name-away" in ask("keeper", "GET", LISTS[0]).body, "staff who may change people find them"


def test_a_page_of_the_directory_starts_after_nobody_whom_its_viewer_may_not_find(world: World) -> None:
    """Where they come in the order would tell their handle letter by letter, or when they joined."""
    ask, away = Asking(world), world.people["away"]
    User.objects.filter(pk=away.pk).update(handle="nnn", created_at=timezone.now() - timedelta(days=9))
    for column in ("handle", "-handle", "joined", "-joined"):
        for at in ("after", "before"):
            bodies = {
                id_: rows(ask("stranger", "GET", f"/people/list/?sort={column}&{at}={id_}", headers=HX).body)
                for id_ in (away.pk, 987_654_321)
            }
            assert bodies[away.pk] == bodies[987_654_321] != [], (column, at)


def rows(html: str) -> list[str]:
    return re.findall(r"canary-name-(\w+)", html)
