import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from chatpoc.live.models import Tagged


class HoldRule(models.Model):
    """A word, or the domain of a link: what is said with it waits for a moderator."""

    class Kind(models.TextChoices):
        WORD = "word", _("word")
        LINK = "link", _("link to a domain")

    kind = models.CharField(max_length=4, choices=Kind, default=Kind.WORD)
    text = models.CharField(max_length=100, help_text=_("a word or several, capitals and accents apart; or a domain"))
    is_on = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "text"], name="one_rule_per_text"),
            models.CheckConstraint(condition=~Q(text=""), name="hold_rule_says_something"),
        ]

    def __str__(self) -> str:
        return self.text


class HeldMessage(Tagged):
    """Said, and shown to nobody but its author until a moderator has looked at it."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RELEASED = "released", _("released")
        REFUSED = "refused", _("refused")

    tagged = {"held": "author_id"}

    room = models.ForeignKey("chat.Room", models.CASCADE, related_name="held")
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="held")
    client_id = models.UUIDField(default=uuid.uuid4)
    body = models.TextField()
    found = models.CharField(max_length=300, help_text="the words and domains")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    because = models.CharField(max_length=300, blank=True, help_text="why it was refused; its author is told")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    seen_at = models.DateTimeField(null=True, help_text="when its author put the refusal away")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["state", "-id"], name="held_by_state")]
        constraints = [
            models.UniqueConstraint(fields=["author", "client_id"], name="one_held_message_per_client_id"),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "released", "refused"]), name="held_message_state_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"held message {self.pk}"
