from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Length
from django.db.models.lookups import LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.audit import record
from accounts.models import User
from chat.holding import found_in
from chat.models.authority import (
    hold_for_in_transaction,
    hold_in_transaction,
    refusal_to_speak,
    require_moderator_in_transaction,
)
from chat.models.message_pages import MessageQuerySet
from chat.models.refusals import NotAllowed
from chatpoc import live
from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from chat.models.membership import Membership

BODY_LIMIT = 10_000  # characters; about three pages of text
RESTORABLE = timedelta(
    minutes=5
)  # the page offers it for seconds; a bad network, and a page without JavaScript, need longer


REASON_LIMIT = 300  # characters of why a moderator did something


class Event(models.TextChoices):
    """What a moderator did, as a line in the conversation."""

    REMOVED = "removed"
    SILENCED = "silenced"
    UNSILENCED = "unsilenced"
    OPENED = "opened"
    CLOSED = "closed"
    ARCHIVED = "archived"
    REOPENED = "reopened"


class NotTheAuthor(Exception):
    """Only who said it may change it."""


class Deleted(Exception):
    """What is deleted cannot be edited."""


class TooLate(Exception):
    """It was deleted longer ago than RESTORABLE."""


class Message(models.Model):
    """Something said. Written only by Room.post and by the verbs below, which give it its seq and version.

    The verbs raise NotTheAuthor, NotAMember and Archived. One that changes nothing takes no version, and nobody hears of it.
    """

    # Both are found by the index with the id below, which has them in order, too.
    room = models.ForeignKey("chat.Room", on_delete=models.CASCADE, related_name="messages", db_index=False)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="messages", db_index=False
    )
    seq = models.PositiveBigIntegerField(help_text="its place in the room: 1, 2, 3 … without gaps")
    version = models.PositiveBigIntegerField(help_text="the room's version at its last change")
    client_id = models.UUIDField(help_text="drawn by the sender's browser; the same one again is the same message")
    body = models.TextField()
    created_at = models.DateTimeField(default=timezone.now, editable=False)
    edited_at = models.DateTimeField(null=True, blank=True, editable=False)
    deleted_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="its place and text stay, and nobody is shown the text"
    )
    deleted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        help_text="the moderator who did; empty where its author did",
    )
    deleted_because = models.CharField(
        max_length=REASON_LIMIT, blank=True, editable=False, help_text="its author is told"
    )
    # A line about the room, and no text of somebody: `author` is who did it, `body` the reason, which may be empty.
    event = models.CharField(max_length=10, choices=Event, blank=True, editable=False)
    about = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        db_index=False,
        help_text="to whom it was done",
    )
    until = models.DateTimeField(null=True, blank=True, editable=False, help_text="how long it lasts")

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("message"), gettext_lazy("messages")
        ordering = ["room", "seq"]
        indexes = [
            models.Index(fields=["created_at"], name="messages_by_time"),
            models.Index(fields=["room", "id"], name="messages_by_room"),
            models.Index(fields=["author", "id"], name="messages_by_author"),
            # Small ones: most messages are in none of these.
            models.Index(fields=["id"], name="deleted_messages", condition=Q(deleted_at__isnull=False)),
            models.Index(fields=["id"], name="edited_messages", condition=Q(edited_at__isnull=False)),
            models.Index(fields=["deleted_by"], name="messages_by_moderator", condition=Q(deleted_by__isnull=False)),
            models.Index(fields=["about"], name="lines_by_person", condition=Q(about__isnull=False)),
        ]
        permissions = [
            ("read_direct_messages", "Can read direct conversations of others"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["room", "seq"], name="one_message_per_place"),
            models.UniqueConstraint(fields=["room", "version"], name="one_change_per_version"),
            models.UniqueConstraint(fields=["author", "client_id"], name="one_message_per_client_id"),
            models.CheckConstraint(condition=Q(seq__gte=1), name="message_seq_starts_at_one"),
            models.CheckConstraint(
                condition=~Q(body="") | ~Q(event="") | Q(deleted_at__isnull=False),  # `purge --deleted` wipes it
                name="message_says_something",
            ),
            models.CheckConstraint(condition=Q(event__in=["", *Event]), name="message_event_is_known"),
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

    @again_after_conflict
    def edit_by(self, author: User, *, body: str) -> None:
        """Say `body` instead. Who edits last wins. Raises Deleted, Silenced, Unwelcome, NotAllowed."""
        with self._held_for(author) as place:
            if place.is_silenced:
                raise refusal_to_speak(self.room, author)
            if self.deleted_at:
                raise Deleted
            if body != self.body and self.room.kind != "direct" and found_in(body):
                raise NotAllowed(_("A moderator has to look at this first. Please send it as a new message."))
            if body != self.body:
                self._change_in_transaction(says=True, body=body, edited_at=timezone.now())

    @again_after_conflict
    def delete_by(self, author: User) -> None:
        """Show its text to nobody; its place stays."""
        with self._held_for(author):
            if not self.deleted_at:
                self._change_in_transaction(deleted_at=timezone.now())

    @again_after_conflict
    def take_down(self, *, by: User, because: str = "") -> bool:
        """A moderator of the room, or staff, deletes it: its author and everybody else sees that, and why. False if it is
        deleted already. Raises NotAllowed."""
        with self._held_by_moderator(by):
            if self.deleted_at:
                return False
            why = because.strip()[:REASON_LIMIT]
            self._change_in_transaction(deleted_at=timezone.now(), deleted_by=by, deleted_because=why)
            self._note("deleted", by, why)
        return True

    @again_after_conflict
    def put_back(self, *, by: User, because: str = "") -> bool:
        """Undo what a moderator deleted, however long ago. What its author deleted is theirs to bring back: NotAllowed."""
        with self._held_by_moderator(by):
            if not self.deleted_at:
                return False
            if not self.deleted_by_id:
                raise NotAllowed(_("Its author deleted it. Only they can bring it back."))
            if by.pk == self.author_id != self.deleted_by_id:
                raise NotAllowed(_("Somebody else deleted it, and you wrote it: it is not yours to bring back."))
            if not self.body:
                raise NotAllowed(_("Its text was deleted for good."))
            self._change_in_transaction(deleted_at=None, deleted_by=None, deleted_because="")
            self._note("restored", by, because)
        return True

    def _note(self, what: str, by: User, reason: str) -> None:
        record(what, by=by, person=self.author, room=self.room_id, thing=f"message {self.seq}", reason=reason)

    @again_after_conflict
    def restore_by(self, author: User) -> None:
        """Take a deletion back, within RESTORABLE; later it raises TooLate. Raises Unwelcome and Silenced, as an edit: it tells
        something anew. To delete is always allowed."""
        with self._held_for(author) as place:
            if place.is_silenced:
                raise refusal_to_speak(self.room, author)
            if self.deleted_at and self.deleted_by_id:
                raise NotAllowed(_("A moderator deleted it, so it cannot be brought back."))
            if self.deleted_at and not self.is_restorable:
                raise TooLate
            if self.deleted_at:
                self._change_in_transaction(says=True, deleted_at=None)

    @property
    def is_restorable(self) -> bool:
        """By its author; what a moderator deleted is not."""
        if self.deleted_by_id:
            return False
        return self.deleted_at is not None and timezone.now() - self.deleted_at <= RESTORABLE

    @contextmanager
    def _held_for(self, author: User) -> Iterator["Membership"]:
        """A transaction in which nobody else changes the room, and this is the message as it is now."""
        if author.pk != self.author_id or self.event:
            raise NotTheAuthor
        with transaction.atomic(), live.exactly():  # the push says what changed; no list of conversations shows it
            place = hold_for_in_transaction(self.room, author)
            self._read_again()
            yield place

    @contextmanager
    def _held_by_moderator(self, by: User) -> Iterator[None]:
        """The same for who may moderate its room, also where that is archived. Raises NotAllowed."""
        with transaction.atomic(), live.exactly():
            room = hold_in_transaction(self.room)
            require_moderator_in_transaction(room, by, permission="chat.delete_message", direct=True)
            if self.event:
                raise NotAllowed(_("A line about the room stays where it is."))
            self._read_again()
            yield

    def _read_again(self) -> None:
        try:
            self.refresh_from_db(fields=["body", "version", "edited_at", "deleted_at", "deleted_by", "deleted_because"])
        except Message.DoesNotExist:
            raise NotAllowed(_("This message is no longer there.")) from None

    def _change_in_transaction(self, *, says: bool = False, **fields: str | datetime | User | None) -> None:
        """`says`: the others are told something, so that it has to be welcome."""
        self.version = self.room.take_version_in_transaction(says=says)
        for name, value in fields.items():
            setattr(self, name, value)
        self.save(update_fields=[*fields, "version"])
        transaction.on_commit(self._announce_change, robust=True)

    def _announce_change(self) -> None:
        from chat.partials import publish_change  # it renders messages, and so needs the models

        publish_change(self)
