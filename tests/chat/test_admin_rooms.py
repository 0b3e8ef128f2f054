"""What staff change about a room's members in the admin, and what they cannot change by it."""

import pytest
from django.test import Client

from accounts.models import User
from chat.models import Membership, Room
from tests.chat.rooms import room_of
from tests.conftest import Say, signed_in


@pytest.fixture
def as_staff(charlie: User) -> Client:
    charlie.is_staff = charlie.is_superuser = True
    charlie.save()
    return signed_in(charlie)


def form_of(client: Client, room: Room) -> dict[str, str]:
    """What the page of the room would send back, untouched."""
    context = client.get(f"/admin/chat/room/{room.pk}/change/").context
    sent = {}
    for form in [
        context["adminform"].form,
        *(form for inline in context["inline_admin_formsets"] for form in inline.formset),
    ]:
        for field in form:
            value = field.value()
            sent[field.html_name] = "" if value is None else str(value)
    for inline in context["inline_admin_formsets"]:
        for field in inline.formset.management_form:
            sent[field.html_name] = str(field.value())
    return sent


def test_marks_that_moved_while_the_page_was_open_stay_where_they_are(
    alice: User, bob: User, as_staff: Client, say: Say
) -> None:
    room = room_of(alice, bob)
    page = form_of(as_staff, room)
    say(room, bob, "meanwhile")
    place = next(name for name, value in page.items() if name.endswith("-user") and value == str(bob.pk))
    answer = as_staff.post(
        f"/admin/chat/room/{room.pk}/change/", page | {place.replace("user", "role"): "moderator", "name": "Orchard"}
    )
    assert answer.status_code == 302
    bobs = Membership.objects.get(room=room, user=bob)
    assert (bobs.role, bobs.read_seq, bobs.seen_seq) == ("moderator", 1, 1)


def test_who_is_brought_in_has_nothing_unread(
    alice: User, bob: User, charlie: User, as_staff: Client, say: Say
) -> None:
    room = room_of(alice, bob)
    say(room, bob, "before")
    page = form_of(as_staff, room)
    new = {"memberships-2-user": charlie.pk, "memberships-2-role": "member", "memberships-2-notify": "everything"}
    new |= {"memberships-2-room": room.pk, "memberships-2-read_seq": 0, "memberships-2-seen_seq": 0}
    answer = as_staff.post(f"/admin/chat/room/{room.pk}/change/", page | {"memberships-TOTAL_FORMS": "3"} | new)
    assert answer.status_code == 302
    assert Membership.objects.get(room=room, user=charlie).unread == 0
