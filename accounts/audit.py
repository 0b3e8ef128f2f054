"""Notes who did what to whom, in the transaction that did it: one is not there without the other."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from accounts.journal import address
from accounts.models import AuditEntry, User

# What is recorded, as it is kept, and as the admin says it; its filter offers these.
WORDS: "dict[str, str | Promise]" = {
    "deleted": pgettext_lazy("audit", "deleted"),
    "restored": pgettext_lazy("audit", "restored"),
    "removed": pgettext_lazy("audit", "removed"),
    "brought in": pgettext_lazy("audit", "brought in"),
    "silenced": pgettext_lazy("audit", "silenced"),
    "unsilenced": pgettext_lazy("audit", "unsilenced"),
    "archived": pgettext_lazy("audit", "archived"),
    "reopened": pgettext_lazy("audit", "reopened"),
    "changed the room": pgettext_lazy("audit", "changed the room"),
    "changed a role": pgettext_lazy("audit", "changed a role"),
    "suspended": pgettext_lazy("audit", "suspended"),
    "unsuspended": pgettext_lazy("audit", "unsuspended"),
    "shut out": pgettext_lazy("audit", "shut out"),
    "let in": pgettext_lazy("audit", "let in"),
    "ended sessions": pgettext_lazy("audit", "ended sessions"),
    "ended a connection": pgettext_lazy("audit", "ended a connection"),
    "reset two-factor": pgettext_lazy("audit", "reset two-factor"),
    "changed the person": pgettext_lazy("audit", "changed the person"),
    "added the person": pgettext_lazy("audit", "added the person"),
    "deleted the person": pgettext_lazy("audit", "deleted the person"),
    "took a report": pgettext_lazy("audit", "took a report"),
    "gave a report back": pgettext_lazy("audit", "gave a report back"),
    "resolved a report": pgettext_lazy("audit", "resolved a report"),
    "released a message": pgettext_lazy("audit", "released a message"),
    "refused a message": pgettext_lazy("audit", "refused a message"),
    "changed a rule": pgettext_lazy("audit", "changed a rule"),
    "seeded": pgettext_lazy("audit", "seeded"),
    "exported": pgettext_lazy("audit", "exported"),
    "purged": pgettext_lazy("audit", "purged"),
    "made a moderator": pgettext_lazy("audit", "made a moderator"),
}

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
