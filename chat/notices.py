"""What a browser tells its owner while they look elsewhere: who spoke, where, and how it begins, in plain text."""

import re
from html import unescape
from typing import Any

from django.db.models import OuterRef, Subquery
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from accounts.models import Block, User
from chat.formatting import formatted
from chat.models import Membership, Message, Room

ROOMS = 20  # told of at once
BEGINNING = 160  # characters of a message
ENDS = re.compile(r"</(?:p|li|pre|blockquote)>|<br>")


def notices_for(viewer: User, rooms: tuple[int, ...]) -> list[dict[str, Any]]:
    """Of each of these rooms the newest message of somebody else that `viewer` has not read, if they want to hear of it,
    and of whom they did not block."""
    newest = Message.objects.filter(room=OuterRef("room"), seq__gt=OuterRef("read_seq"), deleted_at=None)
    blocked = Block.objects.filter(by=viewer).values("person")
    newest = newest.exclude(author=viewer).exclude(author__in=blocked).order_by("-seq")
    wanted = Membership.objects.filter(user=viewer, room__in=rooms[:ROOMS], notify=Membership.Notify.EVERYTHING)
    ids = [
        pk for pk in wanted.annotate(newest=Subquery(newest.values("pk")[:1])).values_list("newest", flat=True) if pk
    ]
    return [_notice(message) for message in Message.objects.filter(pk__in=ids).select_related("author", "room")]


def _notice(message: Message) -> dict[str, Any]:
    room = message.room
    who = message.author.name
    direct = room.kind == Room.Kind.DIRECT
    return {
        "room": room.pk,
        "url": reverse("chat:room", args=[room.pk]),
        "seq": message.seq,
        "title": who if direct else _("%(who)s in %(room)s") % {"who": who, "room": room.name},
        "body": in_plain(message.body),
    }


def in_plain(body: str) -> str:
    """What a message says, without its marks: one line, and no more than its beginning."""
    text = unescape(strip_tags(ENDS.sub(" ", formatted(body))))
    return Truncator(" ".join(text.split())).chars(BEGINNING)
