from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chat.models import resolving
from chat.models.reporting import ReportManager
from chatpoc.live.models import Tagged

DETAILS_LIMIT = 1_000  # characters


class Report(Tagged):
    """Something for moderators to look at: a message, or a person. However many complain of it, it stands in the queue once."""

    tagged = {"reports": "pk"}

    class State(models.TextChoices):
        OPEN = "open", _("open")
        TAKEN = "taken", _("taken")
        RESOLVED = "resolved", _("resolved")

    class Outcome(models.TextChoices):
        ACTED = "acted", _("something was done")
        NOTHING = "nothing", _("nothing was wrong with it")

    person = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="reports", help_text="about whom")
    message = models.ForeignKey(
        "chat.Message", models.SET_NULL, null=True, related_name="reports", help_text="empty once it is purged"
    )
    body = models.TextField(
        blank=True, help_text="the message as it was when it was first reported; empty for a person"
    )
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    outcome = models.CharField(max_length=8, choices=Outcome, blank=True)
    note = models.CharField(max_length=300, blank=True, help_text="for the other moderators")
    complained = models.PositiveIntegerField(default=0, help_text="how many people did")
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    last_at = models.DateTimeField(default=timezone.now, help_text="when somebody last complained")
    resolved_at = models.DateTimeField(null=True)

    objects = ReportManager()

    class Meta:
        ordering = ["-last_at"]
        indexes = [models.Index(fields=["state", "-last_at"], name="reports_by_state")]
        constraints = [
            models.UniqueConstraint(
                fields=["message"], condition=~Q(state="resolved"), name="one_open_report_per_message"
            ),
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(message=None, body="") & ~Q(state="resolved"),
                name="one_open_report_per_person",
            ),
            models.CheckConstraint(condition=Q(state__in=["open", "taken", "resolved"]), name="report_state_is_known"),
        ]

    # What moderators do with it
    take, give_back, resolve = resolving.take, resolving.give_back, resolving.resolve

    person_id: int
    message_id: int | None
    taken_by_id: int | None

    def __str__(self) -> str:
        return f"report {self.pk}"

    def live_tags(self) -> set[str]:
        """Whoever complained follows what comes of it. That others do too they are not told: see reporting."""
        told = self.complaints.values_list("by", flat=True) if self.pk else ()
        return super().live_tags() | {f"complaints:{pk}" for pk in told}

    @property
    def is_resolved(self) -> bool:
        return self.state == self.State.RESOLVED


class Complaint(Tagged):
    """What one person said is wrong with it."""

    tagged = {"complaints": "by_id"}

    class Reason(models.TextChoices):
        SPAM = "spam", _("Spam or advertising")
        HARASSMENT = "harassment", _("Harassment or bullying")
        HATE = "hate", _("Hate")
        THREAT = "threat", _("Threats or violence")
        SEXUAL = "sexual", _("Sexual content")
        PRIVATE = "private", _("Somebody's private data")
        OTHER = "other", _("Something else")

    report = models.ForeignKey(Report, models.CASCADE, related_name="complaints")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="complaints")
    reason = models.CharField(max_length=12, choices=Reason)
    details = models.CharField(max_length=DETAILS_LIMIT, blank=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    told_at = models.DateTimeField(null=True, help_text="when they saw what came of it")

    report_id: int
    by_id: int

    class Meta:
        constraints = [models.UniqueConstraint(fields=["report", "by"], name="one_complaint_per_person_and_report")]

    def __str__(self) -> str:
        return f"{self.reason}, by {self.by_id}"
