"""What a process writes: its lease, its connections, and what dead ones left. All of it in a thread, in few statements."""

import os
import socket
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now

from accounts.models import User
from presence.models import Connection, LastSeen, Process
from presence.seats import Changes, Seat

RENEWAL = 15.0  # seconds between two renewals
LEASE = timedelta(seconds=35)  # two missed renewals, and some; with SWEEP, whoever was killed is gone within 45 s
STOPPING = timedelta(seconds=1.5)  # for the browsers of a process that stops to come to another
NAME = f"{socket.gethostname()}, process {os.getpid()}"


class NoLease(Exception):
    """This process is new, or another took it for dead and swept its connections away."""


def renew(process_id: uuid.UUID) -> bool:
    """Keep the lease; False if there is none, or it ran out: then pages may have been told so."""
    running = Process.objects.filter(pk=process_id, expires_at__gt=Now())
    return bool(running.update(renewed_at=Now(), expires_at=Now() + LEASE))


def begin(process_id: uuid.UUID) -> None:
    """Take a lease, without the connections of the one before, if there was one."""
    with transaction.atomic():
        Process.objects.filter(pk=process_id).delete()
        Process.objects.create(pk=process_id, name=NAME, started_at=Now(), renewed_at=Now(), expires_at=Now() + LEASE)


def end(process_id: uuid.UUID) -> None:
    """The process stops. Its people are gone in a moment, unless they come to another process."""
    Process.objects.filter(pk=process_id).update(renewed_at=Now(), expires_at=Now() + STOPPING)


def store(process_id: uuid.UUID, changes: Changes) -> dict[Seat, bool]:
    """Write these changes; returns what was written of each seat. Raises NoLease."""
    actives = {seat: seat.active for seat in (*changes.opened, *changes.turned)}
    with transaction.atomic():
        # Locked, so that nobody sweeps it before this is committed.
        if not Process.objects.select_for_update(no_key=True).filter(pk=process_id).exists():
            raise NoLease
        known = set(User.objects.filter(pk__in={s.user_id for s in changes.opened}).values_list("pk", flat=True))
        Connection.objects.bulk_create(
            Connection(pk=s.id, process_id=process_id, user_id=s.user_id, opened_at=s.opened_at, active=actives[s])
            for s in changes.opened
            if s.user_id in known
        )
        for active in (True, False):
            if turned := [seat.id for seat in changes.turned if actives[seat] is active]:
                Connection.objects.filter(pk__in=turned).update(active=active)
        Connection.objects.filter(pk__in=[seat.id for seat in changes.left]).delete()
    # Only now: two who leave at once, each in a transaction of their own, would each still see the other.
    note_last_seen({seat.user_id: seat.left_at for seat in changes.left if seat.left_at})
    return actives


def note_last_seen(seen: Mapping[int, datetime]) -> None:
    """When each of these people was seen, if they have no connection left; of who appears offline nothing is noted."""
    here = Connection.objects.alive().filter(user__in=seen).values("user")
    gone = User.objects.filter(pk__in=seen, is_active=True, hidden_since=None).exclude(pk__in=here)
    known = dict(gone.values_list("pk", "last_seen__at"))
    LastSeen.objects.bulk_create(
        [LastSeen(user_id=pk, at=seen[pk]) for pk, at in sorted(known.items()) if at is None or at < seen[pk]],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["at"],
    )


def sweep(own_id: uuid.UUID) -> set[int]:
    """Take the connections of dead processes away; returns whose they were. Any process may do it, one does each.

    Raises NoLease when this process seems dead itself, after a sleep or an outage: then others may only seem so, too.
    """
    dead = Process.objects.dead()
    if not dead.exists():
        return set()
    if dead.filter(pk=own_id).exists():
        raise NoLease
    return set().union(*(_sweep_one(process_id) for process_id in dead.values_list("pk", flat=True)))


def _sweep_one(process_id: uuid.UUID) -> set[int]:
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        process = Process.objects.dead().select_for_update(skip_locked=skip).filter(pk=process_id).first()
        if not process:
            return set()  # another was faster, or it lives after all
        people = set(process.connections.values_list("user_id", flat=True))
        process.delete()
    note_last_seen(dict.fromkeys(people, process.renewed_at))
    return people
