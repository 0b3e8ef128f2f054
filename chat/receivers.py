"""What other packages tell us."""

from typing import Any

from allauth.account.signals import user_signed_up
from django.dispatch import receiver

from accounts.models import User
from chat.models import Room


@receiver(user_signed_up)
def join_lobby(user: User, **_: Any) -> None:
    Room.objects.lobby().join(user)
