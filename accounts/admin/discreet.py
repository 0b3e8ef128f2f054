"""An admin that tells who may not see its rows nothing of them, and in which no list is long to wait for."""

from typing import Any

from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ActionForm
from django.contrib.admin.options import ModelAdmin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

from accounts.admin.bounded import BoundedPaginator


class ChosenForm(ActionForm):
    """What is done is done to rows that somebody saw and chose, never to all that a filter finds."""

    def clean_select_across(self) -> bool:
        return False


class DiscreetAdmin(ModelAdmin):
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = ShowFacets.NEVER  # each would count the whole table
    action_form = ChosenForm

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Django's looks for the row first, and so tells staff who may not see any of them which there are."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        return super().history_view(request, object_id, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Django's takes an action that is not offered for none at all, and says "no action selected"."""
        asked = set(request.POST.getlist("action"))
        every = self._get_base_actions()  # type: ignore[attr-defined]
        offered = {name for _, name, _ in self._filter_actions_by_permissions(request, every)}  # type: ignore[attr-defined]
        if asked & {name for _, name, _ in every} - offered:
            raise PermissionDenied
        return super().changelist_view(request, extra_context)


class LookedAt(DiscreetAdmin):
    """Nothing is added or changed by hand."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class GoesAlong(DiscreetAdmin):
    """Of what comes out of something that was done, and goes with whom or what it belongs to: neither made here, nor deleted by
    itself."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django asks this of each row that would go along with a person or a room."""
        return obj is not None

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        raise PermissionDenied

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), "show_delete": False})
