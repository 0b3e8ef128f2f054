"""Notes who did what to whom, in the transaction that did it: one is not there without the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

from accounts.journal import address
from accounts.models import AuditEntry, User

# What is recorded; the admin's filter offers these.
WORDS = [
    "deleted", "restored", "removed", "silenced", "unsilenced", "archived", "reopened", "changed the room", "changed a role",
    "suspended", "unsuspended", "shut out", "let in", "ended sessions", "ended a connection", "reset two-factor",
    "changed the person", "added the person", "deleted the person", "took a report", "resolved a report",
    "released a message", "refused a message", "exported", "purged", "made a moderator",
]  # fmt: skip

_request: ContextVar[HttpRequest | None] = ContextVar("audit_request", default=None)


def record(  # noqa: PLR0913
    what: str,
    *,
    by: User | None,
    person: User | None = None,
    room: int | None = None,
    thing: str = "",
    reason: str = "",
    details: str = "",
) -> AuditEntry:
    """`by` is None for a command, or the chat itself. `room` is its number."""
    request = _request.get()
    where = address(request) if request else ""
    return AuditEntry.objects.create(
        by=by, what=what, person=person, room_number=room, thing=thing, reason=reason, details=details[:500],
        address="" if where == "-" else where,
    )  # fmt: skip


def note_origin(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """What is recorded while a request is answered came from its address."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with from_request(request):
            return get_response(request)

    return middleware


@contextmanager
def from_request(request: HttpRequest) -> Iterator[None]:
    token = _request.set(request)
    try:
        yield
    finally:
        _request.reset(token)
