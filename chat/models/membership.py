from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from chatpoc import live
from chatpoc.live.models import Tagged


class Membership(Tagged):
    """Someone's place in a room, and how far they have read it."""

    class Role(models.TextChoices):
        MEMBER = "member"
        MODERATOR = "moderator"

    class Notify(models.TextChoices):
        EVERYTHING = "everything"
        NOTHING = "nothing"

    tagged = {"members": "room_id", "conversations": "user_id", "notify": "user_id", "access": "user_id"}

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
    joined_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "room"], name="one_membership_per_person_and_room"),
            models.CheckConstraint(condition=Q(role__in=["member", "moderator"]), name="membership_role_is_known"),
            models.CheckConstraint(
                condition=Q(notify__in=["everything", "nothing"]), name="membership_notify_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.room_id}"

    def read_up_to(self, seq: int) -> None:
        """Move the read mark forward; it never moves back."""
        with live.exactly(f"conversations:{self.user_id}"):
            Membership.objects.filter(pk=self.pk, read_seq__lt=seq).update(read_seq=seq)
        self.read_seq = max(self.read_seq, seq)

    def notify_of(self, what: str) -> None:
        """What of this room asks for its member's attention from now on; the others are not told."""
        with live.exactly(f"conversations:{self.user_id}", f"notify:{self.user_id}"):
            Membership.objects.filter(pk=self.pk).update(notify=what)
        self.notify = what

    @property
    def is_muted(self) -> bool:
        return self.notify == Membership.Notify.NOTHING

    @property
    def unread(self) -> int:
        """How many messages have come since; needs `room`."""
        return max(0, self.room.last_seq - self.read_seq)
