"""Django's admin, where an address or a form that was made by hand is refused, and asks for nothing that is not offered."""

from typing import Any

from django.contrib.admin import AdminSite, ModelAdmin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import BadRequest, FieldDoesNotExist, ValidationError
from django.db import DataError, models
from django.http import HttpRequest, HttpResponse

from accounts.search import LONGEST, WORDS


class Admin(AdminConfig):
    default_site = "accounts.administration.Site"


class Site(AdminSite):
    site_title = site_header = "ChatPOC"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Those of other packages as well."""
        base = admin_class or ModelAdmin
        if not issubclass(base, Offered):
            base = type(base.__name__, (Offered, base), {"__module__": base.__module__})
        super().register(model_or_iterable, base, **options)

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002  (Django's signature)
        """The admin looks for rows by whatever it is sent: "x" is no number, "1" no UUID, and PostgreSQL takes no NUL."""

        def answer(request: HttpRequest, *args: Any, **arguments: Any) -> HttpResponse:
            try:
                return view(request, *args, **arguments)  # type: ignore[no-any-return]
            except (ValidationError, FieldDoesNotExist, DataError, OverflowError) as error:  # the last is SQLite's
                raise BadRequest(str(error)) from error
            except (TypeError, ValueError) as error:
                if "expected a number" in str(error):  # as every field of numbers says it
                    raise BadRequest(str(error)) from error
                raise

        return super().admin_view(answer, cacheable)


class Offered:
    """A list is filtered by what stands beside it. Django's takes every column of the model from the address: whoever may see
    people could guess at the hashes of their passwords, letter by letter, and keep the database busy with a pattern."""

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        own: Any = self
        offered = [_name(item) for item in own.get_list_filter(request)]
        known = any(lookup == name or lookup.startswith(f"{name}__") for name in offered if name)
        return known and bool(super().lookup_allowed(lookup, value, request))  # type: ignore[misc]

    def get_search_results(self, request: HttpRequest, queryset: models.QuerySet[Any], term: str) -> Any:
        """SQLite gives up on a pattern of 50,000 letters, and on a condition for each of a thousand words."""
        term = " ".join(term[:LONGEST].split()[:WORDS])
        return super().get_search_results(request, queryset, term)  # type: ignore[misc]


def _name(item: Any) -> str:
    """What a filter is called in an address."""
    name = item[0] if isinstance(item, list | tuple) else item
    return name if isinstance(name, str) else str(getattr(name, "parameter_name", ""))
