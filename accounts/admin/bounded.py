"""Lists that cost the same however long they are."""

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator


class BoundedPaginator(Paginator):
    """Counts no further than MOST, and leads no further, so that no page is far from the first: more is found by a filter."""

    MOST = 10_000  # rows; a hundred pages

    object_list: Any

    @cached_property
    def counted(self) -> int:
        return int(self.object_list.order_by().values("pk")[: self.MOST + 1].count())

    @cached_property
    def count(self) -> int:
        return min(self.counted, self.MOST)

    @property
    def is_over(self) -> bool:
        """Are there more than it counted?"""
        return self.counted > self.MOST
