"""The list of messages: the newest first, and no further back at once than a page should take to come.

Whatever is asked for, the newest NEAR messages are looked at that an index finds: those of an author, of a state of which
there are few, of a room, or of all. Among them the rest is looked for, the text as well. The page says how far back that
went, and leads on.
"""

from datetime import datetime
from typing import Any

from django.contrib.admin.views.main import PAGE_VAR, ChangeList
from django.db.models import QuerySet
from django.db.models.functions import Left
from django.http import HttpRequest

from accounts.addresses import is_id
from chat.admin.named import AuthorFilter, RoomFilter
from chat.admin.states import INDEXED, StateFilter, TimeFilter
from chat.models import Message

NEAR, FAR = 10_000, 100_000  # messages; the second is for who asks for it, and waits
EXCERPT = 160  # characters
UP_TO, FAR_BACK = "upto", "far"  # in the address: below which message to begin, and whether to look at FAR
OWN = (UP_TO, FAR_BACK)


class MessageList(ChangeList):
    begins_at: int | None = None
    cut: int | None = None  # the newest message that was not looked at
    back_to: datetime | None = None  # when it was said

    def get_filters_params(self, params: Any = None) -> Any:
        asked = super().get_filters_params(params)
        return {name: value for name, value in asked.items() if name not in OWN}

    def get_query_string(self, new_params: Any = None, remove: Any = None) -> str:
        """Another filter begins with the newest again."""
        turns = PAGE_VAR in (new_params or {})
        return str(super().get_query_string(new_params, [*(remove or []), *(() if turns else OWN)]))

    def get_ordering(self, request: HttpRequest, queryset: QuerySet[Any]) -> Any:
        """Whatever the address asks for: by another column the whole table would be sorted."""
        return ["-pk"]

    def get_ordering_field_columns(self) -> dict[int, Any]:
        return {}

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Message]:
        self._note_place(request)
        found = (
            super().get_queryset(request, exclude_parameters).defer("body").annotate(beginning=Left("body", EXCERPT))
        )
        looked_at = Message.objects.order_by("-pk")
        if self.begins_at:
            found, looked_at = found.filter(pk__lte=self.begins_at), looked_at.filter(pk__lte=self.begins_at)
        self.cut = self.indexed(looked_at).values_list("pk", flat=True)[self.reach : self.reach + 1].first()
        return self._above_the_cut(found)

    def _note_place(self, request: HttpRequest) -> None:
        asked = request.GET.get(UP_TO, "")
        self.begins_at = int(asked) if is_id(asked) else None
        self.reach = FAR if FAR_BACK in request.GET else NEAR
        for name in OWN:  # the form of the search begins anew
            self.params.pop(name, None)

    def _above_the_cut(self, found: QuerySet[Message]) -> QuerySet[Message]:
        if not self.cut:
            return found
        self.back_to = Message.objects.values_list("created_at", flat=True).get(pk=self.cut)
        return found.filter(pk__gt=self.cut)

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
    def is_everything(self) -> bool:
        """What is older cannot be what was asked for, or there is nothing older."""
        since = next(spec.since for spec in self.filter_specs if isinstance(spec, TimeFilter))
        return not self.back_to or bool(since and self.back_to < since)

    @property
    def is_narrowed(self) -> bool:
        """Only then there is something to look for further back: else each page of messages is followed by another."""
        return bool(self.query or self.has_active_filters)

    @property
    def further(self) -> str:
        return self.get_query_string({UP_TO: self.cut})

    @property
    def much_further(self) -> str:
        return self.get_query_string({UP_TO: self.cut, FAR_BACK: "1"})

    @property
    def newest(self) -> str:
        return self.get_query_string()
