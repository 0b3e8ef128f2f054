"""Messages in the order of their places, as pages show them; each with its author."""

from typing import TYPE_CHECKING

from django.db.models import QuerySet, prefetch_related_objects

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
        found = list(self.select_related("author"))
        if about := [message for message in found if message.about_id]:
            prefetch_related_objects(about, "about")
        return found
