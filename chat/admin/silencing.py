"""Muting members for a time, from the list of members."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.entrance import viewer_of
from chat.admin.answers import SilenceForm, WhyForm
from chat.admin.asking import AskingAdmin
from chat.models import Membership


class SilencingAdmin(AskingAdmin):
    @admin.action(description=_("Mute for a time"), permissions=["decide"])
    def silence(self, request: HttpRequest, memberships: QuerySet[Membership]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, memberships, action="silence", title=_("Mute for a time"), form=SilenceForm,
            do=lambda membership, answers: membership.room.silence(
                by=by, person=membership.user, until=SilenceForm.until(answers), because=answers["because"]
            ),
        )  # fmt: skip

    @admin.action(description=_("Let speak again"), permissions=["decide"])
    def unsilence(self, request: HttpRequest, memberships: QuerySet[Membership]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, memberships, action="unsilence", title=_("Let speak again"), form=WhyForm,
            do=lambda membership, answers: membership.room.unsilence(
                by=by, person=membership.user, because=answers["because"]
            ),
        )  # fmt: skip
