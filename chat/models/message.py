from django.conf import settings
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone

BODY_LIMIT = 10_000  # characters; about three pages of text


class MessageQuerySet(models.QuerySet["Message"]):
    def newest(self, count: int, *, before: int | None = None) -> "list[Message]":
        """The last `count` messages, those below the seq `before` if given, oldest first. Keyset: flat at any depth."""
        page = self if before is None else self.filter(seq__lt=before)
        return list(page.select_related("author").order_by("-seq")[:count])[::-1]

    def oldest(self, count: int, *, after: int) -> "list[Message]":
        """The first `count` messages above the seq `after`, oldest first."""
        return list(self.filter(seq__gt=after).select_related("author").order_by("seq")[:count])

    def between(self, first: int, last: int) -> "list[Message]":
        """Those from the seq `first` to `last`, both included."""
        return list(self.filter(seq__gte=first, seq__lte=last).select_related("author").order_by("seq"))

    def changed_since(self, version: int, count: int) -> "list[Message]":
        """Up to `count` messages that were sent or changed after the room's `version`, in the order of the changes."""
        return list(self.filter(version__gt=version).select_related("author").order_by("version")[:count])


class Message(models.Model):
    """Something said. Written only by the verbs of Room, which give it its seq and version."""

    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="messages")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages")
    seq = models.PositiveBigIntegerField(help_text="its place in the room: 1, 2, 3 … without gaps")
    version = models.PositiveBigIntegerField(help_text="the room's version at its last change")
    client_id = models.UUIDField(help_text="drawn by the sender's browser; the same one again is the same message")
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="its place and text stay, and nobody is shown the text"
    )

    objects = MessageQuerySet.as_manager()

    class Meta:
        ordering = ["room", "seq"]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_place"),
            models.UniqueConstraint(fields=["room", "version"], name="one_change_per_version"),
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_client_id"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="message_seq_starts_at_one"),
            models.CheckConstraint(condition=~Q(body=""), name="message_says_something"),
            models.CheckConstraint(
                condition=LessThanOrEqual(Length("body"), Value(BODY_LIMIT)), name="message_body_is_bounded"
            ),
        ]

    def __str__(self) -> str:
        return f"message {self.seq} in room {self.room_id}"

    @property
    def dom_id(self) -> str:
        """The same for the pending copy, the response and the push, so that they collapse into one element."""
        return f"m-{self.client_id}"
