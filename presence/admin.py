"""Who is connected. Staff see everyone, also who appears offline to the others."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.admin.discreet import DiscreetAdmin
from accounts.admin.entrance import viewer_of
from accounts.audit import record
from chatpoc import live
from presence.models import Connection

ENDED = 4010  # the close code: the page says so, and opens another socket only if asked to
HIDDEN = _("appears offline")


@admin.register(Connection)
class ConnectionAdmin(DiscreetAdmin):
    list_display = ["user", "state", "opened_at", "process", "tabs"]
    list_filter = ["active", "process"]
    list_select_related = ["user", "process"]
    search_fields = ["user__name", "user__handle"]
    ordering = ["-opened_at"]
    actions = ["end"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Connection]:
        return Connection.objects.alive().annotate(
            tabs=Count("user__connections", filter=Q(user__connections__process__expires_at__gt=Now()), distinct=True)
        )

    @admin.display(description=_("state"), ordering="active")
    def state(self, connection: Connection) -> str:
        state = _("active") if connection.active else _("away")
        return f"{state}, {HIDDEN}" if connection.user.appears_offline else str(state)

    @admin.display(description=_("tabs of this person"), ordering="tabs")
    def tabs(self, connection: Connection) -> int:
        return int(getattr(connection, "tabs", 0))

    @admin.action(description=_("End these connections"), permissions=["delete"])
    def end(self, request: HttpRequest, connections: QuerySet[Connection]) -> None:
        looked_at = connections.select_related("user")
        ended = [connection for connection in looked_at if self.has_delete_permission(request, connection)]
        for connection in ended:
            self.delete_model(request, connection)
        self.message_user(request, ngettext("%(count)d ended.", "%(count)d ended.", len(ended)) % {"count": len(ended)})

    def delete_model(self, request: HttpRequest, obj: Connection) -> None:
        """The process that holds it takes its row away, once the socket is closed."""
        record("ended a connection", by=viewer_of(request), person=obj.user)
        live.close(f"user:{obj.user_id}", ENDED, socket=obj.id.hex)

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        return {name: action for name, action in super().get_actions(request).items() if name != "delete_selected"}

    def has_delete_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        """Staff end no superuser's."""
        allowed = super().has_delete_permission(request, obj)
        return allowed and (obj is None or viewer_of(request).is_superuser or not obj.user.is_superuser)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Connection | None = None) -> bool:
        return False
