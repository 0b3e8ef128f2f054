"""Whom one finds, and how people are made."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import BaseUserManager
from django.db import models, transaction
from django.db.models.functions import Lower

from accounts.models.block import Block
from accounts.pictures import forget_all_pictures
from accounts.search import called, plain

if TYPE_CHECKING:
    from accounts.models.user import User


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: "User") -> "UserQuerySet":
        """The people whom `viewer` may find: everyone active but themselves."""
        return self.filter(is_active=True).exclude(pk=viewer.pk)

    def listed_for(self, viewer: "User") -> "UserQuerySet":
        """The directory's: those whom `viewer` may find; who may change people sees the deactivated too."""
        everyone = self.filter(deleted_at=None).exclude(pk=viewer.pk)
        return everyone if viewer.may_change_people else everyone.filter(is_active=True)

    def search(self, text: str) -> "UserQuerySet":
        """Those whose name or handle contains every word of `text`, accents and capitals apart; a leading @ means a handle."""
        return self.none() if (condition := called(text)) is None else self.filter(condition)

    def nearest_first(self, text: str) -> "UserQuerySet":
        """Those with words that begin as `text` does come before those who only contain it."""
        begins = called(text, beginning=True) or models.Q()
        rank = models.Case(models.When(begins, then=0), default=1) if begins else models.Value(0)
        return self.annotate(rank=rank).order_by("rank", Lower("name"), "pk")

    def people_blocked_by(self, viewer: "User") -> "UserQuerySet":
        """For `viewer` alone: whom they blocked is nobody else's business."""
        return self.filter(blocked_by__by=viewer)

    def marked_for(self, viewer: "User") -> "UserQuerySet":
        """Each with whether they are `blocked` by the viewer."""
        own = Block.objects.filter(by=viewer, person=models.OuterRef("pk"))
        return self.annotate(blocked=models.Exists(own))

    def away(self, email: str) -> "User | None":
        """Who deactivated their account with this email."""
        return self.filter(email=email.lower(), is_active=False, deactivated_at__isnull=False).first()

    def delete(self) -> tuple[int, dict[str, int]]:
        """The rows, and their pictures with them. Raises ProtectedError for who ever said something: erase() those."""
        with transaction.atomic():
            gone = list(self.values_list("pk", flat=True))
            transaction.on_commit(lambda: forget_all_pictures(*gone), robust=True)
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]

    # Whatever writes names writes how they are found as well; see also User.save_base.

    def update(self, **fields: Any) -> int:
        if "name" in fields and "plain_name" not in fields:
            if not isinstance(fields["name"], str):
                raise TypeError(
                    "A name is found by its letters, which an expression does not tell: save() each person."
                )
            fields["plain_name"] = plain(fields["name"])
        return super().update(**fields)

    def bulk_create(self, objs: Iterable["User"], *args: Any, **options: Any) -> "list[User]":
        people = list(objs)
        for person in people:
            person.plain_name = plain(person.name)
        if "name" in (written := options.get("update_fields") or ()):
            options["update_fields"] = [*written, "plain_name"]
        return super().bulk_create(people, *args, **options)

    def bulk_update(self, objs: Iterable["User"], fields: Iterable[str], *args: Any, **options: Any) -> int:
        people, written = list(objs), set(fields)
        if "name" in written:
            for person in people:
                person.plain_name = plain(person.name)
            written.add("plain_name")
        return super().bulk_update(people, written, *args, **options)


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, handle: str, password: str | None = None, **fields: Any) -> "User":
        user: User = self.model(email=email.strip().lower(), handle=handle.lower(), **{"name": handle} | fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, handle: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, handle, password, **fields, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").lower())
        return user
