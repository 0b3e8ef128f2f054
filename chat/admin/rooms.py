"""Rooms, as staff keep them: by the verbs of Room, which say what cannot be."""

from typing import Any

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts.admin.entrance import viewer_of
from accounts.models import User
from chat.admin.answers import InvitationForm, WhyForm
from chat.admin.asking import AskingAdmin
from chat.admin.labels import labelled
from chat.admin.named import rooms_for
from chat.models import Room
from chat.models.refusals import Refused
from chat.room_forms import RoomForm

KEPT = ["name", "subject", "kind"]
KIND: Any = labelled("kind", _("Who may come in"))
FIELDS: list[Any] = [
    labelled("archived_at", _("archived at")),
    labelled("last_seq", _("messages")),
    labelled("last_at", _("last message at")),
]
PAIR: list[Any] = [labelled("direct_low", _("person")), labelled("direct_high", _("person"))]


class RoomPageForm(ModelForm, RoomForm):
    """As on the room's own page."""

    by: User

    def __init__(self, *data: Any, **options: Any) -> None:
        super().__init__(*data, **options)
        self.room = self.instance

    def clean(self) -> dict[str, Any]:
        """The verb itself is asked, so that what it refuses is said beside what was typed."""
        cleaned = RoomForm.clean(self)
        if not self.errors and set(KEPT) <= set(cleaned):
            try:
                self.instance.change(by=self.by, **{name: cleaned[name] for name in KEPT})
            except Refused as refusal:
                raise ValidationError(str(refusal)) from refusal
        return cleaned


@admin.register(Room)
class RoomAdmin(AskingAdmin):
    form = RoomPageForm
    list_display = ["called", KIND, *FIELDS]
    list_filter = ["kind", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    ordering = ["-pk"]
    fields = [*KEPT, *PAIR, *FIELDS]
    readonly_fields = [*PAIR, *FIELDS]
    change_form_template = "admin/chat/room_page.html"
    actions = ["invite", "archive", "reopen"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Room]:
        return rooms_for(viewer_of(request))

    @admin.display(description=_("room"))
    def called(self, room: Room) -> str:
        return str(room)

    def get_fields(self, request: HttpRequest, obj: Room | None = None) -> Any:
        return [*PAIR, *FIELDS] if obj and obj.kind == Room.Kind.DIRECT else [*KEPT, *FIELDS]

    def get_readonly_fields(self, request: HttpRequest, obj: Room | None = None) -> list[str]:
        return [*self.readonly_fields, *(KEPT if obj and obj.archived_at else [])]

    def get_form(self, request: HttpRequest, obj: Room | None = None, change: bool = False, **kwargs: Any) -> Any:  # noqa: FBT001, FBT002
        form: Any = super().get_form(request, obj, change, **kwargs)
        form.by = viewer_of(request)
        return form

    def save_model(self, request: HttpRequest, obj: Room, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        """The form had it done."""

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        more = {
            "may_keep": self.has_keep_permission(request),
            "may_invite": self.has_invite_permission(request),
            "invitation_form": InvitationForm(),
            "why_form": WhyForm(),
        }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def response_action(self, request: HttpRequest, queryset: QuerySet[Room]) -> HttpResponse | None:  # type: ignore[override]
        """Also those that were chosen on their own page, and are not in the list as it stands."""
        return super().response_action(request, self.get_queryset(request).order_by("-pk"))

    @admin.action(description=_("Bring people in"), permissions=["invite"])
    def invite(self, request: HttpRequest, rooms: QuerySet[Room]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, rooms, action="invite", title=_("Bring people in"), form=InvitationForm,
            do=lambda room, answers: bool(room.invite(by=by, people=answers["people"])),
        )  # fmt: skip

    @admin.action(description=_("Archive: from then on it is read-only"), permissions=["keep"])
    def archive(self, request: HttpRequest, rooms: QuerySet[Room]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, rooms, action="archive", title=_("Archive"), form=WhyForm,
            do=lambda room, answers: room.archive(by=by, because=answers["because"]),
        )  # fmt: skip

    @admin.action(description=_("Reopen"), permissions=["keep"])
    def reopen(self, request: HttpRequest, rooms: QuerySet[Room]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, rooms, action="reopen", title=_("Reopen"), form=WhyForm,
            do=lambda room, answers: room.reopen(by=by, because=answers["because"]),
        )  # fmt: skip

    def has_keep_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).has_perm("chat.change_room")

    def has_invite_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).has_perm("chat.change_membership")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who opens a room is in it, and moderates it: that is for its own page."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.kind != Room.Kind.DIRECT)

    def has_delete_permission(self, request: HttpRequest, obj: Room | None = None) -> bool:
        """One in which something was said is archived: Django's page would read all of it, to list what goes with it."""
        empty = obj is None or not (obj.last_seq or obj.is_lobby or obj.kind == Room.Kind.DIRECT)
        return super().has_delete_permission(request, obj) and empty

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Each is deleted on its own page, for the same reason."""
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}
