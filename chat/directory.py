"""The directory of people: sorted by a column, in pages that cost the same at any depth."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q
from django.db.models.functions import Lower
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.models import User, UserQuerySet

PAGE = 50  # people
QUERY_LIMIT = 100  # characters
COLUMNS: dict[str, tuple[Any, Any]] = {  # each is the head of an index
    "name": (_("Name"), Lower("name")),
    "handle": (_("Handle"), Lower("handle")),
    "joined": (_("Joined"), F("created_at")),
}


@dataclass(frozen=True)
class Order:
    column: str
    descending: bool

    @classmethod
    def asked_for(cls, query: QueryDict) -> "Order":
        """`?sort=joined` or `?sort=-joined`; by name if it is none of the columns."""
        asked = query.get("sort", "")
        column = asked.removeprefix("-")
        return cls(column, asked.startswith("-")) if column in COLUMNS else cls("name", descending=False)

    @property
    def columns(self) -> list[dict[str, Any]]:
        """The heads: what each is called, what a click on it sorts by, and its aria-sort."""
        heads: dict[str, dict[str, Any]] = {
            name: {"name": name, "label": label, "next": name, "sorted": ""}
            for name, (label, *_rest) in COLUMNS.items()
        }
        heads[self.column]["sorted"] = "descending" if self.descending else "ascending"
        if not self.descending:
            heads[self.column]["next"] = f"-{self.column}"
        return list(heads.values())


@dataclass(frozen=True)
class Page:
    people: list[User]
    previous: int | None = None  # the id of the person before whom the previous page ends
    next: int | None = None  # the id of the person after whom the next page starts


def page(
    people: UserQuerySet,
    order: Order,
    *,
    after: int | None = None,
    before: int | None = None,
    known: UserQuerySet | None = None,
) -> Page:
    """The page that starts after, or ends before, this person; the first if they are gone, the last if that is empty.

    `known`: of whom a page may start; where somebody else comes in the order would tell their handle, or when they joined.
    """
    people = people.annotate(key=COLUMNS[order.column][1])
    at = before if after is None else after
    if at and known is not None and not known.filter(pk=at).exists():
        at = None
    found = people_from(people, order, at, backwards=after is None and before is not None) if at else None
    if found is None:
        first = people_from(people, order, None)
        return Page(first[:PAGE], next=first[PAGE - 1].pk if len(first) > PAGE else None)
    if after is not None and not found:
        return last_page(people, order)
    more, found = len(found) > PAGE, found[:PAGE]
    if after is not None:
        return Page(found, previous=found[0].pk, next=found[-1].pk if more else None)
    if not more:  # the first page, and whole
        return page(people, order)
    found.reverse()
    return Page(found, previous=found[0].pk, next=found[-1].pk)


def last_page(people: UserQuerySet, order: Order) -> Page:
    found = people_from(people, order, None, backwards=True)
    more, found = len(found) > PAGE, found[:PAGE][::-1]
    return Page(found, previous=found[0].pk if more else None)


def people_from(people: UserQuerySet, order: Order, at: int | None, *, backwards: bool = False) -> Any:
    """Up to one more than a page, beyond the person `at`; None if there is no such person."""
    descending = order.descending is not backwards
    ordered = people.order_by(*(("-key", "-pk") if descending else ("key", "pk")))
    if at is None:
        return list(ordered[: PAGE + 1])
    keys = User.objects.filter(pk=at).values_list(COLUMNS[order.column][1], flat=True)
    if (key := keys.first()) is None:
        return None
    beyond = "lt" if descending else "gt"
    # The first condition lets the database start in the index at the key, which it does not read out of the second.
    rest = Q(**{f"key__{beyond}": key}) | Q(**{"key": key, f"pk__{beyond}": at})
    return list(ordered.filter(Q(**{f"key__{beyond}e": key}) & rest)[: PAGE + 1])
