"""Every form, filled in with anything, is taken or refused with a reason: soon, and never with an error of ours."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from tests.fuzzing import addresses, forms
from tests.fuzzing.budget import explore
from tests.fuzzing.conftest import NothingLogged
from tests.fuzzing.scene import ROLES, Scene, ask, scene, undone
from tests.fuzzing.texts import EACH, encoded_pairs
from tests.site.test_doors import ROUTES

__all__ = ["scene"]  # a fixture

pytestmark = [pytest.mark.django_db, pytest.mark.once("postgresql")]  # which refuses more of what is odd

FEWEST = {"anonymous": 5, "member": 30, "staff": 40}  # forms that each role must be seen to have


@pytest.fixture(autouse=True)
def _files_go_nowhere(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


def pages(scene: Scene) -> list[str]:
    return [page for route in ROUTES for page in addresses.there(route, scene.numbers())]


@pytest.mark.parametrize("role", ROLES)
def test_a_form_can_be_filled_in_with_anything(scene: Scene, role: str, nothing_logged: NothingLogged) -> None:
    with undone():
        seen = forms.forms_of(scene.client(role), pages(scene))
    nothing_logged()
    assert len(seen) >= FEWEST[role]

    def check(sent: tuple[forms.Form, dict[str, Any]], headers: dict[str, str]) -> None:
        form, body = sent
        with undone():
            ask(scene.client(role), "POST", form.action, nothing_logged, **body, headers=headers)

    for form in seen if role == "member" else ():
        with undone(), addresses.noting_what_is_read() as read:
            scene.client(role).post(form.action, dict(form.fields))
        for name in sorted({*form.names, *read} - {"csrfmiddlewaretoken"}):
            for value in EACH:
                fields = [*form.fields, (name, value)]  # the last one counts
                check((form, {"data": encoded_pairs(fields), "content_type": forms.URLENCODED}), {})

    sent = st.sampled_from(seen).flatmap(lambda form: st.tuples(st.just(form), forms.bodies(form)))
    htmx = st.sampled_from([{}, {}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Target": "main#pane"}])
    explore(check, 40, role, sent=sent, headers=htmx)
