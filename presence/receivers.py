"""What other apps tell us."""

from typing import Any

from django.dispatch import receiver

from accounts.models import User
from accounts.signals import erased
from presence.models import LastSeen


@receiver(erased)
def forget_when_they_were_here(user: User, **_: Any) -> None:
    LastSeen.objects.filter(user=user).delete()
