"""What `manage.py seed` makes is like a chat that people use."""

import itertools
import statistics
import uuid

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import AuditEntry, User
from chat.models import Membership, Message, Room
from chat.seeding.plan import Plan, ids_of
from tests.chat.seeding import SMALL, USED, check_places, said, seed

pytestmark = pytest.mark.django_db


def test_everything_fits_together() -> None:
    seed(**USED)
    check_places()
    messages = Message.objects.select_related("author", "room")
    assert all(one.author.created_at < one.created_at for one in messages), "nobody talks before they signed up"
    assert all(one.edited_at > one.created_at for one in messages if one.edited_at)
    assert Room.objects.filter(kind="direct", direct_low=None).count() == 0
    assert Room.objects.exclude(kind="direct").filter(is_lobby=False).count() == USED["rooms"]
    assert Membership.objects.filter(room__is_lobby=True).count() == USED["people"]
    unread = [place.unread for place in Membership.objects.select_related("room").filter(room__is_lobby=False)]
    assert 0.15 < sum(count > 0 for count in unread) / len(unread) < 0.6
    moderated = Membership.objects.filter(role="moderator").values("room").distinct().count()
    assert moderated == USED["rooms"], "each room but those of two has somebody who moderates it"
    entry = AuditEntry.objects.get(what="seeded")
    assert "6,000 messages" in entry.details
    key = Plan(40, 14, 6000, 60, ("en",), 1, timezone.now())
    assert ids_of(key.namespace, "room:0")(7) == uuid.uuid5(uuid.uuid5(key.namespace, "room:0"), "7").hex
    assert Message.objects.filter(client_id=ids_of(key.namespace, "room:0")(7)).exists()


def test_it_looks_like_a_chat_that_people_use() -> None:
    seed(**USED)
    messages = said()
    night = sum(not 6 <= one.created_at.hour < 22 for one in messages) / len(messages)
    weekend = sum(one.created_at.weekday() > 4 for one in messages) / len(messages)
    assert 0.005 < night < 0.12
    assert 0.02 < weekend < 0.25, "two days of seven would be 0.29"
    sizes = sorted(Room.objects.filter(last_seq__gt=0).values_list("last_seq", flat=True))
    assert sizes[-1] > 10 * statistics.median(sizes)
    talk = statistics.quantiles([Message.objects.filter(author=user).count() for user in User.objects.all()], n=10)
    assert talk[-1] > 5 * talk[4], "few say most"
    same_room = [(one, other) for one, other in itertools.pairwise(messages) if one.room_id == other.room_id]
    gaps = [(other.created_at - one.created_at).total_seconds() for one, other in same_room]
    assert statistics.median(gaps) < 120 < 10 * 120 < statistics.mean(gaps), "bursts, with silence between them"
    answered = sum(one.author_id != other.author_id for one, other in same_room) / len(same_room)
    assert 0.6 < answered < 0.95, "people answer each other, and some send two in a row"
    bodies = [one.body for one in messages]
    for mark, least in (("```", 10), ("https://", 50), ("> ", 50), ("\n- ", 10), ("\n1. ", 10), ("🎉", 5), ("**", 3)):
        assert sum(mark in body for body in bodies) > least, mark
    assert 0.005 < sum(one.edited_at is not None for one in messages) / len(messages) < 0.05
    assert 0 < sum(one.deleted_at is not None for one in messages) / len(messages) < 0.02
    assert len(set(bodies)) > len(bodies) * 0.3


def test_each_language_is_spoken_by_those_who_have_its_names() -> None:
    seed(**SMALL | {"people": 42, "rooms": 14, "messages": 2500})
    text = "".join(Message.objects.values_list("body", flat=True))
    for letters in ("のます", "الن", "żół", "üße", "éàç", "ñ¿", "the"):
        assert any(letter in text for letter in letters), letters
    zones = set(User.objects.values_list("time_zone", flat=True))
    assert {"Asia/Tokyo", "Asia/Riyadh", "Europe/Warsaw"} <= zones
    assert all(handle.isascii() for handle in User.objects.values_list("handle", flat=True))
    for user in User.objects.all():
        user.full_clean(exclude=["password"])


def test_people_sign_in_are_found_and_see_what_is_unread(client: Client) -> None:
    told = seed(**SMALL)
    email = told.partition("Sign in as ")[2].partition(",")[0]
    assert client.post("/accounts/login/", {"login": email, "password": "demo"}).status_code == 302
    person = User.objects.get(email=email)
    room = Room.objects.visible_to(person).order_by("-last_seq")[0]
    page = client.get(f"/rooms/{room.pk}/").content.decode()
    assert str(room.messages.filter(deleted_at=None).order_by("-seq")[0].client_id) in page
    assert list(User.objects.search(person.name.split()[0]).filter(pk=person.pk)) == [person]
