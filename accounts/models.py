"""Who you are."""

from collections.abc import Mapping
from functools import partial
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.pictures import Picture, forget_pictures, store_pictures
from chatpoc.live.models import Tagged

HANDLE_VALIDATORS = [
    RegexValidator(
        r"\A[a-z][a-z0-9_]{2,29}\Z",
        "A handle has 3 to 30 small letters, digits or underscores, and starts with a letter.",
    )
]
EMAIL_LIMIT = 254  # characters; the longest address that mail can be sent to
BIO_LIMIT = 200  # characters
HUES = 8  # avatar colours in static/css/app.css


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: "User") -> "UserQuerySet":
        """The people whom `viewer` may find: everyone active but themselves."""
        return self.filter(is_active=True).exclude(pk=viewer.pk)

    def listed_for(self, viewer: "User") -> "UserQuerySet":
        """The directory's: those whom `viewer` may find; who may change people sees the deactivated too."""
        return self.exclude(pk=viewer.pk) if viewer.may_change_people else self.visible_to(viewer)

    def search(self, text: str) -> "UserQuerySet":
        """Those whose name or handle contains every word of `text`; a leading @ means a handle."""
        found = self
        for word in text.split()[:8]:
            handle = models.Q(handle__icontains=word.removeprefix("@"))
            found = found.filter(handle if word.startswith("@") else handle | models.Q(name__icontains=word))
        return found


class UserManager(BaseUserManager["User"].from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, email: str, handle: str, password: str | None = None, **fields: Any) -> "User":
        user = User(email=email.strip().lower(), handle=handle.lower(), **{"name": handle} | fields)
        user.set_password(password)
        user.save()
        return user

    def create_superuser(self, email: str, handle: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, handle, password, **fields, is_staff=True, is_superuser=True)

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").lower())
        return user


class User(Tagged, AbstractBaseUser, PermissionsMixin):
    """A person. The email signs in and is shown to nobody; the handle is unique; the name is what others read."""

    tagged = {"people": "pk", "access": "pk"}
    not_shown = frozenset({"last_login"})

    email = models.EmailField(max_length=EMAIL_LIMIT)
    handle = models.CharField(max_length=30, validators=HANDLE_VALIDATORS)
    name = models.CharField(max_length=60)
    bio = models.CharField("About you", max_length=BIO_LIMIT, blank=True)
    time_zone = models.CharField(max_length=40, blank=True, help_text="a name such as Europe/Warsaw; empty for unknown")
    picture_name = models.CharField(max_length=60, blank=True, editable=False, help_text="of its files; empty for none")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle", "name"]

    class Meta:
        ordering = [Lower("name"), "handle"]
        indexes = [
            models.Index(Lower("name"), "id", name="people_by_name"),
            models.Index("created_at", "id", name="people_by_joining"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message="This email has an account already.",
            ),
            models.UniqueConstraint(
                Lower("handle"),
                name="one_account_per_handle",
                violation_error_message="This handle is taken.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})"

    def clean(self) -> None:
        self.email = self.email.strip().lower()

    @property
    def picture(self) -> Picture | None:
        return Picture(self.picture_name) if self.picture_name else None

    def take_picture(self, pictures: Mapping[int, bytes]) -> None:
        """Show these squares from now on, by their side in pixels, and let go of the ones before."""
        self._change_picture(store_pictures(self.pk, pictures))

    def remove_picture(self) -> None:
        self._change_picture("")

    def _change_picture(self, name: str) -> None:
        before, self.picture_name = self.picture_name, name
        self.save(update_fields=["picture_name"])
        if before and before != name:
            transaction.on_commit(partial(forget_pictures, before), robust=True)

    @property
    def may_change_people(self) -> bool:
        return self.is_staff and self.has_perm("accounts.change_user")

    def may_change(self, person: "User") -> bool:
        """Those who can do everything are changed only by each other."""
        return self.may_change_people and (self.is_superuser or not person.is_superuser)

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.handle]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def hue(self) -> int:
        """Which of the avatar colours is theirs, the same everywhere."""
        return self.pk % HUES
