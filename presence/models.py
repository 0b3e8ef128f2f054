"""Rows, not flags: a connection counts while the process that holds it keeps its lease."""

import uuid
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from presence import seats


class ProcessQuerySet(models.QuerySet["Process"]):
    def dead(self) -> "ProcessQuerySet":
        """Those that stopped, or did not renew their lease in time. The database's clock is the one that counts."""
        return self.filter(expires_at__lte=Now())


class Process(models.Model):
    """A server process that holds connections."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=120, help_text="host and number")
    started_at = models.DateTimeField()
    renewed_at = models.DateTimeField(help_text="when it was last known to live")
    expires_at = models.DateTimeField(help_text="from then on its connections count no more")

    objects = ProcessQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "processes"

    def __str__(self) -> str:
        return self.name


class ConnectionQuerySet(models.QuerySet["Connection"]):
    def alive(self) -> "ConnectionQuerySet":
        return self.filter(process__expires_at__gt=Now())

    def shown(self) -> "ConnectionQuerySet":
        """Those that others may know of. Who hides is shown as long as who leaves, so that nobody can tell which it was."""
        still_leaving = Q(
            user__hidden_since__gt=Now() - timedelta(seconds=seats.GRACE), opened_at__lt=F("user__hidden_since")
        )
        may_be_here = Q(user__suspended_until=None) | Q(
            user__suspended_until__lte=Now()
        )  # at once, and without the grace
        return self.alive().filter(Q(user__hidden_since=None) | still_leaving, may_be_here, user__is_active=True)


class Connection(models.Model):
    """An open tab. A page change, or coming back within a few seconds, keeps the row."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    process = models.ForeignKey(Process, on_delete=models.CASCADE, related_name="connections")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="connections")
    opened_at = models.DateTimeField()
    active = models.BooleanField(default=True, help_text="in sight, and used in the last minutes")

    objects = ConnectionQuerySet.as_manager()

    def __str__(self) -> str:
        return f"connection of {self.user_id}"


class LastSeen(models.Model):
    """When somebody left, as far as others may know."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, primary_key=True, related_name="last_seen")
    at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "last seen"

    def __str__(self) -> str:
        return f"{self.user_id} until {self.at}"
