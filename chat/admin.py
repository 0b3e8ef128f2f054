from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from chat.models import Membership, Message, Room


class MembershipInline(admin.TabularInline):
    model = Membership
    extra = 0
    raw_id_fields = ["user"]


@admin.register(Room)
class RoomAdmin(admin.ModelAdmin):
    list_display = ["__str__", "kind", "archived_at", "last_seq", "last_at"]
    list_filter = ["kind", ("archived_at", admin.EmptyFieldListFilter)]
    search_fields = ["name"]
    fields = ["kind", "name", "subject", "archived_at", "direct_low", "direct_high", "last_seq", "version", "last_at"]
    readonly_fields = ["last_seq", "version", "last_at"]
    raw_id_fields = ["direct_low", "direct_high"]
    inlines = [MembershipInline]
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Room, form: ModelForm, change: bool) -> None:  # noqa: FBT001
        """Only what was changed here: somebody may have spoken meanwhile, and the counters are theirs."""
        obj.save(update_fields=form.changed_data if change else None)


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """To read and search only, for now: a message is written by the verbs of its room."""

    list_display = ["__str__", "author", "created_at"]
    list_select_related = ["author"]
    search_fields = ["body"]
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Message | None = None) -> bool:
        return False
