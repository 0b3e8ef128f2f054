import uuid
from datetime import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from chat.holding import found_in
from chat.models import doors, keeping, silencing
from chat.models.authority import refusal_to_speak
from chat.models.held import HeldMessage, hold
from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.message_pages import MessageQuerySet
from chat.models.refusals import Archived, ClientIdTaken, NotAMember, Unwelcome
from chat.models.standing import NOT_APART, are_apart, blocked_by, kept_apart, require_welcome
from chatpoc import live
from chatpoc.database import again_after_conflict
from chatpoc.live.models import Tagged


class RoomQuerySet(models.QuerySet["Room"]):
    def visible_to(self, viewer: User) -> "RoomQuerySet":
        """The rooms that `viewer` may read: those they are a member of."""
        return self.filter(memberships__user=viewer)

    def with_standing(self, viewer: User) -> "RoomQuerySet":
        """Each with whether its two are `apart`, because one blocked the other, and whether that is the viewer (`blocked`)."""
        return self.annotate(apart=kept_apart(), blocked=blocked_by(viewer))

    def listed(self) -> "RoomQuerySet":
        """Those that anyone may find, and enter."""
        return self.filter(kind=Room.Kind.OPEN, archived_at=None)

    def search(self, text: str) -> "RoomQuerySet":
        """Those whose name or subject contains every word of `text`."""
        found = self
        for word in text.split()[:8]:
            found = found.filter(Q(name__icontains=word.removeprefix("#")) | Q(subject__icontains=word))
        return found


class RoomManager(models.Manager["Room"].from_queryset(RoomQuerySet)):  # type: ignore[misc]
    def lobby(self) -> "Room":
        """The open room that everyone joins at sign-up; made when first asked for."""
        room: Room
        room, _made = self.get_or_create(is_lobby=True, defaults={"kind": Room.Kind.OPEN, "name": "Lobby"})
        return room

    @again_after_conflict
    def open_by(self, user: User, *, kind: str, name: str, subject: str = "") -> "Room":
        """A new room, which `user` moderates."""
        with transaction.atomic():
            room: Room = self.create(kind=kind, name=name, subject=subject)
            room.join(user, role=Membership.Role.MODERATOR)
        return room

    @again_after_conflict
    def direct(self, one: User, other: User) -> "Room":
        """The one conversation between these two people, made when first asked for. Raises Unwelcome where it would have to be
        made, and one of them blocked the other."""
        low, high = sorted([one, other], key=lambda user: user.pk)
        pair = {"direct_low": low, "direct_high": high}
        room: Room
        with transaction.atomic():
            room, made = self.get_or_create(**pair, defaults={"kind": Room.Kind.DIRECT})
            if made:
                require_welcome(room)
            if made or room.memberships.count() < 2:  # the admin can take one out, and writing brings them back
                for user in (low, high):
                    room.join(user)
        return room


class Room(Tagged):
    """A conversation: open (anyone may join), closed (invited) or direct (two people)."""

    tagged = {"rooms": "pk", "activity": "pk", "openrooms": "pk"}
    deciding = frozenset({"kind"})

    class Kind(models.TextChoices):
        OPEN = "open"
        CLOSED = "closed"
        DIRECT = "direct"

    kind = models.CharField(max_length=6, choices=Kind)
    name = models.CharField(
        max_length=80, blank=True, help_text="empty for a direct one, which is named after the other person"
    )
    subject = models.CharField(max_length=250, blank=True, help_text="what is talked about, under the name")
    archived_at = models.DateTimeField(null=True, blank=True, help_text="since then it is read-only")
    is_lobby = models.BooleanField(default=False, help_text="everyone joins it at sign-up")
    direct_low = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    direct_high = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    last_seq = models.PositiveBigIntegerField(default=0, editable=False)
    version = models.PositiveBigIntegerField(default=0, editable=False, help_text="the change counter, without gaps")
    purged_seq = models.PositiveBigIntegerField(default=0, editable=False, help_text="up to here nothing is kept")
    purged_version = models.PositiveBigIntegerField(
        default=0, editable=False, help_text="of the last purge: a page from before it starts again"
    )
    last_at = models.DateTimeField(default=timezone.now, editable=False, help_text="when something was last said")
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    # What the place of the viewer says, where it was found for one
    read_seq: int
    role: str
    silenced_until: datetime | None

    members = models.ManyToManyField(settings.AUTH_USER_MODEL, through=Membership, related_name="rooms")

    objects = RoomManager()

    class Meta:
        verbose_name, verbose_name_plural = gettext_lazy("room"), gettext_lazy("rooms")
        constraints = [
            models.UniqueConstraint(fields=["direct_low", "direct_high"], name="one_direct_room_per_pair"),
            models.UniqueConstraint(fields=["is_lobby"], condition=Q(is_lobby=True), name="one_lobby"),
            models.CheckConstraint(condition=Q(kind__in=["open", "closed", "direct"]), name="room_kind_is_known"),
            models.CheckConstraint(
                condition=Q(kind="direct", direct_low__lt=F("direct_high"), direct_high__isnull=False, name="")
                | (~Q(kind="direct") & ~Q(name="") & Q(direct_low=None, direct_high=None)),
                name="direct_room_has_its_pair_and_others_a_name",
            ),
            models.CheckConstraint(condition=Q(version__gte=F("last_seq")), name="each_message_is_a_version"),
            models.CheckConstraint(
                condition=Q(purged_seq__lte=F("last_seq"), purged_version__lte=F("version")),
                name="only_what_was_said_is_purged",
            ),
        ]

    # Who comes and goes, and what moderators decide
    enter, invite, leave, remove = doors.enter, doors.invite, doors.leave, doors.remove
    change, archive, reopen = keeping.change, keeping.archive, keeping.reopen
    silence, unsilence = silencing.silence, silencing.unsilence

    def __str__(self) -> str:
        return self.name or f"{self.kind} room {self.pk}"

    def live_tags(self) -> set[str]:
        """What anyone may know of an open room stands under a tag that anyone may watch; no other room's change touches it."""
        return super().live_tags() - (set() if Room.is_open_now(self.pk) else {f"openrooms:{self.pk}"})

    @staticmethod
    def is_open_now(pk: int) -> bool:
        """As the row says: a copy of it may be from before it opened."""
        found: bool = Room.objects.filter(pk=pk, kind=Room.Kind.OPEN).exists()
        return found

    def clean(self) -> None:
        if self.is_lobby and (self.kind != self.Kind.OPEN or self.archived_at):
            raise ValidationError(_("The room that everyone joins stays open, and cannot be archived."))

    @property
    def said(self) -> MessageQuerySet:
        """Its messages, without those that are being purged."""
        found: MessageQuerySet = self.messages.filter(seq__gt=self.purged_seq)
        return found

    @property
    def topic(self) -> str:
        return f"room:{self.pk}"

    def title_for(self, viewer: User) -> str:
        """What `viewer` calls the room; a direct one needs `direct_low` and `direct_high`."""
        other = self.other_than(viewer)
        return other.name if other else self.name

    def other_than(self, viewer: User) -> User | None:
        """The other person of a direct room."""
        return self.direct_high if self.direct_low_id == viewer.pk else self.direct_low

    def moderated_by(self, user: User) -> bool:
        return self.memberships.filter(user=user, role=Membership.Role.MODERATOR).exists()

    def invites(self, user: User) -> bool:
        """May `user` bring others in?"""
        if self.kind == self.Kind.OPEN:
            return self.memberships.filter(user=user).exists()
        return self.kind == self.Kind.CLOSED and self.moderated_by(user)

    def join(self, user: User, *, role: str = Membership.Role.MEMBER) -> Membership:
        """Make `user` a member, from now on: what was said before is not unread. Who may is asked by `enter` and `invite`."""
        defaults = {
            "read_seq": self.last_seq,
            "role": role,
            "silenced_until": lambda: silencing.silenced_until(self, user),
        }
        membership, _made = Membership.objects.get_or_create(room=self, user=user, defaults=defaults)
        return membership

    def say(self, *, author: User, client_id: uuid.UUID, body: str) -> Message | HeldMessage:
        """Post `body`, or keep it back until a moderator has looked at it. Raises what `post` raises."""
        found = [] if self.kind == Room.Kind.DIRECT else found_in(body)
        if not found or Message.objects.filter(author=author, client_id=client_id).exists():
            return self.post(author=author, client_id=client_id, body=body)
        if self.archived_at:
            raise Archived
        return hold(self, author=author, client_id=client_id, body=body, found=found)

    @again_after_conflict
    def post(self, *, author: User, client_id: uuid.UUID, body: str) -> Message:
        """Say `body`; the same `client_id` again, at once or a year later, returns the message that it made.

        Raises ClientIdTaken when that message is in another room, NotAMember when `author` is not one, Silenced, Archived,
        Unwelcome.
        """
        message = Message(room=self, author=author, client_id=client_id, body=body)
        try:
            # The push itself says what is stale: one publish, whoever listens.
            with transaction.atomic(), live.exactly():
                message.seq, message.version = self.take_place_in_transaction(message.created_at)
                message.save(force_insert=True)
                if not self.move_marks_in_transaction(message, of_who_may_speak=True):
                    raise refusal_to_speak(self, author)
                transaction.on_commit(lambda: announce(message), robust=True)
        except (IntegrityError, Archived, Unwelcome):
            if (
                sent_before := Message.objects.select_related("author")
                .filter(author=author, client_id=client_id)
                .first()
            ):
                if sent_before.room_id == self.pk:
                    return sent_before
                raise ClientIdTaken from None
            raise
        return message

    def take_place_in_transaction(self, now: datetime, *, archived: bool = False) -> tuple[int, int]:
        """The next seq and version, of an archived room if `archived`. The row stays locked until the transaction ends, so a
        rollback leaves no gap."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE chat_room SET last_seq = last_seq + 1, version = version + 1, last_at = %s"  # noqa: S608
                f" WHERE id = %s AND (archived_at IS NULL OR %s){self._and_welcome} RETURNING last_seq, version",
                [connection.ops.adapt_datetimefield_value(now), self.pk, archived],
            )
            if not (taken := cursor.fetchone()):
                if are_apart(self):
                    raise Unwelcome
                if Room.objects.filter(pk=self.pk).exists():
                    raise Archived
                raise NotAMember  # the room was deleted a moment ago, and its memberships with it
            self.last_seq, self.version = taken
        self.last_at = now
        return self.last_seq, self.version

    def move_marks_in_transaction(self, message: Message, *, of_who_may_speak: bool = False) -> int:
        """Who speaks has read all before. How many were moved: 0 where the author is not in the room; and, if asked, where
        they are muted, which so costs a send nothing."""
        now = connection.ops.adapt_datetimefield_value(message.created_at)
        with connection.cursor() as cursor:  # as Django's update(), which takes a sixth of a send to write it
            cursor.execute(
                "UPDATE chat_membership SET read_seq = %s, seen_seq = %s, seen_at = %s WHERE room_id = %s AND user_id = %s"
                " AND (silenced_until IS NULL OR silenced_until <= %s OR %s)",
                [message.seq, message.seq, now, self.pk, message.author_id, now, not of_who_may_speak],
            )
            return int(cursor.rowcount)

    def take_version_in_transaction(self, *, says: bool = False) -> int:
        """The next version, for a change that has no place of its own. As with a place, a rollback leaves no gap. Raises
        Unwelcome, if it `says` something."""
        return self.take_versions_in_transaction(1, says=says)

    def take_versions_in_transaction(self, count: int, *, says: bool = False) -> int:
        """The same for so many changes; returns the first of theirs."""
        welcome = self._and_welcome if says else ""
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE chat_room SET version = version + %s WHERE id = %s{welcome} RETURNING version",  # noqa: S608
                [count, self.pk],
            )
            if not (taken := cursor.fetchone()):
                raise Unwelcome
            (self.version,) = taken
        return self.version - count + 1

    @property
    def _and_welcome(self) -> str:
        """In the statement itself, so that no room pays for it with another one."""
        return f" AND {NOT_APART}" if self.kind == self.Kind.DIRECT else ""


def announce(message: Message) -> None:
    """Show the message on every open page of its room."""
    from chat.partials import publish_message

    publish_message(message)
