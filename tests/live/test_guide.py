"""docs/fragments.md does what it says: its example is run as it stands there."""

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from chatpoc import urls
from tests.servers import ROOT

pytestmark = pytest.mark.once

GUIDE = (ROOT / "docs" / "fragments.md").read_text()
HX = {"HX-Request": "true"}


def blocks(language: str) -> str:
    return "\n".join(re.findall(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL))


@pytest.fixture
def guide(settings: Any, tmp_path: Path) -> None:
    (tmp_path / "guide").mkdir()
    (tmp_path / "guide" / "_newcomers.html").write_text(blocks("html"))
    module: Any = ModuleType("guide_urls")
    exec(blocks("python"), module.__dict__)  # noqa: S102  (our own page)
    module.urlpatterns += urls.urlpatterns
    settings.ROOT_URLCONF = module
    templates = settings.TEMPLATES[0]
    settings.TEMPLATES = [templates | {"DIRS": [*templates["DIRS"], tmp_path]}]


@pytest.mark.django_db(transaction=True)
def test_the_example_is_a_live_fragment(guide: None, alice: User, as_alice: Client) -> None:
    first = as_alice.get("/newcomers/", headers=HX)
    assert "Alice Moreau" in first.content.decode()
    again: Any = {"headers": HX | {"HX-PTag": first["HX-PTag"]}}
    assert as_alice.get("/newcomers/", **again).status_code == 304
    User.objects.create_user("nina@example.com", "nina", name="Nina New")
    fresh = as_alice.get("/newcomers/", **again)
    assert fresh.status_code == 200
    assert "Nina New" in fresh.content.decode()


def test_every_tag_of_the_table_is_declared() -> None:
    from chatpoc.live import tags

    named = set(re.findall(r"`([a-z]+):7`", GUIDE))
    assert len(named) == 9
    tags.check(f"{type_}:7" for type_ in named)
