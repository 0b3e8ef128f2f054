"""Who you are."""

import uuid
from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import AbstractBaseUser, PermissionsMixin
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import keeping_out
from accounts.models.block import Block
from accounts.models.finding import UserManager
from accounts.pictures import Picture, forget_all_pictures, forget_pictures, store_pictures
from accounts.search import plain
from accounts.signals import erased
from chatpoc.database import again_after_conflict
from chatpoc.live.models import Tagged

HANDLE_VALIDATORS = [
    RegexValidator(
        r"\A[a-z][a-z0-9_]{2,29}\Z",
        _("A handle has 3 to 30 small letters, digits or underscores, and starts with a letter."),
    )
]
EMAIL_LIMIT = 254  # characters; the longest address that mail can be sent to
BIO_LIMIT = 200  # characters
GONE = "Deleted account"
HUES = 8  # avatar colours in static/css/app.css


class User(Tagged, AbstractBaseUser, PermissionsMixin):
    """A person. The email signs in and is shown to nobody; the handle is unique; the name is what others read."""

    tagged = {"people": "pk", "access": "pk"}
    not_shown = frozenset({"last_login", "hidden_since"})

    email = models.EmailField(max_length=EMAIL_LIMIT)
    handle = models.CharField(max_length=30, validators=HANDLE_VALIDATORS)
    name = models.CharField(max_length=60)
    plain_name = models.TextField(
        blank=True, default="", editable=False, help_text="the name as it is found; see search"
    )
    bio = models.CharField("About you", max_length=BIO_LIMIT, blank=True)
    time_zone = models.CharField(max_length=40, blank=True, help_text="a name such as Europe/Warsaw; empty for unknown")
    picture_name = models.CharField(max_length=60, blank=True, editable=False, help_text="of its files; empty for none")
    hidden_since = models.DateTimeField(null=True, editable=False, help_text="appears offline, whatever they do")
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    deactivated_at = models.DateTimeField(null=True, editable=False, help_text="when they left, to come back or not")
    deleted_at = models.DateTimeField(null=True, editable=False, help_text="since then it is nobody's account")
    suspended_until = models.DateTimeField(null=True, editable=False, help_text="until then they may only read why")
    suspended_because = models.CharField(max_length=300, blank=True, editable=False, help_text="they are told")

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["handle", "name"]

    class Meta:
        ordering = [Lower("name"), "handle"]
        permissions = [
            ("suspend_user", "Can suspend people, and shut them out"),
            ("end_sessions", "Can end people's sessions"),
            ("reset_two_factor", "Can take people's second factors away"),
        ]
        indexes = [
            models.Index(Lower("name"), "id", name="people_by_name"),
            models.Index("created_at", "id", name="people_by_joining"),
        ]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="one_account_per_email",
                violation_error_message=_("This email has an account already."),
            ),
            models.UniqueConstraint(
                Lower("handle"),
                name="one_account_per_handle",
                violation_error_message=_("This handle is taken."),
            ),
            models.CheckConstraint(
                condition=models.Q(is_active=False) | models.Q(deactivated_at=None, deleted_at=None),
                name="who_left_is_not_active",  # else a link to come back would outlive a ban
                violation_error_message=_("A deleted account cannot become active again."),
            ),
        ]

    # What staff decide about them
    suspend, unsuspend = keeping_out.suspend, keeping_out.unsuspend
    shut_out, let_in = keeping_out.shut_out, keeping_out.let_in
    sign_out, reset_two_factor = keeping_out.sign_out, keeping_out.reset_two_factor

    def __str__(self) -> str:
        return f"{self.name} (@{self.handle})"

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        """What every save() comes to: who writes the name writes how it is found."""
        written = kwargs.get("update_fields")
        if written is None or "name" in written:
            self.plain_name = plain(self.name)
            kwargs["update_fields"] = written and frozenset({*written, "plain_name"})
        super().save_base(*args, **kwargs)

    def clean(self) -> None:
        self.email = self.email.strip().lower()
        if self.is_active:
            self.deactivated_at = None

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        """As in UserQuerySet.delete."""
        number = self.pk  # a deleted row has none
        with transaction.atomic():
            transaction.on_commit(lambda: forget_all_pictures(number), robust=True)
            return super().delete(*args, **kwargs)

    def deactivate(self) -> None:
        """They leave, and may come back: what is theirs stays, every session ends."""
        with transaction.atomic():
            self.is_active, self.deactivated_at = False, timezone.now()
            self.save(update_fields=["is_active", "deactivated_at"])
            self.end_sessions()

    def come_back(self) -> bool:
        """False if, since this row was read, they came back already, left once more, were shut out or deleted."""
        with transaction.atomic():
            away = User.objects.select_for_update().filter(pk=self.pk, is_active=False, deleted_at=None)
            if self.deactivated_at is None or not away.filter(deactivated_at=self.deactivated_at).first():
                return False
            self.is_active, self.deactivated_at = True, None
            self.save(update_fields=["is_active", "deactivated_at"])
        return True

    @again_after_conflict
    def erase(self) -> None:
        """What they said stays where it was said; that they said it goes, for good."""
        from allauth.account.models import EmailAddress  # it needs this model
        from allauth.mfa.models import Authenticator

        with transaction.atomic():
            self.end_sessions()
            EmailAddress.objects.filter(user=self).delete()
            Authenticator.objects.filter(user=self).delete()
            LogEntry.objects.filter(content_type__app_label="accounts", object_id=str(self.pk)).update(object_repr=GONE)
            self.groups.clear()
            self.user_permissions.clear()
            transaction.on_commit(lambda: forget_all_pictures(self.pk), robust=True)
            self._forget_who()
            # After its own row is locked: who blocks them at this moment finds them gone, or is found here.
            for block in Block.objects.about([self.pk]):
                block.delete()
            erased.send(type(self), user=self)

    def _forget_who(self) -> None:
        self.name = GONE
        self.bio = self.time_zone = self.picture_name = self.suspended_because = ""
        self.handle = f"-{self.pk}"  # nobody can choose one like it
        self.email = f"{uuid.uuid4().hex}@deleted.invalid"  # drawn, so that nobody can have taken it before
        self.set_unusable_password()
        self.is_active = self.is_staff = self.is_superuser = False
        self.last_login = self.deactivated_at = self.hidden_since = self.suspended_until = None
        self.deleted_at = timezone.now()
        self.save()

    def block(self, person: "User") -> bool:
        """Have nothing to do with `person`. False if it was so already. Raises CannotBlock."""
        return Block.objects.set(by=self, person=person)

    def unblock(self, person: "User") -> bool:
        """False if they were not blocked."""
        return Block.objects.lift(by=self, person=person)

    def end_sessions(self) -> None:
        from allauth.usersessions.models import UserSession  # it needs this model

        from accounts.sessions import end_sessions  # so does this

        end_sessions(UserSession.objects.filter(user=self), self)

    @property
    def is_suspended(self) -> bool:
        return self.suspended_until is not None and self.suspended_until > timezone.now()

    @property
    def picture(self) -> Picture | None:
        return Picture(self.picture_name) if self.picture_name else None

    def take_picture(self, pictures: Mapping[int, bytes]) -> None:
        """Show these squares from now on, by their side in pixels, and let go of the ones before."""
        self._change_picture(store_pictures(self.pk, pictures))

    def remove_picture(self) -> None:
        self._change_picture("")

    def _change_picture(self, name: str) -> None:
        """Two at once leave no files behind; who left or was deleted meanwhile gets no picture any more."""
        with transaction.atomic():
            stored = User.objects.select_for_update().filter(pk=self.pk).first()
            if stored and stored.is_active:
                unused, self.picture_name = stored.picture_name, name
                self.save(update_fields=["picture_name"])
            else:
                unused, self.picture_name = name, stored.picture_name if stored else ""
            if unused and unused != self.picture_name:
                transaction.on_commit(lambda: forget_pictures(unused), robust=True)

    @property
    def appears_offline(self) -> bool:
        return self.hidden_since is not None

    @property
    def may_change_people(self) -> bool:
        return self.is_staff and self.has_perm("accounts.change_user")

    def may_change(self, person: "User") -> bool:
        """Those who can do everything are changed only by each other; who is gone, by nobody."""
        return self.may_change_people and person.deleted_at is None and (self.is_superuser or not person.is_superuser)

    def may_moderate(self, person: "User", *permissions: str) -> bool:
        """May they do to `person` what any of these permits? Nobody to themselves; to who can do everything only their like."""
        staff = self.is_active and self.is_staff and not self.is_suspended and self.pk != person.pk
        return staff and (self.is_superuser or not person.is_superuser) and any(map(self.has_perm, permissions))

    @property
    def is_shut_out(self) -> bool:
        return not (self.is_active or self.deactivated_at or self.deleted_at)

    @property
    def initials(self) -> str:
        words = self.name.split() or [self.handle]
        return "".join(word[0] for word in (words[:1] + words[1:][-1:])).upper()

    @property
    def hue(self) -> int:
        """Which of the avatar colours is theirs, the same everywhere."""
        return self.pk % HUES
