"""Every address of the admin, for everyone: what comes of it is what the table promises."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.utils import timezone

from accounts.audit import record
from accounts.models import User
from chat.models import HoldRule
from presence.models import Connection, Process
from tests.authorisation.addresses import Addresses
from tests.authorisation.admin import PEOPLE, PLACES, TABLE
from tests.authorisation.asking import Asking
from tests.authorisation.forms import filled_in
from tests.authorisation.people import World
from tests.authorisation.tables import Line, each_of, in_words, lines, unlike

pytestmark = [pytest.mark.once, pytest.mark.timeout(300)]  # many requests, and all in one

MODELS = {f"{model._meta.app_label}/{model._meta.model_name}": model for model in admin.site._registry}
OURS = {name for name in MODELS if name.startswith(("accounts/", "chat/", "presence/"))}
WHO = {"nobody": ("anonymous", "deactivated"), "anyone": ("stranger",)}


def every_line() -> dict[tuple[str, str], Line]:
    """By address and method; each model's, unless it has its own."""
    found = {}
    for line in lines(TABLE):
        names = list(MODELS) if line.address.startswith("<model>") else [""]
        for name in names:
            address = line.address.replace("<model>", name)
            found[address, line.method] = line._replace(address=address)
    return found


LINES = every_line()


@pytest.fixture
def ask(world: World) -> Asking:
    """With one more row where there would be none to look at."""
    now = timezone.now()
    process = Process.objects.create(name="one", started_at=now, renewed_at=now, expires_at=now + timedelta(hours=1))
    Connection.objects.create(process=process, user=world.people["fellow"], opened_at=now)
    HoldRule.objects.create(text="casino")
    record("shut out", by=None, person=world.people["fellow"])
    return Asking(world)


def row_of(name: str, world: World) -> Any:
    model = MODELS.get(name)
    if model is User:
        return world.people["fellow"].pk
    return model._base_manager.earliest("pk").pk if model else 1


def test_each_address_of_the_admin_answers_each_person_as_the_table_says(ask: Asking) -> None:
    addresses = Addresses(ask.world)
    found, promised = {}, {}
    for line in LINES.values():
        path = addresses(f"admin/{line.address}", object_id=row_of("/".join(line.address.split("/")[:2]), ask.world))
        form = None
        if line.method == "POST":
            form = {"post": "yes"} if "delete" in line.address else filled_in(ask("root", "GET", path).body)
        for who, word in each_of(WHO, PEOPLE, line):
            found[f"{line.method} {line.address}", who] = in_words(ask(who, line.method, path, form), PLACES)
            promised[f"{line.method} {line.address}", who] = word
    assert not (wrong := unlike(found, promised)), wrong


@pytest.mark.parametrize("who", ["clerk", "keeper"])
def test_staff_are_told_as_much_of_a_row_that_they_may_not_see_as_of_one_that_does_not_exist(
    ask: Asking, who: str
) -> None:
    addresses, telling = Addresses(ask.world), []
    for line in LINES.values():
        name = "/".join(line.address.split("/")[:2])
        if name in OURS and "object_id" in line.address and line.cells[0][PEOPLE.index(who)] == "403":
            row = row_of(name, ask.world)
            nothing = 987_654_321 if isinstance(row, int) else "0" * 32
            there, nowhere = (
                ask(who, line.method, addresses(f"admin/{line.address}", object_id=pk)) for pk in (row, nothing)
            )
            if (there.status, there.leads) != (nowhere.status, nowhere.leads):
                telling.append((line.method, line.address))
    assert not telling
