"""What staff decide about a person: verbs of User. `by` is None for a command or a shell, which may do everything.

They raise PermissionDenied, which a page answers with 403: who may is looked at while nobody else can change either of the two,
so of two who suspend each other at once one comes second, and may not.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from chatpoc.database import again_after_conflict

if TYPE_CHECKING:
    from accounts.models.user import User

SUSPENDING, ENDING_SESSIONS = "accounts.suspend_user", "accounts.end_sessions"
RESETTING_TWO_FACTOR = "accounts.reset_two_factor"
SHUTTING_OUT = (SUSPENDING, "accounts.change_user")  # who changes people has always been able to
REASON_LIMIT = 300  # characters


@again_after_conflict
def suspend(person: "User", *, by: "User | None", until: datetime, because: str) -> None:
    """Until then they may only read why. Of who is suspended already it is extended, or shortened. ValueError without a reason,
    or for a time that is over."""
    why = because.strip()[:REASON_LIMIT]
    if not why or until <= timezone.now():
        raise ValueError("A suspension has a reason, and ends in the future.")
    with _held(person, by, SUSPENDING) as held:
        _write(held, person, suspended_until=until, suspended_because=why)
        _note("suspended", by, held, why, f"until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC")


@again_after_conflict
def unsuspend(person: "User", *, by: "User | None", because: str = "") -> bool:
    """They may come in again. False if it is over already."""
    with _held(person, by, SUSPENDING) as held:
        suspended = held.is_suspended
        _write(held, person, suspended_until=None, suspended_because="")
        if suspended:
            _note("unsuspended", by, held, because)
    return suspended


@again_after_conflict
def shut_out(person: "User", *, by: "User | None" = None, because: str = "") -> None:
    """They may not sign in, nor come back by themselves if they had left."""
    with _held(person, by, *SHUTTING_OUT) as held:
        _write(held, person, is_active=False, deactivated_at=None)
        held.end_sessions()
        _note("shut out", by, held, because)


@again_after_conflict
def let_in(person: "User", *, by: "User | None", because: str = "") -> bool:
    """Who was shut out, or left, may sign in again. False if they may."""
    with _held(person, by, *SHUTTING_OUT) as held:
        out = not held.is_active
        if out:
            _write(held, person, is_active=True, deactivated_at=None)
            _note("let in", by, held, because)
    return out


@again_after_conflict
def sign_out(person: "User", *, by: "User | None", because: str = "") -> None:
    """Every session of theirs ends."""
    with _held(person, by, ENDING_SESSIONS) as held:
        held.end_sessions()
        _note("ended sessions", by, held, because)


@again_after_conflict
def reset_two_factor(person: "User", *, by: "User | None", because: str = "") -> list[str]:
    """Take their second factors away, for who lost them; returns of which types. Whoever asks has to tell them (see
    accounts.admin.ways_in)."""
    from allauth.mfa.models import Authenticator  # it needs User

    with _held(person, by, RESETTING_TWO_FACTOR) as held:
        factors = Authenticator.objects.filter(user=held)
        types = sorted(set(factors.values_list("type", flat=True)))
        if types:
            factors.delete()
            _note("reset two-factor", by, held, because, ", ".join(types))
    return types


@contextmanager
def _held(person: "User", by: "User | None", *permissions: str) -> "Iterator[User]":
    """A transaction in which nobody else changes the two of them; this is who the person is now."""
    people = type(person).objects
    with transaction.atomic():
        # In one order, and without the keys: what they say meanwhile refers to them.
        asked = [person.pk, by.pk] if by else [person.pk]
        rows = {row.pk: row for row in people.select_for_update(no_key=True).filter(pk__in=asked).order_by("pk")}
        held, asks = rows.get(person.pk), by and rows.get(by.pk)
        if held is None or held.deleted_at or (by and not (asks and asks.may_moderate(held, *permissions))):
            raise PermissionDenied
        yield held


def _write(held: "User", person: "User", **fields: object) -> None:
    for name, value in fields.items():
        setattr(held, name, value)
        setattr(person, name, value)
    held.save(update_fields=list(fields))


def _note(what: str, by: "User | None", person: "User", reason: str, details: str = "") -> None:
    from accounts.audit import record  # it needs User

    record(what, by=by, person=person, reason=reason.strip()[:REASON_LIMIT], details=details)
