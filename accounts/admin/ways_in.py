"""What leads into an account or gives power: addresses, second factors, sessions, groups. Staff with the permission look at
them. To change one is to become somebody else, so that is for those who can do everything."""

from collections.abc import Iterable
from functools import partial

from allauth.account.adapter import get_adapter
from allauth.account.admin import EmailAddressAdmin
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa import admin as _mfa  # noqa: F401  (registers what is replaced below)
from allauth.mfa.base.internal.flows import delete_dangling_recovery_codes
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_removed
from allauth.usersessions import admin as _usersessions  # noqa: F401
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.admin.options import ModelAdmin
from django.contrib.auth.admin import GroupAdmin
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.admin.discreet import DiscreetAdmin, LookedAt
from accounts.admin.entrance import viewer_of
from accounts.audit import record
from accounts.models import User

for model in (EmailAddress, Authenticator, UserSession, Group):
    admin.site.unregister(model)


@admin.register(EmailAddress)
class Addresses(LookedAt, EmailAddressAdmin):
    actions = ["make_verified"]

    def has_verify_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).is_superuser

    @admin.action(description=_("Mark selected email addresses as verified"), permissions=["verify"])
    def make_verified(self, request: HttpRequest, queryset: QuerySet[EmailAddress]) -> None:
        super().make_verified(request, queryset)


@admin.register(Authenticator)
class SecondFactors(LookedAt):
    """One is taken away for who lost their phone; they are told so. Its secrets are shown to nobody."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__handle", "user__email"]
    fields = ["user", "type", "created_at", "last_used_at"]

    def has_delete_permission(self, request: HttpRequest, obj: Authenticator | None = None) -> bool:
        return viewer_of(request).is_superuser

    def delete_model(self, request: HttpRequest, obj: Authenticator) -> None:
        """Recovery codes stand in for another factor: with the last of those they go as well."""
        with transaction.atomic():
            if not Authenticator.objects.filter(pk=obj.pk).delete()[0]:
                return  # they went with the one before
            owner = obj.user
            gone = [factor.type for factor in (obj, delete_dangling_recovery_codes(owner)) if factor]
            record("reset two-factor", by=viewer_of(request), person=owner, details=", ".join(gone))
            tell_of_lost_factors(request, owner, gone)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Authenticator]) -> None:
        for factor in queryset.select_related("user"):
            self.delete_model(request, factor)


def tell_of_lost_factors(request: HttpRequest, owner: User, types: Iterable[str]) -> None:
    """In the log, and by mail: once it is committed, since what is rolled back was not done."""
    for type_ in types:
        authenticator_removed.send(Authenticator, request=request, user=owner, authenticator=None)
        transaction.on_commit(partial(_tell, request, owner, GONE[type_]))


def _tell(request: HttpRequest, owner: User, template: str) -> None:
    with context.request_context(request):
        get_adapter().send_notification_mail(template, owner, email=owner.email)


GONE = {  # what its owner is told
    Authenticator.Type.TOTP: "mfa/email/totp_deactivated",
    Authenticator.Type.WEBAUTHN: "mfa/email/webauthn_removed",
    Authenticator.Type.RECOVERY_CODES: "mfa/email/recovery_codes_removed",
}


@admin.register(UserSession)
class Sessions(LookedAt):
    """Deleting one ends it (accounts/receivers.py)."""

    list_display = ["user", "created_at", "last_seen_at", "ip", "user_agent"]
    list_select_related = ["user"]
    search_fields = ["user__name", "user__handle", "user__email", "ip"]
    fields = ["user", "created_at", "last_seen_at", "ip", "user_agent"]

    def has_delete_permission(self, request: HttpRequest, obj: UserSession | None = None) -> bool:
        """Asked for each of those selected in the list, too."""
        allowed = ModelAdmin.has_delete_permission(self, request, obj)
        return allowed and (obj is None or viewer_of(request).is_superuser or not obj.user.is_superuser)

    def delete_model(self, request: HttpRequest, obj: UserSession) -> None:
        record("ended sessions", by=viewer_of(request), person=obj.user, thing="one session")
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[UserSession]) -> None:
        with transaction.atomic():
            for session in queryset.select_related("user"):
                self.delete_model(request, session)


@admin.register(Group)
class Groups(DiscreetAdmin, GroupAdmin):
    """Who may change a group that they are in could give themselves any right."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return viewer_of(request).is_superuser

    def has_delete_permission(self, request: HttpRequest, obj: Group | None = None) -> bool:
        return viewer_of(request).is_superuser
