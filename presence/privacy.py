"""Appearing offline: to the others one left at that moment, and does not come back before one says so."""

from django.contrib.auth.models import AbstractBaseUser
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from chatpoc import live
from presence.models import Connection, LastSeen


def appears_offline(viewer: AbstractBaseUser) -> bool:
    return isinstance(viewer, User) and viewer.appears_offline


def appear(person: User, *, offline: bool) -> None:
    """Only presence tells of it, when a few seconds have passed as for who left: no hint about the person gives it away."""
    if offline is person.appears_offline:
        return
    now = timezone.now()
    with transaction.atomic():
        if offline and Connection.objects.alive().filter(user=person).exists():
            LastSeen.objects.update_or_create(user=person, defaults={"at": now})
        person.hidden_since = now if offline else None
        person.save(update_fields=["hidden_since"])
        live.changed(
            f"access:{person.pk}", f"visibility:{person.pk}"
        )  # the sockets look again, and Roster.renewed tells
