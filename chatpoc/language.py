"""In which language: the browser's own, or the one that was chosen on a page; and the words that the browser says itself."""

import hashlib
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.decorators import method_decorator
from django.utils.translation import get_language, override
from django.views.i18n import JavaScriptCatalog, set_language

from chatpoc.env import BASE

LOCALE = BASE / "chatpoc" / "locale"

choose = login_not_required(set_language)  # a POST, from a form on the page that is to be read


@method_decorator(login_not_required, name="dispatch")
class Words(JavaScriptCatalog):
    """Our own words of one language. The address names what is in it, so it may be kept for ever."""

    def get_paths(self, packages: list[str]) -> list[str]:
        return [str(LOCALE)]

    def get(self, request: HttpRequest, language: str, version: str) -> HttpResponse:
        if language not in dict(settings.LANGUAGES) or not version_of(
            language
        ):  # first: what is asked is kept for ever
            raise Http404
        with override(language):
            response: HttpResponse = super().get(request, packages="chatpoc")
        lasting = version == version_of(language)  # while servers are renewed, one may be asked for the other's words
        response["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def words_url() -> str:
    """Where the words of this page's language are; nowhere for English, which is in the sources."""
    language = get_language() or settings.LANGUAGE_CODE
    version = version_of(language)
    return reverse("words", args=[language, version]) if version else ""


@cache
def version_of(language: str) -> str:
    """A digest of the catalogue of one of our languages; empty if there is none."""
    file = LOCALE / language / "LC_MESSAGES" / "djangojs.mo"
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12] if file.exists() else ""


def languages() -> list[dict[str, Any]]:
    """What can be chosen, each in its own words."""
    return [{"code": code, "name": name, "chosen": code == get_language()} for code, name in settings.LANGUAGES]
