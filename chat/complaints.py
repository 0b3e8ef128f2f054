"""What somebody reported, ready to show to them: nothing of who else did, nor of what was done to whom."""

from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from accounts.requests import ViewerRequest
from chat.history import number
from chat.models import Complaint, Membership, Report, Room
from chat.tags import may_look_at_reports
from chatpoc import live

LISTED = 20  # reports on a page
SHOWN = 3  # notices at once
MANY = 100  # reports that wait, from which on it is "99+"
CONTEXT = 10  # messages on each side of a reported one, that moderators read with it
DIRECT_CONTEXT = 3  # of two people who talk alone


def around(room: Room) -> int:
    return DIRECT_CONTEXT if room.kind == Room.Kind.DIRECT else CONTEXT


def complaints_of(viewer: User) -> QuerySet[Complaint]:
    """The newest first."""
    return Complaint.objects.filter(by=viewer).select_related("report__person", "report__message").order_by("-pk")


def untold(viewer: User) -> QuerySet[Complaint]:
    """Those of which the viewer has not put away what came of them."""
    return complaints_of(viewer).filter(report__state=Report.State.RESOLVED, told_at=None)


@live.fragment("chat/_outcomes.html", tags=lambda request: [f"complaints:{request.user.pk}"], kept=True)
def outcomes(request: ViewerRequest) -> dict[str, Any]:
    """What came of the viewer's reports, until they put it away."""
    found = list(untold(request.user)[: SHOWN + 1])
    return {"complaints": found[:SHOWN], "more": len(found) > SHOWN}


def list_tags(request: ViewerRequest) -> list[str]:
    """Who leaves a room loses the way to what was said there."""
    viewer = request.user.pk
    people = {complaint.report.person_id for complaint in page_of(request)}
    return [f"complaints:{viewer}", f"conversations:{viewer}", *(f"people:{pk}" for pk in sorted(people))]


@live.fragment(
    "chat/_reports.html",
    tags=list_tags,
    first=lambda request: [f"complaints:{request.user.pk}"],
    query=("before",),
)
def own_reports(request: ViewerRequest) -> dict[str, Any]:
    """A page of the viewer's reports, with their state."""
    found = page_of(request)
    return {"complaints": found[:LISTED], "older": found[LISTED - 1].pk if len(found) > LISTED else None}


def page_of(request: ViewerRequest) -> list[Complaint]:
    """And one more, where there is. `there`: whether the viewer may still read the message."""
    there = Membership.objects.filter(user=request.user, room=OuterRef("report__message__room"))
    own, before = complaints_of(request.user).annotate(there=Exists(there)), number(request, "before")
    return list((own if before is None else own.filter(pk__lt=before))[: LISTED + 1])


def _may_look(request: Any) -> bool:
    return may_look_at_reports(request.user)


@live.fragment("chat/_open_reports.html", tags=lambda _request: ["reports"], may=_may_look)
def open_reports(request: ViewerRequest) -> dict[str, Any]:
    """How many wait for a moderator: the way into the queue."""
    return {"waiting": waiting_for(request.user)}


def waiting_for(viewer: User) -> int:
    """As many as MANY; more need no counting."""
    return Report.objects.looked_at_by(viewer).waiting().order_by()[:MANY].count()  # type: ignore[no-any-return]
