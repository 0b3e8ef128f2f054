from django.contrib import admin
from django.forms import ModelForm
from django.http import HttpRequest

from accounts.admin.discreet import DiscreetAdmin
from chat.models import Membership, Room


class MembershipForm(ModelForm):
    """Only what was changed here is written: members read meanwhile, and their marks are theirs."""

    def save(self, commit: bool = True) -> Membership:  # noqa: FBT001, FBT002
        if not self.instance.pk:
            self.instance.read_seq = self.instance.room.last_seq  # as in Room.join
        elif commit:
            self.instance.save(update_fields=self.changed_data)
            return self.instance  # type: ignore[no-any-return]
        return super().save(commit)  # type: ignore[no-any-return]


class MembershipInline(admin.TabularInline):
    model = Membership
    form = MembershipForm
    extra = 0
    raw_id_fields = ["user"]
    fields = ["user", "role", "notify", "read_seq", "seen_seq"]
    readonly_fields = ["read_seq", "seen_seq"]


@admin.register(Room)
class RoomAdmin(DiscreetAdmin):
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
