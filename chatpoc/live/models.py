"""Models whose rows stand on live pages."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from django.db import DEFAULT_DB_ALIAS, connections, models, router

from chatpoc.live.capture import rows_known


class Outbox(models.Model):
    """Tags that another process made stale; see chatpoc.live.outbox."""

    tags = models.TextField(help_text="a JSON list")

    class Meta:
        db_table = "live_outbox"

    def __str__(self) -> str:
        return self.tags


class Tagged(models.Model):
    """A model whose `tagged` names, for each tag type, the field with the tag's id: `{"members": "room_id"}`.

    `save()` and `delete()` then make stale just the tags of their row, and all other writes the whole types.
    """

    tagged: ClassVar[Mapping[str, str]] = {}
    not_shown: ClassVar[frozenset[str]] = (
        frozenset()
    )  # fields of which no page depends; saving just these makes nothing stale

    deciding: ClassVar[frozenset[str]] = frozenset()  # other fields on which it depends which tags a row has

    class Meta:
        abstract = True

    def live_tags(self) -> set[str]:
        """The tags of this row; an override may add some that its fields do not name."""
        return {f"{type_}:{getattr(self, field)}" for type_, field in self.tagged.items()}

    def save_base(self, *args: Any, **kwargs: Any) -> None:
        using = kwargs.get("using") or router.db_for_write(type(self), instance=self)
        if (fields := kwargs.get("update_fields")) is not None and self.not_shown.issuperset(fields):
            with rows_known(connections[using], self._meta.db_table, set):
                super().save_base(*args, **kwargs)
            return
        before = self._tags_before(using, fields)
        with rows_known(connections[using], self._meta.db_table, lambda: before | self.live_tags()):
            super().save_base(*args, **kwargs)

    def delete(self, using: str | None = None, keep_parents: bool = False) -> tuple[int, dict[str, int]]:  # noqa: FBT001, FBT002
        alias = using or router.db_for_write(type(self), instance=self)
        tags = self.live_tags()
        with rows_known(connections[alias or DEFAULT_DB_ALIAS], self._meta.db_table, lambda: tags):
            return super().delete(using, keep_parents)

    def _tags_before(self, using: str, update_fields: Iterable[str] | None) -> set[str]:
        """The tags that the stored row has, if this save may move it to others: a member who changes rooms leaves one stale."""
        names = {field for field in self.tagged.values() if field not in {"pk", "id"}} | self.deciding
        written = None if update_fields is None else set(update_fields)
        moving = names if written is None else {n for n in names if n in written or n.removesuffix("_id") in written}
        if self.pk is None or not moving:
            return set()
        stored = type(self)._base_manager.using(using).filter(pk=self.pk).first()
        return stored.live_tags() if stored else set()
