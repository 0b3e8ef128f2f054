from typing import Any

from allauth.account.decorators import secure_admin_login
from allauth.usersessions.admin import UserSessionAdmin
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User

# One log-in for all: the admin's own knows neither the limit on guesses nor the confirmation of emails.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

UserSessionAdmin.search_fields = [
    "user__name",
    "user__handle",
    "ip",
]  # allauth's looks for a username, which we have not

POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]


@admin.register(User)
class UserAdmin(ModelAdmin):
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
        if _viewer(request).is_superuser:
            return fixed
        return [*fixed, *POWERS, "email"] if obj else [*fixed, *POWERS]

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or _viewer(request).may_change(obj))

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """Asked for each of those selected in the list, too."""
        return super().has_delete_permission(request, obj) and (obj is None or _viewer(request).may_change(obj))

    def get_form(self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        hint = _(
            "Off, too, for who left by themselves. The action “Shut out” of the list takes their way back from them."
        )
        return super().get_form(request, obj, change, **kwargs, help_texts={"is_active": hint})

    @admin.action(description=_("Shut out: they may not sign in, nor come back by themselves"), permissions=["change"])
    def shut_out(self, request: HttpRequest, people: QuerySet[User]) -> None:
        viewer = _viewer(request)
        out = [person for person in people if viewer.may_change(person) and person != viewer]
        for person in out:
            person.shut_out()
        self.message_user(request, _("%(out)d of %(all)d are shut out.") % {"out": len(out), "all": len(people)})


def _viewer(request: HttpRequest) -> User:
    viewer = request.user
    assert isinstance(viewer, User)  # noqa: S101  (for the type checker: the admin is closed to everybody else)
    return viewer
