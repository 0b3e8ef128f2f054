from typing import Any

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import replace_url, reswap, retarget

from accounts.forms import PersonForm
from accounts.models import User
from accounts.requests import ViewerRequest
from chat.directory import QUERY_LIMIT, Order, page
from chat.history import number
from chat.models import Room
from chat.models.refusals import Unwelcome
from chat.views.blocking import just_blocked
from chatpoc import live
from chatpoc.limits.middleware import limited

KEPT = ("q", "sort", "after", "before")  # of the address, when a row has been saved


@live.fragment(
    "chat/_directory.html", tags=lambda request: ["people", f"blocks:{request.user.pk}"], query=(*KEPT, "edit")
)
def directory(request: ViewerRequest) -> dict[str, Any]:
    """A page of everyone whom the viewer may find; `?q=` searches, `?sort=` sorts, `?edit=` opens a row to those who may."""
    query, order = asked_for(request), Order.asked_for(request.GET)
    viewer = User.objects.get(pk=request.user.pk)  # request.user, and what they may, was read before the versions
    known = User.objects.listed_for(viewer).marked_for(viewer)
    after, before = number(request, "after"), number(request, "before")
    shown = page(known.search(query), order, after=after, before=before, known=known)
    open_row = edited(request, viewer, shown.people)
    return {
        "page": shown,
        "columns": order.columns,
        "query": query,
        "kept": kept(request),
        "may_change": viewer.may_change_people,
        "form": open_row and person_form(open_row),
        "open_row": open_row and open_row.pk,
        "pinned": open_row not in (None, *shown.people),
    }


def edited(request: ViewerRequest, viewer: User, people: list[User]) -> User | None:
    """Whose row is open, if the viewer may change them: also somebody who is not among these `people`."""
    open_row = number(request, "edit")
    if open_row is None or not viewer.may_change_people:
        return None
    person = next((person for person in people if person.pk == open_row), None)
    person = person or User.objects.listed_for(viewer).filter(pk=open_row).first()
    return person if person and viewer.may_change(person) else None


def person_form(person: User, *data: Any) -> PersonForm:
    return PersonForm(*data, instance=person, auto_id=f"person-{person.pk}-%s", use_required_attribute=False)


def kept(request: ViewerRequest) -> QueryDict:
    """What is asked for, without an open row: where its links lead on from."""
    query = QueryDict(mutable=True)
    query.update({name: request.GET[name] for name in KEPT if request.GET.get(name)})
    return query


def asked_for(request: ViewerRequest) -> str:
    return request.GET.get("q", "").replace("\0", "")[:QUERY_LIMIT]


@require_safe
def people(request: ViewerRequest) -> HttpResponse:
    if request.htmx.target == "div#directory":
        return HttpResponse(directory.render(request, reverse("chat:directory"), {}))
    return render(request, "chat/people.html", {"query": asked_for(request)})


# The viewer's own, since what they may do decides what they see of who has left.
@live.fragment(
    "chat/_card.html",
    tags=lambda request, person_id: sorted(
        {f"people:{person_id}", f"people:{request.user.pk}", f"blocks:{request.user.pk}"}
    ),
)
def card(request: ViewerRequest, person_id: int) -> dict[str, Any]:
    """Who somebody is, and a way to write to them."""
    person = get_object_or_404(User.objects.marked_for(request.user), pk=person_id)
    known = person.is_active or request.user.may_change_people  # who has left is a name to the others
    return {"person": person, "own": person == request.user, "known": known}


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: ViewerRequest, person_id: int) -> HttpResponse:
    """Somebody's card as a page; POST changes them, for staff."""
    person = get_object_or_404(User, pk=person_id)
    if request.method == "POST":
        return change(request, person)
    return render(request, "chat/person.html", {"person": person, "just_blocked": just_blocked(request)})


def change(request: ViewerRequest, person: User) -> HttpResponse:
    if not request.user.may_change(person) or person == request.user:
        raise Http404
    form = person_form(User.objects.get(pk=person.pk), request.POST)
    if not form.is_valid():
        return refuse(request, person, form)
    form.save()
    back = f"{reverse('chat:people')}?{kept(request).urlencode()}".removesuffix("?")
    if request.htmx:
        return replace_url(HttpResponse(directory.render(request, reverse("chat:directory"), {})), back)
    return redirect(back)


def refuse(request: ViewerRequest, person: User, form: PersonForm) -> HttpResponse:
    """Say why in the row, with what was typed; without JavaScript, on a page of its own."""
    if not request.htmx:
        return render(request, "chat/person.html", {"person": person, "form": form, "kept": kept(request)}, status=422)
    context = {"person": person, "form": form, "kept": kept(request)}
    response = render(request, "chat/_person_form.html", context, status=422)
    return reswap(retarget(response, f"#person-{person.pk}"), "outerHTML")


@limited(post="invite")
@require_http_methods(["GET", "HEAD", "POST"])
def conversation(request: ViewerRequest, handle: str) -> HttpResponse:
    """Open the one direct conversation with this person. GET is who had to sign in on the way: they are where to ask again."""
    person = get_object_or_404(User.objects.visible_to(request.user), handle=handle.lower())
    if request.method != "POST":
        return redirect("chat:person", person.pk)
    try:
        room = Room.objects.direct(request.user, person)
    except Unwelcome as reason:
        return render(request, "chat/person.html", {"person": person, "reason": str(reason)}, status=403)
    return redirect("chat:room", room.pk)
