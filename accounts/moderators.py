"""Who moderates the whole chat: staff, by one of two groups whose permissions are Django's own."""

from django.contrib.auth.models import Group
from django.db import transaction

from accounts.audit import record
from accounts.models import User

MODERATORS, ADMINISTRATORS = "Moderators", "Administrators"


def appoint(person: User, name: str) -> bool:
    """Staff, and in the group of this name. False if they were already."""
    with transaction.atomic():
        group, _made = Group.objects.get_or_create(name=name)
        new = not person.groups.filter(pk=group.pk).exists()
        person.groups.add(group)
        if not new and person.is_staff:
            return False
        _be_staff(person, is_staff=True)
        record("made a moderator", by=None, person=person, details=f"group: {name}")
    return True


def dismiss(person: User, name: str) -> bool:
    """Out of the group; and not staff any more, where nothing else makes them so. False if they were not in it."""
    with transaction.atomic():
        group = person.groups.filter(name=name).first()
        if group is None:
            return False
        person.groups.remove(group)
        keeps = person.is_superuser or person.groups.exists() or person.user_permissions.exists()
        _be_staff(person, is_staff=person.is_staff and keeps)
        record("changed a role", by=None, person=person, details=f"no longer in the group: {name}")
    return True


def _be_staff(person: User, *, is_staff: bool) -> None:
    """Written also where only the group is another: by it their pages and sockets look again what they may."""
    person.is_staff = is_staff
    person.save(update_fields=["is_staff"])
