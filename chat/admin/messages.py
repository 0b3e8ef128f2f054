"""Messages, as a moderator reads them, deletes them and brings them back: by the verbs that the page has, too."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.discreet import LookedAt
from accounts.admin.entrance import viewer_of
from chat.admin.answers import ReasonForm, WhyForm
from chat.admin.asking import AskingAdmin
from chat.admin.labels import labelled
from chat.admin.looking import EXCERPT, MessageList
from chat.admin.named import AuthorFilter, RoomFilter
from chat.admin.states import READABLE, StateFilter, TimeFilter, state_in_words, state_of
from chat.models import Message, Room

AROUND = 10  # messages before and after one

SAID_AT: Any = labelled("created_at", _("time"))
OF_FEW: list[Any] = [
    labelled("edited_at", _("edited at")),
    labelled("deleted_at", _("deleted at")),
    labelled("deleted_by", _("deleted by")),
]
SHOWN: list[Any] = ["text", "by", "place", SAID_AT, "state", *OF_FEW]


@admin.register(Message)
class MessageAdmin(LookedAt, AskingAdmin):
    list_display = ["excerpt", "by", "place", SAID_AT, "state"]
    list_filter = [RoomFilter, AuthorFilter, StateFilter, TimeFilter]
    list_select_related = ["author", "room", "about"]
    search_fields = ["body"]
    search_help_text = _("What its author deleted is not searched.")
    sortable_by = ()
    ordering = ["-pk"]
    list_per_page = 50
    actions = ["take_down", "put_back"]
    readonly_fields = SHOWN
    change_form_template = "admin/chat/message_page.html"
    change_list_template = "admin/chat/message_list.html"

    # What is seen

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        everything: QuerySet[Message] = super().get_queryset(request)
        if viewer_of(request).has_perm("chat.read_direct_messages"):
            return everything
        return everything.exclude(room__kind=Room.Kind.DIRECT)

    def get_fields(self, request: HttpRequest, obj: Message | None = None) -> Any:
        """Only what there is to say of it."""
        missing = [field for field in OF_FEW if obj and not field(obj)]
        return [field for field in SHOWN if field not in missing]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[MessageList]:
        return MessageList

    def get_search_results(self, request: HttpRequest, queryset: QuerySet[Message], search_term: str) -> Any:
        if search_term.strip():
            queryset = queryset.filter(READABLE)
        return super().get_search_results(request, queryset, search_term)

    @admin.display(description=_("message"))
    def excerpt(self, message: Message) -> str:
        beginning = " ".join(str(getattr(message, "beginning", "")).split())
        return shown(message, beginning + "…" * (len(beginning) >= EXCERPT - 1))

    @admin.display(description=_("text"))
    def text(self, message: Message) -> str:
        return format_html('<div class="said" dir="auto">{}</div>', shown(message, message.body))

    @admin.display(description=_("author"))
    def by(self, message: Message) -> SafeString:
        return format_html('<a href="{}?author={}">{}</a>', self._list(), message.author_id, message.author)

    @admin.display(description=_("room"))
    def place(self, message: Message) -> SafeString:
        return format_html('<a href="{}?room={}">{}</a>', self._list(), message.room_id, message.room)

    def _list(self) -> str:
        return reverse("admin:chat_message_changelist")

    @admin.display(description=_("state"))
    def state(self, message: Message) -> str:
        words = state_in_words(message)
        return f"{words}: {message.deleted_because}" if message.deleted_because else words

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        message = self.get_object(request, object_id)
        more = self._around(request, message) if message and self.has_view_permission(request) else {}
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **more})

    def _around(self, request: HttpRequest, message: Message) -> dict[str, Any]:
        near = message.room.messages.filter(
            seq__gte=max(message.seq - AROUND, message.room.purged_seq + 1), seq__lte=message.seq + AROUND
        )
        seen = near.select_related("author", "about").order_by("seq")
        return {
            "around": [(each, shown(each, each.body), state_in_words(each), each.pk == message.pk) for each in seen],
            "may_decide": self.has_decide_permission(request) and not message.event,
            "state_of": state_of(message),
            "reason_form": ReasonForm(auto_id="id_down_%s"),
            "why_form": WhyForm(auto_id="id_back_%s"),
        }

    def describe(self, row: Message) -> str:
        text = " ".join(shown(row, row.body).split())
        return f"{row.author.name}, {row.room}: {text[:EXCERPT]}{'…' * (len(text) > EXCERPT)}"

    # What is done

    def response_action(self, request: HttpRequest, queryset: QuerySet[Message]) -> HttpResponse | None:  # type: ignore[override]
        """Also those that were chosen on their own page, and are not in the list as it stands."""
        rows = self.get_queryset(request).select_related(*self.list_select_related).order_by("-pk")
        return super().response_action(request, rows)

    @admin.action(description=_("Delete, because…"), permissions=["decide"])
    def take_down(self, request: HttpRequest, messages: QuerySet[Message]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, messages, action="take_down", title=_("Delete, because…"), form=ReasonForm,
            do=lambda message, answers: message.take_down(by=by, because=answers["because"]),
        )  # fmt: skip

    @admin.action(description=_("Bring back, because…"), permissions=["decide"])
    def put_back(self, request: HttpRequest, messages: QuerySet[Message]) -> HttpResponse:
        by = viewer_of(request)
        return self.ask(
            request, messages, action="put_back", title=_("Bring back, because…"), form=WhyForm,
            do=lambda message, answers: message.put_back(by=by, because=answers["because"]),
        )  # fmt: skip

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return viewer_of(request).has_perm("chat.delete_message")


def shown(message: Message, text: str) -> str:
    """What its author deleted is read by nobody; a line says what was done."""
    state = state_of(message)
    if state == "withdrawn":
        return f"({state_in_words(message)})"
    if state == "line":
        whom = message.about.name if message.about else ""
        return " · ".join(filter(None, [message.get_event_display(), whom, text]))
    return text
