"""Nothing goes stale: after any history of writes, a fragment whose fresh render differs has a new version.

A Hypothesis state machine lets three people and an admin write at random. Every fragment that somebody has open is
compared with a fresh render: if the two differ, the ptag of the open one must no longer be current, or the browser
would never know. A conversation catches up by version: its open log does, and then equals a fresh one.
`CONVERGENCE_STEPS=10000` makes it longer.

To have time for more, the views are called without the middleware; where nothing was written there is nothing to look
at; else each look takes in two writes, and is at the pages of one person, in turn. What is stale without knowing it
stays so, unless a write meanwhile happens to make the same fragment stale: then another history tells.
"""

import os
import re
from contextlib import ExitStack
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import resolve
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import invariant, run_state_machine_as_test

from accounts.models import User
from chat.models import Membership, Room
from tests.live.histories import Histories

STEPS = int(os.environ.get("CONVERGENCE_STEPS", "300" if connection.vendor == "sqlite" else "100"))
PACE = 2  # writes that one look takes in
OWN = re.compile(r'data-tags="[^"]*"| hx-ptag="[^"]*"|csrfmiddlewaretoken" value="[^"]*"')  # of one answer

ITEM = re.compile(r'<li id="m-[^>]* data-seq="(\d+)".*?</li>', re.DOTALL)
CAST = re.compile(r'<a class="person-link".*?</a>', re.DOTALL)  # names and pictures: <room-cast> follows them


def items(answer: HttpResponse) -> dict[int, str]:
    """The messages in it, by seq."""
    return {int(item[1]): CAST.sub("", item[0]) for item in ITEM.finditer(answer.content.decode())}


def fetch(viewer: User, path: str, ptag: str = "") -> HttpResponse:
    request = RequestFactory().get(path, headers={"HX-PTag": ptag} if ptag else None)
    request.user = viewer
    view, _, arguments = resolve(path.partition("?")[0])
    response: HttpResponse = view(request, **arguments)
    return response


class Pages(Histories):
    """Everybody has everything open that they may see."""

    def __init__(self) -> None:
        super().__init__()
        self.open: dict[tuple[int, str], tuple[str, str]] = {}
        self.logs: dict[tuple[int, int], tuple[str, dict[int, str]]] = {}
        self.turn = 0
        self.wrote, self.unseen = True, PACE
        self.ears = ExitStack()
        self.ears.enter_context(connection.execute_wrapper(self.hear))

    def hear(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:  # noqa: FBT001
        self.wrote |= sql.startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, params, many, context)

    def teardown(self) -> None:
        self.ears.close()

    @invariant()
    def look(self) -> None:
        self.unseen += self.wrote
        self.wrote = False
        if self.unseen >= PACE:
            self.unseen = 0
            self.turn += 1
            who = self.turn % 3  # the others fall further behind
            self.no_open_fragment_is_wrong_and_thinks_it_is_right(who)
            self.a_log_that_caught_up_equals_a_fresh_one(who)

    def no_open_fragment_is_wrong_and_thinks_it_is_right(self, who: int) -> None:
        viewer = User.objects.get(pk=self.people[who].pk)
        for path in self.paths(who):
            known = self.open.get((who, path))
            fresh = fetch(viewer, path)
            html = OWN.sub("", fresh.content.decode())
            if known and known[0] != html:
                answer = fetch(viewer, path, ptag=known[1])
                assert answer.status_code == 200, f"{path} of person {who} is stale, and nobody would tell"
            self.open[who, path] = (html, fresh["HX-PTag"])

    def a_log_that_caught_up_equals_a_fresh_one(self, who: int) -> None:
        viewer = self.people[who]
        for room in Room.objects.visible_to(viewer):
            url = f"/rooms/{room.pk}/messages/"
            fresh = items(fetch(viewer, url))
            since, shown = self.logs.get((who, room.pk), (str(room.version), fresh))
            answer = fetch(viewer, f"{url}?since={since}")
            caught_up = shown | items(answer)
            assert caught_up == fresh, f"the log of room {room.pk} that person {who} has open is not as a fresh one"
            self.logs[who, room.pk] = (answer["HX-PTag"], caught_up)
            versions = sorted(room.messages.values_list("version", flat=True))
            assert versions[-1:] == [room.version][: len(versions)], "a version was taken, and no message has it"

    def paths(self, who: int) -> list[str]:
        people = sorted(person.pk for person in self.people)
        rooms = Membership.objects.filter(user=self.people[who]).values_list("room_id", flat=True)
        groups = rooms.exclude(room__kind="direct")
        return [
            "/conversations/",
            "/accounts/me/",
            "/people/list/",
            "/people/list/?sort=-joined&q=person",
            f"/people/{people[who - 1]}/card/",
            f"/accounts/cast/{','.join(map(str, people))}/",
            "/rooms/list/",
            "/rooms/list/?q=about",
            *(f"/rooms/{pk}/preview/" for pk in Room.objects.filter(kind="open").values_list("pk", flat=True)),
            *(f"/rooms/{pk}/{part}/" for pk in rooms for part in ("header", "members", "notify/choice")),
            *(f"/rooms/{pk}/{part}/" for pk in groups for part in ("roster", "candidates", "archiving")),
        ]


@pytest.mark.django_db(transaction=True)
@pytest.mark.timeout(600)
def test_after_any_history_of_writes_no_page_is_stale_without_knowing() -> None:
    steps = 50
    run_state_machine_as_test(
        Pages,
        settings=settings(
            max_examples=max(1, STEPS // steps),
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
            database=None,
            phases=[Phase.generate],  # a history that fails is printed whole: to make it short takes an hour
        ),
    )
