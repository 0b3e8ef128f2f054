"""What of people a page may watch."""

import re

from django.contrib.auth.models import AbstractBaseUser, Group

from accounts.addresses import is_id
from accounts.models import User
from chatpoc import live

PAIR = re.compile(r"[1-9][0-9]{0,17}\.[1-9][0-9]{0,17}")


def everyone(_viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """Whoever is signed in may see who is here, and what they are called. Who does not exist cannot be watched."""
    numbers = [int(id_) for id_ in ids if is_id(id_)]
    known = [str(pk) for pk in User.objects.filter(pk__in=numbers).values_list("pk", flat=True)] if numbers else []
    return known + [""] * ("" in ids)


def own(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """What is about oneself alone. Its hints travel to `user:7`, which all of one's sockets hear anyway."""
    return [id_ for id_ in ids if id_ == str(viewer.pk)]


def of_oneself_and_another(viewer: AbstractBaseUser, ids: list[str]) -> list[str]:
    """What the viewer and one other have in common: `3.7` to 3 and to 7."""
    own = str(viewer.pk)
    return [id_ for id_ in ids if own in id_.split(".") and PAIR.fullmatch(id_)]


live.declare("people", everyone, whole=True)
live.declare("blocks", own, topics_of="user")
live.declare("pairs", of_oneself_and_another)
live.ask_together(everyone, lambda wanted: wanted)  # whoever was there when they were first asked about

# Who may change people is offered to: the directory follows permissions as well.
for rights in (User.groups.through, User.user_permissions.through, Group.permissions.through):
    live.track(rights._meta.db_table, ["people"])
