"""What a process writes: its lease, its connections, and what dead ones left. All of it in a thread, in few statements."""

import os
import socket
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models.functions import Now
from django.utils import timezone

from accounts.models import User
from presence.models import Connection, LastSeen, Process
from presence.seats import Changes, Seat

RENEWAL = 15.0  # seconds between two renewals
LEASE = timedelta(seconds=35)  # two missed renewals, and some; with SWEEP, whoever was killed is gone within 45 s
STOPPING = timedelta(seconds=2)  # for the browsers of a process that stops to come to another
NAME = f"{socket.gethostname()}, process {os.getpid()}"


class NoLease(Exception):
    """This process is new, or another took it for dead and swept its connections away."""


def renew(process_id: uuid.UUID) -> bool:
    """Keep the lease; False if there is none."""
    return bool(Process.objects.filter(pk=process_id).update(renewed_at=Now(), expires_at=Now() + LEASE))


def begin(process_id: uuid.UUID) -> None:
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
        if changes.left:
            Connection.objects.filter(pk__in=[seat.id for seat in changes.left]).delete()
            note_last_seen({seat.user_id for seat in changes.left}, timezone.now())
    return actives


def note_last_seen(people: Iterable[int], at: datetime) -> None:
    """Those of them who have no connection left were last seen `at`; of who appears offline nothing is noted."""
    here = Connection.objects.alive().filter(user__in=people).values("user")
    later = LastSeen.objects.filter(at__gte=at).values("user")
    gone = (
        User.objects.filter(pk__in=people, is_active=True, appears_offline=False)
        .exclude(pk__in=here)
        .exclude(pk__in=later)
    )
    LastSeen.objects.bulk_create(
        [LastSeen(user_id=pk, at=at) for pk in gone.order_by("pk").values_list("pk", flat=True)],
        update_conflicts=True,
        unique_fields=["user"],
        update_fields=["at"],
    )


def sweep() -> set[int]:
    """Take the connections of dead processes away; returns whose they were. Any process may do it, one does each."""
    if not Process.objects.dead().exists():
        return set()
    swept: set[int] = set()
    with transaction.atomic():
        skip = connection.features.has_select_for_update_skip_locked
        for process in Process.objects.dead().select_for_update(skip_locked=skip):
            people = set(process.connections.values_list("user_id", flat=True))
            process.delete()
            note_last_seen(people, process.renewed_at)
            swept |= people
    return swept
