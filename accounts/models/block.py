from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from chatpoc.live.models import Tagged


class Block(Tagged):
    """`by` wants to have nothing to do with `person`, who is not told."""

    tagged = {"blocks": "by_id"}

    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["by", "person"], name="one_block_per_pair"),
            models.CheckConstraint(condition=~Q(by=F("person")), name="nobody_blocks_themselves"),
        ]

    def __str__(self) -> str:
        return f"{self.by_id} blocked {self.person_id}"

    def live_tags(self) -> set[str]:
        """The sockets of both look again: neither follows the other any more."""
        return super().live_tags() | {f"access:{self.by_id}", f"access:{self.person_id}"}
