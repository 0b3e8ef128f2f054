"""Actions that ask before they do something: why, for how long, whom. The page of a row sends the same form as the list."""

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import Model
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.admin.discreet import DiscreetAdmin
from chat.models.refusals import Refused

Deed = Callable[
    [Any, dict[str, Any]], object
]  # what is done to a row, with what was answered; False where nothing changed


class AskingAdmin(DiscreetAdmin):
    def ask(
        self, request: HttpRequest, rows: Iterable[Model], *, action: str, title: object, form: type[Form], do: Deed
    ) -> HttpResponse:
        chosen = list(rows)
        answers = form(request.POST if "asked" in request.POST else None)
        if not answers.is_valid():
            return self._form(request, chosen, action=action, title=title, form=answers)
        self.do_to_each(request, chosen, lambda row: do(row, answers.cleaned_data))
        return self._back(request, chosen)

    def do_to_each(self, request: HttpRequest, chosen: list[Any], do: Callable[[Any], object]) -> None:
        """Each by itself: what one is refused, another need not be."""
        done, refusals = 0, dict[str, str]()
        for row in chosen:
            try:
                done += do(row) is not False
            except Refused as refusal:
                refusals[str(refusal)] = self.describe(row)
        for why, whose in refusals.items():
            messages.error(request, f"{whose}: {why}")
        if done or not refusals:
            said = ngettext("Done, for %(done)d of %(count)d.", "Done, for %(done)d of %(count)d.", len(chosen))
            self.message_user(request, said % {"done": done, "count": len(chosen)})

    def describe(self, row: Any) -> str:
        return str(row)

    def _form(self, request: HttpRequest, chosen: list[Any], *, action: str, title: object, form: Form) -> HttpResponse:
        context = {
            **self.admin_site.each_context(request),
            "title": title,
            "opts": self.opts,
            "form": form,
            "chosen": [(row.pk, self.describe(row)) for row in chosen],
            "action": action,
            "checkbox": ACTION_CHECKBOX_NAME,
            "page": request.POST.get("page", ""),
            "back": request.get_full_path(),
        }
        return TemplateResponse(request, "admin/chat/asking.html", context, status=400 if form.errors else 200)

    def _back(self, request: HttpRequest, chosen: list[Any]) -> HttpResponse:
        """To the row's page, where that was asked from and still is."""
        if "page" in request.POST and len(chosen) == 1 and self.get_object(request, str(chosen[0].pk)):
            name = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
            return redirect(reverse(name, args=[chosen[0].pk]))
        return redirect(request.get_full_path())
