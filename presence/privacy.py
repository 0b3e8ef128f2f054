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
    """Only presence tells of it: no hint that something about the person changed gives it away."""
    with transaction.atomic():
        if offline and not person.appears_offline and Connection.objects.alive().filter(user=person).exists():
            LastSeen.objects.update_or_create(user=person, defaults={"at": timezone.now()})
        person.appears_offline = offline
        person.save(update_fields=["appears_offline"])
        live.changed(f"access:{person.pk}", f"visibility:{person.pk}")
        transaction.on_commit(lambda: live.look_again([f"presence:{person.pk}"]))
