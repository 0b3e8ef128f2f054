"""The pages on which staff do what accounts.admin.acts offers, and the buttons that lead there."""

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import ModelAdmin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.admin.acts import ACTS, Act, done_for
from accounts.admin.entrance import viewer_of
from accounts.models import User

AT_ONCE = 500  # people; each is a transaction


class Acting(ModelAdmin):
    acts: ClassVar[Sequence[Act]] = ACTS

    class Media:
        css = {"all": ["css/admin-people.css"]}

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path(f"<path:object_id>/{act.path}/", view(partial(self.act_on_one, act)), name=f"accounts_user_{act.name}")
            for act in self.acts
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        person = self.get_object(request, unquote(object_id))
        offered = self._offered(viewer_of(request), person) if person else []
        return super().change_view(
            request,
            object_id,
            form_url,
            (extra_context or {}) | {"acts": offered, "decisions": self._decisions(request, person)},
        )

    def _decisions(self, request: HttpRequest, person: User | None) -> str:
        seen = person and viewer_of(request).has_perm("accounts.view_auditentry")
        return f"{reverse('admin:accounts_auditentry_changelist')}?person={person.pk}" if seen and person else ""

    def _offered(self, viewer: User, person: User) -> list[dict[str, Any]]:
        return [
            {"act": act, "url": reverse(f"admin:accounts_user_{act.name}", args=[person.pk])}
            for act in self.acts
            if act.offers(viewer, person) and act.fits(person)
        ]

    # For those selected in the list

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        viewer = viewer_of(request)
        own = {act.name: (_action(act), act.name, act.label) for act in self.acts if act.allows(viewer)}
        return super().get_actions(request) | own

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Of what somebody may not do, Django would say that no action was selected."""
        asked = request.POST.get("action")
        if asked and asked not in self.get_actions(request):
            raise PermissionDenied
        return super().changelist_view(request, extra_context)

    def act_on_selected(self, act: Act, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        selected = list(people[: AT_ONCE + 1])
        if len(selected) > AT_ONCE:
            self.message_user(request, _("At most %(most)d at once.") % {"most": AT_ONCE}, messages.ERROR)
            return None
        form = act.form(request.POST if "post" in request.POST else None, viewer=viewer_of(request))
        if not form.is_valid():
            return self._ask(request, act, form, selected)
        done = 0
        for person in selected:
            try:
                done += act.fits(person) and (act.do(request, person, form.cleaned_data), True)[1]
            except PermissionDenied:  # of a superuser, or oneself
                continue
        self.message_user(request, done_for(done, selected))
        return None

    # For one

    def act_on_one(self, act: Act, request: HttpRequest, object_id: str) -> HttpResponse:
        viewer = viewer_of(request)
        if not (act.allows(viewer) and self.has_view_or_change_permission(request)):
            raise PermissionDenied
        person = self.get_object(request, unquote(object_id))
        if person is None:
            raise Http404
        if not act.offers(viewer, person):
            raise PermissionDenied
        back = redirect("admin:accounts_user_change", person.pk)
        if not act.fits(person):
            self.message_user(request, _("There is nothing to do: somebody was faster."), messages.WARNING)
            return back
        form = act.form(request.POST if request.method == "POST" else None, viewer=viewer)
        if not form.is_valid():
            return self._ask(request, act, form, [person])
        act.do(request, person, form.cleaned_data)
        self.message_user(request, _("Done: %(what)s") % {"what": act.title})
        return back

    def _ask(self, request: HttpRequest, act: Act, form: Any, people: Sequence[User]) -> HttpResponse:
        """As it is asked for, also when it was not answered rightly."""
        context = self.admin_site.each_context(request) | {
            "title": act.title,
            "act": act,
            "form": form,
            "people": people,
            "selected": request.POST.getlist("_selected_action"),
            "across": request.POST.get("select_across", "0"),
            "opts": self.opts,
        }
        return render(request, "admin/accounts/user/act.html", context, status=422 if form.is_bound else 200)


def _action(act: Act) -> Any:
    def action(admin: Acting, request: HttpRequest, people: QuerySet[User]) -> HttpResponse | None:
        return admin.act_on_selected(act, request, people)

    return action
