"""What the admin calls the fields of a row, in the viewer's language."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin


def labelled(field: str, words: Any) -> Callable[[Any], Any]:
    """The value of a field, for a list or a page, under these words."""

    @admin.display(description=words)
    def read(row: Any) -> Any:
        shown = getattr(row, f"get_{field}_display", None)
        return shown() if shown else getattr(row, field)

    read.__name__ = field
    return read
