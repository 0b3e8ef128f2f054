"""What of people a page may watch."""

from django.contrib.auth.models import AbstractBaseUser

from chatpoc import live


def everyone(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """Whoever is signed in may see who is here, and what they are called."""
    return ids if viewer.is_active else []


live.declare("people", everyone, whole=True)
