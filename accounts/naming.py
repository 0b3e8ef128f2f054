"""Whom the operator means on the command line."""

from accounts.models import User
from chatpoc.commands import BadArguments


def person_named(text: str) -> User:
    """By handle, with or without @; by email; or by number, the only name that a deleted account has."""
    name = text.strip().removeprefix("@").lower()
    if name.isdecimal():
        found = User.objects.filter(pk=int(name)) if len(name) < 19 else User.objects.none()
    else:
        found = User.objects.filter(email=name) if "@" in name else User.objects.filter(handle=name)
    person: User | None = found.first()
    if person is None:
        raise BadArguments(f"There is nobody called “{text}”. Give a handle, an email, or a person's number.")
    return person
