import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.audit import record
from chat import holding
from chat.models.authority import refusal_to_speak
from chat.models.membership import may_speak
from chat.models.refusals import ClientIdTaken, NotAllowed
from chatpoc.database import again_after_conflict
from chatpoc.live.models import Tagged

if TYPE_CHECKING:
    from accounts.models import User
    from chat.models.message import Message


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

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        self._forget()

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        gone = super().delete(*args, **kwargs)
        self._forget()
        return gone

    def _forget(self) -> None:
        """At once for who looks within this transaction, and again for all when it is over."""
        holding.forget_rules()
        transaction.on_commit(holding.forget_rules, robust=True)

    def clean(self) -> None:
        domain = self.kind == self.Kind.LINK
        self.text = holding.host_of(self.text) if domain else " ".join(self.text.split())
        if not (self.text if domain else holding.words_of(self.text)):
            raise ValidationError(
                {
                    "text": gettext("This is no domain, such as example.com.")
                    if domain
                    else gettext("There is no word in it.")
                }
            )


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

    @again_after_conflict
    def release(self, *, by: "User") -> "Message":
        """It is said, now, by its author. Raises NotAllowed; NotAMember and Archived as a send does."""
        with self._decided_in_transaction(by, self.State.RELEASED, "released a message"):
            message: Message = self.room.post(author=self.author, client_id=self.client_id, body=self.body)
        return message

    @again_after_conflict
    def refuse(self, *, by: "User", because: str = "") -> None:
        """It is shown to nobody; its author keeps the text, and reads why. Raises NotAllowed."""
        with self._decided_in_transaction(by, self.State.REFUSED, "refused a message", because.strip()[:300]):
            pass

    def put_away(self) -> None:
        """Its author takes it back while it waits, or has read why it was refused. Raises NotAllowed if it was let through."""
        with transaction.atomic():
            held = HeldMessage.objects.select_for_update().filter(pk=self.pk).first()
            if held and held.state == self.State.RELEASED:
                raise NotAllowed(gettext("It was let through a moment ago. You can edit or delete it where it stands."))
            if held and held.state == self.State.WAITING:
                held.delete()
            elif held and held.seen_at is None:
                held.seen_at = timezone.now()
                held.save(update_fields=["seen_at"])

    @contextmanager
    def _decided_in_transaction(self, by: "User", state: str, what: str, because: str = "") -> Iterator[None]:
        """Of two moderators who decide at once, one comes second."""
        if not (by.is_active and by.is_staff and by.has_perm("chat.change_heldmessage")):
            raise NotAllowed(gettext("You may not decide about held messages."))
        if by.pk == self.author_id:
            raise NotAllowed(gettext("It is your own, so somebody else decides about it."))
        with transaction.atomic():
            held = HeldMessage.objects.select_for_update().filter(pk=self.pk).first()
            if held is None:
                raise NotAllowed(gettext("Its author took it back."))
            if held.state != self.State.WAITING:
                raise NotAllowed(gettext("Somebody decided about it already."))
            self.state, self.decided_by, self.decided_at, self.because = state, by, timezone.now(), because
            self.save(update_fields=["state", "decided_by", "decided_at", "because"])
            record(what, by=by, person=self.author, room=self.room_id, thing=f"held message {self.pk}", reason=because)
            yield


def hold(room: Any, *, author: "User", client_id: uuid.UUID, body: str, found: list[str]) -> "HeldMessage":
    """What `author` said with these words or domains waits; the same `client_id` again is the same one."""
    if not room.memberships.filter(may_speak(timezone.now()), user=author).exists():
        raise refusal_to_speak(room, author)
    held, made = HeldMessage.objects.get_or_create(
        author=author, client_id=client_id, defaults={"room": room, "body": body, "found": ", ".join(found)[:300]}
    )
    if not made and held.room_id != room.pk:
        raise ClientIdTaken
    return held
