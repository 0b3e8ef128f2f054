"""Messages in the order of their places, as pages show them; each with its author."""

from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet, prefetch_related_objects

from accounts.models import User

if TYPE_CHECKING:
    from chat.models.message import Message


class MessageQuerySet(QuerySet["Message"]):
    def newest(self, count: int, *, before: int | None = None) -> "list[Message]":
        """The last `count` messages, those below the seq `before` if given, oldest first. Keyset: flat at any depth."""
        page = self if before is None else self.filter(seq__lt=before)
        return page.order_by("-seq")[:count]._with_people()[::-1]

    def oldest(self, count: int, *, after: int) -> "list[Message]":
        """The first `count` messages above the seq `after`, oldest first."""
        return self.filter(seq__gt=after).order_by("seq")[:count]._with_people()

    def between(self, first: int, last: int) -> "list[Message]":
        """Those from the seq `first` to `last`, both included."""
        return self.filter(seq__gte=first, seq__lte=last).order_by("seq")._with_people()

    def changed_since(self, version: int, count: int) -> "list[Message]":
        """Up to `count` messages that were sent or changed after the room's `version`, in the order of the changes."""
        return self.filter(version__gt=version).order_by("version")[:count]._with_people()

    def _with_people(self) -> "list[Message]":
        """With their authors; and, where there are lines among them, with whom those are about: few pages have one."""
        if self.db != DEFAULT_DB_ALIAS:
            return with_people_of_the_primary(list(self))
        found = list(self.select_related("author"))
        if about := [message for message in found if message.about_id]:
            prefetch_related_objects(about, "about")
        return found


def with_people_of_the_primary(found: "list[Message]") -> "list[Message]":
    """What was read from a replica. Its people are not: a name changes, and is deleted, without a change of the room. Empty if
    somebody is not there: then the primary knows better."""
    ids = {pk for message in found for pk in (message.author_id, message.about_id) if pk}
    people = User.objects.using(DEFAULT_DB_ALIAS).in_bulk(ids)
    for message in found:
        if message.author_id not in people:
            return []
        message._state.db = DEFAULT_DB_ALIAS  # what else is asked of it is asked there
        message.author, message.about = people[message.author_id], people.get(message.about_id or 0)
    return found
