"""Who is in a room, as staff see and change it: a list that is filtered by the room, since there may be thousands."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.discreet import GoesAlong
from accounts.admin.entrance import viewer_of
from chat.admin.answers import WhyForm
from chat.admin.labels import labelled
from chat.admin.named import PersonFilter, RoomFilter
from chat.admin.silencing import SilencingAdmin
from chat.models import Membership, Room

MEMBER, MODERATOR = Membership.Role.MEMBER, Membership.Role.MODERATOR


SHOWN: list[Any] = [
    "who",
    "where",
    labelled("role", _("role")),
    labelled("silenced_until", _("muted until")),
    labelled("joined_at", _("joined at")),
]


@admin.register(Membership)
class MembershipAdmin(GoesAlong, SilencingAdmin):
    list_display = SHOWN
    list_filter = [RoomFilter, PersonFilter, "role"]
    list_select_related = ["user", "room"]
    sortable_by = ()
    ordering = ["-pk"]
    fields = SHOWN
    readonly_fields = SHOWN
    actions = ["make_moderator", "make_member", "silence", "unsilence", "remove"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Membership]:
        everything: QuerySet[Membership] = super().get_queryset(request)
        if viewer_of(request).has_perm("chat.read_direct_messages"):
            return everything
        return everything.exclude(room__kind=Room.Kind.DIRECT)

    @admin.display(description=_("person"))
    def who(self, membership: Membership) -> str:
        return str(membership.user)

    @admin.display(description=_("room"))
    def where(self, membership: Membership) -> SafeString:
        return format_html(
            '<a href="{}">{}</a>', reverse("admin:chat_room_change", args=[membership.room_id]), membership.room
        )

    def describe(self, row: Membership) -> str:
        return f"{row.user}, {row.room}"

    def response_action(self, request: HttpRequest, queryset: QuerySet[Membership]) -> HttpResponse | None:  # type: ignore[override]
        rows = self.get_queryset(request).select_related("user", "room").order_by("-pk")
        return super().response_action(request, rows)

    @admin.action(description=_("Make moderators"), permissions=["decide"])
    def make_moderator(self, request: HttpRequest, memberships: QuerySet[Membership]) -> None:
        by = viewer_of(request)
        self.do_to_each(request, list(memberships), lambda membership: membership.make(MODERATOR, by=by))

    @admin.action(description=_("Make members"), permissions=["decide"])
    def make_member(self, request: HttpRequest, memberships: QuerySet[Membership]) -> None:
        by = viewer_of(request)
        self.do_to_each(request, list(memberships), lambda membership: membership.make(MEMBER, by=by))

    @admin.action(description=_("Remove from the room"), permissions=["decide"])
    def remove(self, request: HttpRequest, memberships: QuerySet[Membership]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, memberships, action="remove", title=_("Remove from the room"), form=WhyForm,
            do=lambda membership, answers: membership.room.remove(
                by=by, person=membership.user, because=answers["because"]
            ),
        )  # fmt: skip

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).has_perm("chat.change_membership")

    def has_change_permission(self, request: HttpRequest, obj: Membership | None = None) -> bool:
        return False
