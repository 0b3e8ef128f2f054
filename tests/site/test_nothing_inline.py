"""No page of ours holds what its own Content-Security-Policy would block: it would be dead in the browser."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Room
from chatpoc.env import BASE
from tests.conftest import prove
from tests.site.test_headers import ENTRANCES, PAGES

pytestmark = pytest.mark.once

# A mail has no stylesheet and no policy: what it looks like stands inline.
PAGE_TEMPLATES = [path for path in BASE.glob("templates/**/*.html") if path.parent.name != "email"]


class Inline(HTMLParser):
    """Collects what the policy would block."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = {name: value or "" for name, value in attrs}
        data = named.get("type") == "application/json"  # read by a script, and never run
        if tag == "style" or (tag == "script" and "src" not in named and not data):
            self.found.append(self.get_starttag_text() or tag)
        for name, value in named.items():
            if (
                name == "style"
                or name.startswith(("on", "hx-on"))
                or re.match(r"\s*(javascript|js):", value, re.IGNORECASE)
            ):
                self.found.append(f"{tag} {name}={value}")


def test_no_page_holds_anything_that_the_policy_blocks(
    as_alice: Client, client: Client, direct: Room, alice: User
) -> None:
    prove(as_alice)
    as_alice.post("/accounts/email/", {"email": "new@example.com", "action_add": ""})
    for path in [*PAGES, f"/rooms/{direct.pk}/"]:
        assert Inline(as_alice.get(path).content.decode()).found == [], path
    for path in ENTRANCES:
        assert Inline(client.get(path).content.decode()).found == [], path


@pytest.mark.parametrize("template", sorted(str(path.relative_to(BASE)) for path in PAGE_TEMPLATES))
def test_no_template_holds_anything_that_the_policy_blocks(template: str) -> None:
    source = re.sub(r"{#.*?#}|{%.*?%}|{{.*?}}", "", (BASE / template).read_text(), flags=re.DOTALL)
    assert Inline(source).found == []
    assert "|safe" not in (BASE / template).read_text().replace("field.help_text|safe", ""), "escape what people typed"


@pytest.mark.parametrize(
    "html",
    [
        "<script>alert(1)</script>",
        "<p style='color: red'>",
        "<style>p {}</style>",
        "<b onclick=x>",
        "<b hx-on:click=x>",
        "<a href=' JavaScript:alert(1)'>",
        "<b hx-vals='js:{a: 1}'>",
    ],
)
def test_the_search_itself_finds(html: str) -> None:
    assert Inline(html).found
