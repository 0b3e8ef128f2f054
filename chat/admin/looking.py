"""The list of messages: the newest first, and no further back at once than a page should take to come.

Whatever is asked for, the newest NEAR messages are looked at that an index finds: those of an author, of a state of which
there are few, of a room, or of all. Among them the rest is looked for, until a page is full. Nothing is counted, and each
page begins below the last message of the one before. Where it is not full, it says how far back that was, and leads on.
"""

from datetime import datetime
from typing import Any

from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest

from accounts.addresses import is_id
from chat.admin.named import AuthorFilter, RoomFilter
from chat.admin.states import INDEXED, StateFilter, TimeFilter
from chat.models import Message

NEAR = 10_000  # messages
TEXTS = 4_000  # of which the text is read: PostgreSQL takes 5 µs to make one of a line or two capital
FAR = 100_000  # for who asks for it, and waits
EXCERPT = 160  # characters
UP_TO, FAR_BACK = "upto", "far"  # in the address: the message to begin with, and whether to look at FAR
OWN = (UP_TO, FAR_BACK)


class MessageList(ChangeList):
    begins_at: int | None = None
    cut: int | None = None  # the newest message that was not looked at
    back_to: datetime | None = None  # when it was said
    last: int | None = None  # on the page, where there are more

    def get_filters_params(self, params: Any = None) -> Any:
        asked = super().get_filters_params(params)
        return {name: value for name, value in asked.items() if name not in OWN}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Another filter begins with the newest again."""
        return str(super().get_query_string(new_params, [*(remove or []), *OWN]))

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Whatever the address asks for: by another column the whole table would be sorted."""
        return ["-pk"]

    def get_ordering_field_columns(self) -> dict[int, Any]:
        return {}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Message]:
        self._note_place(request)
        found: QuerySet[Message] = super().get_queryset(request, exclude_parameters)
        found = found.defer("body").annotate(beginning=Left("body", EXCERPT))
        looked_at = Message.objects.order_by("-pk")
        if self.begins_at:
            found, looked_at = found.filter(pk__lte=self.begins_at), looked_at.filter(pk__lte=self.begins_at)
        self.cut = self.indexed(looked_at).values_list("pk", flat=True)[self.reach : self.reach + 1].first()
        shown: QuerySet[Message] = found.filter(pk__gt=self.cut) if self.cut else found
        return shown

    def get_results(self, request: HttpRequest) -> None:
        """One more than is shown tells whether there are more."""
        rows = list(self.queryset[: self.list_per_page + 1])
        shown = rows[: self.list_per_page]
        self.last = shown[-1].pk if len(rows) > len(shown) else None
        if self.cut and not self.last:
            self.back_to = Message.objects.values_list("created_at", flat=True).get(pk=self.cut)
        self.result_list, self.result_count, self.full_result_count = shown, len(shown), None
        self.show_full_result_count = self.can_show_all = self.multi_page = False
        self.show_admin_actions = True
        self.paginator = Paginator(shown, self.list_per_page)

    def _note_place(self, request: HttpRequest) -> None:
        asked = request.GET.get(UP_TO, "")
        self.begins_at = int(asked) if is_id(asked) else None
        self.reach = FAR if FAR_BACK in request.GET else TEXTS if self.query else NEAR
        for name in OWN:  # the form of the search begins anew
            self.params.pop(name, None)

    def indexed(self, messages: QuerySet[Message]) -> QuerySet[Message]:
        """By the filter that leaves the fewest: an author says less than a room, which few states are rarer than."""
        filters: dict[type, Any] = {type(spec): spec for spec in self.filter_specs}
        state = INDEXED.get(filters[StateFilter].value())
        if author := filters[AuthorFilter].chosen:
            return messages.filter(author=author)
        if state is not None:
            return messages.filter(state)
        room = filters[RoomFilter].chosen
        return messages.filter(room=room) if room else messages

    # What the page says about it

    @property
    def stops_short(self) -> bool:
        """The page is not full, and there may be more of what was asked for further back."""
        since = next(spec.since for spec in self.filter_specs if isinstance(spec, TimeFilter))
        return bool(self.back_to and not (since and self.back_to < since))

    @property
    def older(self) -> str:
        return self.get_query_string({UP_TO: self.last - 1}) if self.last else ""

    @property
    def further(self) -> str:
        return self.get_query_string({UP_TO: self.cut}) if self.stops_short else ""

    @property
    def much_further(self) -> str:
        return self.get_query_string({UP_TO: self.cut, FAR_BACK: "1"}) if self.stops_short else ""

    @property
    def newest(self) -> str:
        return self.get_query_string() if self.begins_at else ""
