from datetime import datetime
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import record
from chat.models.authority import hold_in_transaction, require_moderator_in_transaction
from chat.models.refusals import NotAllowed
from chatpoc import live
from chatpoc.database import again_after_conflict
from chatpoc.live.models import Tagged

if TYPE_CHECKING:
    from accounts.models import User


def may_speak(at: datetime) -> Q:
    """Of memberships: those of who is not muted then. Room.move_marks_in_transaction asks the same."""
    return Q(silenced_until=None) | Q(silenced_until__lte=at)


class Membership(Tagged):
    """Someone's place in a room, and how far they have read it."""

    class Role(models.TextChoices):
        MEMBER = "member"
        MODERATOR = "moderator"

    class Notify(models.TextChoices):
        EVERYTHING = "everything"
        NOTHING = "nothing"

    tagged = {
        "members": "room_id",
        "openrooms": "room_id",
        "conversations": "user_id",
        "notify": "user_id",
        "access": "user_id",
    }

    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=Role, default=Role.MEMBER)
    read_seq = models.PositiveBigIntegerField(default=0, help_text="the read mark: what comes after it is unread")
    seen_seq = models.PositiveBigIntegerField(
        default=0, help_text="the highest seq that was ever in sight, which the others are told; it never moves back"
    )
    seen_at = models.DateTimeField(null=True, blank=True, editable=False, help_text="when it was")
    notify = models.CharField(
        max_length=10, choices=Notify, default=Notify.EVERYTHING, help_text="what asks for attention"
    )
    silenced_until = models.DateTimeField(null=True, blank=True, help_text="until then they may read, and not speak")
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("member of a room"), gettext_lazy("members of rooms")
        constraints = [
            models.UniqueConstraint(fields=["user", "room"], name="one_membership_per_person_and_room"),
            models.CheckConstraint(condition=Q(role__in=["member", "moderator"]), name="membership_role_is_known"),
            models.CheckConstraint(
                condition=Q(notify__in=["everything", "nothing"]), name="membership_notify_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}"

    def live_tags(self) -> set[str]:
        """How many are in a room is for everyone to see where it is open, and for nobody else where it is not."""
        from chat.models.room import Room  # which needs this one

        return super().live_tags() - (set() if Room.is_open_now(self.room_id) else {f"openrooms:{self.room_id}"})

    @again_after_conflict
    def make(self, role: str, *, by: "User") -> None:
        """Give them another role. Raises NotAllowed, also where nobody would be left to moderate; the lobby needs nobody."""
        with transaction.atomic():
            room = hold_in_transaction(self.room)
            require_moderator_in_transaction(room, by, permission="chat.change_membership")
            stored = room.memberships.filter(pk=self.pk).first()
            if stored is None:
                raise NotAllowed(_("They have left the room."))
            others = room.memberships.filter(role=self.Role.MODERATOR, user__is_active=True).exclude(pk=self.pk)
            if role != self.Role.MODERATOR and not room.is_lobby and not others.exists():
                raise NotAllowed(_("A room needs a moderator. Make somebody else one first."))
            stored.take_role_in_transaction(role, by=by)
            self.role = stored.role

    def take_role_in_transaction(self, role: str, *, by: "User | None") -> None:
        """`by` is None where the last moderator left."""
        if role != self.role:
            was, self.role = self.role, self.Role(role)
            self.save(update_fields=["role"])
            record("changed a role", by=by, person=self.user, room=self.room_id, details=f"{was} → {role}")

    def notify_of(self, what: str) -> None:
        """What of this room asks for its member's attention from now on; the others are not told."""
        with live.exactly(f"conversations:{self.user_id}", f"notify:{self.user_id}"):
            Membership.objects.filter(pk=self.pk).update(notify=what)
        self.notify = what

    @property
    def is_silenced(self) -> bool:
        return self.silenced_until is not None and self.silenced_until > timezone.now()

    @property
    def is_muted(self) -> bool:
        return self.notify == Membership.Notify.NOTHING

    @property
    def unread(self) -> int:
        """How many messages have come since; needs `room`."""
        return max(0, self.room.last_seq - self.read_seq)
