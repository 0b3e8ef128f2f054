"""People, as staff see and change them."""

from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.db import transaction
from django.db.models import Q, QuerySet
from django.forms import ModelForm
from django.http import HttpRequest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from accounts.admin.acting import Acting
from accounts.admin.discreet import DiscreetAdmin
from accounts.admin.entrance import viewer_of
from accounts.audit import record
from accounts.models import Block, User

WAYS_IN = (EmailAddress, Authenticator, UserSession)
POWERS = ["is_staff", "is_superuser", "groups", "user_permissions"]


class StateFilter(admin.SimpleListFilter):
    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("active", pgettext_lazy("person", "active")),
            ("suspended", pgettext_lazy("person", "suspended")),
            ("out", pgettext_lazy("person", "shut out")),
            ("left", pgettext_lazy("person", "left")),
            ("deleted", pgettext_lazy("person", "deleted")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User] | None:
        suspended = Q(suspended_until__gt=timezone.now())
        states = {
            "active": Q(is_active=True) & (Q(suspended_until=None) | ~suspended),
            "suspended": suspended,
            "out": Q(is_active=False, deactivated_at=None, deleted_at=None),
            "left": Q(deactivated_at__isnull=False),
            "deleted": Q(deleted_at__isnull=False),
        }
        condition = states.get(self.value() or "")
        return queryset if condition is None else queryset.filter(condition)


@admin.register(User)
class UserAdmin(Acting, DiscreetAdmin):
    """Whether they may come in is decided by the buttons above the form (acts.py), which ask why, and note it."""

    list_display = ["name", "handle", "email", "state", "is_staff", "created_at"]
    list_filter = [StateFilter, "is_staff"]
    search_fields = ["name", "handle", "email"]
    fields = ["name", "handle", "email", "state", "suspended_because", "deactivated_at", "deleted_at", *POWERS]
    readonly_fields = ["state", "suspended_because", "deactivated_at", "deleted_at"]
    filter_horizontal = ["groups", "user_permissions"]
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=_("state"))
    def state(self, person: User) -> str:
        if person.deleted_at:
            return pgettext("person", "deleted")
        if person.is_shut_out:
            return pgettext("person", "shut out")
        until = person.suspended_until
        if until and person.is_suspended:
            local = timezone.localtime(until)
            return gettext("suspended until %(until)s") % {"until": date_format(local, "DATETIME_FORMAT")}
        return pgettext("person", "active") if person.is_active else pgettext("person", "left")

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

    def save_model(self, request: HttpRequest, obj: User, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        """Only what was changed here: they may have been suspended meanwhile."""
        sets = {field.name for field in self.opts.many_to_many}
        fields = [name for name in form.changed_data if name not in sets]
        if fields or not change:
            obj.save(update_fields=fields if change else None)
        if form.changed_data:
            what = "changed the person" if change else "added the person"
            record(what, by=viewer_of(request), person=obj, details=", ".join(form.changed_data))

    def delete_model(self, request: HttpRequest, obj: User) -> None:
        self.delete_queryset(request, User.objects.filter(pk=obj.pk))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> None:
        with transaction.atomic():
            for number in list(queryset.values_list("pk", flat=True)):
                record("deleted the person", by=viewer_of(request), thing=f"person {number}")
            queryset.delete()


def without(beginning: str, rows: list[Any]) -> list[Any]:
    """What Django's admin lists of what goes with a row, without some of it."""
    kept = [without(beginning, row) if isinstance(row, list) else row for row in rows]
    return [row for row in kept if not str(row).startswith(beginning)]
