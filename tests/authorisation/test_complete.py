"""The tables leave nothing out: what is new needs a line before it passes."""

from collections import Counter

import pytest
from django.test import Client

from accounts.models import User
from tests.authorisation import elsewhere, rooms, test_admin
from tests.authorisation.tables import lines, lines_of_rooms
from tests.site.test_doors import ROUTES, example

pytestmark = pytest.mark.once

ROOM = "rooms/<id:room_id>/"
IN_ROOMS = [*lines_of_rooms(rooms.TABLE, 3), *lines_of_rooms(rooms.WHAT_THE_MEMBER_SAID, 3)]
ELSEWHERE = list(lines(elsewhere.TABLE))


def test_every_address_has_a_line_and_every_line_an_address() -> None:
    told = [f"{ROOM}{line.address}" for line in IN_ROOMS] + [line.address for line in ELSEWHERE]
    told += [f"admin/{address.removeprefix('.')}" for address, _method in test_admin.LINES]
    assert set(told) == set(ROUTES)


def test_no_line_stands_twice() -> None:
    for table in (IN_ROOMS, ELSEWHERE):
        assert set(Counter((line.address, line.method, line.which) for line in table).values()) == {1}


@pytest.mark.parametrize("method", ["put", "patch", "delete", "options", "trace"])
def test_no_address_knows_another_method_whoever_asks(
    client: Client, alice: User, as_alice: Client, method: str
) -> None:
    """Whether there is such an address or not."""
    for route in [*ROUTES, "nothing/here/", "rooms/987654321/"]:
        for who in (client, as_alice):
            answer = getattr(who, method)(example(route))
            assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD, POST"), route
