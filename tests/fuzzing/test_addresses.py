"""Every address, with anything in it and behind it and with any headers, has an answer: soon, and never an error of ours."""

import pytest
from hypothesis import strategies as st

from tests.fuzzing import addresses
from tests.fuzzing.budget import explore
from tests.fuzzing.conftest import NothingLogged
from tests.fuzzing.scene import ROLES, Scene, ask, scene, undone
from tests.fuzzing.texts import EACH, encoded_pairs
from tests.site.test_doors import ROUTES

__all__ = ["scene"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.once("postgresql")]  # which refuses more of what is odd


@pytest.mark.parametrize("route", ROUTES)
def test_an_address_answers_whatever_it_is_asked(scene: Scene, route: str, nothing_logged: NothingLogged) -> None:
    def check(role: str, method: str, address: str, query: str, headers: dict[str, str]) -> None:
        with undone():
            ask(scene.client(role), method, f"{address}?{query}", nothing_logged, headers=headers)

    with undone(), addresses.noting_what_is_read() as read:
        for address in addresses.there(route, scene.numbers())[:2]:
            scene.client("staff").get(address, headers={"HX-Request": "true"})
    first = addresses.there(route, scene.numbers())[0]
    for name in sorted(read) if not route.startswith("admin/") else ():
        for value in EACH:
            check("member", "GET", first, encoded_pairs([(name, value)]), {})
    explore(
        check,
        3,
        route,
        role=st.sampled_from(["staff"] if route.startswith("admin/") else ["member", "member", *ROLES]),
        method=st.one_of(st.sampled_from(addresses.SAFE), st.sampled_from(addresses.METHODS)),
        address=addresses.addresses(route, scene.numbers()),
        query=addresses.queries(read - {"csrfmiddlewaretoken"}),
        headers=addresses.headers,
    )
