"""Who has these sessions now, and what they may still watch: for many sockets at once, in as many statements as for one."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.auth.models import AbstractBaseUser
from django.contrib.sessions.models import Session
from django.utils import timezone

from chatpoc.live import tags
from chatpoc.live.handshake import viewer_of_session

Viewer = AbstractBaseUser
Look = tuple[Viewer | None, set[str]]


def look(asked: Sequence[tuple[str, set[str]]]) -> list[Look]:
    """For the key of each session and the tags that its page watches: the viewer, if there still is one, and the tags that
    they may. Where something would be lost, it is asked once more, alone: the rules for one are the law."""
    viewers = _viewers(key for key, _ in asked)
    present = [(viewers[key], names) for key, names in asked if key in viewers]
    allowed = iter(tags.allowed_together(present))
    together = [(viewers.get(key), next(allowed) if key in viewers else set()) for key, _ in asked]
    return [
        found if found[0] and found[1] == names else _look_at(key, names)
        for (key, names), found in zip(asked, together, strict=True)
    ]


def _look_at(key: str, names: set[str]) -> Look:
    viewer = viewer_of_session(key)
    return viewer, tags.permitted(viewer, names) if viewer else set()


def _viewers(keys: Iterable[str]) -> dict[str, Viewer]:
    """The active people whose sessions these are. Two statements. It knows the common case; see viewer_of_session."""
    stored = Session.objects.filter(session_key__in=set(keys), expire_date__gt=timezone.now())
    sessions: dict[str, dict[str, Any]] = {session.session_key: session.get_decoded() for session in stored}
    ids = {data[SESSION_KEY] for data in sessions.values() if SESSION_KEY in data}
    people = {str(pk): person for pk, person in get_user_model()._default_manager.in_bulk(ids).items()}
    hashes = {pk: person.get_session_auth_hash() for pk, person in people.items() if person.is_active}
    return {
        key: people[data[SESSION_KEY]]
        for key, data in sessions.items()
        if data.get(SESSION_KEY) in hashes and data.get(HASH_SESSION_KEY) == hashes[data[SESSION_KEY]]
    }
