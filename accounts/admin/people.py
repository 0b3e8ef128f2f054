"""People, as staff see and change them."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from accounts.admin.discreet import DiscreetAdmin
from accounts.admin.entrance import viewer_of
from accounts.models import Block, User

WAYS_IN = (EmailAddress, Authenticator, UserSession)
POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]


@admin.register(User)
class UserAdmin(DiscreetAdmin):
    list_display = ["name", "handle", "email", "is_active", "is_staff", "created_at"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["name", "handle", "email"]
    fields = ["name", "handle", "email", "is_active", "deactivated_at", "deleted_at", *POWERS]
    readonly_fields = ["deactivated_at", "deleted_at"]
    filter_horizontal = ["groups", "user_permissions"]
    show_full_result_count = False
    actions = ["shut_out"]

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> list[str]:
        """Powers are given by those who have them all; a changed email would take an account over, by a new password."""
        fixed = list(super().get_readonly_fields(request, obj))
        if viewer_of(request).is_superuser:
            return fixed
        return [*fixed, *POWERS, "email"] if obj else [*fixed, *POWERS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or viewer_of(request).may_change(obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Asked for each of those selected in the list, too."""
        return super().has_delete_permission(request, obj) and (obj is None or viewer_of(request).may_change(obj))

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """With an account goes what leads into it, which nobody deletes by itself; and its blocks, which are told to nobody."""
        rows, counts, needed, protected = super().get_deleted_objects(objs, request)
        counts.pop(str(Block._meta.verbose_name_plural), None)
        needed = needed - {model._meta.verbose_name for model in WAYS_IN}
        return without(f"{capfirst(Block._meta.verbose_name)}: ", rows), counts, needed, protected

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        hint = _(
            "Off, too, for who left by themselves. The action “Shut out” of the list takes their way back from them."
        )
        return super().get_form(request, obj, change, **kwargs, help_texts={"is_active": hint})

    @admin.action(description=_("Shut out: they may not sign in, nor come back by themselves"), permissions=["change"])
    def shut_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        viewer = viewer_of(request)
        out = [person for person in people if viewer.may_change(person) and person != viewer]
        for person in out:
            person.shut_out()
        self.message_user(request, _("%(out)d of %(all)d are shut out.") % {"out": len(out), "all": len(people)})


def without(beginning: str, rows: list[Any]) -> list[Any]:
    """What Django's admin lists of what goes with a row, without some of it."""
    kept = [without(beginning, row) if isinstance(row, list) else row for row in rows]
    return [row for row in kept if not str(row).startswith(beginning)]
