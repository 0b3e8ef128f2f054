"""What the admin calls the fields of a row, in the viewer's language."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib import admin
from django.utils.formats import date_format
from django.utils.timezone import localtime


def labelled(field: str, words: Any) -> Callable[[Any], str]:
    """The value of a field, for a list or a page, under these words."""

    @admin.display(description=words)
    def read(row: Any) -> str:
        value = getattr(row, field)
        if isinstance(value, datetime):  # which Django shows raw on a page that only shows
            return date_format(localtime(value), "DATETIME_FORMAT")
        shown = getattr(row, f"get_{field}_display", None)
        return str(shown() if shown else "" if value is None else value)

    read.__name__ = field
    return read
