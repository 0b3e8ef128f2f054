"""What people, an admin and a shell write, in any order, for test_convergence.py."""

import uuid
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.cache import caches
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from accounts.models import User
from chat.marks import put_back
from chat.models import Membership, Message, Room
from chat.models.message import Deleted, NotTheAuthor, TooLate
from chat.models.refusals import Archived, NotAMember, Refused, Silenced
from chat.seen import seen
from tests.conftest import make_person

NAMES = st.sampled_from(["Ada", "Grace", "Linus", "Zoë", "x"])
WHO = st.integers(0, 2)
ANY = st.integers(0, 99)  # of all messages
BODIES = st.sampled_from(["hello", "😀", "**bold**", "x" * 1001])


class Histories(RuleBasedStateMachine):
    """Three people, two rooms and a conversation of two. Whoever may write does; so do the admin and a shell."""

    @initialize()
    def people_and_rooms(self) -> None:
        with connection.cursor() as cursor:
            for table in ("accounts_auditentry", "chat_message", "chat_membership", "chat_room", "accounts_user"):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608
        caches["live"].clear()
        self.people = [make_person(f"p{i}x", f"Person {i}") for i in range(3)]
        self.rooms = [Room.objects.lobby(), Room.objects.create(kind="closed", name="Closed")]
        self.rooms.append(Room.objects.direct(self.people[0], self.people[1]))
        self.rooms[0].join(self.people[0])
        self.rooms[1].join(self.people[2])

    @rule(who=WHO, room=WHO)
    def post(self, who: int, room: int) -> None:
        if self.rooms[room].memberships.filter(user=self.people[who]).exists():
            with suppress(Archived, Silenced):
                self.rooms[room].post(author=self.people[who], client_id=uuid.uuid4(), body="hello")

    @rule(who=WHO, room=st.integers(0, 1), name=NAMES, kind=st.sampled_from(["open", "closed"]))
    def change_room(self, who: int, room: int, name: str, kind: str) -> None:
        with suppress(Refused):
            self.rooms[room].change(by=self.people[who], name=name, subject=f"about {name}", kind=kind)

    @rule(who=WHO, other=WHO, room=st.integers(0, 1), verb=st.sampled_from(["enter", "invite", "leave", "remove"]))
    def come_and_go(self, who: int, other: int, room: int, verb: str) -> None:
        one, two, there = self.people[who], self.people[other], self.rooms[room]
        with suppress(Refused):
            if verb == "enter":
                there.enter(one)
            elif verb == "invite":
                there.invite(by=one, people=[two])
            elif verb == "leave":
                there.leave(one)
            else:
                there.remove(by=one, person=two)

    @rule(who=WHO, other=WHO, room=st.integers(0, 1), role=st.sampled_from(["member", "moderator"]))
    def give_a_role(self, who: int, other: int, room: int, role: str) -> None:
        for member in Membership.objects.filter(room=self.rooms[room], user=self.people[other]):
            with suppress(Refused):
                member.make(role, by=self.people[who])

    @rule(room=st.integers(0, 1), archived=st.booleans())
    def archive(self, room: int, archived: bool) -> None:  # noqa: FBT001
        """As the admin can."""
        kept = Room.objects.get(pk=self.rooms[room].pk)
        kept.archived_at = timezone.now() if archived else None
        kept.save(update_fields=["archived_at"])

    @rule(room=st.integers(0, 1), kind=st.sampled_from(["open", "closed"]))
    def open_or_close_by_query(self, room: int, kind: str) -> None:
        Room.objects.filter(pk=self.rooms[room].pk).update(kind=kind)

    @rule(who=WHO, room=WHO, seq=st.integers(1, 9), known=st.integers(0, 9))
    def read(self, who: int, room: int, seq: int, known: int) -> None:
        seen(self.people[who], {str(self.rooms[room].pk): [known, seq]})

    @rule(who=WHO, room=WHO, seq=st.none() | st.integers(0, 9))
    def put_back(self, who: int, room: int, seq: int | None) -> None:
        put_back(self.people[who], Room.objects.get(pk=self.rooms[room].pk), seq)

    @rule(which=ANY, how=st.sampled_from(["delete_by", "restore_by"]))
    def delete_or_restore(self, which: int, how: str) -> None:
        if message := self.one_of_all(which):
            with suppress(NotAMember, NotTheAuthor, Refused, TooLate):
                getattr(message, how)(message.author)

    @rule(which=ANY, body=BODIES)
    def edit(self, which: int, body: str) -> None:
        if message := self.one_of_all(which):
            with suppress(NotAMember, NotTheAuthor, Refused, Deleted):
                message.edit_by(message.author, body=body)

    @rule(which=ANY)
    def rolled_back_edit(self, which: int) -> None:
        if message := self.one_of_all(which):
            with suppress(NotAMember, NotTheAuthor, Refused, Deleted, ZeroDivisionError), transaction.atomic():
                message.edit_by(message.author, body="never")
                raise ZeroDivisionError

    def one_of_all(self, which: int) -> Message | None:
        said = list(Message.objects.select_related("author").order_by("pk"))
        return said[which % len(said)] if said else None

    @rule(who=WHO, other=WHO, room=st.integers(0, 1), silenced=st.booleans(), because=st.sampled_from(["", "loud"]))
    def silence_or_not(self, who: int, other: int, room: int, silenced: bool, because: str) -> None:  # noqa: FBT001
        one, two, there = self.people[who], self.people[other], self.rooms[room]
        with suppress(Refused):
            if silenced:
                there.silence(by=one, person=two, until=timezone.now() + timedelta(hours=1), because=because)
            else:
                there.unsilence(by=one, person=two, because=because)

    @rule(who=WHO, room=st.integers(0, 1), how=st.sampled_from(["archive", "reopen"]))
    def archive_as_a_moderator(self, who: int, room: int, how: str) -> None:
        with suppress(Refused):
            getattr(self.rooms[room], how)(by=self.people[who])

    @rule(who=WHO, which=ANY, back=st.booleans())
    def take_down_or_put_back(self, who: int, which: int, back: bool) -> None:  # noqa: FBT001
        if message := self.one_of_all(which):
            with suppress(Refused):
                (message.put_back if back else message.take_down)(by=self.people[who])

    @rule(who=WHO, room=WHO, what=st.sampled_from(Membership.Notify.values))
    def mute(self, who: int, room: int, what: str) -> None:
        for membership in Membership.objects.filter(room=self.rooms[room], user=self.people[who]):
            membership.notify_of(what)

    @rule(who=WHO, name=NAMES)
    def rename(self, who: int, name: str) -> None:
        person = User.objects.get(pk=self.people[who].pk)
        person.name = name
        person.save()

    @rule(name=NAMES)
    def rename_all_at_once(self, name: str) -> None:
        User.objects.filter(handle__startswith="p").update(name=name)

    @rule(who=WHO, name=NAMES)
    def rename_by_raw_sql(self, who: int, name: str) -> None:
        with connection.cursor() as cursor:
            cursor.execute("UPDATE accounts_user SET name = %s WHERE id = %s", [name, self.people[who].pk])

    @rule(who=WHO, active=st.booleans(), staff=st.booleans())
    def deactivate_and_promote(self, who: int, active: bool, staff: bool) -> None:  # noqa: FBT001
        """As the admin can: what somebody may see of the others depends on it."""
        person = User.objects.get(pk=self.people[who].pk)
        person.is_active, person.is_staff, person.is_superuser = active, staff, staff
        person.save()

    @rule(room=st.integers(0, 1), name=NAMES)
    def rename_room(self, room: int, name: str) -> None:
        Room.objects.filter(pk=self.rooms[room].pk).get().save()
        Room.objects.filter(pk=self.rooms[room].pk).update(name=name)

    @rule(who=WHO, room=st.integers(0, 1))
    def join(self, who: int, room: int) -> None:
        self.rooms[room].join(self.people[who])

    @rule(who=WHO, room=st.integers(0, 1))
    def leave(self, who: int, room: int) -> None:
        for membership in Membership.objects.filter(room=self.rooms[room], user=self.people[who]):
            membership.delete()

    @rule(who=WHO, room=st.integers(0, 1))
    def remove_by_query(self, who: int, room: int) -> None:
        Membership.objects.filter(room=self.rooms[room], user=self.people[who]).delete()

    @rule(who=WHO, room=st.integers(0, 1))
    def move_to_another_room(self, who: int, room: int) -> None:
        """As the admin can."""
        other = self.rooms[1 - room]
        if not other.memberships.filter(user=self.people[who]).exists():
            for membership in Membership.objects.filter(room=self.rooms[room], user=self.people[who]):
                membership.room = other
                membership.save()

    @rule(who=WHO)
    def a_new_conversation(self, who: int) -> None:
        Room.objects.direct(self.people[who], self.people[(who + 1) % 3])

    @rule(who=WHO, name=NAMES)
    def rolled_back(self, who: int, name: str) -> None:
        with pytest.raises(ZeroDivisionError), transaction.atomic():
            User.objects.filter(pk=self.people[who].pk).update(name=f"never {name}")
            raise ZeroDivisionError

    @rule(who=WHO, name=NAMES)
    def half_rolled_back(self, who: int, name: str) -> None:
        with transaction.atomic():
            person = User.objects.get(pk=self.people[who].pk)
            with pytest.raises(ZeroDivisionError), transaction.atomic():
                User.objects.update(name="never")
                raise ZeroDivisionError
            person.name = name
            person.save(update_fields=["name"])

    @rule()
    def flush_the_cache(self) -> None:
        caches["live"].clear()
