"""Words and domains that hold a message back, and what waits because of them."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.discreet import ChosenForm, DiscreetAdmin, GoesAlong
from accounts.admin.entrance import viewer_of
from accounts.audit import record
from chat.models import HeldMessage, HoldRule
from chat.models.refusals import ClientIdTaken, NotAMember, Refused

EXCERPT = 120  # characters


class ReasonForm(ChosenForm):
    because = forms.CharField(label=_("Reason"), required=False, max_length=300)


@admin.register(HoldRule)
class HoldRuleAdmin(DiscreetAdmin):
    list_display = ["text", "kind", "is_on", "created_at"]
    list_editable = ["is_on"]
    list_filter = ["kind", "is_on"]
    search_fields = ["text"]
    fields = ["kind", "text", "is_on"]

    def save_model(self, request: HttpRequest, obj: HoldRule, form: Any, change: bool) -> None:  # noqa: FBT001
        super().save_model(request, obj, form, change)
        self._note(request, obj, "on" if obj.is_on else "off")

    def delete_model(self, request: HttpRequest, obj: HoldRule) -> None:
        self._note(request, obj, "deleted")
        obj.delete()

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[HoldRule]) -> None:
        """Each by itself: then it holds nothing back from now on."""
        for one in queryset:
            self.delete_model(request, one)

    def _note(self, request: HttpRequest, rule: HoldRule, what: str) -> None:
        record("changed a rule", by=viewer_of(request), details=f"{rule.kind} “{rule.text}”: {what}")


@admin.register(HeldMessage)
class HeldMessageAdmin(GoesAlong):
    """What waits comes first; whoever decides does it by an action, for one or for many."""

    list_display = ["excerpt", "author", "room", "found", "state", "created_at", "decided_by"]
    list_filter = ["state"]
    list_select_related = ["author", "room", "decided_by"]
    search_fields = ["body", "author__handle"]
    readonly_fields = ["author", "room", "body", "found", "state", "created_at", "decided_by", "decided_at", "because"]
    fields = readonly_fields  # type: ignore[assignment]
    ordering = ["-state", "-pk"]  # by letters: waiting, released, refused
    actions = ["release", "refuse"]
    action_form = ReasonForm

    def save_model(self, request: HttpRequest, obj: HeldMessage, form: Any, change: bool) -> None:  # noqa: FBT001
        """Nothing is decided in the form."""

    @admin.display(description=_("message"))
    def excerpt(self, held: HeldMessage) -> str:
        return held.body if len(held.body) <= EXCERPT else f"{held.body[:EXCERPT]} …"

    @admin.action(description=_("Let through: they are said now"), permissions=["change"])
    def release(self, request: HttpRequest, held: QuerySet[HeldMessage]) -> None:
        self._decide(request, held, lambda one: one.release(by=viewer_of(request)))

    @admin.action(description=_("Refuse, with the reason beside the action"), permissions=["change"])
    def refuse(self, request: HttpRequest, held: QuerySet[HeldMessage]) -> None:
        because = request.POST.get("because", "")
        self._decide(request, held, lambda one: one.refuse(by=viewer_of(request), because=because))

    def _decide(self, request: HttpRequest, held: QuerySet[HeldMessage], verb: Callable[[HeldMessage], object]) -> None:
        """The oldest first, as they were said. What cannot be done is named, and keeps nothing else back."""
        done = 0
        for one in held.select_related("room", "author").order_by("pk"):
            try:
                verb(one)
                done += 1
            except ClientIdTaken:
                self._say(request, one, _("its author has said something else under its client id since."))
            except NotAMember:
                self._say(request, one, _("its author is no longer in the room."))
            except Refused as reason:
                self._say(request, one, str(reason))
        self.message_user(request, ngettext("%(count)d decided.", "%(count)d decided.", done) % {"count": done})

    def _say(self, request: HttpRequest, one: HeldMessage, why: Any) -> None:
        self.message_user(request, f"“{self.excerpt(one)}”: {why}", messages.WARNING)
