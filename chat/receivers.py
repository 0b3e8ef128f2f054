"""What other packages tell us."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from accounts.models import User
from accounts.signals import erased
from chat.models import Complaint, HeldMessage, Membership, Room


@receiver(user_signed_up)
def join_lobby(user: User, **_: Any) -> None:
    Room.objects.lobby().join(user)


@receiver(erased)
def leave_every_room(user: User, **_: Any) -> None:
    for room in Room.objects.visible_to(user).exclude(kind=Room.Kind.DIRECT).order_by("pk"):  # each locks its room
        room.leave(user)
    Membership.objects.filter(user=user).delete()


@receiver(erased)
def forget_what_they_told_moderators(user: User, **_: Any) -> None:
    """That somebody complained stays with the report, and what they wrote of it goes with them."""
    Complaint.objects.filter(by=user).exclude(details="").update(details="")


@receiver(erased)
def forget_what_they_never_said(user: User, **_: Any) -> None:
    """What waits for a moderator was shown to nobody, and is not what they said."""
    HeldMessage.objects.filter(author=user).delete()
