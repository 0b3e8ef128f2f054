from django.conf import settings
from django.db import models
from django.utils import timezone


class AuditEntry(models.Model):
    """Who did what to whom, when, from where and why. Written by accounts.audit.record; nothing changes or deletes one.

    It holds no text of a message and no name: who deletes their account leaves a number here.
    """

    at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        related_name="+",
        help_text="empty for a command, or the chat itself",
    )
    what = models.CharField(max_length=40, help_text="a verb in the past, as “removed”")
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", help_text="to whom"
    )
    room_number = models.PositiveBigIntegerField(null=True, help_text="where; the room may be gone")
    thing = models.CharField(max_length=60, blank=True, help_text="what exactly, as “message 12”")
    reason = models.CharField(max_length=300, blank=True)
    details = models.CharField(
        max_length=500, blank=True, help_text="as “until 2026-11-30 12:00”, “kind: open → closed”"
    )
    address = models.CharField(max_length=45, blank=True, help_text="an IP address; empty for a command")

    class Meta:
        ordering = ["-pk"]
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["what", "-id"], name="audit_by_what"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    by_id: int | None
    person_id: int | None

    def __str__(self) -> str:
        return f"{self.by_id or 'the chat'} {self.what} {self.person_id or self.thing}"
