"""Filters for whose or where it is. There are too many people and rooms for a list of links: one types a number, a name or a
handle, and where that means several, they are offered."""

from collections.abc import Iterator
from typing import Any, ClassVar
from urllib.parse import parse_qsl

from django.contrib.admin import ListFilter
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.addresses import is_id
from accounts.admin.entrance import viewer_of
from accounts.models import User
from accounts.search import called
from chat.models import Room

OFFERED = 8  # of those that it may mean

Found = list[tuple[int, str]]  # the number, and what it is called


class NamedFilter(ListFilter):
    template = "admin/chat/named_filter.html"
    parameter_name: ClassVar[str]
    field: ClassVar[str]  # of the rows that are filtered
    hint: ClassVar[Any]

    def __init__(self, request: HttpRequest, params: dict[str, Any], model: type[Model], model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        self.text = "".join(params.pop(self.parameter_name, [])[-1:]).strip()[:100]
        self.found = self.meant(viewer_of(request)) if self.text else []
        self.without, self.others = "", parse_qsl("")  # the list's other parameters, which the form sends as well
        self.used_parameters = {self.parameter_name: self.text} if self.text else {}

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return [self.parameter_name]

    @property
    def chosen(self) -> int | None:
        return self.found[0][0] if len(self.found) == 1 else None

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any] | None:
        if not self.text:
            return None
        return queryset.filter(**{self.field: self.chosen}) if self.chosen else queryset.none()

    def choices(self, changelist: Any) -> Iterator[dict[str, Any]]:
        """Those that it may mean."""
        self.without = changelist.get_query_string(remove=[self.parameter_name])
        self.others = parse_qsl(self.without.removeprefix("?"))
        for pk, name in self.found:
            query = changelist.get_query_string({self.parameter_name: pk})
            yield {"selected": self.chosen == pk, "query_string": query, "display": name}

    def meant(self, viewer: User) -> Found:
        raise NotImplementedError


class RoomFilter(NamedFilter):
    title = _("room")
    parameter_name = "room"
    field = "room"
    hint = _("Number or name")

    def meant(self, viewer: User) -> Found:
        rooms = rooms_for(viewer)
        if is_id(self.text):
            found = list(rooms.filter(pk=int(self.text)))
        else:
            exactly = list(rooms.filter(name__iexact=self.text)[:2])
            found = exactly if len(exactly) == 1 else list(rooms.filter(name__icontains=self.text)[:OFFERED])
        return [(room.pk, str(room)) for room in found]


class PersonFilter(NamedFilter):
    parameter_name = "person"
    field = "user"
    title = _("person")
    hint = _("Number, @handle or name")

    def meant(self, viewer: User) -> Found:
        people = User.objects.order_by("name", "pk")
        if is_id(self.text):
            found = list(people.filter(pk=int(self.text)))
        elif not (found := list(people.filter(handle=self.text.removeprefix("@").lower()))):
            condition = called(self.text)
            found = list(people.filter(condition)[:OFFERED]) if condition else []
        return [(person.pk, f"{person.name} @{person.handle}") for person in found]


class AuthorFilter(PersonFilter):
    parameter_name = "author"
    field = "author"
    title = _("author")


def rooms_for(viewer: User) -> QuerySet[Room]:
    """Direct conversations are nobody's business but of their two people, and of those whose duty it is."""
    rooms: QuerySet[Room] = Room.objects.all()
    return rooms if viewer.has_perm("chat.read_direct_messages") else rooms.exclude(kind=Room.Kind.DIRECT)
