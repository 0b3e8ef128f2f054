from django.contrib import admin
from django.http import HttpRequest

from accounts.admin.discreet import DiscreetAdmin
from chat.models import Message


@admin.register(Message)
class MessageAdmin(DiscreetAdmin):
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
