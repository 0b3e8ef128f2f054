"""The ways to shut somebody out in a shell. Each is a line that knows `bob`, `room`, and the `key` of Bob's session."""

SHELL = """
from datetime import timedelta
from django.utils import timezone
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.db import connection, transaction
from allauth.usersessions.models import UserSession
from accounts.models import User
from chat.models import Membership, Room
bob, room, key = User.objects.get(pk={bob}), Room.objects.get(pk={room}), {key!r}
charlie = User.objects.filter(handle="charlie").first()
soon = timezone.now() + timedelta(minutes=5)
run = lambda sql, *values: connection.cursor().execute(sql, values)
"""

PERSON = {
    "deactivate": "bob.deactivate()",
    "shut_out": "bob.shut_out()",
    "erase": "bob.erase()",
    "save, not active": "bob.is_active = False; bob.save()",
    "save a field, not active": "bob.is_active = False; bob.save(update_fields=['is_active'])",
    "update, not active": "User.objects.filter(pk=bob.pk).update(is_active=False)",
    "bulk_update, not active": "bob.is_active = False; User.objects.bulk_update([bob], ['is_active'])",
    "raw SQL, not active": "run('UPDATE accounts_user SET is_active = %s WHERE id = %s', False, bob.pk)",
    "in a transaction": "exec('with transaction.atomic(): bob.is_active = False; bob.save()')",
    "a new password": "bob.set_password('another-one-3'); bob.save()",
    "update, a new password": "User.objects.filter(pk=bob.pk).update(password='!')",
    "his row deleted": "bob.delete()",
    "his row deleted by a query": "User.objects.filter(pk=bob.pk).delete()",
    "his session deleted": "Session.objects.get(pk=key).delete()",
    "his session flushed": "SessionStore(key).flush()",
    "all sessions deleted": "Session.objects.all().delete()",
    "sessions deleted by raw SQL": "run('DELETE FROM django_session WHERE session_key = %s', key)",
    "sessions emptied by raw SQL": "run('DELETE FROM django_session')",
    "his entry deleted": "UserSession.objects.get(session_key=key).delete()",
    "entries deleted by a query": "UserSession.objects.filter(user=bob).delete()",
    "end_sessions": "bob.end_sessions()",
}

ROOM = {
    "removed by its moderator": "room.remove(by=room.memberships.get(role='moderator').user, person=bob)",
    "left": "room.leave(bob)",
    "the row deleted": "Membership.objects.get(room=room, user=bob).delete()",
    "deleted by a query": "Membership.objects.filter(user=bob, room=room).delete()",
    "through the room": "room.members.remove(bob)",
    "raw SQL": "run('DELETE FROM chat_membership WHERE user_id = %s', bob.pk)",
    "raw SQL in a CTE": "run('WITH his AS (SELECT %s AS pk) DELETE FROM chat_membership'"
    " ' WHERE user_id IN (SELECT pk FROM his)', bob.pk)",
    "given to somebody else": "place = room.memberships.get(user=bob); place.user = charlie; place.save()",
    "given away by a query": "room.memberships.filter(user=bob).update(user=charlie)",
    "moved to another room": "place = room.memberships.get(user=bob); place.room = Room.objects.lobby(); place.save()",
    "the room deleted": "room.delete()",
    "the room deleted by a query": "Room.objects.filter(pk=room.pk).delete()",
}

SUSPENDED = {
    "suspend": "bob.suspend(by=None, until=soon, because='shouting')",
    "save": "bob.suspended_until = soon; bob.save()",
    "update": "User.objects.filter(pk=bob.pk).update(suspended_until=soon)",
    "raw SQL": "run('UPDATE accounts_user SET suspended_until = %s WHERE id = %s', soon, bob.pk)",
}

STAFF = {
    "save": "bob.is_staff = False; bob.save()",
    "update": "User.objects.filter(pk=bob.pk).update(is_staff=False)",
    "raw SQL": "run('UPDATE accounts_user SET is_staff = %s WHERE id = %s', False, bob.pk)",
}

CLOSED = {
    "change": "room.change(by=room.memberships.get(role='moderator').user, name=room.name, subject='', kind='closed')",
    "save": "room.kind = 'closed'; room.save()",
    "update": "Room.objects.filter(pk=room.pk).update(kind='closed')",
    "raw SQL": "run('UPDATE chat_room SET kind = %s WHERE id = %s', 'closed', room.pk)",
}
